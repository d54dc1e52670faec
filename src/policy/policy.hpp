// The policy engine: typed findings in, one decision each out; the built-in policy is one rule set among others.
//
// A policy file (YAML, docs/policy.md) is an ordered list of rules; the first rule whose every condition holds
// decides. What no rule of the file decides, the built-in rules do. Unknown keys, bad dates and bad values are errors
// that name line and column.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/finding.hpp"
#include "model/scan_result.hpp"
#include "util/result.hpp"

namespace hullcheck::policy {

enum class Action : std::uint8_t { stop, warn, ignore };
std::string_view to_string(Action action);

struct Rule {
  std::string name;  // shown as the trigger: "built-in/known-exploited", "team.yaml/rules[2]"
  Action action = Action::warn;
  std::vector<std::string> kinds;  // "vulnerability", "threat", "secret", "check"; empty: any
  std::vector<std::string>
      ids;  // advisory ids or aliases, catalogue rules, check ids, finding ids; "*" at the end matches any rest
  std::vector<std::string> packages;        // names, "*" at the end as above
  std::optional<model::Severity> at_least;  // severity, for vulnerabilities, secrets, checks
  std::optional<model::ThreatLevel> level;  // at least, for threats
  std::optional<bool> fix_available;
  std::optional<bool> known_exploited;
  std::optional<int> older_than_days;  // since published (vulnerabilities)
  std::string reason;
  std::optional<std::chrono::sys_days> expires;  // after this day the rule no longer applies, and a note says so
};

struct Policy {
  std::string name = "built-in";
  std::vector<Rule> rules;  // before the built-in ones
  bool ignore_unfixed = false;
  std::optional<model::Severity> fail_on;  // --fail-on: stop on any affected vulnerability at least this severe
  double most_unattributed = 0.20;         // share of executable bytes; above: unknown
  bool unattributed_start_is_unknown = true;
  bool allow_declared_miners = false;
};

Policy built_in();
Result<Policy> load(const std::string& path);  // "policy-malformed" with line and column
Result<Policy> parse(std::string_view yaml, std::string name);

// Sets decision, trigger and reason of every finding, then verdict, reasons and next steps of the result from
// decisions, threat levels, gaps and coverage. Pure.
void apply(const Policy& policy, std::chrono::sys_seconds now, model::ScanResult& result);

}  // namespace hullcheck::policy
