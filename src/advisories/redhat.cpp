// Red Hat VEX (CSAF, https://security.access.redhat.com/data/csaf/v2/vex/): a document a flaw, with fixed, affected
// and not affected products; see csaf_feed.hpp for the tree. Rows are kept by product (redhat_stream.hpp): the main
// stream of a release, minor releases that are kept longer, and what is sold on top. Which of them an image is made
// of, its repositories say.
#include "advisories/csaf_feed.hpp"
#include "advisories/redhat_stream.hpp"

namespace hullcheck::advisories {
namespace {

std::optional<std::string> ecosystem_of(const CsafComponent& component) {
  if (!component.cpe.starts_with("cpe:")) return std::nullopt;
  return redhat_ecosystem(component.cpe);
}

class RedHat final : public Feed {
 public:
  Result<void> update(const SourceRow& source, Download& download, AdvisoryWriter& writer) const override {
    return update_csaf_tree({source.url, "", {"redhat", ecosystem_of}, true}, download, writer);
  }
};

const util::Registered<RedHat> registered{{.id = "redhat",
                                           .version = 3,
                                           .summary = "Red Hat Enterprise Linux (CSAF VEX), with its list of changes",
                                           .example = "https://security.access.redhat.com/data/csaf/v2/vex/"}};

}  // namespace
}  // namespace hullcheck::advisories
