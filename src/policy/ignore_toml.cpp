// osv-scanner.toml: tables [[IgnoredVulns]] (id, ignoreUntil, reason) and [[PackageOverrides]] (name, version,
// ecosystem, group, ignore or vulnerability.ignore, effectiveUntil, reason), in every spelling of TOML 1.0. An entry
// with a condition that cannot be judged here has no effect, and is remarked on.
#include <fmt/format.h>

#include "formats/toml.hpp"
#include "policy/exception_readers.hpp"
#include "util/clock.hpp"

namespace hullcheck::policy {
namespace {

using formats::TomlKind;
using formats::TomlValue;

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
  TomlValue table;
  const std::string& name;

  std::size_t line() const { return table.line(); }
  std::string text(std::string_view key) const { return std::string(table[key].text_or_nothing()); }
  Error error(const std::string& message) const { return ignore_file_error(message, name, line()); }
};

// A date, a time with a date, or either as a text.
Result<void> set_expiry(const Entry& entry, std::string_view key, Rule& rule) {
  const TomlValue value = entry.table[key];
  if (!value) return {};
  if (value.is(TomlKind::date) || value.is(TomlKind::text)) rule.expires = util::parse_date(value.text());
  if (!rule.expires) return entry.error(fmt::format("{} is no date such as 2026-12-31", key));
  return {};
}

Result<void> add_flaw(const Entry& entry, Exceptions& out) {
  Rule rule = ignoring_rule(entry.name, fmt::format("line {}", entry.line()));
  rule.reason = entry.text("reason");
  const std::string id = entry.text("id");
  if (id.empty()) return entry.error("an ignored flaw has no id");
  if (is_pattern(id)) {
    out.remarks.push_back(fmt::format("line {}: \"{}\" is no id; the entry has no effect", entry.line(), id));
    return {};
  }
  rule.ids = {id};
  TRY(set_expiry(entry, "ignoreUntil", rule));
  out.rules.push_back(std::move(rule));
  return {};
}

Result<void> add_override(const Entry& entry, Exceptions& out) {
  if (!entry.table["ignore"].is_true() && !entry.table["vulnerability"]["ignore"].is_true()) return {};
  const auto without_effect = [&](const std::string& why) {
    out.remarks.push_back(fmt::format("line {}: {}; the override has no effect", entry.line(), why));
    return Result<void>();
  };
  Rule rule = ignoring_rule(entry.name, fmt::format("line {}", entry.line()));
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

Result<void> each_table(TomlValue list, const char* key, const std::string& name, Exceptions& out,
                        Result<void> (*add)(const Entry&, Exceptions&)) {
  const auto mistake = [&](std::size_t line) {
    return ignore_file_error(fmt::format("{} takes a list of tables", key), name, line);
  };
  if (list && !list.is(TomlKind::list)) return mistake(list.line());
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (!list.at(i).is(TomlKind::table)) return mistake(list.at(i).line());
    TRY(add({list.at(i), name}, out));
  }
  return {};
}

}  // namespace

Result<Exceptions> read_osv_scanner(std::string_view text, const std::string& name) {
  std::size_t line = 0;
  const auto document = formats::TomlDocument::parse(text, line);
  if (!document) return ignore_file_error(document.error().message, name, line);
  Exceptions out;
  const TomlValue root = document->root();
  TRY(each_table(root["IgnoredVulns"], "IgnoredVulns", name, out, add_flaw));
  TRY(each_table(root["PackageOverrides"], "PackageOverrides", name, out, add_override));
  return out;
}

}  // namespace hullcheck::policy
