// Policy files: any bytes give a policy or an error with its name, and what parses can judge.
#include "policy/policy.hpp"

#include "util/bytes.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hullcheck;
  const auto policy = policy::parse(as_text({data, size}), "fuzz.yaml");
  if (!policy.ok()) {
    HULLCHECK_ASSERT(policy.error().name == "policy-malformed");
    return 0;
  }
  model::ScanResult result;
  result.vulnerabilities.emplace_back();
  result.vulnerabilities[0].advisory = "CVE-2026-1";
  result.vulnerabilities[0].published = "2026-01-01";
  result.threats.emplace_back();
  result.threats[0].level = model::ThreatLevel::suspicious;
  policy::apply(*policy, std::chrono::sys_days{std::chrono::year{2026} / 8 / 5}, result);
  HULLCHECK_ASSERT(!result.reasons.empty() && !result.vulnerabilities[0].decision.empty());
  return 0;
}
