// From decisions to the answer: reasons in order of weight, and what to do next.
#pragma once

#include <string>
#include <vector>

#include "model/scan_result.hpp"
#include "policy/policy.hpp"

namespace hullcheck::policy {

// Every finding of `result` has its decision. The first reason has the verdict of the image. Never empty.
std::vector<model::Reason> reasons_of(const Policy& policy, const model::ScanResult& result);

// Why an image is safe: that all of it was looked at, or else what the policy accepts unseen.
std::string safe_reason(const model::Coverage& coverage);

// Commands hold nothing from the image that a shell could read as anything but a word.
std::vector<model::NextStep> next_steps_of(const model::ScanResult& result);

// The share of executable bytes that no package owns, 0 where there are none.
double unattributed_share(const model::Coverage& coverage);

// Which of the policy's limits of unattributed programs is exceeded, in words: "34 % of the executable bytes (12 MB)
// belong to no package"; "" for none.
std::string unattributed_excess(const Policy& policy, const model::Coverage& coverage);

}  // namespace hullcheck::policy
