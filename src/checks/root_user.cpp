// root-user: the container's first process runs as root, which a break-out then is on the host too unless user
// namespaces are in use. The user is a name or number, with an optional group behind a colon; a name counts as root
// when passwd gives it the number 0.
#include <optional>

#include "checks/check.hpp"

namespace hullcheck::checks {
namespace {

// Digits behind an optional sign, as engines read them.
bool is_number(std::string_view text) {
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}
bool is_zero(std::string_view text) {
  return is_number(text) && text.find_first_of("123456789") == std::string_view::npos;
}

// The third field of the account's line in the final passwd, nothing where there is no such account.
std::optional<std::string> number_of(const CheckContext& context, std::string_view user) {
  for (const auto& found : inventory::found_facts(context.image, "accounts", nullptr)) {
    if (found.facts.kind != "passwd" || found.visibility != model::Visibility::final) continue;
    for (const auto& [name, line] : found.facts.values) {
      if (name != user) continue;
      const std::size_t password = line.find(':');
      const std::size_t number = password == std::string::npos ? password : line.find(':', password + 1);
      if (number == std::string::npos) return "";
      return line.substr(number + 1, line.find(':', number + 1) - number - 1);
    }
  }
  return std::nullopt;
}

// runc takes an account whose line has no number in its place for one with the number 0.
bool is_root(const CheckContext& context, std::string_view user) {
  if (user == "root" || is_zero(user)) return true;
  const auto number = number_of(context, user);
  return number && (is_zero(*number) || !is_number(*number));
}

class RootUser final : public Check {
 public:
  void run(const CheckContext& context, std::vector<model::Finding>& out) const override {
    if (!context.image.config().present) return;
    const std::string& setting = context.image.config().user;
    const std::string user = setting.substr(0, setting.find(':'));
    if (user.empty())
      out.push_back(found_in_config("User", "no USER is set"));
    else if (is_root(context, user))
      out.push_back(found_in_config("User", "USER " + setting));
  }
};

const util::Registered<RootUser> registered{{.id = "root-user",
                                             .version = 1,
                                             .summary = "Runs as root",
                                             .example = "no USER in the Dockerfile",
                                             .severity = model::Severity::low,
                                             .remediation = "Add a USER that is not root",
                                             .reference = "CIS Docker 4.1"}};

}  // namespace
}  // namespace hullcheck::checks
