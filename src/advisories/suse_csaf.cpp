// SUSE VEX (CSAF, https://ftp.suse.com/pub/projects/security/csaf-vex/): a document a flaw. Products are spelled as
// OSV spells their releases: "SUSE Linux Enterprise Server 15 SP4" is "SUSE:Linux Enterprise Server 15 SP4",
// "openSUSE Leap 15.5" is "openSUSE:Leap 15.5".
#include "advisories/csaf_feed.hpp"

namespace hullcheck::advisories {
namespace {

std::optional<std::string> ecosystem_of(const CsafComponent& component) {
  constexpr std::string_view k_suse = "SUSE ", k_open = "openSUSE ";
  const std::string_view name = component.platform;
  if (name.substr(0, k_open.size()) == k_open) return "openSUSE:" + std::string(name.substr(k_open.size()));
  if (name.substr(0, k_suse.size()) == k_suse) return "SUSE:" + std::string(name.substr(k_suse.size()));
  return std::nullopt;
}

class SuseCsaf final : public Feed {
 public:
  Result<void> update(const SourceRow& source, Download& download, AdvisoryWriter& writer) const override {
    // The archive lies beside the folder: ".../csaf-vex/" and ".../csaf-vex.tar.bz2".
    const std::string archive = source.url.substr(0, source.url.find_last_not_of('/') + 1) + ".tar.bz2";
    return update_csaf_tree({source.url, archive, {"suse", ecosystem_of}, false}, download, writer);
  }
};

const util::Registered<SuseCsaf> registered{{.id = "suse-csaf",
                                             .version = 2,
                                             .summary = "SUSE and openSUSE (CSAF VEX), with its list of changes",
                                             .example = "https://ftp.suse.com/pub/projects/security/csaf-vex/"}};

}  // namespace
}  // namespace hullcheck::advisories
