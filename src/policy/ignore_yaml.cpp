// Ignore files in YAML.
//   .hullcheck.yaml     ignore: [{id, ids, packages, purls, paths, reason, owner, expires}]; reason is required, and
//                       an unknown key is an error: a typing mistake must not ignore more than was meant
//   .trivyignore.yaml   vulnerabilities: [{id, paths, purls, expired_at, statement}]
//   .grype.yaml         ignore: [{vulnerability, reason, fix-state, package: {name, version, type, location,
//                       upstream-name, language}, …}]
// Of other scanners' files the parts that are about something else are passed over; an entry with a condition that
// cannot be judged here has no effect, and is remarked on.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "policy/exception_readers.hpp"
#include "util/clock.hpp"
#include "util/yaml_form.hpp"

namespace hullcheck::policy {
namespace {

using util::YamlField;

constexpr std::size_t k_most_entries = 50'000;

using Names = std::vector<std::string>;

// Absent and empty lists are no names at all.
Result<Names> texts(const YamlField& field) {
  Names out;
  if (field.is_none() || (field.is_list() && field.size() == 0)) return out;
  if (field.is_text()) return Names{TRY(field.text())};
  for (const YamlField& item : TRY(field.one_or_more(k_most_entries))) {
    out.push_back(TRY(item.text()));
    if (out.back().empty()) return item.error(fmt::format("{} has an empty value", item.key()));
  }
  return out;
}

Result<std::string> text(const YamlField& field) { return field.is_none() ? std::string() : field.text(); }

Result<void> set_expiry(const YamlField& field, Rule& rule) {
  const std::string date = TRY(text(field));
  if (date.empty()) return {};
  rule.expires = util::parse_date(date);
  if (!rule.expires) return field.error(fmt::format("\"{}\" is no date such as 2026-12-31", date));
  return {};
}

// The first key of a mapping that is none of these, or "".
template <std::size_t count>
std::string unknown_key(const YamlField& mapping, const std::array<std::string_view, count>& known) {
  for (const auto& [key, value] : mapping.members()) {
    const auto name = key.text();
    if (!name.ok()) return "?";
    if (std::find(known.begin(), known.end(), *name) == known.end()) return *name;
  }
  return {};
}

// `entry` is a mapping, `rule` one that ignores and is named for the place of the entry.
using ReadEntry = Result<void> (*)(const YamlField& entry, Rule rule, Exceptions& out);

// Lists beside the one that is read, of ids that nothing here has.
void remark_on_others(const YamlField& root, const std::vector<std::string_view>& others, Exceptions& out) {
  for (const std::string_view other : others)
    if (const YamlField list = root.member(other); list.is_list() && list.size() > 0)
      out.remarks.push_back(
          fmt::format("line {}: {} names rules of another program; its entries have no effect", list.line(), other));
}

Result<Exceptions> read_list(std::string_view yaml, const std::string& name, std::string_view key, ReadEntry read,
                             const std::vector<std::string_view>& others = {}) {
  const util::YamlFile file{name, k_ignore_file_error, "an ignore file"};
  const YamlField root = TRY(util::parse_yaml(yaml, file));
  Exceptions out;
  if (root.is_none()) return out;
  if (!root.is_mapping()) return root.error("an ignore file is one mapping of keys");
  remark_on_others(root, others, out);
  const YamlField list = root.member(key);
  if (list.is_none()) return out;
  if (!list.is_list() || list.size() > k_most_entries)
    return list.error(fmt::format("{} takes a list of at most {} entries", key, k_most_entries));
  std::size_t index = 0;
  for (const YamlField& entry : list.items()) {
    if (!entry.is_mapping()) return entry.error(fmt::format("an entry of {} takes keys with values", key));
    TRY(read(entry, ignoring_rule(name, fmt::format("{}[{}]", key, index++)), out));
  }
  return out;
}

template <auto member>
Result<void> read_names(const YamlField& field, Rule& rule) {
  for (auto& name : TRY(texts(field))) (rule.*member).push_back(std::move(name));
  return {};
}
template <auto member>
Result<void> read_text(const YamlField& field, Rule& rule) {
  rule.*member = TRY(text(field));
  return {};
}

constexpr util::YamlKey<Rule> k_own_keys[] = {
    {"id", read_names<&Rule::ids>},
    {"ids", read_names<&Rule::ids>},
    {"packages", read_names<&Rule::packages>},
    {"purls", read_names<&Rule::purls>},
    {"paths", read_names<&Rule::paths>},
    {"reason", read_text<&Rule::reason>},
    {"owner", read_text<&Rule::owner>},
    {"expires", set_expiry},
};

Result<void> read_own(const YamlField& entry, Rule rule, Exceptions& out) {
  TRY(read_mapping(entry, k_own_keys, rule));
  if (rule.ids.empty() && rule.packages.empty() && rule.purls.empty() && rule.paths.empty())
    return entry.error("an entry without id, packages, purls and paths would ignore everything");
  if (rule.reason.find_first_not_of(" \t\n") == std::string::npos) return entry.error("an exception needs a reason");
  out.rules.push_back(std::move(rule));
  return {};
}

Result<void> read_trivy(const YamlField& entry, Rule rule, Exceptions& out) {
  rule.ids = TRY(texts(entry.member("id")));
  if (rule.ids.empty() || std::any_of(rule.ids.begin(), rule.ids.end(), is_pattern)) {
    out.remarks.push_back(fmt::format("line {}: the entry names no id, and has no effect", entry.line()));
    return {};
  }
  rule.paths = TRY(texts(entry.member("paths")));
  rule.purls = TRY(texts(entry.member("purls")));
  rule.reason = TRY(text(entry.member("statement")));
  TRY(set_expiry(entry.member("expired_at"), rule));
  out.rules.push_back(std::move(rule));
  return {};
}

constexpr std::pair<std::string_view, std::string_view> k_types[] = {
    {"python", "pypi"},      {"java-archive", "maven"}, {"jenkins-plugin", "maven"},
    {"go-module", "golang"}, {"rust-crate", "cargo"},   {"php-composer", "composer"},
    {"dotnet", "nuget"},     {"dart-pub", "pub"},       {"binary", "generic"},
};

// Grype takes names of packages for regular expressions. A name that is one is taken when it is a beginning and ".*";
// "" for any other.
std::string name_pattern(std::string word) {
  if (word.size() > 2 && word.ends_with(".*")) word = word.substr(0, word.size() - 2) + "*";
  const auto bad = word.find_first_of("*^$|()[]{}\\?");
  return bad == std::string::npos || (bad + 1 == word.size() && word.back() == '*' && bad > 0) ? word : std::string();
}

Result<void> read_grype_package(const YamlField& package, Rule& rule) {
  if (package.is_none()) return {};
  if (!package.is_mapping()) return package.error("package takes keys with values");
  for (const auto& [key, list] :
       {std::pair("name", &rule.binary_packages), std::pair("upstream-name", &rule.source_packages)})
    for (const auto& word : TRY(texts(package.member(key)))) list->push_back(name_pattern(word));
  rule.versions = TRY(texts(package.member("version")));
  rule.types = TRY(texts(package.member("type")));
  for (auto& type : rule.types)
    for (const auto& [theirs, ours] : k_types)
      if (type == theirs) type = ours;
  rule.paths = TRY(texts(package.member("location")));
  return {};
}

Result<void> read_grype(const YamlField& entry, Rule rule, Exceptions& out) {
  constexpr std::array<std::string_view, 5> k_keys{"vulnerability", "include-aliases", "reason", "fix-state",
                                                   "package"};
  constexpr std::array<std::string_view, 5> k_package_keys{"name", "version", "type", "location", "upstream-name"};
  const YamlField package = entry.member("package");
  std::string unknown = unknown_key(entry, k_keys);
  if (unknown.empty() && package.is_mapping()) unknown = unknown_key(package, k_package_keys);
  const std::string state = TRY(text(entry.member("fix-state")));
  // Not "unknown" alone: a misspelt word must not leave an entry that ignores everything.
  const bool known_state = state.empty() || state == "fixed" || state == "not-fixed" || state == "wont-fix";
  if (!known_state) unknown = "fix-state: " + state;
  if (!unknown.empty()) {
    out.remarks.push_back(
        fmt::format("line {}: \"{}\" cannot be judged here; the entry has no effect", entry.line(), unknown));
    return {};
  }
  rule.ids = TRY(texts(entry.member("vulnerability")));
  rule.reason = TRY(text(entry.member("reason")));
  TRY(read_grype_package(package, rule));
  if (state == "fixed" || state == "not-fixed") rule.fix_available = state == "fixed";
  if (state == "wont-fix") rule.statuses = {model::VulnerabilityStatus::will_not_fix};
  const auto unread = [](const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), "") != names.end();
  };
  if (unread(rule.binary_packages) || unread(rule.source_packages) ||
      std::any_of(rule.ids.begin(), rule.ids.end(), is_pattern)) {
    out.remarks.push_back(fmt::format(
        "line {}: a regular expression, or a word with a star, cannot be judged here; the entry has no effect",
        entry.line()));
    return {};
  }
  if (rule.ids.empty() && rule.binary_packages.empty() && rule.source_packages.empty() && rule.versions.empty() &&
      rule.types.empty() && rule.paths.empty() && state.empty())
    return entry.error("an entry without a condition would ignore everything");
  out.rules.push_back(std::move(rule));
  return {};
}

}  // namespace

Result<Exceptions> read_own_ignores(std::string_view text, const std::string& name) {
  return read_list(text, name, "ignore", read_own);
}
Result<Exceptions> read_trivyignore_yaml(std::string_view text, const std::string& name) {
  return read_list(text, name, "vulnerabilities", read_trivy, {"misconfigurations", "secrets", "licenses"});
}
Result<Exceptions> read_grype_ignores(std::string_view text, const std::string& name) {
  return read_list(text, name, "ignore", read_grype);
}

}  // namespace hullcheck::policy
