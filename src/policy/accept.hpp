// Which gaps of an image its policy accepts.
#pragma once

#include <chrono>

#include "model/scan_result.hpp"
#include "policy/policy.hpp"

namespace hullcheck::policy {

// Makes notes of the gaps that are accepted, and adds a note to each that says by whom ("gap-accepted"), and one for
// each acceptance that has run out.
void accept_gaps(const Policy& policy, std::chrono::sys_days today, model::Coverage& coverage);

// What was accepted: "third-party-packages (Docker)".
std::vector<std::string> accepted_gaps(const model::Coverage& coverage);

}  // namespace hullcheck::policy
