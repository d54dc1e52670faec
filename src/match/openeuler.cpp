// openEuler: by source package, a key of the database for each service pack ("openEuler:24.03-LTS-SP1").
#include "match/end_of_life.hpp"
#include "match/matcher.hpp"

namespace hullcheck::match {
namespace {

class OpenEuler final : public Matcher {
 public:
  std::optional<Query> query(const model::Distribution& distribution, const model::Package& package) const override {
    if (package.type != "rpm" || distribution.id != "openeuler" || package.name == "gpg-pubkey") return std::nullopt;
    return Query{"openEuler:" + openeuler_release(distribution),
                 {package.source_name.empty() ? package.name : package.source_name},
                 package.version,
                 "rpm"};
  }
  std::string link(const advisories::Advisory& advisory, std::string_view) const override {
    return "https://osv.dev/vulnerability/" + advisory.id;
  }
};

const util::Registered<OpenEuler> registered{{.id = "openeuler",
                                              .version = 1,
                                              .summary = "openEuler packages by source package and service pack",
                                              .example = "openssl-libs 3.0.12-5.oe2403 → openEuler:24.03-LTS"}};

}  // namespace
}  // namespace hullcheck::match
