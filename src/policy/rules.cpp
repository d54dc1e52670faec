#include "policy/rules.hpp"

#include <algorithm>

#include "util/clock.hpp"

namespace hullcheck::policy {
namespace {

using model::Severity;
using model::ThreatLevel;
using model::VulnerabilityStatus;

constexpr std::string_view k_declared_miner = "M17";

Rule rule(std::string_view name, Action action, std::vector<std::string> kinds) {
  Rule out;
  out.name = name;
  out.action = action;
  out.kinds = std::move(kinds);
  return out;
}

Rule with_level(Rule base, ThreatLevel level) {
  base.level = level;
  return base;
}

std::vector<Rule> make_built_in_rules() {
  Rule exploited = rule(k_trigger_exploited, Action::stop, {"vulnerability"});
  exploited.known_exploited = true;
  Rule critical = rule(k_trigger_critical, Action::stop, {"vulnerability"});
  critical.at_least = Severity::critical;
  critical.fix_available = true;
  return {
      with_level(rule("built-in/malicious", Action::stop, {"threat"}), ThreatLevel::malicious),
      // Who found the secret gives it a level only when it is real and not the package's own.
      with_level(rule("built-in/secret", Action::stop, {"secret"}), ThreatLevel::risky),
      exploited,
      critical,
      with_level(rule("built-in/suspicious", Action::warn, {"threat"}), ThreatLevel::suspicious),
      with_level(rule("built-in/unverifiable", Action::warn, {"threat"}), ThreatLevel::unverifiable_at_start),
      rule("built-in/rest", Action::warn, {}),
  };
}

bool matches_pattern(std::string_view pattern, std::string_view text) {
  if (pattern.empty() || pattern.back() != '*') return pattern == text;
  return text.substr(0, pattern.size() - 1) == pattern.substr(0, pattern.size() - 1);
}

// An empty list of patterns is no condition.
bool matches_any(const std::vector<std::string>& patterns, const std::vector<std::string_view>& texts) {
  return patterns.empty() || std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
           return std::any_of(texts.begin(), texts.end(),
                              [&](std::string_view text) { return matches_pattern(pattern, text); });
         });
}

// "*" is anything but a slash, "**" anything at all, "?" one character. All places of the pattern that a beginning of
// the text can lead to are kept at once, so that no pattern makes it slow.
bool matches_glob(std::string_view pattern, std::string_view text) {
  std::vector<char> now(pattern.size() + 1), next;
  // A star may stand for nothing, and "**/" for no folder at all.
  const auto skip_stars = [&](std::vector<char>& places) {
    for (std::size_t p = 0; p < pattern.size(); ++p) {
      if (!places[p] || pattern[p] != '*') continue;
      places[p + 1] = 1;
      const bool folders = pattern.substr(p, 3) == "**/" && (p == 0 || pattern[p - 1] == '/');
      if (folders) places[p + 3] = 1;
    }
  };
  now[0] = 1;
  skip_stars(now);
  for (const char c : text) {
    next.assign(pattern.size() + 1, 0);
    for (std::size_t p = 0; p < pattern.size(); ++p) {
      if (!now[p]) continue;
      const bool twice = pattern.substr(p, 2) == "**" || (p > 0 && pattern.substr(p - 1, 2) == "**");
      if (pattern[p] == '*') {
        if (c != '/' || twice) next[p] = 1;
      } else if (pattern[p] == c || (pattern[p] == '?' && c != '/')) {
        next[p + 1] = 1;
      }
    }
    skip_stars(next);
    now.swap(next);
  }
  return now[pattern.size()] != 0;
}

bool matches_path(const std::vector<std::string>& patterns, const std::vector<std::string_view>& paths) {
  return patterns.empty() || std::any_of(patterns.begin(), patterns.end(), [&](std::string_view pattern) {
           if (!pattern.empty() && pattern.front() == '/') pattern.remove_prefix(1);
           return std::any_of(paths.begin(), paths.end(),
                              [&](std::string_view path) { return matches_glob(pattern, path); });
         });
}

// "pkg:deb/debian/openssl" holds for every version and architecture of it; a version in the pattern must be the same.
bool matches_purl(std::string_view pattern, std::string_view purl) {
  const std::string_view wanted = pattern.substr(0, pattern.find('?')), found = purl.substr(0, purl.find('?'));
  if (wanted == found) return true;
  return found.size() > wanted.size() && found.substr(0, wanted.size()) == wanted && found[wanted.size()] == '@';
}

bool matches_package(const Rule& rule, const Subject& subject) {
  const auto one_of = [](const std::vector<std::string>& list, std::string_view word) {
    return list.empty() || std::find(list.begin(), list.end(), word) != list.end();
  };
  if (!one_of(rule.versions, subject.version) || !one_of(rule.types, subject.type)) return false;
  return rule.purls.empty() || std::any_of(rule.purls.begin(), rule.purls.end(),
                                           [&](const std::string& purl) { return matches_purl(purl, subject.purl); });
}

bool old_enough(const std::optional<std::chrono::sys_days>& published, int days, std::chrono::sys_days today) {
  return published && today - *published > std::chrono::days{days};
}

}  // namespace

std::string_view to_string(Action action) {
  switch (action) {
    case Action::stop: return "stop";
    case Action::warn: return "warn";
    case Action::ignore: return "ignore";
  }
  return "warn";
}

Policy built_in() { return {}; }

const std::vector<Rule>& built_in_rules() {
  static const std::vector<Rule> rules = make_built_in_rules();
  return rules;
}

bool is_affected(VulnerabilityStatus status) {
  switch (status) {
    case VulnerabilityStatus::affected:
    case VulnerabilityStatus::will_not_fix:
    case VulnerabilityStatus::deferred:
    case VulnerabilityStatus::end_of_life: return true;
    case VulnerabilityStatus::not_affected:
    case VulnerabilityStatus::fixed:
    case VulnerabilityStatus::under_investigation:
    case VulnerabilityStatus::unimportant:
    case VulnerabilityStatus::disputed: return false;
  }
  return false;
}

Subject subject_of(const model::Finding& finding) {
  Subject subject;
  subject.kind = model::to_string(finding.kind);
  subject.ids = {finding.id, finding.rule};
  subject.severity = finding.severity;
  subject.level = finding.level;
  for (const auto& location : finding.locations) subject.paths.emplace_back(location.path);
  return subject;
}

Subject subject_of(const model::Vulnerability& vulnerability) {
  Subject subject;
  subject.kind = "vulnerability";
  subject.ids = {vulnerability.id, vulnerability.advisory};
  subject.ids.insert(subject.ids.end(), vulnerability.aliases.begin(), vulnerability.aliases.end());
  subject.packages = {vulnerability.package, vulnerability.source_name};
  subject.severity = vulnerability.severity;
  subject.fix_available = !vulnerability.fixed_version.empty();
  subject.known_exploited = vulnerability.known_exploited;
  subject.published = util::parse_date(vulnerability.published);
  subject.status = vulnerability.status;
  subject.version = vulnerability.package_version;
  subject.purl = vulnerability.purl;
  subject.paths = {vulnerability.location.path};
  if (subject.purl.substr(0, 4) == "pkg:") subject.type = subject.purl.substr(4, subject.purl.find('/') - 4);
  subject.may_stop = is_affected(vulnerability.status);
  return subject;
}

bool expired(const Rule& rule, std::chrono::sys_days today) { return rule.expires && today > *rule.expires; }

bool matches(const Rule& rule, const Subject& subject, std::chrono::sys_days today) {
  if (rule.action == Action::stop && !subject.may_stop) return false;
  if (!matches_any(rule.kinds, {subject.kind}) || !matches_any(rule.ids, subject.ids)) return false;
  if (!matches_any(rule.packages, subject.packages)) return false;
  const std::size_t names = subject.packages.size();
  if (!matches_any(rule.binary_packages, {names > 0 ? subject.packages[0] : std::string_view()}) ||
      !matches_any(rule.source_packages, {names > 1 ? subject.packages[1] : std::string_view()}))
    return false;
  if (rule.at_least && (subject.severity == Severity::unrated || subject.severity < *rule.at_least)) return false;
  if (rule.level && (subject.level == ThreatLevel::none || subject.level < *rule.level)) return false;
  if (rule.fix_available && rule.fix_available != subject.fix_available) return false;
  if (rule.known_exploited && rule.known_exploited != subject.known_exploited) return false;
  if (!matches_package(rule, subject) || !matches_path(rule.paths, subject.paths)) return false;
  if (!rule.statuses.empty() && (!subject.status || std::find(rule.statuses.begin(), rule.statuses.end(),
                                                              *subject.status) == rule.statuses.end()))
    return false;
  return !rule.older_than_days || old_enough(subject.published, *rule.older_than_days, today);
}

const Rule* exception_for(const Policy& policy, const Subject& subject, std::chrono::sys_days today) {
  const auto found = std::find_if(policy.exceptions.begin(), policy.exceptions.end(), [&](const Rule& rule) {
    return !expired(rule, today) && matches(rule, subject, today);
  });
  return found == policy.exceptions.end() ? nullptr : &*found;
}

Decision decide(const Policy& policy, const Subject& subject, std::chrono::sys_days today) {
  if (const Rule* exception = exception_for(policy, subject, today))
    return {exception->action, exception->name, exception->reason};
  for (const Rule& candidate : policy.rules)
    if (!expired(candidate, today) && matches(candidate, subject, today))
      return {candidate.action, candidate.name, candidate.reason};

  if (policy.allow_declared_miners && subject.kind == "threat" &&
      std::find(subject.ids.begin(), subject.ids.end(), k_declared_miner) != subject.ids.end())
    return {Action::warn, std::string(k_trigger_miner), "the policy allows declared miners"};
  if (policy.ignore_unfixed && subject.fix_available == false)
    return {Action::ignore, std::string(k_trigger_unfixed), "there is no fixed version"};
  if (subject.status && std::find(policy.ignore_statuses.begin(), policy.ignore_statuses.end(), *subject.status) !=
                            policy.ignore_statuses.end())
    return {Action::ignore, std::string(k_trigger_status),
            "the vendor's status is \"" + std::string(model::to_string(*subject.status)) + "\""};
  if (policy.fail_on && subject.kind == "vulnerability") {
    Rule fail_on = rule(k_trigger_fail_on, Action::stop, {});
    fail_on.at_least = policy.fail_on;
    // The built-in reasons to stop say more than "at least this severe".
    for (const Rule& candidate : built_in_rules())
      if (candidate.action == Action::stop && matches(candidate, subject, today))
        return {candidate.action, candidate.name, candidate.reason};
    if (matches(fail_on, subject, today)) return {Action::stop, fail_on.name, {}};
  }
  for (const Rule& candidate : built_in_rules())
    if (matches(candidate, subject, today)) return {candidate.action, candidate.name, candidate.reason};
  return {};
}

}  // namespace hullcheck::policy
