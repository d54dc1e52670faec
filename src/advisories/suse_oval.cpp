// SUSE and openSUSE (OVAL, https://ftp.suse.com/pub/projects/security/oval/): one definition a flaw.
//   AND: OR of "SUSE Linux Enterprise Server 15 SP4 is installed" …; OR of "NAME-EVR is installed" (affected below
//   that EVR), "NAME is affected" (no fix), "NAME is not affected".
// Rows are by binary package; a release is spelled as OSV spells it, so that both sources meet.
// Hostile: see oval.hpp.
#include "advisories/feed.hpp"
#include "advisories/oval_row.hpp"

namespace hullcheck::advisories {
namespace {

constexpr std::uint64_t k_largest_document = 1ULL << 30;

// "SUSE Linux Enterprise Server 15 SP4" → "SUSE:Linux Enterprise Server 15 SP4", "openSUSE Leap 15.5" →
// "openSUSE:Leap 15.5". Products for SAP and long-term support are other products with other versions.
std::string ecosystem_of(std::string_view release) {
  constexpr std::string_view k_suse = "SUSE ", k_open = "openSUSE ";
  if (release.substr(0, k_open.size()) == k_open) return "openSUSE:" + std::string(release.substr(k_open.size()));
  if (release.substr(0, k_suse.size()) == k_suse) return "SUSE:" + std::string(release.substr(k_suse.size()));
  return {};
}

class SuseOval final : public Feed {
 public:
  Result<void> update(const SourceRow& source, Download& download, AdvisoryWriter& writer) const override {
    const Buffer bytes = TRY(download.get_all(source.url, k_largest_document));
    std::string newest;
    TRY(each_oval_definition(bytes, newest, [&](const OvalDefinition& definition) {
      Advisory advisory = oval_advisory(definition, "suse");
      if (advisory.id.empty()) {
        writer.bad_record(
            make_error(ErrorCode::malformed, "feed-malformed", "a definition names no flaw", definition.id));
        return;
      }
      for (const auto& package : definition.packages)
        for (const auto& release : package.releases) {
          std::string ecosystem = ecosystem_of(release);
          if (ecosystem.empty()) continue;
          OvalPackage stated = package;
          stated.unaffected = stated.unaffected || package.comment.find("is not affected") != std::string::npos;
          advisory.status = model::VulnerabilityStatus::affected;
          place_oval_package(advisory, stated, std::move(ecosystem), package.name);
          writer.add(advisory);
        }
    }));
    writer.newest_record(newest);
    return {};
  }
};

const util::Registered<SuseOval> registered{
    {.id = "suse-oval",
     .version = 1,
     .summary = "SUSE Linux Enterprise and openSUSE Leap (OVAL), by binary package",
     .example = "https://ftp.suse.com/pub/projects/security/oval/suse.linux.enterprise.server.15.xml.gz"}};

}  // namespace
}  // namespace hullcheck::advisories
