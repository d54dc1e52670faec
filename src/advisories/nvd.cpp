// NVD, JSON of version 2.0 by year (https://nvd.nist.gov/vuln/data-feeds):
//   {"vulnerabilities": [{"cve": {"id", "published", "vulnStatus", "descriptions", "metrics": {"cvssMetricV31":
//   [{"type": "Primary", "cvssData": {"vectorString", "baseScore"}}], …}}}]}
// NVD rates flaws, it does not say which package of a distribution has one: a row goes under the ecosystem "NVD" and
// the flaw's name, and is asked for a severity where the publisher of an advisory gives none. Beside these there are
// rows for programs that no package brought (nvd_configurations.hpp). Rejected ones are left out, disputed ones say
// so. Primary metrics come before those of others, newer versions of CVSS before older ones.
// Hostile: the whole document.
#include "advisories/cvss.hpp"
#include "advisories/enrichment.hpp"
#include "advisories/feed.hpp"
#include "advisories/nvd_configurations.hpp"
#include "formats/json.hpp"

namespace hullcheck::advisories {
namespace {

using json::Element;

constexpr std::uint64_t k_largest_document = 1ULL << 30;
constexpr std::string_view k_metrics[] = {"cvssMetricV31", "cvssMetricV30", "cvssMetricV40", "cvssMetricV2"};

class Nvd final : public Feed {
 public:
  Result<void> update(const SourceRow& source, Download& download, AdvisoryWriter& writer) const override {
    json::Document parsed("feed");
    Buffer bytes = TRY(download.get_all(source.url, k_largest_document));
    const Element document = TRY(parsed.parse(std::move(bytes), "nvd"));
    std::uint64_t rows = 0;
    json::each(document, "vulnerabilities", [&](Element entry) {
      ++rows;
      if (const auto flaw = json::member(entry, "cve")) add(*flaw, writer);
    });
    writer.newest_record(json::text(document, "timestamp", 40));
    if (rows == 0) return make_error(ErrorCode::malformed, "feed-malformed", "the document lists nothing");
    return {};
  }

 private:
  static void add(Element flaw, AdvisoryWriter& writer) {
    Advisory row;
    row.id = json::text(flaw, "id", 32);
    if (row.id.compare(0, 4, "CVE-") != 0) {
      writer.bad_record(make_error(ErrorCode::malformed, "feed-malformed", "an entry has no CVE"));
      return;
    }
    if (json::text(flaw, "vulnStatus", 32) == "Rejected") return;
    row.ecosystem = k_nvd_ecosystem;
    row.package = row.id;
    row.published = json::text(flaw, "published", 10);
    json::each(flaw, "descriptions", [&](Element text) {
      if (row.title.empty() && json::text(text, "lang", 8) == "en") row.title = json::text(text, "value", 200);
    });
    for (const bool primary : {true, false})
      for (const std::string_view metric : k_metrics)
        if (row.cvss_score < 0) rate(flaw, metric, primary, row);
    const bool rated = row.cvss_score >= 0;
    if (rated) {
      row.severity = cvss_band(row.cvss_vector, row.cvss_score);
      row.severity_source = "nvd";
    }
    row.modified = json::text(flaw, "lastModified", 10);
    if (is_disputed(flaw)) row.status = model::VulnerabilityStatus::disputed;
    for (Advisory& of_program : nvd_rows(flaw, row)) writer.add(std::move(of_program));
    row.modified.clear();
    row.status = model::VulnerabilityStatus::affected;
    if (rated) writer.add(std::move(row));
  }

  static bool is_disputed(Element flaw) {
    bool found = false;
    json::each(flaw, "cveTags", [&](Element entry) {
      json::each(entry, "tags", [&](Element tag) { found = found || json::as_text(tag, 32) == "disputed"; });
    });
    return found;
  }

  static void rate(Element flaw, std::string_view metric, bool primary, Advisory& row) {
    const auto metrics = json::member(flaw, "metrics");
    if (!metrics) return;
    json::each(*metrics, metric, [&](Element entry) {
      const auto data = json::member(entry, "cvssData");
      if (!data || row.cvss_score >= 0 || (json::text(entry, "type", 16) == "Primary") != primary) return;
      const std::string_view vector = json::text(*data, "vectorString", 512);
      if (const auto score = cvss_base_score(vector)) {
        row.cvss_vector = vector;
        row.cvss_score = *score;
      }
    });
  }
};

const util::Registered<Nvd> registered{
    {.id = "nvd",
     .version = 3,
     .summary = "NVD: CVSS of flaws that nobody else rates, and flaws of programs that no package brought",
     .example = "https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2024.json.gz"}};

}  // namespace
}  // namespace hullcheck::advisories
