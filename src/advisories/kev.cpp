// CISA's catalogue of flaws known to be exploited (https://www.cisa.gov/known-exploited-vulnerabilities-catalog):
//   {"dateReleased", "vulnerabilities": [{"cveID", "dateAdded", "dueDate", "knownRansomwareCampaignUse"}]}
// Hostile: the whole document; a catalogue with no entry at all is taken for a broken one.
#include "advisories/feed.hpp"
#include "formats/json.hpp"

namespace hullcheck::advisories {
namespace {

using json::Element;

constexpr std::uint64_t k_largest_document = 64ULL << 20;

class Kev final : public Feed {
 public:
  Result<void> update(const SourceRow& source, Download& download, AdvisoryWriter& writer) const override {
    json::Document parsed("feed");
    Buffer bytes = TRY(download.get_all(source.url, k_largest_document));
    const Element document = TRY(parsed.parse(std::move(bytes), "catalogue"));
    std::uint64_t count = 0;
    json::each(document, "vulnerabilities", [&](Element entry) {
      const std::string_view cve = json::text(entry, "cveID", 32);
      if (cve.substr(0, 4) != "CVE-") {
        writer.bad_record(make_error(ErrorCode::malformed, "feed-malformed", "an entry has no CVE"));
        return;
      }
      ++count;
      writer.add_known_exploited(std::string(cve), {std::string(json::text(entry, "dateAdded", 10)),
                                                    std::string(json::text(entry, "dueDate", 10)),
                                                    json::text(entry, "knownRansomwareCampaignUse", 16) == "Known"});
    });
    writer.newest_record(json::text(document, "dateReleased", 40));
    if (count == 0) return make_error(ErrorCode::malformed, "feed-malformed", "the catalogue lists nothing");
    return {};
  }
};

const util::Registered<Kev> registered{
    {.id = "kev",
     .version = 1,
     .summary = "CISA catalogue of known exploited vulnerabilities",
     .example = "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"}};

}  // namespace
}  // namespace hullcheck::advisories
