// Oracle Linux (OVAL, https://linux.oracle.com/security/oval/): one definition a bulletin (ELSA-…), for all releases.
//   AND: "Oracle Linux 8 is installed"; OR of AND: "Oracle Linux arch is x86_64", OR of AND: "NAME is earlier than
//   EVR", "NAME is signed with …". Modules add "Module NAME:STREAM is enabled".
//
// Beside the ordinary builds there are ones of other lineages whose versions do not compare: ksplice ("…ksplice1…")
// and FIPS ("…_fips"). Their rows carry the lineage, and the matcher keeps it to packages of the same.
// Hostile: see oval.hpp.
#include "advisories/feed.hpp"
#include "advisories/oval_row.hpp"

namespace hullcheck::advisories {
namespace {

constexpr std::uint64_t k_largest_document = 1ULL << 30;

// "Oracle Linux 8" → "Oracle Linux:8"
std::string ecosystem_of(std::string_view release) {
  constexpr std::string_view k_name = "Oracle Linux ";
  if (release.substr(0, k_name.size()) != k_name) return {};
  return "Oracle Linux:" + std::string(release.substr(k_name.size()));
}

class Oracle final : public Feed {
 public:
  Result<void> update(const SourceRow& source, Download& download, AdvisoryWriter& writer) const override {
    const Buffer bytes = TRY(download.get_all(source.url, k_largest_document));
    std::string newest;
    TRY(each_oval_definition(bytes, newest, [&](const OvalDefinition& definition) {
      Advisory advisory = oval_advisory(definition, "oracle");
      if (advisory.id.empty()) {
        writer.bad_record(
            make_error(ErrorCode::malformed, "feed-malformed", "a definition names no flaw", definition.id));
        return;
      }
      if (advisory.covers.empty() && definition.cves.empty()) return;  // bug fixes
      writer.newest_record(definition.issued);
      for (const auto& package : definition.packages)
        for (const auto& release : package.releases) {
          std::string ecosystem = ecosystem_of(release);
          if (ecosystem.empty()) continue;
          place_oval_package(advisory, package, std::move(ecosystem), package.name);
          writer.add(advisory);
        }
    }));
    return {};
  }
};

const util::Registered<Oracle> registered{
    {.id = "oracle",
     .version = 1,
     .summary = "Oracle Linux bulletins (OVAL), by binary package, architecture and module",
     .example = "https://linux.oracle.com/security/oval/com.oracle.elsa-all.xml.bz2"}};

}  // namespace
}  // namespace hullcheck::advisories
