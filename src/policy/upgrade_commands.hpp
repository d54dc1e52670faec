// Lines of a Dockerfile that upgrade packages of the system, by the package manager that the image has.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/scan_result.hpp"

namespace hullcheck::policy {

// `type` as in package URLs. By name, or the whole system for no names. Nothing for packages that no package manager
// of a system installs. Names must be shell words (util/shell_word.hpp).
std::optional<std::string> upgrade_command(const model::ScanResult& result, std::string_view type,
                                           const std::vector<std::string>& names);

}  // namespace hullcheck::policy
