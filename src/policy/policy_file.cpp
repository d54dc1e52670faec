// Policy files (YAML 1.2, docs/policy.md) through yaml-cpp, whose header is included here only.
//
// The file is the user's, but a typing mistake in it must not weaken a policy in silence: an unknown or repeated key,
// a value outside its words and a date that does not exist are errors with line and column. An ignoring rule must say
// why. Nothing follows aliases or tags beyond what yaml-cpp resolves, and sizes are bounded.
#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>
#include <sstream>

#include "policy/policy.hpp"
#include "util/bytes.hpp"
#include "util/clock.hpp"
#include "util/file.hpp"
#include "util/text.hpp"

namespace hullcheck::policy {
namespace {

constexpr std::uint64_t k_largest_file = 1 << 20;
constexpr std::size_t k_most_rules = 10'000;
constexpr std::size_t k_most_items = 10'000;

// What a reader of one key is given: the value and where errors belong.
struct Field {
  const YAML::Node& node;
  std::string_view file;
  std::string_view key;

  Error error(std::string_view message, const YAML::Mark& mark) const {
    std::string place(file);
    if (!mark.is_null()) place += fmt::format(":{}:{}", mark.line + 1, mark.column + 1);
    return make_error(ErrorCode::malformed, "policy-malformed", std::string(message), place);
  }
  Error error(std::string_view message) const { return error(message, node.Mark()); }
  // The text of a scalar.
  Result<std::string> text() const {
    if (!node.IsScalar()) return error(fmt::format("{} takes one value", key));
    return node.Scalar();
  }
};

template <class Value>
struct Word {
  std::string_view text;
  Value value;
};

// One of a few words; the error lists them.
template <class Value, std::size_t count>
Result<Value> word(const Field& field, const Word<Value> (&words)[count]) {
  const std::string text = TRY(field.text());
  std::vector<std::string> all;
  for (const auto& row : words) {
    if (row.text == text) return row.value;
    all.emplace_back(row.text);
  }
  return field.error(fmt::format("{} is none of {}", field.key, util::join(all, ", ")));
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

// A list, or one value in place of a list of one.
Result<std::vector<YAML::Node>> items(const Field& field) {
  if (field.node.IsScalar()) return std::vector<YAML::Node>{field.node};
  if (!field.node.IsSequence() || field.node.size() == 0)
    return field.error(fmt::format("{} takes a value or a list of values", field.key));
  if (field.node.size() > k_most_items) return field.error(fmt::format("{} has too many values", field.key));
  std::vector<YAML::Node> out;
  for (const YAML::Node& item : field.node) out.push_back(item);
  return out;
}

Result<std::vector<std::string>> texts(const Field& field) {
  std::vector<std::string> out;
  for (const YAML::Node& item : TRY(items(field))) {
    std::string text = TRY(Field({item, field.file, field.key}).text());
    if (text.empty()) return field.error(fmt::format("{} has an empty value", field.key), item.Mark());
    if (text.find('*') < text.size() - 1)
      return field.error(fmt::format("{} may have * at the end only", field.key), item.Mark());
    out.push_back(std::move(text));
  }
  return out;
}

Result<std::vector<std::string>> kinds(const Field& field) {
  std::vector<std::string> out;
  for (const YAML::Node& item : TRY(items(field)))
    out.emplace_back(TRY(word(Field{item, field.file, field.key}, k_kinds)));
  return out;
}

Result<int> days(const Field& field) {
  const std::string text = TRY(field.text());
  if (text.empty() || text.size() > 5 || text.find_first_not_of("0123456789") != std::string::npos)
    return field.error(fmt::format("{} takes a number of days", field.key));
  return std::stoi(text);
}

Result<std::chrono::sys_days> date(const Field& field) {
  const std::string text = TRY(field.text());
  const auto day = util::parse_date(text);
  if (!day || text.size() != 10) return field.error(fmt::format("{} takes a date such as 2026-12-31", field.key));
  return *day;
}

// With its sign, so that 0.2 cannot be taken for a fifth.
Result<double> percentage(const Field& field) {
  const std::string text = TRY(field.text());
  const std::string digits = text.substr(0, text.find_last_not_of(" %") + 1);
  const bool plain =
      !digits.empty() && digits.size() <= 3 && digits.find_first_not_of("0123456789") == std::string::npos;
  if (!plain || text.back() != '%' || std::stoi(digits) > 100)
    return field.error(fmt::format("{} takes a whole percentage such as 20%", field.key));
  return std::stoi(digits) / 100.0;
}

Result<std::optional<std::uint64_t>> count(const Field& field) {
  const std::string text = TRY(field.text());
  if (text.empty() || text.size() > 9 || text.find_first_not_of("0123456789") != std::string::npos)
    return field.error(fmt::format("{} takes a number of files", field.key));
  return std::optional<std::uint64_t>(std::stoul(text));
}

// With its unit, of powers of 1000 as in reports.
Result<std::optional<std::uint64_t>> size(const Field& field) {
  constexpr std::pair<std::string_view, std::uint64_t> k_units[] = {
      {"B", 1}, {"kB", 1'000}, {"MB", 1'000'000}, {"GB", 1'000'000'000}};
  const std::string text = TRY(field.text());
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::size_t unit = std::min(text.find_first_not_of(' ', end), text.size());
  for (const auto& [name, factor] : k_units)
    if (end > 0 && end <= 9 && std::string_view(text).substr(unit) == name)
      return std::optional<std::uint64_t>(std::stoul(text.substr(0, end)) * factor);
  return field.error(fmt::format("{} takes a whole size such as 25 MB (B, kB, MB, GB)", field.key));
}

Result<std::string> text(const Field& field) { return field.text(); }
Result<Action> action(const Field& field) { return word(field, k_actions); }
Result<bool> flag(const Field& field) { return word(field, k_flags); }
Result<bool> fix(const Field& field) { return word(field, k_fixes); }
Result<Excess> excess(const Field& field) { return word(field, k_excesses); }
Result<bool> start(const Field& field) { return word(field, k_start); }
Result<model::Severity> severity(const Field& field) { return word(field, k_severities); }
Result<model::ThreatLevel> level(const Field& field) { return word(field, k_levels); }

template <class Target>
struct Key {
  std::string_view name;
  Result<void> (*read)(const Field&, Target&);
};

template <auto member, auto reader, class Target>
Result<void> set(const Field& field, Target& target) {
  target.*member = TRY(reader(field));
  return {};
}

constexpr Key<Rule> k_rule_keys[] = {
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

// Reads a mapping by a table of its keys.
template <class Target, std::size_t count>
Result<std::set<std::string>> read_mapping(const Field& mapping, const Key<Target> (&keys)[count], Target& target) {
  if (!mapping.node.IsMap()) return mapping.error(fmt::format("{} takes keys with values", mapping.key));
  std::set<std::string> seen;
  for (const auto& entry : mapping.node) {
    const YAML::Node& key_node = entry.first;
    if (!key_node.IsScalar()) return mapping.error("a key must be a word", key_node.Mark());
    const std::string& name = key_node.Scalar();
    const auto row =
        std::find_if(std::begin(keys), std::end(keys), [&](const auto& key) { return key.name == name; });
    if (row == std::end(keys)) {
      std::vector<std::string> all;
      for (const auto& key : keys) all.emplace_back(key.name);
      return mapping.error(fmt::format("unknown key \"{}\"; there are {}", name, util::join(all, ", ")),
                           key_node.Mark());
    }
    if (!seen.insert(name).second) return mapping.error(fmt::format("{} stands here twice", name), key_node.Mark());
    TRY(row->read(Field{entry.second, mapping.file, row->name}, target));
  }
  return seen;
}

Result<Rule> read_rule(const Field& field, std::size_t index) {
  Rule rule;
  const std::set<std::string> given = TRY(read_mapping(field, k_rule_keys, rule));
  if (!given.contains("action")) return field.error("a rule needs an action: stop, warn or ignore");
  if (rule.action == Action::ignore && rule.reason.find_first_not_of(" \t\n") == std::string::npos)
    return field.error("a rule that ignores needs a reason");
  rule.name = fmt::format("{}/{}", field.file, given.contains("name") ? rule.name : fmt::format("rules[{}]", index));
  return rule;
}

Result<void> read_version(const Field& field, Policy&) {
  if (TRY(field.text()) != "1") return field.error("this program reads version 1 of policy files");
  return {};
}

Result<void> read_rules(const Field& field, Policy& policy) {
  if (!field.node.IsSequence() && !field.node.IsNull()) return field.error("rules takes a list");
  if (field.node.size() > k_most_rules) return field.error("too many rules");
  for (const YAML::Node& item : field.node)
    policy.rules.push_back(TRY(read_rule(Field{item, field.file, "a rule"}, policy.rules.size())));
  return {};
}

Result<std::string> acceptable_gap(const Field& field) {
  std::string id = TRY(field.text());
  const std::vector<std::string_view> all = acceptable_gaps();
  if (std::find(all.begin(), all.end(), id) == all.end())
    return field.error(
        fmt::format("\"{}\" cannot be accepted; what can is {}", id, util::join({all.begin(), all.end()}, ", ")));
  return id;
}

constexpr Key<Acceptance> k_acceptance_keys[] = {
    {"gap", set<&Acceptance::gap, acceptable_gap>},
    {"subjects", set<&Acceptance::subjects, texts>},
    {"reason", set<&Acceptance::reason, text>},
    {"expires", set<&Acceptance::expires, date>},
};

Result<void> read_acceptances(const Field& field, Policy& policy) {
  if (!field.node.IsSequence() && !field.node.IsNull()) return field.error("accept takes a list");
  if (field.node.size() > k_most_rules) return field.error("too many entries");
  for (const YAML::Node& item : field.node) {
    const Field entry{item, field.file, "an entry of accept"};
    Acceptance acceptance;
    const std::set<std::string> given = TRY(read_mapping(entry, k_acceptance_keys, acceptance));
    const bool reasoned = acceptance.reason.find_first_not_of(" \t\n") != std::string::npos;
    if (!given.contains("gap") || !given.contains("expires") || !reasoned)
      return entry.error("an entry of accept needs gap, reason and expires");
    acceptance.name = fmt::format("{}/accept[{}]", field.file, policy.accepted.size());
    policy.accepted.push_back(std::move(acceptance));
  }
  return {};
}

constexpr Key<Policy> k_policy_keys[] = {
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

// Throws away what it is told.
class NoEvents final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

// Load() reads the first document and is silent about more, which could be half of a policy; LoadAll() of yaml-cpp
// 0.7 never comes back from a text that begins with a comma. So the documents are counted, to two.
bool is_one_document(const std::string& yaml) {
  std::istringstream in(yaml);
  YAML::Parser parser(in);
  NoEvents ignored;
  return parser.HandleNextDocument(ignored) && !parser.HandleNextDocument(ignored);
}

Result<Policy> parse_checked(const std::string& yaml, const std::string& name) {
  const bool one = is_one_document(yaml);
  const YAML::Node root = one ? YAML::Load(yaml) : YAML::Node();
  const Field whole{root, name, "a policy file"};
  if (!one || !root.IsMap()) return whole.error("a policy file is one mapping of keys");
  Policy policy;
  policy.name = name;
  TRY(read_mapping(whole, k_policy_keys, policy));
  return policy;
}

}  // namespace

Result<Policy> parse(std::string_view yaml, std::string name) {
  if (yaml.size() > k_largest_file)
    return make_error(ErrorCode::limit, "policy-malformed", "a policy file may have 1 MiB", name);
  try {
    return parse_checked(std::string(yaml), name);
  } catch (const YAML::Exception& exception) {
    const YAML::Node none;
    return Field{none, name, ""}.error(exception.msg, exception.mark);
  } catch (const std::exception& exception) {
    return make_error(ErrorCode::malformed, "policy-malformed", exception.what(), name);
  }
}

Result<Policy> load(const std::string& path) {
  const Buffer bytes = TRY(util::read_file(path, k_largest_file));
  return parse(as_text(bytes), path.substr(path.find_last_of('/') + 1));
}

}  // namespace hullcheck::policy
