// Photon OS (https://packages.vmware.com/photon/photon_cve_metadata/cve_data_photonN.json): a list of
//   {"cve_id", "pkg", "cve_score", "aff_ver", "res_ver", "status"}
// `res_ver` is the version with the fix, "NA" or empty where there is none. `aff_ver` is a sentence; the ones that
// name a single version ("1.2-3.ph4") are read, all others mean every version before the fix.
// Hostile: the whole document and every name in it.
#include "advisories/cvss.hpp"
#include "advisories/feed.hpp"
#include "formats/json.hpp"

namespace hullcheck::advisories {
namespace {

using json::Element;
using model::VulnerabilityStatus;

constexpr std::uint64_t k_largest_document = 256ULL << 20;
constexpr std::size_t k_longest_name = 256;

bool is_version(std::string_view text) {
  return !text.empty() && text != "NA" && text != "N/A" && text.find(' ') == std::string_view::npos;
}

class Photon final : public Feed {
 public:
  Result<void> update(const SourceRow& source, Download& download, AdvisoryWriter& writer) const override {
    json::Document parsed("feed");
    Buffer bytes = TRY(download.get_all(source.url, k_largest_document));
    const Element document = TRY(parsed.parse(std::move(bytes), "photon"));
    return json::each_record(document, "feed", "flaws", [&](Element entry) { add(source.subject, entry, writer); });
  }

 private:
  static void add(const std::string& ecosystem, Element entry, AdvisoryWriter& writer) {
    Advisory advisory;
    advisory.id = json::text(entry, "cve_id", k_longest_name);
    advisory.package = json::text(entry, "pkg", k_longest_name);
    if (advisory.id.empty() || advisory.package.empty()) {
      writer.bad_record(make_error(ErrorCode::malformed, "feed-malformed", "an entry names no flaw or no package"));
      return;
    }
    advisory.ecosystem = ecosystem;
    const std::string_view status = json::text(entry, "status", 64),
                           fixed = json::text(entry, "res_ver", k_longest_name);
    const std::string_view affected = json::text(entry, "aff_ver", k_longest_name);
    Range range;
    if (status == "Not Affected")
      advisory.status = VulnerabilityStatus::not_affected;
    else if (is_version(fixed))
      range.fixed = fixed;
    else if (is_version(affected))
      range.last_affected = affected;
    advisory.ranges.push_back(std::move(range));
    if (const auto score = json::member(entry, "cve_score")) {
      double number = -1;
      if (score->get_double().get(number) == simdjson::SUCCESS && number > 0 && number <= 10) {
        advisory.cvss_score = number;
        advisory.severity = cvss_band("CVSS:3.1/", number);
        advisory.severity_source = "photon";
      }
    }
    writer.add(std::move(advisory));
  }
};

const util::Registered<Photon> registered{
    {.id = "photon",
     .version = 1,
     .summary = "Photon OS flaws by package",
     .example = "https://packages.vmware.com/photon/photon_cve_metadata/cve_data_photon5.0.json"}};

}  // namespace
}  // namespace hullcheck::advisories
