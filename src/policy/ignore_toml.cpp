// osv-scanner.toml: tables [[IgnoredVulns]] (id, ignoreUntil, reason) and [[PackageOverrides]] (name, version,
// ecosystem, group, ignore or vulnerability.ignore, effectiveUntil, reason), in every spelling of TOML 1.0. An entry
// with a condition that cannot be judged here has no effect, and is remarked on.
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>

#include "policy/exception_readers.hpp"
#include "util/clock.hpp"

namespace hullcheck::policy {
namespace {

constexpr std::size_t k_largest = 4 << 20;
constexpr std::ptrdiff_t k_most_brackets = 200'000;

// The package URL types of OSV's ecosystems.
constexpr std::pair<std::string_view, std::string_view> k_ecosystems[] = {
    {"Alpine", "apk"},      {"Debian", "deb"},  {"Ubuntu", "deb"},     {"Go", "golang"},
    {"Hex", "hex"},         {"Maven", "maven"}, {"NuGet", "nuget"},    {"Packagist", "composer"},
    {"Pub", "pub"},         {"PyPI", "pypi"},   {"RubyGems", "gem"},   {"crates.io", "cargo"},
    {"npm", "npm"},         {"Wolfi", "apk"},   {"Chainguard", "apk"}, {"AlmaLinux", "rpm"},
    {"Rocky Linux", "rpm"}, {"Red Hat", "rpm"}, {"CRAN", "cran"},      {"Hackage", "hackage"},
};

// One table of the file, with its place for messages.
struct Entry {
  const toml::table& table;
  std::size_t line;
  const std::string& name;

  std::string text(const char* key) const { return table[key].value_or(std::string()); }
  bool flag(const char* key) const { return table[key].value_or(false); }
  Error error(const std::string& message) const { return ignore_file_error(message, name, line); }
};

// A date, a time with a date, or either as a string.
Result<void> set_expiry(const Entry& entry, const char* key, Rule& rule) {
  const auto value = entry.table[key];
  if (!value) return {};
  std::optional<toml::date> date;
  if (const auto* found = value.as_date()) date = found->get();
  if (const auto* found = value.as_date_time()) date = found->get().date;
  if (date)
    rule.expires = std::chrono::sys_days(std::chrono::year{date->year} / date->month / date->day);
  else if (const auto text = value.value<std::string>())
    rule.expires = util::parse_date(*text);
  if (!rule.expires) return entry.error(fmt::format("{} is no date such as 2026-12-31", key));
  return {};
}

Result<void> add_flaw(const Entry& entry, Exceptions& out) {
  Rule rule = ignoring_rule(entry.name, fmt::format("line {}", entry.line));
  rule.reason = entry.text("reason");
  const std::string id = entry.text("id");
  if (id.empty()) return entry.error("an ignored flaw has no id");
  if (is_pattern(id)) {
    out.remarks.push_back(fmt::format("line {}: \"{}\" is no id; the entry has no effect", entry.line, id));
    return {};
  }
  rule.ids = {id};
  TRY(set_expiry(entry, "ignoreUntil", rule));
  out.rules.push_back(std::move(rule));
  return {};
}

Result<void> add_override(const Entry& entry, Exceptions& out) {
  const toml::table* const flaws = entry.table["vulnerability"].as_table();
  if (!entry.flag("ignore") && (flaws == nullptr || !(*flaws)["ignore"].value_or(false))) return {};
  const auto without_effect = [&](const std::string& why) {
    out.remarks.push_back(fmt::format("line {}: {}; the override has no effect", entry.line, why));
    return Result<void>();
  };
  Rule rule = ignoring_rule(entry.name, fmt::format("line {}", entry.line));
  rule.reason = entry.text("reason");
  const std::string package = entry.text("name"), version = entry.text("version"),
                    ecosystem = entry.text("ecosystem");
  if (package.empty() && ecosystem.empty()) return entry.error("an override that ignores names no package");
  if (!entry.text("group").empty()) return without_effect("which group a package belongs to is not known here");
  if (!package.empty() && is_pattern(package)) return without_effect(fmt::format("\"{}\" is no name", package));
  if (!package.empty()) rule.packages = {package};
  if (!version.empty()) rule.versions = {version};
  for (const auto& [known, type] : k_ecosystems)
    if (ecosystem.substr(0, ecosystem.find(':')) == known) rule.types = {std::string(type)};
  if (!ecosystem.empty() && rule.types.empty())
    return without_effect(fmt::format("the ecosystem \"{}\" is not known here", ecosystem));
  TRY(set_expiry(entry, "effectiveUntil", rule));
  out.rules.push_back(std::move(rule));
  return {};
}

Result<void> each_table(const toml::table& root, const char* key, const std::string& name, Exceptions& out,
                        Result<void> (*add)(const Entry&, Exceptions&)) {
  const auto list = root[key];
  if (!list) return {};
  const toml::array* const tables = list.as_array();
  if (tables == nullptr) return ignore_file_error(fmt::format("{} takes a list of tables", key), name);
  for (const auto& item : *tables) {
    const std::size_t line = item.source().begin.line;
    const toml::table* const table = item.as_table();
    if (table == nullptr) return ignore_file_error(fmt::format("{} takes a list of tables", key), name, line);
    TRY(add({*table, line, name}, out));
  }
  return {};
}

}  // namespace

Result<Exceptions> read_osv_scanner(std::string_view text, const std::string& name) {
  if (text.size() > k_largest || std::count(text.begin(), text.end(), '[') > k_most_brackets)
    return ignore_file_error("the file is larger than any such file", name);
  const toml::parse_result parsed = toml::parse(text, name);
  if (!parsed)
    return ignore_file_error(std::string(parsed.error().description()), name, parsed.error().source().begin.line);
  Exceptions out;
  TRY(each_table(parsed.table(), "IgnoredVulns", name, out, add_flaw));
  TRY(each_table(parsed.table(), "PackageOverrides", name, out, add_override));
  return out;
}

}  // namespace hullcheck::policy
