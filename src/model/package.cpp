// Package URLs (package-url specification, https://github.com/package-url/purl-spec): type, namespace, name, version
// and sorted qualifiers, each percent-encoded. Names and versions come from images, so every byte outside the
// specification's plain set is encoded.
#include "model/package.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace hullcheck::model {
namespace {

bool plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
         c == '_' || c == '~' || c == ':';
}

std::string encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (plain(c))
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

// Vendors whose name in package URLs is not their os-release ID. A prefix ends in "*".
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> k_rpm_namespaces{{
    {"rhel", "redhat"},
    {"opensuse*", "opensuse"},
    {"sles", "suse"},
    {"sled", "suse"},
    {"sle-micro*", "suse"},
}};

std::string name_space(const Package& package, const Distribution& distribution) {
  const std::string id = lower(distribution.id);
  if (package.type != "rpm") return id;
  for (const auto& [pattern, name] : k_rpm_namespaces) {
    const bool prefix = pattern.back() == '*';
    const auto stem = prefix ? pattern.substr(0, pattern.size() - 1) : pattern;
    if (prefix ? id.compare(0, stem.size(), stem) == 0 : id == stem) return std::string(name);
  }
  return id;
}

std::string_view without_epoch(std::string_view version) {
  const auto colon = version.find(':');
  if (colon == std::string_view::npos || version.find_first_not_of("0123456789") != colon) return version;
  return version.substr(colon + 1);
}

std::string upstream(const Package& package) {
  const bool other_name = !package.source_name.empty() && package.source_name != package.name;
  const bool other_version = !package.source_version.empty() && package.source_version != package.version;
  if (package.source_name.empty() || (!other_name && !other_version)) return {};
  if (package.type == "rpm")
    return fmt::format("{}-{}.src.rpm", package.source_name,
                       without_epoch(other_version ? package.source_version : package.version));
  return other_version ? package.source_name + "@" + package.source_version : package.source_name;
}

}  // namespace

std::string_view to_string(DigestAlgorithm algorithm) {
  switch (algorithm) {
    case DigestAlgorithm::none: return "none";
    case DigestAlgorithm::md5: return "md5";
    case DigestAlgorithm::sha1: return "sha1";
    case DigestAlgorithm::sha256: return "sha256";
    case DigestAlgorithm::sha384: return "sha384";
    case DigestAlgorithm::sha512: return "sha512";
  }
  return "none";
}

std::string purl(const Package& package, const Distribution& distribution) {
  const bool rpm = package.type == "rpm";
  std::string out = "pkg:" + package.type + "/";
  if (const auto space = name_space(package, distribution); !space.empty()) out += encoded(space) + "/";
  out += encoded(rpm ? package.name : lower(package.name));
  if (!package.version.empty()) out += "@" + encoded(rpm ? without_epoch(package.version) : package.version);

  std::string distro = lower(distribution.id);
  if (!distro.empty() && !distribution.version_id.empty()) distro += "-" + distribution.version_id;
  // In the order of their keys, as the specification's canonical form has them.
  const std::pair<std::string_view, std::string> qualifiers[] = {
      {"arch", package.architecture},
      {"distro", distro},
      {"epoch", rpm && package.epoch != 0 ? std::to_string(package.epoch) : ""},
      {"modularitylabel", package.modularity},
      {"upstream", upstream(package)},
  };
  char separator = '?';
  for (const auto& [key, value] : qualifiers) {
    if (value.empty()) continue;
    out += fmt::format("{}{}={}", separator, key, encoded(value));
    separator = '&';
  }
  return out;
}

}  // namespace hullcheck::model
