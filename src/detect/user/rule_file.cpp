// Rule files through yaml-cpp.
//
// A typing mistake in a rule must not make it look for nothing in silence: unknown and repeated keys, values outside
// their words, regular expressions that RE2 refuses and rules without a condition are errors with file and line.
#include "detect/user/rule_file.hpp"
#include "detect/content/regex.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "util/text.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_largest_file = std::size_t{8} << 20;
constexpr std::size_t k_most_patterns = 1000;  // of one rule
constexpr std::size_t k_most_text = 4000;      // of title, remediation …
constexpr std::size_t k_most_id = 100;

// A value, and where errors about it belong.
struct Field {
  const YAML::Node& node;
  const std::string& file;
  std::string_view key;

  Error error(const std::string& message) const { return error(message, node.Mark()); }
  Error error(const std::string& message, const YAML::Mark& mark) const {
    std::string place = file;
    if (!mark.is_null()) place += ":" + std::to_string(mark.line + 1);
    return make_error(ErrorCode::malformed, "rule-file-malformed", message, std::move(place));
  }
  Result<std::string> text() const {
    if (!node.IsScalar()) return error(fmt::format("{} takes one value", key));
    return node.Scalar();
  }
  Field of(const YAML::Node& item) const { return {item, file, key}; }
};

Result<std::string> prose(const Field& field) {
  std::string text = TRY(field.text());
  if (text.size() > k_most_text) return field.error(fmt::format("{} is too long", field.key));
  return text;
}

// A list, or one value in place of a list of one.
Result<std::vector<YAML::Node>> items(const Field& field) {
  if (field.node.IsScalar() || field.node.IsMap()) return std::vector<YAML::Node>{field.node};
  if (!field.node.IsSequence() || field.node.size() == 0)
    return field.error(fmt::format("{} takes a value or a list of values", field.key));
  if (field.node.size() > k_most_patterns) return field.error(fmt::format("{} has too many values", field.key));
  std::vector<YAML::Node> out;
  for (const YAML::Node& item : field.node) out.push_back(item);
  return out;
}

template <class Target>
struct Key {
  std::string_view name;
  Result<void> (*read)(const Field&, Target&);
};

// Reads a mapping by a table of its keys and gives those that were there.
template <class Target, std::size_t count>
Result<std::set<std::string>> read_mapping(const Field& mapping, const Key<Target> (&keys)[count], Target& target) {
  if (!mapping.node.IsMap()) return mapping.error(fmt::format("{} takes keys with values", mapping.key));
  std::set<std::string> seen;
  for (const auto& entry : mapping.node) {
    if (!entry.first.IsScalar()) return mapping.error("a key must be a word", entry.first.Mark());
    const std::string& name = entry.first.Scalar();
    const auto row =
        std::find_if(std::begin(keys), std::end(keys), [&](const auto& key) { return key.name == name; });
    if (row == std::end(keys)) {
      std::vector<std::string> all;
      for (const auto& key : keys) all.emplace_back(key.name);
      return mapping.error(fmt::format("unknown key \"{}\"; there are {}", name, util::join(all, ", ")),
                           entry.first.Mark());
    }
    if (!seen.insert(name).second)
      return mapping.error(fmt::format("{} stands here twice", name), entry.first.Mark());
    TRY(row->read(Field{entry.second, mapping.file, row->name}, target));
  }
  return seen;
}

// The reason why RE2 does not take it, or "".
std::string regex_trouble(const std::string& regex) {
  const Regex compiled(regex);
  return compiled.ok() ? std::string() : compiled.error();
}

// ^ and $ stand for the ends of lines, as people write them for text.
std::string line_regex(const std::string& regex) { return "(?m)" + regex; }

Result<std::string> regex(const Field& field) {
  const std::string text = TRY(field.text());
  if (text.empty()) return field.error(fmt::format("{} has an empty value", field.key));
  if (const std::string trouble = regex_trouble(line_regex(text)); !trouble.empty())
    return field.error(fmt::format("not a regular expression of RE2: {}", trouble));
  return line_regex(text);
}

Result<void> read_literal_text(const Field& field, UserLiteral& literal) {
  literal.bytes = TRY(field.text());
  return {};
}

Result<void> read_literal_case(const Field& field, UserLiteral& literal) {
  const std::string text = TRY(field.text());
  if (text != "true" && text != "false") return field.error("nocase is true or false");
  literal.caseless = text == "true";
  return {};
}

constexpr Key<UserLiteral> k_literal_keys[] = {{"text", read_literal_text}, {"nocase", read_literal_case}};

Result<void> read_literals(const Field& field, FileRule& rule) {
  for (const YAML::Node& item : TRY(items(field))) {
    UserLiteral literal;
    if (item.IsMap())
      TRY(read_mapping(field.of(item), k_literal_keys, literal));
    else
      literal.bytes = TRY(field.of(item).text());
    if (literal.bytes.size() < k_fewest_user_literal_bytes || literal.bytes.size() > 256)
      return field.of(item).error(fmt::format("a literal has {} to 256 bytes", k_fewest_user_literal_bytes));
    rule.literals.push_back(std::move(literal));
  }
  return {};
}

Result<void> read_hex(const Field& field, FileRule& rule) {
  for (const YAML::Node& item : TRY(items(field))) {
    const std::string text = TRY(field.of(item).text());
    const auto regex = regex_of_hex(text);
    if (!regex || !regex_trouble(*regex).empty())
      return field.of(item).error("hex takes bytes such as de ad ?? [2-4] (be | ef)");
    rule.regexes.push_back(*regex);
    rule.names.push_back("bytes " + text);
  }
  return {};
}

Result<void> read_regexes(const Field& field, FileRule& rule) {
  for (const YAML::Node& item : TRY(items(field))) {
    rule.regexes.push_back(TRY(regex(field.of(item))));
    rule.names.emplace_back();
  }
  return {};
}

Result<void> read_paths(const Field& field, FileRule& rule) {
  for (const YAML::Node& item : TRY(items(field))) {
    const auto regex = regex_of_glob(TRY(field.of(item).text()));
    if (!regex || !regex_trouble(*regex).empty())
      return field.of(item).error("paths takes globs such as /etc/cron.*/** or *.so");
    rule.paths.push_back(*regex);
  }
  return {};
}

Result<void> read_config(const Field& field, FileRule& rule) {
  if (!field.node.IsMap()) return field.error("config takes keys with regular expressions");
  std::set<std::string> seen;
  for (const auto& entry : field.node) {
    const std::string name = entry.first.IsScalar() ? entry.first.Scalar() : std::string();
    const auto part = std::find_if(k_config_parts.begin(), k_config_parts.end(),
                                   [&](const ConfigPart& known) { return known.key == name; });
    if (part == k_config_parts.end()) {
      std::vector<std::string> all;
      for (const ConfigPart& known : k_config_parts) all.emplace_back(known.key);
      return field.error(fmt::format("unknown key \"{}\" of config; there are {}", name, util::join(all, ", ")),
                         entry.first.Mark());
    }
    if (!seen.insert(name).second) return field.error(fmt::format("{} stands here twice", name), entry.first.Mark());
    ConfigCondition condition;
    condition.part = static_cast<std::size_t>(part - k_config_parts.begin());
    const Field value{entry.second, field.file, part->key};
    for (const YAML::Node& item : TRY(items(value))) condition.regexes.push_back(TRY(regex(value.of(item))));
    rule.config.push_back(std::move(condition));
  }
  if (rule.config.empty()) return field.error("config names nothing to look at");
  return {};
}

// "any", "all" or a number; resolved once all patterns are known.
Result<void> read_match(const Field& field, FileRule& rule) {
  const std::string text = TRY(field.text());
  if (text == "any") return {};
  if (text == "all") {
    rule.needed = 0;
    return {};
  }
  const bool number = !text.empty() && text.size() <= 4 && text.find_first_not_of("0123456789") == std::string::npos;
  if (!number || std::stoul(text) == 0) return field.error("match is any, all or how many of the patterns");
  rule.needed = std::stoul(text);
  return {};
}

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= k_most_id && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  });
}

Result<void> read_id(const Field& field, FileRule& rule) {
  const std::string text = TRY(field.text());
  if (!is_id(text)) return field.error("id takes letters, digits, dots, dashes and underscores");
  rule.row.id = "user:" + text;
  return {};
}

Result<void> read_class(const Field& field, FileRule& rule) {
  const auto cls = class_from(TRY(field.text()));
  if (!cls) return field.error("class is A (malicious), B (suspicious), C (supporting) or D (context)");
  rule.row.cls = *cls;
  return {};
}

Result<void> read_severity(const Field& field, FileRule& rule) {
  rule.row.severity = model::severity_from(TRY(field.text()));
  if (rule.row.severity == model::Severity::unrated)
    return field.error("severity is critical, high, medium, low or negligible");
  return {};
}

Result<void> read_confidence(const Field& field, FileRule& rule) {
  const std::string text = TRY(field.text());
  const bool number = !text.empty() && text.size() <= 3 && text.find_first_not_of("0123456789") == std::string::npos;
  if (!number || std::stoi(text) > 100) return field.error("confidence is a percentage from 0 to 100");
  rule.row.confidence = static_cast<std::uint8_t>(std::stoi(text));
  return {};
}

Result<void> read_technique(const Field& field, FileRule& rule) {
  std::vector<std::string> ids;
  for (const YAML::Node& item : TRY(items(field))) {
    static const Regex k_form("T[0-9]{4}(\\.[0-9]{3})?");
    ids.push_back(TRY(field.of(item).text()));
    if (!k_form.fits(ids.back())) return field.of(item).error("technique takes MITRE ATT&CK ids such as T1059.004");
  }
  rule.row.technique = util::join(ids, ",");
  return {};
}

template <auto member>
Result<void> read_prose(const Field& field, FileRule& rule) {
  rule.row.*member = TRY(prose(field));
  return {};
}

constexpr Key<FileRule> k_rule_keys[] = {
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

Result<void> check_conditions(const Field& field, const std::set<std::string>& given, FileRule& rule) {
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

Result<FileRule> read_rule(const Field& field) {
  FileRule rule;
  rule.row.source = field.file + ":" + std::to_string(field.node.Mark().line + 1);
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

Result<void> read_version(const Field& field, File&) {
  if (TRY(field.text()) != "1") return field.error("this program reads version 1 of rule files");
  return {};
}

Result<void> read_rules(const Field& field, File& file) {
  if (!field.node.IsSequence()) return field.error("rules takes a list");
  if (field.node.size() > k_most_file_rules) return field.error("too many rules");
  std::set<std::string> ids;
  for (const YAML::Node& item : field.node) {
    file.rules.push_back(TRY(read_rule(Field{item, field.file, "a rule"})));
    if (!ids.insert(file.rules.back().row.id).second)
      return field.error(fmt::format("the id {} stands here twice", file.rules.back().row.id.substr(5)), item.Mark());
  }
  return {};
}

constexpr Key<File> k_file_keys[] = {{"version", read_version}, {"rules", read_rules}};

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

// Load() reads the first document and is silent about more.
bool is_one_document(const std::string& yaml) {
  std::istringstream in(yaml);
  YAML::Parser parser(in);
  NoEvents ignored;
  return parser.HandleNextDocument(ignored) && !parser.HandleNextDocument(ignored);
}

Result<std::vector<FileRule>> parse_checked(const std::string& yaml, const std::string& name) {
  const bool one = is_one_document(yaml);
  const YAML::Node root = one ? YAML::Load(yaml) : YAML::Node();
  const Field whole{root, name, "a rule file"};
  if (!one || !root.IsMap()) return whole.error("a rule file is one mapping with the key rules");
  File file;
  const auto given = TRY(read_mapping(whole, k_file_keys, file));
  if (!given.contains("rules")) return whole.error("a rule file needs the key rules");
  return std::move(file.rules);
}

}  // namespace

Result<std::vector<FileRule>> parse_rule_file(std::string_view yaml, const std::string& name) {
  if (yaml.size() > k_largest_file)
    return make_error(ErrorCode::limit, "rule-file-malformed", "a rule file may have 8 MiB", name);
  try {
    return parse_checked(std::string(yaml), name);
  } catch (const YAML::Exception& exception) {
    const YAML::Node none;
    return Field{none, name, ""}.error(exception.msg, exception.mark);
  } catch (const std::exception& exception) {
    return make_error(ErrorCode::malformed, "rule-file-malformed", exception.what(), name);
  }
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
