// Gentoo's GLSAs (https://security.gentoo.org/glsa): a tar of one XML document a bulletin.
//   <glsa id="202401-01"><title/><announced/><affected><package name="net-misc/x" arch="*">
//     <unaffected range="ge">1.2.3</unaffected><vulnerable range="lt">1.2.3</vulnerable></package></affected>
//   <impact type="high"/><references><uri>CVE-…</uri>
// Ranges: lt, le, eq, ge, gt; "r" before one of them compares revisions of that very version only. What is vulnerable
// and not unaffected is affected: the unaffected ones go along as they are, for the matcher.
// Hostile: the archive, each document (see formats/xml.hpp), and any text in it.
#include <algorithm>

#include "advisories/feed.hpp"
#include "formats/json.hpp"
#include "formats/tar.hpp"
#include "formats/xml.hpp"

namespace hullcheck::advisories {
namespace {

using formats::XmlAttributes;

constexpr std::uint64_t k_largest_archive = 512ULL << 20;
constexpr std::uint64_t k_largest_document = 4ULL << 20;
constexpr std::size_t k_longest_name = 256, k_most_entries = 5000;

class Bulletin final : public formats::XmlHandler {
 public:
  struct Bound {
    std::string relation, version;
    bool vulnerable = false;
  };
  struct Package {
    std::string name;
    std::vector<Bound> bounds;
  };

  void open(std::string_view name, const XmlAttributes& attributes) override {
    if (name == "glsa") id = attributes["id"];
    if (name == "impact")
      severity = model::severity_from(attributes["type"] == "normal" ? "medium" : attributes["type"]);
    if (name == "affected") m_affected = true;
    if (m_affected && name == "package" && packages.size() < k_most_entries)
      packages.push_back({std::string(attributes["name"].substr(0, k_longest_name)), {}});
    if (name == "vulnerable" || name == "unaffected") m_relation = attributes["range"].substr(0, 8);
  }
  void close(std::string_view name, std::string_view text) override {
    std::string value = formats::collapse_space(text);
    if (value.size() > 1000) value.resize(1000);
    if (name == "title" && title.empty()) title = value;
    if (name == "announced") announced = date(value);
    if (name == "revised") revised = date(value);
    if (name == "affected") m_affected = false;
    if (name == "uri" && value.compare(0, 4, "CVE-") == 0 && flaws.size() < k_most_entries && value.size() < 32)
      flaws.push_back(value);
    if (m_affected && (name == "vulnerable" || name == "unaffected") && !packages.empty() &&
        packages.back().bounds.size() < k_most_entries)
      packages.back().bounds.push_back({m_relation, value.substr(0, k_longest_name), name == "vulnerable"});
  }

  std::string id, title, announced, revised;
  model::Severity severity = model::Severity::unrated;
  std::vector<std::string> flaws;
  std::vector<Package> packages;

 private:
  // "2024-01-02" or "2024-01-02: 2"; older ones are written out in English and say nothing here.
  static std::string date(const std::string& text) {
    const bool iso = text.size() >= 10 && text[4] == '-' && text[7] == '-';
    return iso ? text.substr(0, 10) : std::string();
  }

  bool m_affected = false;
  std::string m_relation;
};

void add_bound(const Bulletin::Bound& bound, Advisory& row, std::string& unaffected) {
  const std::string_view relation = bound.relation;
  if (!bound.vulnerable) {
    unaffected += (unaffected.empty() ? "" : " ") + bound.relation + " " + bound.version;
    return;
  }
  if (relation == "lt" || relation == "rlt")
    row.ranges.push_back({"", bound.version, ""});
  else if (relation == "le" || relation == "rle")
    row.ranges.push_back({"", "", bound.version});
  else if (relation == "eq")
    row.ranges.push_back({bound.version, "", bound.version});
  else if (relation == "ge" || relation == "gt" || relation == "rge" || relation == "rgt")
    row.ranges.push_back({bound.version, "", ""});
}

// "glsa-master/glsa-202401-01.xml"
bool is_bulletin(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return name.substr(0, 5) == "glsa-" && name.ends_with(".xml");
}

class Gentoo final : public Feed {
 public:
  Result<void> update(const SourceRow& source, Download& download, AdvisoryWriter& writer) const override {
    const Buffer archive = TRY(download.get_all(source.url, k_largest_archive));
    const auto stream = formats::memory_stream(archive);
    formats::TarReader tar(*stream, {});
    std::uint64_t bulletins = 0;
    for (;;) {
      const formats::TarEntry* const entry = TRY(tar.next());
      if (entry == nullptr) break;
      if (entry->type != formats::TarType::file || !is_bulletin(entry->name) || entry->size > k_largest_document)
        continue;
      Buffer bytes;
      for (Bytes piece = TRY(tar.read()); !piece.empty(); piece = TRY(tar.read()))
        bytes.insert(bytes.end(), piece.begin(), piece.end());
      if (add(bytes, source.subject, writer)) ++bulletins;
    }
    if (bulletins == 0) return make_error(ErrorCode::malformed, "feed-malformed", "the archive has no bulletins");
    writer.note("unfixed flaws not assessed: bulletins name fixed flaws only");
    return {};
  }

 private:
  static bool add(Bytes bytes, const std::string& ecosystem, AdvisoryWriter& writer) {
    Bulletin bulletin;
    if (auto read = formats::parse_xml(bytes, bulletin); !read.ok() || bulletin.id.empty()) {
      writer.bad_record(read.ok() ? make_error(ErrorCode::malformed, "feed-malformed", "a bulletin has no id")
                                  : std::move(read).error());
      return false;
    }
    std::sort(bulletin.flaws.begin(), bulletin.flaws.end());
    bulletin.flaws.erase(std::unique(bulletin.flaws.begin(), bulletin.flaws.end()), bulletin.flaws.end());
    writer.newest_record(std::max(bulletin.announced, bulletin.revised));
    for (const auto& package : bulletin.packages) {
      Advisory row;
      row.id = "GLSA-" + short_id(bulletin.id);
      row.covers = bulletin.flaws;
      row.ecosystem = ecosystem;
      row.package = package.name;
      row.title = bulletin.title;
      row.published = bulletin.announced;
      row.modified = bulletin.revised;
      row.severity = bulletin.severity;
      if (row.severity != model::Severity::unrated) row.severity_source = "gentoo";
      row.link = "https://security.gentoo.org/glsa/" + short_id(bulletin.id);
      std::string unaffected;
      for (const auto& bound : package.bounds) add_bound(bound, row, unaffected);
      if (!unaffected.empty()) row.extra.emplace_back("unaffected", unaffected);
      if (!row.package.empty() && !row.ranges.empty()) writer.add(std::move(row));
    }
    return true;
  }
  static std::string short_id(const std::string& id) { return id.substr(0, 32); }
};

const util::Registered<Gentoo> registered{
    {.id = "gentoo",
     .version = 1,
     .summary = "Gentoo bulletins (GLSA), by package",
     .example = "https://gitweb.gentoo.org/data/glsa.git/snapshot/glsa-master.tar.gz"}};

}  // namespace
}  // namespace hullcheck::advisories
