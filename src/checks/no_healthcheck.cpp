// no-healthcheck: nothing tells the engine whether the service inside still answers. An explicit NONE is a decision
// and passes.
#include "checks/check.hpp"

namespace hullcheck::checks {
namespace {

class NoHealthcheck final : public Check {
 public:
  void run(const CheckContext& context, std::vector<model::Finding>& out) const override {
    const model::ImageConfig& config = context.image.config();
    if (config.present && config.healthcheck.empty())
      out.push_back(found_in_config("Healthcheck", "no HEALTHCHECK is set"));
  }
};

const util::Registered<NoHealthcheck> registered{{.id = "no-healthcheck",
                                                  .version = 1,
                                                  .summary = "No HEALTHCHECK",
                                                  .example = "a Dockerfile without HEALTHCHECK",
                                                  .severity = model::Severity::negligible,
                                                  .remediation = "Add a HEALTHCHECK, or probes where the image runs",
                                                  .reference = "CIS Docker 4.6"}};

}  // namespace
}  // namespace hullcheck::checks
