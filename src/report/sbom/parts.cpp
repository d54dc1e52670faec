#include "report/sbom/parts.hpp"

#include <fmt/format.h>

#include <set>

#include "util/digest.hpp"

namespace hullcheck::report {
namespace {

std::string short_hash(const std::string& text) { return util::sha256_hex(as_bytes(text)).substr(0, 16); }

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("._~/-").find(c) != std::string_view::npos;
    if (plain)
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

}  // namespace

SbomParts::SbomParts(const model::ScanResult& result, const std::string& prefix) {
  std::set<std::string> taken;
  for (const auto* list : {&result.packages, &result.overlaps, &result.declared_packages})
    for (const model::Package& package : *list) {
      SbomEntry entry;
      entry.package = &package;
      entry.purl = model::purl(package, result.distribution);
      entry.properties = sbom::package_properties(package, result);
      const std::string place = model::place(package);
      std::string text = prefix + entry.purl + "\n" + place;
      // Package URLs fold case, so two packages may share one.
      do {
        entry.reference = short_hash(text);
        text += '+';
      } while (!taken.insert(entry.reference).second);
      m_by_place.emplace(std::pair(entry.purl, place), entry.reference);
      m_entries.push_back(std::move(entry));
    }
}

std::vector<std::string> SbomParts::affected(const model::Vulnerability& flaw) const {
  std::vector<std::string> out;
  const auto [first, last] = m_by_place.equal_range({flaw.purl, flaw.location.path});
  for (auto it = first; it != last; ++it) out.push_back(it->second);
  return out;
}

std::string document_uuid(const ReportInput& input, const ReportOptions& options) {
  util::Hasher hasher(util::Hash::sha256);
  const auto add = [&](const std::string& text) {
    hasher.update(as_bytes(text));
    hasher.update(as_bytes(std::string_view("\n")));
  };
  add(input.target);
  for (const model::ScanResult& result : input.results) {
    if (!options.deterministic) add(result.scanned_at);
    add(result.image.reference + " " + result.image.manifest_digest + " " + result.image.config_digest);
    for (const model::LayerSummary& layer : result.layers) add(layer.diff_id);
    for (const auto* list : {&result.packages, &result.overlaps, &result.declared_packages})
      for (const model::Package& package : *list)
        add(model::purl(package, result.distribution) + " " + model::place(package));
    for (const model::Vulnerability& flaw : result.vulnerabilities) add(flaw.id);
  }
  std::string hex = hasher.finish_hex().substr(0, 32);
  hex[12] = '8';  // RFC 9562: a version for hashes of one's own choice
  hex[16] = "89ab"[(hex[16] <= '9' ? hex[16] - '0' : hex[16] - 'a' + 10) & 3];
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" + hex.substr(16, 4) + "-" +
         hex.substr(20);
}

std::string image_purl(const model::Image& image) {
  if (image.manifest_digest.empty() || image.source == "sbom" || image.source == "rootfs") return {};
  std::string repository = image.reference.substr(0, image.reference.find('@'));
  const std::size_t slash = repository.rfind('/');
  std::string tag;
  if (const std::size_t colon = repository.rfind(':');
      colon != std::string::npos && (slash == std::string::npos || colon > slash)) {
    tag = repository.substr(colon + 1);
    repository.resize(colon);
  }
  std::string name = slash == std::string::npos ? repository : repository.substr(slash + 1);
  for (char& c : name)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  if (name.empty()) return {};
  std::string out = "pkg:oci/" + percent_encoded(name) + "@" + percent_encoded(image.manifest_digest);
  out += "?repository_url=" + percent_encoded(repository);
  return tag.empty() ? out : out + "&tag=" + percent_encoded(tag);
}

std::string image_name(const model::ScanResult& result) {
  const std::string& name = result.image.reference.empty() ? result.target : result.image.reference;
  return name.empty() ? "image" : name;
}

}  // namespace hullcheck::report
