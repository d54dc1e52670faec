// Scan results as the stages would give them, judged by the built-in policy: what the tests of reports print.
#pragma once

#include <string>
#include <vector>

#include "model/scan_result.hpp"

namespace hullcheck::test {

struct Sample {
  std::string name;
  model::ScanResult result;
};
// "safe", "unsafe", "unknown", "hostile" (every text chosen by an attacker), "empty" (nothing could be read).
std::vector<Sample> sample_results();
model::ScanResult sample_result(std::string_view name);

// Building blocks.
model::Vulnerability sample_flaw(std::string advisory, std::string package, std::string version, std::string fixed,
                                 model::Severity severity);
model::Finding sample_finding(model::FindingKind kind, std::string rule, std::string title, std::string path);

}  // namespace hullcheck::test
