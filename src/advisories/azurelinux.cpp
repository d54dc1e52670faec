// Azure Linux and CBL-Mariner (OVAL, https://github.com/microsoft/AzureLinuxVulnerabilityData): one definition a
// (flaw, source package). `patchable` says whether there is a fix ("true"), none yet ("false": versions up to the
// one named have the flaw) or that the flaw is not one of this package ("Not Applicable").
// Hostile: see oval.hpp.
#include "advisories/feed.hpp"
#include "advisories/oval_row.hpp"

namespace hullcheck::advisories {
namespace {

constexpr std::uint64_t k_largest_document = 512ULL << 20;

class AzureLinux final : public Feed {
 public:
  Result<void> update(const SourceRow& source, Download& download, AdvisoryWriter& writer) const override {
    const Buffer bytes = TRY(download.get_all(source.url, k_largest_document));
    std::string newest;
    TRY(each_oval_definition(bytes, newest, [&](const OvalDefinition& definition) {
      Advisory advisory = oval_advisory(definition, "azurelinux");
      if (advisory.id.empty() || definition.packages.empty()) {
        writer.bad_record(make_error(ErrorCode::malformed, "feed-malformed",
                                     "a definition names no flaw or no package", definition.id));
        return;
      }
      if (definition.patchable == "Not Applicable") advisory.status = model::VulnerabilityStatus::not_affected;
      for (const auto& package : definition.packages) {
        place_oval_package(advisory, package, source.subject, package.name);
        writer.add(advisory);
      }
    }));
    writer.newest_record(newest);
    return {};
  }
};

const util::Registered<AzureLinux> registered{
    {.id = "azurelinux",
     .version = 1,
     .summary = "Azure Linux and CBL-Mariner (OVAL), by source package",
     .example =
         "https://raw.githubusercontent.com/microsoft/AzureLinuxVulnerabilityData/main/azurelinux-3.0-oval.xml"}};

}  // namespace
}  // namespace hullcheck::advisories
