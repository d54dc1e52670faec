// OSV bulk archives: a zip of one JSON document a vulnerability, in the OSV schema
// (https://ossf.github.io/osv-schema).
//
// What is taken: for each `affected` entry its package, ranges (SEMVER and ECOSYSTEM; GIT ranges name commits, which
// no image lists), enumerated versions, and the vendor's word on severity; from the record id, aliases, CVSS vectors.
// Withdrawn records vanish. Bulletins of distributions (ALSA-…, RLSA-…) name the flaws that they fix in `related` or
// `upstream`; there the flaws are what is found and the bulletin is one of their names.
// Hostile: the archive (see zip.hpp), each document, and any text in it; a document that cannot be read is counted
// and skipped, an archive that cannot be read fails the source.
#include <algorithm>

#include "advisories/cvss.hpp"
#include "advisories/enrichment.hpp"
#include "advisories/feed.hpp"
#include "advisories/package_key.hpp"
#include "advisories/redhat_stream.hpp"
#include "formats/json.hpp"
#include "formats/zip.hpp"

namespace hullcheck::advisories {
namespace {

using json::Element;

constexpr std::uint64_t k_largest_archive = 2ULL << 30;
constexpr std::uint64_t k_largest_document = 16ULL << 20;
constexpr std::size_t k_longest_id = 128, k_longest_name = 512, k_longest_version = 256, k_longest_title = 200;
constexpr std::size_t k_most_ranges = 2000, k_most_versions = 20'000;

struct IdRow {
  std::string_view prefix;
  std::string_view vendor;    // whose word on severity it is
  bool bulletin = false;      // one document about several flaws
  bool security_only = true;  // false: also published for plain bug fixes, wanted only if it names a flaw
  bool by_words = false;      // the vendor's own rating is a word
};
constexpr IdRow k_ids[] = {
    {"ALSA-", "almalinux", true},
    {"ALBA-", "almalinux", true, false},
    {"ALEA-", "almalinux", true, false},
    {"RLSA-", "rocky", true},
    {"RXSA-", "rocky", true},
    {"RHSA-", "redhat", true},
    {"RHBA-", "redhat", true, false},
    {"RHEA-", "redhat", true, false},
    {"USN-", "ubuntu", true},
    {"LSN-", "ubuntu", true},
    {"DSA-", "debian", true},
    {"DLA-", "debian", true},
    {"ELA-", "debian", true},
    {"SUSE-", "suse", true},
    {"openSUSE-", "suse", true},
    {"MGASA-", "mageia", true},
    {"OESA-", "openeuler", true},
    {"PHSA-", "photon", true},
    {"UBUNTU-CVE-", "ubuntu", false, true, true},
    {"DEBIAN-CVE-", "debian", false, true, true},
    {"ALPINE-CVE-", "alpine", false, true, true},
    {"GHSA-", "github"},
    {"PYSEC-", "pypa"},
    {"GO-", "go"},
    {"RUSTSEC-", "rustsec"},
    {"BIT-", "bitnami"},
    {"MAL-", "openssf"},
    {"CGA-", "chainguard"},
    {"MINI-", "minimos"},
};

IdRow id_row(std::string_view id) {
  for (const auto& row : k_ids)
    if (id.substr(0, row.prefix.size()) == row.prefix) return row;
  return {"", "osv"};
}

// Red Hat's products go by their CPE names there: "Red Hat:enterprise_linux:9::baseos". What other registries of a
// language have is looked up by its name as well: "Packagist:https://packages.drupal.org/8", "Maven:https://…".
std::string own_spelling(std::string_view ecosystem) {
  const auto registry = ecosystem.find(":http");
  if (registry != std::string_view::npos) return std::string(ecosystem.substr(0, registry));
  constexpr std::string_view k_redhat = "Red Hat:";
  if (ecosystem.substr(0, k_redhat.size()) != k_redhat) return std::string(ecosystem);
  return redhat_ecosystem(ecosystem.substr(k_redhat.size())).value_or(std::string(ecosystem));
}

bool is_cve(std::string_view id) { return id.substr(0, 4) == "CVE-"; }

void sort_unique(std::vector<std::string>& list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

// Each "introduced" opens a range that the next bound closes. Events need not be in order: where bounds come first,
// each closes what comes behind it.
void add_ranges(Element range, std::vector<Range>& ranges) {
  const std::string_view type = json::text(range, "type", 32);
  if (type != "SEMVER" && type != "ECOSYSTEM") return;
  std::vector<std::pair<std::string_view, std::string_view>> events;
  json::each(range, "events", [&](Element event) {
    json::each_member(event, [&](std::string_view key, Element value) {
      const bool known = key == "introduced" || key == "fixed" || key == "limit" || key == "last_affected";
      if (known && events.size() < k_most_ranges) events.emplace_back(key, json::as_text(value, k_longest_version));
    });
  });
  const auto opens = [](const auto& event) { return event.first == "introduced"; };
  if (!events.empty() && !opens(events.front()) && opens(events.back())) std::reverse(events.begin(), events.end());
  bool open = false;
  for (const auto& [key, version] : events) {
    if (ranges.size() >= k_most_ranges) return;
    if (!open || key == "introduced") ranges.emplace_back();
    if (key == "introduced")
      ranges.back().introduced = version == "0" ? std::string_view() : version;
    else
      (key == "last_affected" ? ranges.back().last_affected : ranges.back().fixed) = version;
    open = key == "introduced";
  }
}

void rate(Element holder, std::string_view vendor, Advisory& advisory) {
  const auto word = [&](std::string_view text) {
    const auto severity = model::severity_from(text);
    if (severity == model::Severity::unrated || advisory.severity != model::Severity::unrated) return;
    advisory.severity = severity;
    advisory.severity_source = vendor;
  };
  for (const std::string_view place : {"ecosystem_specific", "database_specific"})
    if (const auto specific = json::member(holder, place)) word(json::text(*specific, "severity", 32));
  // A vector of version 3 is preferred to one of version 2; version 4 is kept only where there is no other.
  json::each(holder, "severity", [&](Element entry) {
    const std::string_view type = json::text(entry, "type", 32);
    const std::string_view value = json::text(entry, "score", 512);
    if (type.substr(0, 4) != "CVSS") return word(value);
    const auto score = cvss_base_score(value);
    const bool better = advisory.cvss_vector.empty() || (score && (advisory.cvss_score < 0 || type == "CVSS_V3"));
    if (!better) return;
    advisory.cvss_vector = value;
    advisory.cvss_score = score.value_or(-1);
  });
}

// Bulletins of the Red Hat family carry the vendor's word at the front of their summary: "Important: x security
// update".
void rate_by_summary(std::string_view summary, std::string_view vendor, Advisory& advisory) {
  const auto colon = summary.find(": ");
  if (advisory.severity != model::Severity::unrated || colon == std::string_view::npos || colon > 12) return;
  advisory.severity = model::severity_from(summary.substr(0, colon));
  if (advisory.severity != model::Severity::unrated) advisory.severity_source = vendor;
}

// "Moderate: postgresql:16 security update" → "postgresql:16": the module stream whose packages are meant.
std::string module_of(std::string_view summary) {
  const auto start = summary.find(": ");
  const std::string_view rest = start == std::string_view::npos ? summary : summary.substr(start + 2);
  const std::string_view word = rest.substr(0, rest.find(' '));
  return word.find(':') == std::string_view::npos ? std::string() : std::string(word);
}

class Osv final : public Feed {
 public:
  Result<void> update(const SourceRow& source, Download& download, AdvisoryWriter& writer) const override {
    const Buffer archive = TRY(download.get_all(source.url, k_largest_archive));
    formats::ZipLimits limits;
    limits.entry_bytes = k_largest_document;
    auto zip = TRY(formats::ZipArchive::open(archive, limits));
    simdjson::dom::parser parser;
    Buffer storage;
    for (const auto& entry : zip.entries()) {
      if (entry.name.size() < 5 || entry.name.substr(entry.name.size() - 5) != ".json") continue;
      const Bytes bytes = TRY(zip.read(entry, storage, json::k_padding));
      auto document = json::parse(parser, bytes, entry.name, "feed");
      if (document.ok())
        add_document(*document, entry.name, writer);
      else
        writer.bad_record(document.error());
    }
    return {};
  }

 private:
  static void add_document(Element document, std::string_view file, AdvisoryWriter& writer) {
    const std::string_view id = json::text(document, "id", k_longest_id);
    if (id.empty()) {
      writer.bad_record(make_error(ErrorCode::malformed, "feed-malformed", "a record has no id", std::string(file)));
      return;
    }
    const std::string_view modified = json::text(document, "modified", 40);
    writer.newest_record(modified);
    if (const auto withdrawn = json::member(document, "withdrawn"); withdrawn && !withdrawn->is_null()) return;

    const IdRow row = id_row(id);
    Advisory common;
    common.id = id;
    common.aliases = json::strings(document, "aliases", 1000, k_longest_id);
    common.published = json::text(document, "published", 40);
    common.modified = modified;
    const std::string_view summary = json::text(document, "summary", 2000);
    common.title = json::cut(summary, k_longest_title);
    const auto upstream = json::strings(document, "upstream", 1000, k_longest_id);
    common.aliases.insert(common.aliases.end(), upstream.begin(), upstream.end());
    // What has several flaws upstream is a bulletin, whoever wrote it.
    const bool bulletin = row.bulletin || std::count_if(upstream.begin(), upstream.end(), is_cve) > 1;
    if (row.bulletin)
      for (auto& related : json::strings(document, "related", 1000, k_longest_id)) common.aliases.push_back(related);
    if (bulletin) {
      for (const auto& alias : common.aliases)
        if (is_cve(alias)) common.covers.push_back(alias);
      common.aliases.clear();
      sort_unique(common.covers);
      if (common.covers.empty() && !row.security_only) return;
    }
    sort_unique(common.aliases);
    common.aliases.erase(std::remove(common.aliases.begin(), common.aliases.end(), common.id), common.aliases.end());
    if (!bulletin) add_names(common, writer);
    if (id.substr(0, 4) == "MAL-") common.extra.emplace_back("malware", "yes");
    json::each(document, "affected",
               [&](Element affected) { add_affected(document, affected, summary, row, common, writer); });
  }

  // For feeds that list names of GitHub's alone.
  static void add_names(const Advisory& advisory, AdvisoryWriter& writer) {
    std::vector<std::string> names = advisory.aliases;
    names.push_back(advisory.id);
    const auto cve = std::find_if(names.begin(), names.end(), is_cve);
    if (cve == names.end() || std::count_if(names.begin(), names.end(), is_cve) != 1) return;
    for (const std::string& name : names) {
      if (name.compare(0, 5, "GHSA-") != 0) continue;
      Advisory row;
      row.id = row.package = name;
      row.ecosystem = k_alias_ecosystem;
      row.aliases.push_back(*cve);
      writer.add(std::move(row));
    }
  }

  static void add_affected(Element document, Element affected, std::string_view summary, const IdRow& row,
                           const Advisory& common, AdvisoryWriter& writer) {
    const auto package = json::member(affected, "package");
    if (!package) return;  // ranges of commits only
    Advisory advisory = common;
    advisory.ecosystem = own_spelling(json::text(*package, "ecosystem", k_longest_name));
    advisory.package = package_key(advisory.ecosystem, json::text(*package, "name", k_longest_name));
    if (advisory.ecosystem.empty() || advisory.package.empty()) {
      writer.bad_record(
          make_error(ErrorCode::malformed, "feed-malformed", "an affected package has no name", common.id));
      return;
    }
    json::each(affected, "ranges", [&](Element range) { add_ranges(range, advisory.ranges); });
    advisory.versions = json::strings(affected, "versions", k_most_versions, k_longest_version);
    if (advisory.ranges.empty() && advisory.versions.empty()) return;  // commits only
    rate(affected, row.vendor, advisory);
    rate(document, row.vendor, advisory);
    rate_by_summary(summary, row.vendor, advisory);
    if (advisory.severity == model::Severity::unrated && advisory.cvss_score >= 0) {
      advisory.severity = cvss_band(advisory.cvss_vector, advisory.cvss_score);
      // Of distributions that rate by words the vector is somebody else's.
      advisory.severity_source = row.by_words ? std::string_view("osv") : row.vendor;
    }
    if (row.bulletin)
      if (auto module = module_of(summary); !module.empty()) advisory.extra.emplace_back("module", std::move(module));
    writer.add(std::move(advisory));
  }
};

const util::Registered<Osv> registered{
    {.id = "osv",
     .version = 5,
     .summary = "OSV bulk archives: language ecosystems and several distributions",
     .example = "https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip"}};

}  // namespace
}  // namespace hullcheck::advisories
