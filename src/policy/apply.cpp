// Gives each finding its decision and draws the verdict from them.
#include <fmt/format.h>

#include <algorithm>

#include "policy/policy.hpp"
#include "policy/rules.hpp"
#include "policy/verdict.hpp"
#include "util/clock.hpp"
#include "util/text.hpp"

namespace hullcheck::policy {
namespace {

constexpr std::string_view k_unattributed_rule = "unattributed-code";

template <class Item>
void decide_each(const Policy& policy, std::chrono::sys_days today, std::vector<Item>& items) {
  for (Item& item : items) {
    Decision decision = decide(policy, subject_of(item), today);
    item.decision = to_string(decision.action);
    item.trigger = std::move(decision.trigger);
    item.reason = std::move(decision.reason);
  }
}

void note_expired(const Policy& policy, std::chrono::sys_days today, std::vector<model::Gap>& gaps) {
  for (const Rule& rule : policy.rules)
    if (expired(rule, today))
      gaps.push_back({"policy-rule-expired", "policy", rule.name,
                      fmt::format("the rule expired on {} and no longer applies{}", util::iso_date(*rule.expires),
                                  rule.reason.empty() ? "" : " (" + rule.reason + ")"),
                      model::GapEffect::note});
}

// Programs that no package owns, where they are few enough not to leave the verdict open.
void warn_of_unattributed(const Policy& policy, model::ScanResult& result) {
  const model::Coverage& coverage = result.coverage;
  if (coverage.unattributed.empty() || unattributed_share(coverage) > policy.most_unattributed) return;
  model::Finding finding;
  finding.rule = k_unattributed_rule;
  finding.kind = model::FindingKind::warning;
  finding.title = "Programs that no package owns";
  finding.severity = model::Severity::low;
  finding.confidence = 100;
  std::string paths;
  for (const std::string& path : coverage.unattributed) {
    finding.locations.push_back({path, "", model::Visibility::final, 0});
    paths += path + '\n';
  }
  finding.id = model::finding_id(k_unattributed_rule, paths, "", "");
  const std::uint64_t bytes = coverage.executable_bytes - coverage.attributed_bytes;
  finding.evidence.push_back(fmt::format("{} with {} of {} executable bytes",
                                         util::plural(coverage.unattributed_count, "program"),
                                         util::human_size(bytes), util::human_size(coverage.executable_bytes)));
  finding.remediation = "Install programs from packages, or check where these came from";
  result.warnings.push_back(std::move(finding));
}

}  // namespace

double unattributed_share(const model::Coverage& coverage) {
  if (coverage.executable_bytes == 0 || coverage.attributed_bytes >= coverage.executable_bytes) return 0;
  return static_cast<double>(coverage.executable_bytes - coverage.attributed_bytes) /
         static_cast<double>(coverage.executable_bytes);
}

void apply(const Policy& policy, std::chrono::sys_seconds now, model::ScanResult& result) {
  const auto today = std::chrono::floor<std::chrono::days>(now);
  result.policy = policy.name;
  warn_of_unattributed(policy, result);
  decide_each(policy, today, result.vulnerabilities);
  decide_each(policy, today, result.threats);
  decide_each(policy, today, result.secrets);
  decide_each(policy, today, result.checks);
  decide_each(policy, today, result.warnings);

  note_expired(policy, today, result.coverage.gaps);
  std::sort(result.coverage.gaps.begin(), result.coverage.gaps.end());
  result.reasons = reasons_of(policy, result);
  result.verdict = result.reasons.front().verdict;
  result.next_steps = next_steps_of(result);
}

}  // namespace hullcheck::policy
