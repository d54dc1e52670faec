// secret-env: a variable of the configuration whose name promises a secret and that has a value. Everybody who can
// pull the image reads it. Values that only point at a secret, or switch something, are none. Values are never shown.
#include <fmt/format.h>

#include "checks/check.hpp"
#include "detect/secrets/variables.hpp"

namespace hullcheck::checks {
namespace {

class SecretEnv final : public Check {
 public:
  void run(const CheckContext& context, std::vector<model::Finding>& out) const override {
    for (const std::string& variable : context.image.config().env) {
      const std::size_t equals = variable.find('=');
      if (equals == std::string::npos) continue;
      const std::string name = variable.substr(0, equals);
      const std::string_view value = std::string_view(variable).substr(equals + 1);
      if (detect::secrets::is_secret_variable(name, value))
        out.push_back(
            found_in_config(fmt::format("Env[{}]", name), fmt::format("{}=*** ({} characters)", name, value.size())));
    }
  }
};

const util::Registered<SecretEnv> registered{
    {.id = "secret-env",
     .version = 1,
     .summary = "Secret in an environment variable of the image",
     .example = "ENV DB_PASSWORD=…",
     .severity = model::Severity::medium,
     .remediation = "Give it at run time, or mount it as a secret, and replace the one that was shipped",
     .reference = "CIS Docker 4.10"}};

}  // namespace
}  // namespace hullcheck::checks
