#include "advisories/updateinfo.hpp"

#include <algorithm>

#include "formats/json.hpp"
#include "formats/xml.hpp"
#include "util/digest.hpp"

namespace hullcheck::advisories {
namespace {

using formats::XmlAttributes;

constexpr std::uint64_t k_largest_index = 16ULL << 20, k_largest_document = 1ULL << 30;
constexpr std::size_t k_longest_name = 256, k_longest_title = 200, k_most_flaws = 5000, k_most_packages = 50'000;

std::string cut(std::string_view text, std::size_t longest) { return std::string(json::cut(text, longest)); }

// Every "CVE-YYYY-N…" in a text: Fedora names flaws in the titles of references to its bug tracker.
void add_cves(std::string_view text, std::vector<std::string>& out) {
  for (auto at = text.find("CVE-"); at != std::string_view::npos && out.size() < k_most_flaws;
       at = text.find("CVE-", at + 4)) {
    auto end = at + 4;
    while (end < text.size() && end < at + 24 && ((text[end] >= '0' && text[end] <= '9') || text[end] == '-')) ++end;
    const std::string_view id = text.substr(at, end - at);
    if (id.size() > 9 && id[8] == '-') out.emplace_back(id);
  }
}

class Reader final : public formats::XmlHandler {
 public:
  Reader(const UpdateInfoStyle& style, AdvisoryWriter& writer) : m_style(style), m_writer(writer) {}

  void open(std::string_view name, const XmlAttributes& attributes) override {
    if (name == "update") {
      m_bulletin = {};
      m_packages.clear();
      m_module.clear();
      m_security = attributes["type"] == "security";
      m_inside = true;
    } else if (!m_inside) {
      return;
    } else if (name == "issued" || name == "updated") {
      // "2023-02-17 18:00:00": the date is what counts.
      (name == "issued" ? m_bulletin.published : m_bulletin.modified) = cut(attributes["date"], 10);
    } else if (name == "reference") {
      add_cves(attributes["id"], m_bulletin.covers);
      add_cves(attributes["title"], m_bulletin.covers);
      if (m_bulletin.link.empty() && attributes["type"] == "self") m_bulletin.link = cut(attributes["href"], 512);
    } else if (name == "collection") {
      m_module.clear();
    } else if (name == "module") {
      m_module = cut(attributes["name"], k_longest_name) + ":" + cut(attributes["stream"], k_longest_name);
    } else if (name == "package") {
      add_package(attributes);
    }
  }

  void close(std::string_view name, std::string_view text) override {
    if (!m_inside) return;
    if (name == "id" && m_bulletin.id.empty()) m_bulletin.id = cut(formats::collapse_space(text), k_longest_name);
    if (name == "title" && m_bulletin.title.empty())
      m_bulletin.title = cut(formats::collapse_space(text), k_longest_title);
    if (name == "severity") m_bulletin.severity = model::severity_from(formats::collapse_space(text));
    if (name == "update") finish();
  }

  std::uint64_t bulletins = 0;

 private:
  struct Package {
    std::string name, version, module;
    auto operator<=>(const Package&) const = default;
  };

  void add_package(const XmlAttributes& attributes) {
    const std::string_view arch = attributes["arch"], version = attributes["version"], name = attributes["name"];
    if (arch == "src" || name.empty() || version.empty() || m_packages.size() >= k_most_packages) return;
    std::string whole;
    if (const std::string_view epoch = attributes["epoch"]; !epoch.empty() && epoch != "0")
      whole = std::string(epoch) + ":";
    whole += std::string(version) + "-" + std::string(attributes["release"]);
    m_packages.push_back({cut(name, k_longest_name), cut(whole, k_longest_name), m_module});
  }

  // The builds of one package for several architectures are one row.
  void finish() {
    m_inside = false;
    ++bulletins;
    if (m_bulletin.id.empty()) {
      m_writer.bad_record(make_error(ErrorCode::malformed, "feed-malformed", "a bulletin has no id"));
      return;
    }
    auto& flaws = m_bulletin.covers;
    std::sort(flaws.begin(), flaws.end());
    flaws.erase(std::unique(flaws.begin(), flaws.end()), flaws.end());
    if (!m_security && flaws.empty()) return;
    if (m_bulletin.severity != model::Severity::unrated) m_bulletin.severity_source = m_style.vendor;
    m_bulletin.ecosystem = m_style.ecosystem;
    m_writer.newest_record(std::max(m_bulletin.published, m_bulletin.modified));
    std::sort(m_packages.begin(), m_packages.end());
    m_packages.erase(std::unique(m_packages.begin(), m_packages.end()), m_packages.end());
    for (const auto& package : m_packages) {
      Advisory row = m_bulletin;
      row.package = package.name;
      row.ranges.push_back({"", package.version, ""});
      if (!package.module.empty()) row.extra.emplace_back("module", package.module);
      if (!m_style.repository.empty()) row.extra.emplace_back("repository", m_style.repository);
      m_writer.add(std::move(row));
    }
  }

  const UpdateInfoStyle& m_style;
  AdvisoryWriter& m_writer;
  Advisory m_bulletin;
  std::vector<Package> m_packages;
  std::string m_module;
  bool m_inside = false, m_security = false;
};

// What repomd.xml says of the document of type "updateinfo".
class Index final : public formats::XmlHandler {
 public:
  void open(std::string_view name, const XmlAttributes& attributes) override {
    if (name == "data") m_wanted = attributes["type"] == "updateinfo";
    if (!m_wanted) return;
    if (name == "location") location = cut(attributes["href"], 512);
    m_sha256 = name == "open-checksum" ? attributes["type"] == "sha256" : m_sha256;
  }
  void close(std::string_view name, std::string_view text) override {
    if (m_wanted && name == "open-checksum" && m_sha256) digest = formats::collapse_space(text);
    if (name == "data") m_wanted = false;
  }
  std::string location, digest;

 private:
  bool m_wanted = false, m_sha256 = false;
};

}  // namespace

Result<void> read_updateinfo(Bytes document, const UpdateInfoStyle& style, AdvisoryWriter& writer) {
  Reader reader(style, writer);
  TRY(formats::parse_xml(document, reader));
  if (reader.bulletins == 0)
    return make_error(ErrorCode::malformed, "feed-malformed", "the document has no bulletins");
  return {};
}

Result<Buffer> fetch_updateinfo(Download& download, const std::string& base) {
  const Buffer bytes = TRY(download.get_all(base + "repodata/repomd.xml", k_largest_index));
  Index index;
  TRY(formats::parse_xml(bytes, index));
  if (index.location.empty())
    return make_error(ErrorCode::malformed, "feed-malformed", "the repository names no updateinfo document");
  Buffer document = TRY(download.get_part(base + index.location, k_largest_document));
  if (!index.digest.empty()) {
    util::Hasher hasher(util::Hash::sha256);
    hasher.update(document);
    if (hasher.finish_hex() != index.digest)
      return make_error(ErrorCode::mismatch, "feed-digest", "the document is not the one that the repository names",
                        index.location);
  }
  return document;
}

}  // namespace hullcheck::advisories
