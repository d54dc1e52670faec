// empty-password: an account whose password field is empty logs in without one (passwd(5), shadow(5)). "x", "*" and
// "!" in the field mean other things.
#include "checks/check.hpp"

namespace hullcheck::checks {
namespace {

bool has_empty_password(std::string_view line) {
  const std::size_t colon = line.find(':');
  return colon != std::string_view::npos && colon > 0 && line.size() > colon + 1 && line[colon + 1] == ':';
}

class EmptyPassword final : public Check {
 public:
  void run(const CheckContext& context, std::vector<model::Finding>& out) const override {
    for (const auto& found : inventory::found_facts(context.image, "accounts", nullptr)) {
      if (found.visibility != model::Visibility::final) continue;
      if (found.facts.kind != "passwd" && found.facts.kind != "shadow") continue;
      for (const auto& [name, line] : found.facts.values)
        // "+" and "-" begin entries of a directory service, which have no password of their own.
        if (has_empty_password(line) && name.front() != '+' && name.front() != '-')
          out.push_back(found_at(context, found.file, found.path, "account " + name));
    }
  }
};

const util::Registered<EmptyPassword> registered{{.id = "empty-password",
                                                  .version = 1,
                                                  .summary = "Account with an empty password",
                                                  .example = "root:: in /etc/shadow",
                                                  .severity = model::Severity::high,
                                                  .remediation = "Lock the account with passwd -l, or remove it",
                                                  .reference = ""}};

}  // namespace
}  // namespace hullcheck::checks
