// Variables by name.
#pragma once

#include <string_view>

namespace hullcheck::detect::secrets {

// True when the name promises a secret ("GITHUB_TOKEN", "DB_PASSWORD_2") and the value can be one: nothing that
// points at a secret, as a path or another variable does, and no switch.
bool is_secret_variable(std::string_view name, std::string_view value);

}  // namespace hullcheck::detect::secrets
