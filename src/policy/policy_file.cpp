// Policy files (YAML 1.2, docs/policy.md).
//
// The file is the user's, but a typing mistake in it must not weaken a policy in silence: beside what util/yaml_form
// refuses, a value outside its words and a date that does not exist are errors with line and column, and an ignoring
// rule must say why.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "policy/policy.hpp"
#include "util/bytes.hpp"
#include "util/clock.hpp"
#include "util/file.hpp"
#include "util/text.hpp"
#include "util/yaml_form.hpp"

namespace hullcheck::policy {
namespace {

using util::YamlField;
using util::YamlKey;

constexpr std::size_t k_largest_file = 1 << 20;
constexpr std::size_t k_most_rules = 10'000;
constexpr std::size_t k_most_items = 10'000;

template <class Value>
struct Word {
  std::string_view text;
  Value value;
};

// One of a few words; the error lists them.
template <class Value, std::size_t count>
Result<Value> word(const YamlField& field, const Word<Value> (&words)[count]) {
  const std::string text = TRY(field.text());
  std::vector<std::string> all;
  for (const auto& row : words) {
    if (row.text == text) return row.value;
    all.emplace_back(row.text);
  }
  return field.error(fmt::format("{} is none of {}", field.key(), util::join(all, ", ")));
}

constexpr Word<Action> k_actions[] = {{"stop", Action::stop}, {"warn", Action::warn}, {"ignore", Action::ignore}};
constexpr Word<bool> k_flags[] = {{"true", true}, {"false", false}};
constexpr Word<model::Severity> k_severities[] = {{"negligible", model::Severity::negligible},
                                                  {"low", model::Severity::low},
                                                  {"medium", model::Severity::medium},
                                                  {"high", model::Severity::high},
                                                  {"critical", model::Severity::critical}};
constexpr Word<model::ThreatLevel> k_levels[] = {{"risky", model::ThreatLevel::risky},
                                                 {"unverifiable", model::ThreatLevel::unverifiable_at_start},
                                                 {"suspicious", model::ThreatLevel::suspicious},
                                                 {"malicious", model::ThreatLevel::malicious}};
constexpr Word<std::string_view> k_kinds[] = {{"vulnerability", "vulnerability"},
                                              {"threat", "threat"},
                                              {"secret", "secret"},
                                              {"check", "check"},
                                              {"warning", "warning"}};
constexpr Word<bool> k_fixes[] = {{"available", true}, {"none", false}};
constexpr Word<Excess> k_excesses[] = {{"warn", Excess::warn}, {"unknown", Excess::unknown}, {"stop", Excess::stop}};
constexpr Word<bool> k_start[] = {{"unknown", true}, {"warn", false}};

Result<std::vector<std::string>> texts(const YamlField& field) {
  std::vector<std::string> out;
  for (const YamlField& item : TRY(field.one_or_more(k_most_items))) {
    std::string text = TRY(item.text());
    if (text.empty()) return item.error(fmt::format("{} has an empty value", item.key()));
    if (text.find('*') < text.size() - 1) return item.error(fmt::format("{} may have * at the end only", item.key()));
    out.push_back(std::move(text));
  }
  return out;
}

Result<std::vector<std::string>> kinds(const YamlField& field) {
  std::vector<std::string> out;
  for (const YamlField& item : TRY(field.one_or_more(k_most_items))) out.emplace_back(TRY(word(item, k_kinds)));
  return out;
}

Result<int> days(const YamlField& field) { return static_cast<int>(TRY(field.number(5, "a number of days"))); }

Result<std::chrono::sys_days> date(const YamlField& field) {
  const std::string text = TRY(field.text());
  const auto day = util::parse_date(text);
  if (!day || text.size() != 10) return field.error(fmt::format("{} takes a date such as 2026-12-31", field.key()));
  return *day;
}

// With its sign, so that 0.2 cannot be taken for a fifth.
Result<double> percentage(const YamlField& field) {
  const std::string text = TRY(field.text());
  const std::string digits = text.substr(0, text.find_last_not_of(" %") + 1);
  const bool plain =
      !digits.empty() && digits.size() <= 3 && digits.find_first_not_of("0123456789") == std::string::npos;
  if (!plain || text.back() != '%' || std::stoi(digits) > 100)
    return field.error(fmt::format("{} takes a whole percentage such as 20%", field.key()));
  return std::stoi(digits) / 100.0;
}

Result<std::optional<std::uint64_t>> count(const YamlField& field) {
  return std::optional<std::uint64_t>(TRY(field.number(9, "a number of files")));
}

// With its unit, of powers of 1000 as in reports.
Result<std::optional<std::uint64_t>> size(const YamlField& field) {
  constexpr std::pair<std::string_view, std::uint64_t> k_units[] = {
      {"B", 1}, {"kB", 1'000}, {"MB", 1'000'000}, {"GB", 1'000'000'000}};
  const std::string text = TRY(field.text());
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::size_t unit = std::min(text.find_first_not_of(' ', end), text.size());
  for (const auto& [name, factor] : k_units)
    if (end > 0 && end <= 9 && std::string_view(text).substr(unit) == name)
      return std::optional<std::uint64_t>(std::stoul(text.substr(0, end)) * factor);
  return field.error(fmt::format("{} takes a whole size such as 25 MB (B, kB, MB, GB)", field.key()));
}

Result<std::string> text(const YamlField& field) { return field.text(); }
Result<Action> action(const YamlField& field) { return word(field, k_actions); }
Result<bool> flag(const YamlField& field) { return word(field, k_flags); }
Result<bool> fix(const YamlField& field) { return word(field, k_fixes); }
Result<Excess> excess(const YamlField& field) { return word(field, k_excesses); }
Result<bool> start(const YamlField& field) { return word(field, k_start); }
Result<model::Severity> severity(const YamlField& field) { return word(field, k_severities); }
Result<model::ThreatLevel> level(const YamlField& field) { return word(field, k_levels); }

template <auto member, auto reader, class Target>
Result<void> set(const YamlField& field, Target& target) {
  target.*member = TRY(reader(field));
  return {};
}

constexpr YamlKey<Rule> k_rule_keys[] = {
    {"name", set<&Rule::name, text>},
    {"action", set<&Rule::action, action>},
    {"kinds", set<&Rule::kinds, kinds>},
    {"ids", set<&Rule::ids, texts>},
    {"packages", set<&Rule::packages, texts>},
    {"severity", set<&Rule::at_least, severity>},
    {"level", set<&Rule::level, level>},
    {"fix", set<&Rule::fix_available, fix>},
    {"knownExploited", set<&Rule::known_exploited, flag>},
    {"olderThanDays", set<&Rule::older_than_days, days>},
    {"reason", set<&Rule::reason, text>},
    {"expires", set<&Rule::expires, date>},
};

Result<Rule> read_rule(const YamlField& field, std::size_t index) {
  Rule rule;
  const std::set<std::string> given = TRY(read_mapping(field, k_rule_keys, rule));
  if (!given.contains("action")) return field.error("a rule needs an action: stop, warn or ignore");
  if (rule.action == Action::ignore && rule.reason.find_first_not_of(" \t\n") == std::string::npos)
    return field.error("a rule that ignores needs a reason");
  rule.name =
      fmt::format("{}/{}", field.file().name, given.contains("name") ? rule.name : fmt::format("rules[{}]", index));
  return rule;
}

Result<void> read_version(const YamlField& field, Policy&) {
  if (TRY(field.text()) != "1") return field.error("this program reads version 1 of policy files");
  return {};
}

Result<void> read_rules(const YamlField& field, Policy& policy) {
  if (!field.is_list() && !field.is_none()) return field.error("rules takes a list");
  if (field.size() > k_most_rules) return field.error(fmt::format("there are more than {} rules", k_most_rules));
  for (const YamlField& item : field.items())
    policy.rules.push_back(TRY(read_rule(item.as("a rule"), policy.rules.size())));
  return {};
}

Result<std::string> acceptable_gap(const YamlField& field) {
  std::string id = TRY(field.text());
  const std::vector<std::string_view> all = acceptable_gaps();
  if (std::find(all.begin(), all.end(), id) == all.end())
    return field.error(
        fmt::format("\"{}\" cannot be accepted; what can is {}", id, util::join({all.begin(), all.end()}, ", ")));
  return id;
}

constexpr YamlKey<Acceptance> k_acceptance_keys[] = {
    {"gap", set<&Acceptance::gap, acceptable_gap>},
    {"subjects", set<&Acceptance::subjects, texts>},
    {"reason", set<&Acceptance::reason, text>},
    {"expires", set<&Acceptance::expires, date>},
};

Result<void> read_acceptances(const YamlField& field, Policy& policy) {
  if (!field.is_list() && !field.is_none()) return field.error("accept takes a list");
  if (field.size() > k_most_rules) return field.error(fmt::format("there are more than {} entries", k_most_rules));
  for (const YamlField& item : field.items()) {
    const YamlField entry = item.as("an entry of accept");
    Acceptance acceptance;
    const std::set<std::string> given = TRY(read_mapping(entry, k_acceptance_keys, acceptance));
    const bool reasoned = acceptance.reason.find_first_not_of(" \t\n") != std::string::npos;
    if (!given.contains("gap") || !given.contains("expires") || !reasoned)
      return entry.error("an entry of accept needs gap, reason and expires");
    acceptance.name = fmt::format("{}/accept[{}]", field.file().name, policy.accepted.size());
    policy.accepted.push_back(std::move(acceptance));
  }
  return {};
}

constexpr YamlKey<Policy> k_policy_keys[] = {
    {"version", read_version},
    {"rules", read_rules},
    {"accept", read_acceptances},
    {"ignoreUnfixed", set<&Policy::ignore_unfixed, flag>},
    {"failOn", set<&Policy::fail_on, severity>},
    {"mostUnattributed", set<&Policy::most_unattributed, percentage>},
    {"mostUnattributedBytes", set<&Policy::most_unattributed_bytes, size>},
    {"mostUnattributedFiles", set<&Policy::most_unattributed_files, count>},
    {"unattributed", set<&Policy::unattributed, excess>},
    {"unattributedStart", set<&Policy::unattributed_start_is_unknown, start>},
    {"allowDeclaredMiners", set<&Policy::allow_declared_miners, flag>},
};

}  // namespace

Result<Policy> parse(std::string_view yaml, std::string name) {
  const util::YamlFile file{std::move(name), "policy-malformed", "a policy file", k_largest_file >> 20};
  const YamlField root = TRY(util::parse_yaml(yaml, file));
  if (!root.is_mapping()) return root.error("a policy file is one mapping of keys");
  Policy policy;
  policy.name = file.name;
  TRY(read_mapping(root, k_policy_keys, policy));
  return policy;
}

Result<Policy> load(const std::string& path) {
  const Buffer bytes = TRY(util::read_file(path, k_largest_file));
  return parse(as_text(bytes), path.substr(path.find_last_of('/') + 1));
}

}  // namespace hullcheck::policy
