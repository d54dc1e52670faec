// Rule files.
//
// A typing mistake in a rule must not make it look for nothing in silence: beside what util/yaml_form refuses, values
// outside their words, regular expressions that RE2 refuses and rules without a condition are errors with their
// place.
#include "detect/user/rule_file.hpp"
#include "detect/content/regex.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "util/text.hpp"
#include "util/yaml_form.hpp"

namespace hullcheck::detect {
namespace {

using util::YamlField;
using util::YamlKey;

constexpr std::size_t k_largest_mebibytes = 8;
constexpr std::size_t k_most_patterns = 1000;  // of one rule
constexpr std::size_t k_most_text = 4000;      // of title, remediation …
constexpr std::size_t k_most_id = 100;

Result<std::string> prose(const YamlField& field) {
  std::string text = TRY(field.text());
  if (text.size() > k_most_text) return field.error(fmt::format("{} is too long", field.key()));
  return text;
}

// The reason why RE2 does not take it, or "".
std::string regex_trouble(const std::string& regex) {
  const Regex compiled(regex);
  return compiled.ok() ? std::string() : compiled.error();
}

// ^ and $ stand for the ends of lines, as people write them for text.
std::string line_regex(const std::string& regex) { return "(?m)" + regex; }

Result<std::string> regex(const YamlField& field) {
  const std::string text = TRY(field.text());
  if (text.empty()) return field.error(fmt::format("{} has an empty value", field.key()));
  if (const std::string trouble = regex_trouble(line_regex(text)); !trouble.empty())
    return field.error(fmt::format("not a regular expression of RE2: {}", trouble));
  return line_regex(text);
}

Result<void> read_literal_text(const YamlField& field, UserLiteral& literal) {
  literal.bytes = TRY(field.text());
  return {};
}

Result<void> read_literal_case(const YamlField& field, UserLiteral& literal) {
  const std::string text = TRY(field.text());
  if (text != "true" && text != "false") return field.error("nocase is true or false");
  literal.caseless = text == "true";
  return {};
}

constexpr YamlKey<UserLiteral> k_literal_keys[] = {{"text", read_literal_text}, {"nocase", read_literal_case}};

Result<void> read_literals(const YamlField& field, FileRule& rule) {
  for (const YamlField& item : TRY(field.one_or_more(k_most_patterns))) {
    UserLiteral literal;
    if (item.is_mapping())
      TRY(read_mapping(item, k_literal_keys, literal));
    else
      literal.bytes = TRY(item.text());
    if (literal.bytes.size() < k_fewest_user_literal_bytes || literal.bytes.size() > 256)
      return item.error(fmt::format("a literal has {} to 256 bytes", k_fewest_user_literal_bytes));
    rule.literals.push_back(std::move(literal));
  }
  return {};
}

Result<void> read_hex(const YamlField& field, FileRule& rule) {
  for (const YamlField& item : TRY(field.one_or_more(k_most_patterns))) {
    const std::string text = TRY(item.text());
    const auto regex = regex_of_hex(text);
    if (!regex || !regex_trouble(*regex).empty())
      return item.error("hex takes bytes such as de ad ?? [2-4] (be | ef)");
    rule.regexes.push_back(*regex);
    rule.names.push_back("bytes " + text);
  }
  return {};
}

Result<void> read_regexes(const YamlField& field, FileRule& rule) {
  for (const YamlField& item : TRY(field.one_or_more(k_most_patterns))) {
    rule.regexes.push_back(TRY(regex(item)));
    rule.names.emplace_back();
  }
  return {};
}

Result<void> read_paths(const YamlField& field, FileRule& rule) {
  for (const YamlField& item : TRY(field.one_or_more(k_most_patterns))) {
    const auto regex = regex_of_glob(TRY(item.text()));
    if (!regex || !regex_trouble(*regex).empty())
      return item.error("paths takes globs such as /etc/cron.*/** or *.so");
    rule.paths.push_back(*regex);
  }
  return {};
}

// What the key of a part of the configuration takes.
Result<void> read_config_part(const YamlField& field, std::size_t part, FileRule& rule) {
  ConfigCondition condition;
  condition.part = part;
  for (const YamlField& item : TRY(field.one_or_more(k_most_patterns))) condition.regexes.push_back(TRY(regex(item)));
  rule.config.push_back(std::move(condition));
  return {};
}

Result<void> read_config(const YamlField& field, FileRule& rule) {
  if (!field.is_mapping()) return field.error("config takes keys with regular expressions");
  std::vector<std::string> known;
  for (const ConfigPart& part : k_config_parts) known.emplace_back(part.key);
  std::set<std::string> seen;
  for (const auto& [key, value] : field.members()) {
    const std::string name = TRY(util::check_yaml_key(key, known, seen));
    const auto part = std::find(known.begin(), known.end(), name);
    TRY(read_config_part(value.as(name), static_cast<std::size_t>(part - known.begin()), rule));
  }
  if (rule.config.empty()) return field.error("config names nothing to look at");
  return {};
}

// "any", "all" or a number; resolved once all patterns are known.
Result<void> read_match(const YamlField& field, FileRule& rule) {
  const std::string text = TRY(field.text());
  if (text == "any") return {};
  if (text == "all") {
    rule.needed = 0;
    return {};
  }
  rule.needed = TRY(field.number(4, "any, all or how many of the patterns"));
  if (rule.needed == 0) return field.error("match takes any, all or how many of the patterns, and not none");
  return {};
}

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= k_most_id && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  });
}

Result<void> read_id(const YamlField& field, FileRule& rule) {
  const std::string text = TRY(field.text());
  if (!is_id(text)) return field.error("id takes letters, digits, dots, dashes and underscores");
  rule.row.id = "user:" + text;
  return {};
}

Result<void> read_class(const YamlField& field, FileRule& rule) {
  const auto cls = class_from(TRY(field.text()));
  if (!cls) return field.error("class is A (malicious), B (suspicious), C (supporting) or D (context)");
  rule.row.cls = *cls;
  return {};
}

Result<void> read_severity(const YamlField& field, FileRule& rule) {
  rule.row.severity = model::severity_from(TRY(field.text()));
  if (rule.row.severity == model::Severity::unrated)
    return field.error("severity is critical, high, medium, low or negligible");
  return {};
}

Result<void> read_confidence(const YamlField& field, FileRule& rule) {
  const std::uint64_t percentage = TRY(field.number(3, "a percentage from 0 to 100"));
  if (percentage > 100) return field.error("confidence takes a percentage from 0 to 100");
  rule.row.confidence = static_cast<std::uint8_t>(percentage);
  return {};
}

Result<void> read_technique(const YamlField& field, FileRule& rule) {
  std::vector<std::string> ids;
  for (const YamlField& item : TRY(field.one_or_more(k_most_patterns))) {
    static const Regex k_form("T[0-9]{4}(\\.[0-9]{3})?");
    ids.push_back(TRY(item.text()));
    if (!k_form.fits(ids.back())) return item.error("technique takes MITRE ATT&CK ids such as T1059.004");
  }
  rule.row.technique = util::join(ids, ",");
  return {};
}

template <auto member>
Result<void> read_prose(const YamlField& field, FileRule& rule) {
  rule.row.*member = TRY(prose(field));
  return {};
}

constexpr YamlKey<FileRule> k_rule_keys[] = {
    {"id", read_id},
    {"title", read_prose<&UserRule::title>},
    {"class", read_class},
    {"severity", read_severity},
    {"confidence", read_confidence},
    {"technique", read_technique},
    {"remediation", read_prose<&UserRule::remediation>},
    {"benign", read_prose<&UserRule::benign>},
    {"reference", read_prose<&UserRule::reference>},
    {"literals", read_literals},
    {"hex", read_hex},
    {"regexes", read_regexes},
    {"match", read_match},
    {"paths", read_paths},
    {"config", read_config},
};

Result<void> check_conditions(const YamlField& field, const std::set<std::string>& given, FileRule& rule) {
  const bool files = rule.reads_content() || !rule.paths.empty();
  if (!files && rule.config.empty())
    return field.error("a rule needs something to look for: literals, hex, regexes, paths or config");
  if (files && !rule.config.empty()) return field.error("a rule is either of files or of the config; make two");
  if (given.contains("match") && !rule.reads_content())
    return field.error("match counts literals, hex and regexes, and there are none");
  const std::size_t patterns = rule.literals.size() + rule.regexes.size();
  if (rule.needed == 0) rule.needed = patterns;
  if (rule.needed > patterns && rule.reads_content())
    return field.error(fmt::format("match asks for {} of {} patterns", rule.needed, patterns));
  return {};
}

Result<FileRule> read_rule(const YamlField& field) {
  FileRule rule;
  rule.row.source = fmt::format("{}:{}", field.file().name, field.line());
  const std::set<std::string> given = TRY(read_mapping(field, k_rule_keys, rule));
  if (!given.contains("id")) return field.error("a rule needs an id");
  if (!given.contains("title")) return field.error("a rule needs a title");
  TRY(check_conditions(field, given, rule));
  if (!given.contains("class") && given.contains("severity")) rule.row.cls = class_of(rule.row.severity);
  if (!given.contains("severity")) rule.row.severity = severity_of(rule.row.cls);
  return rule;
}

struct File {
  std::vector<FileRule> rules;
};

Result<void> read_version(const YamlField& field, File&) {
  if (TRY(field.text()) != "1") return field.error("this program reads version 1 of rule files");
  return {};
}

Result<void> read_rules(const YamlField& field, File& file) {
  if (!field.is_list()) return field.error("rules takes a list");
  if (field.size() > k_most_file_rules)
    return field.error(fmt::format("there are more than {} rules", k_most_file_rules));
  std::set<std::string> ids;
  for (const YamlField& item : field.items()) {
    file.rules.push_back(TRY(read_rule(item.as("a rule"))));
    if (!ids.insert(file.rules.back().row.id).second)
      return item.error(fmt::format("the id {} stands here twice", file.rules.back().row.id.substr(5)));
  }
  return {};
}

constexpr YamlKey<File> k_file_keys[] = {{"version", read_version}, {"rules", read_rules}};

}  // namespace

Result<std::vector<FileRule>> parse_rule_file(std::string_view yaml, const std::string& name) {
  const util::YamlFile form{name, "rule-file-malformed", "a rule file", k_largest_mebibytes};
  const YamlField root = TRY(util::parse_yaml(yaml, form));
  if (!root.is_mapping()) return root.error("a rule file is one mapping with the key rules");
  File file;
  const auto given = TRY(read_mapping(root, k_file_keys, file));
  if (!given.contains("rules")) return root.error("a rule file needs the key rules");
  return std::move(file.rules);
}

std::optional<EvidenceClass> class_from(std::string_view word) {
  static constexpr std::pair<std::string_view, EvidenceClass> k_words[] = {{"A", EvidenceClass::decisive},
                                                                           {"a", EvidenceClass::decisive},
                                                                           {"malicious", EvidenceClass::decisive},
                                                                           {"decisive", EvidenceClass::decisive},
                                                                           {"B", EvidenceClass::strong},
                                                                           {"b", EvidenceClass::strong},
                                                                           {"suspicious", EvidenceClass::strong},
                                                                           {"strong", EvidenceClass::strong},
                                                                           {"C", EvidenceClass::supporting},
                                                                           {"c", EvidenceClass::supporting},
                                                                           {"supporting", EvidenceClass::supporting},
                                                                           {"risky", EvidenceClass::supporting},
                                                                           {"D", EvidenceClass::context},
                                                                           {"d", EvidenceClass::context},
                                                                           {"context", EvidenceClass::context},
                                                                           {"info", EvidenceClass::context}};
  for (const auto& [known, cls] : k_words)
    if (known == word) return cls;
  return std::nullopt;
}

EvidenceClass class_of(model::Severity severity) {
  switch (severity) {
    case model::Severity::critical:
    case model::Severity::high: return EvidenceClass::decisive;
    case model::Severity::medium: return EvidenceClass::strong;
    case model::Severity::low: return EvidenceClass::supporting;
    case model::Severity::negligible: return EvidenceClass::context;
    case model::Severity::unrated: break;
  }
  return EvidenceClass::decisive;
}

model::Severity severity_of(EvidenceClass cls) {
  switch (cls) {
    case EvidenceClass::decisive: return model::Severity::critical;
    case EvidenceClass::strong: return model::Severity::high;
    case EvidenceClass::supporting: return model::Severity::medium;
    case EvidenceClass::context: return model::Severity::low;
  }
  return model::Severity::low;
}

}  // namespace hullcheck::detect
