// The least set of upgrades that removes every stopping vulnerability which has a fix.
#pragma once

#include "model/scan_result.hpp"

namespace hullcheck::policy {

// Every finding of `result` has its decision. Steps are sorted: base image, packages, applications, by name. The
// lines for a Dockerfile hold nothing from the image that a shell could read as anything but a word.
model::FixPlan fix_plan_of(const model::ScanResult& result);

}  // namespace hullcheck::policy
