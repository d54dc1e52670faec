// Ignore files in YAML.
//   .hullcheck.yaml     ignore: [{id, ids, packages, purls, paths, reason, owner, expires}]; reason is required, and
//   an
//                       unknown key is an error: a typing mistake must not ignore more than was meant
//   .trivyignore.yaml   vulnerabilities: [{id, paths, purls, expired_at, statement}]
//   .grype.yaml         ignore: [{vulnerability, reason, fix-state, package: {name, version, type, location,
//                       upstream-name, language}, …}]
// Of other scanners' files the parts that are about something else are passed over; an entry with a condition that
// cannot be judged here has no effect, and is remarked on.
#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>

#include "policy/exception_readers.hpp"
#include "util/clock.hpp"

namespace hullcheck::policy {
namespace {

constexpr std::size_t k_largest = 1 << 20, k_most_entries = 50'000;

using Names = std::vector<std::string>;

std::size_t line_of(const YAML::Node& node) {
  return node.Mark().is_null() ? 0 : static_cast<std::size_t>(node.Mark().line) + 1;
}

Result<Names> texts(const YAML::Node& node, const std::string& name) {
  Names out;
  if (!node.IsDefined() || node.IsNull()) return out;
  if (node.IsScalar()) return Names{node.Scalar()};
  if (!node.IsSequence() || node.size() > k_most_entries)
    return ignore_file_error("a value or a list of values is wanted", name, line_of(node));
  for (const auto& item : node) {
    if (!item.IsScalar() || item.Scalar().empty())
      return ignore_file_error("a list holds words only", name, line_of(item));
    out.push_back(item.Scalar());
  }
  return out;
}

Result<std::string> text(const YAML::Node& node, const std::string& name) {
  if (!node.IsDefined() || node.IsNull()) return std::string();
  if (!node.IsScalar()) return ignore_file_error("one value is wanted", name, line_of(node));
  return node.Scalar();
}

Result<void> set_expiry(const YAML::Node& node, const std::string& name, Rule& rule) {
  const std::string date = TRY(text(node, name));
  if (date.empty()) return {};
  rule.expires = util::parse_date(date);
  if (!rule.expires)
    return ignore_file_error(fmt::format("\"{}\" is no date such as 2026-12-31", date), name, line_of(node));
  return {};
}

// The first key of a mapping that is none of these, or "".
template <std::size_t count>
std::string unknown_key(const YAML::Node& node, const std::array<std::string_view, count>& known) {
  for (const auto& entry : node)
    if (!entry.first.IsScalar() || std::find(known.begin(), known.end(), entry.first.Scalar()) == known.end())
      return entry.first.IsScalar() ? entry.first.Scalar() : "?";
  return {};
}

using ReadEntry = Result<void> (*)(const YAML::Node& entry, const std::string& name, Rule rule, Exceptions& out);

// Lists beside the one that is read, of ids that nothing here has.
void remark_on_others(const YAML::Node& root, const std::vector<const char*>& others, Exceptions& out) {
  for (const char* const other : others)
    if (const YAML::Node list = root[other]; list.IsDefined() && list.IsSequence() && list.size() > 0)
      out.remarks.push_back(fmt::format("line {}: {} names rules of another program; its entries have no effect",
                                        line_of(list), other));
}

Result<Exceptions> read_list(std::string_view yaml, const std::string& name, const char* key, ReadEntry read,
                             const std::vector<const char*>& others = {}) {
  if (yaml.size() > k_largest) return ignore_file_error("the file may have 1 MiB", name);
  // yaml-cpp descends with its input.
  if (std::count(yaml.begin(), yaml.end(), '[') + std::count(yaml.begin(), yaml.end(), '{') > 2000)
    return ignore_file_error("the file is nested too deeply", name);
  try {
    const YAML::Node root = YAML::Load(std::string(yaml));
    Exceptions out;
    if (root.IsNull()) return out;
    if (!root.IsMap()) return ignore_file_error("the file is no mapping of keys", name);
    remark_on_others(root, others, out);
    const YAML::Node list = root[key];
    if (!list.IsDefined() || list.IsNull()) return out;
    if (!list.IsSequence() || list.size() > k_most_entries)
      return ignore_file_error(fmt::format("{} takes a list", key), name, line_of(list));
    std::size_t index = 0;
    for (const auto& entry : list) {
      if (!entry.IsMap()) return ignore_file_error("an entry takes keys with values", name, line_of(entry));
      TRY(read(entry, name, ignoring_rule(name, fmt::format("{}[{}]", key, index++)), out));
    }
    return out;
  } catch (const YAML::Exception& exception) {
    return ignore_file_error(exception.msg, name,
                             exception.mark.is_null() ? 0 : static_cast<std::size_t>(exception.mark.line) + 1);
  } catch (const std::exception& exception) {
    return ignore_file_error(exception.what(), name);
  }
}

Result<void> read_own(const YAML::Node& entry, const std::string& name, Rule rule, Exceptions& out) {
  constexpr std::array<std::string_view, 8> k_keys{"id",    "ids",    "packages", "purls",
                                                   "paths", "reason", "owner",    "expires"};
  if (const std::string key = unknown_key(entry, k_keys); !key.empty())
    return ignore_file_error(
        fmt::format("unknown key \"{}\"; there are id, ids, packages, purls, paths, reason, owner, expires", key),
        name, line_of(entry));
  rule.ids = TRY(texts(entry["ids"], name));
  for (auto& id : TRY(texts(entry["id"], name))) rule.ids.push_back(std::move(id));
  rule.packages = TRY(texts(entry["packages"], name));
  rule.purls = TRY(texts(entry["purls"], name));
  rule.paths = TRY(texts(entry["paths"], name));
  rule.reason = TRY(text(entry["reason"], name));
  rule.owner = TRY(text(entry["owner"], name));
  TRY(set_expiry(entry["expires"], name, rule));
  if (rule.ids.empty() && rule.packages.empty() && rule.purls.empty() && rule.paths.empty())
    return ignore_file_error("an entry without id, packages, purls and paths would ignore everything", name,
                             line_of(entry));
  if (rule.reason.find_first_not_of(" \t\n") == std::string::npos)
    return ignore_file_error("an exception needs a reason", name, line_of(entry));
  out.rules.push_back(std::move(rule));
  return {};
}

Result<void> read_trivy(const YAML::Node& entry, const std::string& name, Rule rule, Exceptions& out) {
  rule.ids = TRY(texts(entry["id"], name));
  if (rule.ids.empty() || std::any_of(rule.ids.begin(), rule.ids.end(), is_pattern)) {
    out.remarks.push_back(fmt::format("line {}: the entry names no id, and has no effect", line_of(entry)));
    return {};
  }
  rule.paths = TRY(texts(entry["paths"], name));
  rule.purls = TRY(texts(entry["purls"], name));
  rule.reason = TRY(text(entry["statement"], name));
  TRY(set_expiry(entry["expired_at"], name, rule));
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

Result<void> read_grype_package(const YAML::Node& package, const std::string& name, Rule& rule) {
  for (const auto& [key, list] :
       {std::pair("name", &rule.binary_packages), std::pair("upstream-name", &rule.source_packages)})
    for (const auto& word : TRY(texts(package[key], name))) list->push_back(name_pattern(word));
  rule.versions = TRY(texts(package["version"], name));
  rule.types = TRY(texts(package["type"], name));
  for (auto& type : rule.types)
    for (const auto& [theirs, ours] : k_types)
      if (type == theirs) type = ours;
  rule.paths = TRY(texts(package["location"], name));
  return {};
}

Result<void> read_grype(const YAML::Node& entry, const std::string& name, Rule rule, Exceptions& out) {
  constexpr std::array<std::string_view, 5> k_keys{"vulnerability", "include-aliases", "reason", "fix-state",
                                                   "package"};
  constexpr std::array<std::string_view, 5> k_package_keys{"name", "version", "type", "location", "upstream-name"};
  const YAML::Node package = entry["package"];
  std::string unknown = unknown_key(entry, k_keys);
  if (unknown.empty() && package.IsDefined() && package.IsMap()) unknown = unknown_key(package, k_package_keys);
  const std::string state = TRY(text(entry["fix-state"], name));
  // Not "unknown" alone: a misspelt word must not leave an entry that ignores everything.
  const bool known_state = state.empty() || state == "fixed" || state == "not-fixed" || state == "wont-fix";
  if (!known_state) unknown = "fix-state: " + state;
  if (!unknown.empty()) {
    out.remarks.push_back(
        fmt::format("line {}: \"{}\" cannot be judged here; the entry has no effect", line_of(entry), unknown));
    return {};
  }
  rule.ids = TRY(texts(entry["vulnerability"], name));
  rule.reason = TRY(text(entry["reason"], name));
  if (package.IsDefined()) TRY(read_grype_package(package, name, rule));
  if (state == "fixed" || state == "not-fixed") rule.fix_available = state == "fixed";
  if (state == "wont-fix") rule.statuses = {model::VulnerabilityStatus::will_not_fix};
  const auto unread = [](const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), "") != names.end();
  };
  if (unread(rule.binary_packages) || unread(rule.source_packages) ||
      std::any_of(rule.ids.begin(), rule.ids.end(), is_pattern)) {
    out.remarks.push_back(fmt::format(
        "line {}: a regular expression, or a word with a star, cannot be judged here; the entry has no effect",
        line_of(entry)));
    return {};
  }
  if (rule.ids.empty() && rule.binary_packages.empty() && rule.source_packages.empty() && rule.versions.empty() &&
      rule.types.empty() && rule.paths.empty() && state.empty())
    return ignore_file_error("an entry without a condition would ignore everything", name, line_of(entry));
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
