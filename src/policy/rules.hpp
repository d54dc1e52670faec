// What a rule sees of a finding, and which rule decides.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/finding.hpp"
#include "policy/policy.hpp"

namespace hullcheck::policy {

// Borrows from the finding or vulnerability that it was made of.
struct Subject {
  std::string_view kind;
  std::vector<std::string_view> ids;
  std::vector<std::string_view> packages;  // binary and source package; empty where there is none
  model::Severity severity = model::Severity::unrated;
  model::ThreatLevel level = model::ThreatLevel::none;
  std::optional<bool> fix_available, known_exploited;
  std::optional<std::chrono::sys_days> published;
  std::optional<model::VulnerabilityStatus> status;
  std::string_view version, purl, type;  // of the package
  std::vector<std::string_view> paths;
  // False for flaws that somebody has judged not to matter here: no rule may stop on them.
  bool may_stop = true;
};
Subject subject_of(const model::Finding& finding);
Subject subject_of(const model::Vulnerability& vulnerability);

// True for statuses that say the package has the flaw.
bool is_affected(model::VulnerabilityStatus status);

bool expired(const Rule& rule, std::chrono::sys_days today);
// Expiry aside.
bool matches(const Rule& rule, const Subject& subject, std::chrono::sys_days today);

struct Decision {
  Action action = Action::warn;
  std::string trigger;
  std::string reason;
};
Decision decide(const Policy& policy, const Subject& subject, std::chrono::sys_days today);
// The exception that holds for a finding, or null; borrowed from the policy.
const Rule* exception_for(const Policy& policy, const Subject& subject, std::chrono::sys_days today);

constexpr std::string_view k_built_in = "built-in/";
constexpr std::string_view k_trigger_exploited = "built-in/known-exploited";
constexpr std::string_view k_trigger_critical = "built-in/critical-with-fix";
constexpr std::string_view k_trigger_fail_on = "--fail-on";
constexpr std::string_view k_trigger_unfixed = "--ignore-unfixed";
constexpr std::string_view k_trigger_status = "--ignore-status";
constexpr std::string_view k_trigger_miner = "allowDeclaredMiners";

}  // namespace hullcheck::policy
