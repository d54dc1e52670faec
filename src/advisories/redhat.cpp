// Red Hat VEX (CSAF, https://security.access.redhat.com/data/csaf/v2/vex/): a document a flaw, with fixed, affected
// and not affected products; see csaf_feed.hpp for the tree. Of the products only the main stream of Red Hat
// Enterprise Linux is kept ("cpe:/o:redhat:enterprise_linux:9::baseos", "cpe:/a:…:appstream"): images are built from
// it, and extended streams have fixes under versions that do not compare.
#include "advisories/csaf_feed.hpp"

namespace hullcheck::advisories {
namespace {

std::optional<std::string> ecosystem_of(const CsafComponent& component) {
  constexpr std::string_view k_product = ":redhat:enterprise_linux:";
  const std::string_view cpe = component.cpe;
  const auto at = cpe.find(k_product);
  if (at == std::string_view::npos || cpe.substr(0, 5) != "cpe:/") return std::nullopt;
  std::string_view release = cpe.substr(at + k_product.size());
  release = release.substr(0, release.find(':'));
  release = release.substr(0, release.find('.'));  // "9.2" of a minor release of the main stream
  if (release.empty()) return std::nullopt;
  return "Red Hat:" + std::string(release);
}

class RedHat final : public Feed {
 public:
  Result<void> update(const SourceRow& source, Download& download, AdvisoryWriter& writer) const override {
    return update_csaf_tree({source.url, "", {"redhat", ecosystem_of}, true}, download, writer);
  }
};

const util::Registered<RedHat> registered{{.id = "redhat",
                                           .version = 1,
                                           .summary = "Red Hat Enterprise Linux (CSAF VEX), with its list of changes",
                                           .example = "https://security.access.redhat.com/data/csaf/v2/vex/"}};

}  // namespace
}  // namespace hullcheck::advisories
