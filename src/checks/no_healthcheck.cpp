// no-healthcheck: nothing tells the engine whether the service inside still answers. NONE is how a Dockerfile
// switches off the one that its base image set, so it is told with that word.
#include "checks/check.hpp"

namespace hullcheck::checks {
namespace {

class NoHealthcheck final : public Check {
 public:
  void run(const CheckContext& context, std::vector<model::Finding>& out) const override {
    const model::ImageConfig& config = context.image.config();
    if (!config.present) return;
    if (config.healthcheck.empty())
      out.push_back(found_in_config("Healthcheck", "no HEALTHCHECK is set"));
    else if (config.healthcheck.front() == "NONE")
      out.push_back(found_in_config("Healthcheck", "HEALTHCHECK NONE switches it off"));
  }
};

const util::Registered<NoHealthcheck> registered{
    {.id = "no-healthcheck",
     .version = 2,
     .summary = "No HEALTHCHECK",
     .example = "a Dockerfile without HEALTHCHECK, or with HEALTHCHECK NONE",
     .severity = model::Severity::negligible,
     .remediation = "Add a HEALTHCHECK, or probes where the image runs",
     .reference = "CIS Docker 4.6"}};

}  // namespace
}  // namespace hullcheck::checks
