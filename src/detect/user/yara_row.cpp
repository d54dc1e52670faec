// What a YARA rule says about itself in its metas, as a row of ours. Authors write a class in many words: `class` and
// `hullcheck_class` are ours, `score` is that of LOKI and THOR (0 to 100), `severity` a word or 0 to 100.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "detect/content/regex.hpp"
#include "detect/user/user_rules.hpp"
#include "util/ascii.hpp"
#include "util/text.hpp"

namespace hullcheck::detect {
namespace {

const std::string* meta(const formats::YaraRule& rule, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names)
    for (const formats::YaraMeta& one : rule.metas)
      if (util::lower(one.key) == name) return &one.value;
  return nullptr;
}

std::optional<int> number(const std::string& text) {
  int value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size() || value < 0 || value > 100) return std::nullopt;
  return value;
}

EvidenceClass class_of_score(int score) {
  if (score >= 75) return EvidenceClass::decisive;
  if (score >= 60) return EvidenceClass::strong;
  return score >= 40 ? EvidenceClass::supporting : EvidenceClass::context;
}

struct Weight {
  EvidenceClass cls = EvidenceClass::decisive;
  model::Severity severity = model::Severity::critical;
};

Weight weight_of(const formats::YaraRule& rule) {
  const auto of_class = [](EvidenceClass cls) { return Weight{cls, severity_of(cls)}; };
  if (const auto* word = meta(rule, {"hullcheck_class", "class"}))
    if (const auto cls = class_from(*word)) return of_class(*cls);
  if (const auto* word = meta(rule, {"score"}))
    if (const auto score = number(*word)) return of_class(class_of_score(*score));
  if (const auto* word = meta(rule, {"severity", "threat_level"})) {
    const std::string text = util::lower(*word);
    if (text == "info" || text == "informational") return of_class(EvidenceClass::context);
    const model::Severity severity = model::severity_from(text);
    if (severity != model::Severity::unrated) return {class_of(severity), severity};
    if (const auto score = number(text); score && *score > 10) return of_class(class_of_score(*score));
  }
  return {};
}

void add_techniques(std::string_view text, std::vector<std::string>& out) {
  static const Regex k_id("\\b(T[0-9]{4}(?:\\.[0-9]{3})?)\\b");
  for (auto match = k_id.find_from(text); match && out.size() < 8; match = k_id.find_from(text, match->end)) {
    std::string id(text.substr(match->value_begin, match->value_end - match->value_begin));
    if (std::find(out.begin(), out.end(), id) == out.end()) out.push_back(std::move(id));
  }
}

}  // namespace

UserRule user_rule_of(const formats::YaraRule& rule) {
  UserRule row;
  const Weight weight = weight_of(rule);
  row.cls = weight.cls;
  row.severity = weight.severity;
  if (const auto* word = meta(rule, {"confidence"}))
    if (const auto percent = number(*word)) row.confidence = static_cast<std::uint8_t>(*percent);
  const std::string* title = meta(rule, {"title", "description", "desc"});
  row.title = title != nullptr ? title->substr(0, 200) : "YARA rule " + rule.name;
  if (const auto* text = meta(rule, {"remediation"})) row.remediation = *text;
  if (row.remediation.empty()) row.remediation = "Read what the rule's author says about it, and look at the file.";
  if (const auto* text = meta(rule, {"benign", "false_positives", "falsepositives"})) row.benign = *text;
  if (const auto* text = meta(rule, {"reference", "ref", "url"})) row.reference = *text;
  std::vector<std::string> techniques;
  for (const formats::YaraMeta& one : rule.metas)
    if (const std::string key = util::lower(one.key); key.find("mitre") != std::string::npos ||
                                                      key.find("attack") != std::string::npos ||
                                                      key.find("technique") != std::string::npos)
      add_techniques(one.value, techniques);
  for (const std::string& tag : rule.tags) {
    std::string text = tag;
    std::replace(text.begin(), text.end(), '_', '.');
    add_techniques(text, techniques);
  }
  row.technique = util::join(techniques, ",");
  return row;
}

}  // namespace hullcheck::detect
