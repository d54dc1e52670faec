// .trivyignore, line by line:
//   # a remark, which is taken for the reason of what follows directly
//   CVE-2024-1
//   CVE-2024-2 exp:2026-12-31      no longer after this day
// osv-scanner.toml: tables [[IgnoredVulns]] (id, ignoreUntil, reason) and [[PackageOverrides]] (name, version,
// ecosystem, ignore or vulnerability.ignore, effectiveUntil, reason). Of TOML what such files use is read; the rest
// is an error.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "policy/exception_readers.hpp"
#include "util/ascii.hpp"
#include "util/clock.hpp"

namespace hullcheck::policy {
namespace {

constexpr std::size_t k_most_lines = 200'000;

template <class Visit>
Result<void> each_line(std::string_view text, const std::string& name, Visit visit) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    if (number > k_most_lines) return ignore_file_error("the file has too many lines", name);
    const auto end = text.find('\n');
    TRY(visit(util::trim(text.substr(0, end)), number));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return {};
}

// The package URL types of OSV's ecosystems.
constexpr std::pair<std::string_view, std::string_view> k_ecosystems[] = {
    {"Alpine", "apk"},      {"Debian", "deb"},  {"Ubuntu", "deb"},     {"Go", "golang"},
    {"Hex", "hex"},         {"Maven", "maven"}, {"NuGet", "nuget"},    {"Packagist", "composer"},
    {"Pub", "pub"},         {"PyPI", "pypi"},   {"RubyGems", "gem"},   {"crates.io", "cargo"},
    {"npm", "npm"},         {"Wolfi", "apk"},   {"Chainguard", "apk"}, {"AlmaLinux", "rpm"},
    {"Rocky Linux", "rpm"}, {"Red Hat", "rpm"}, {"CRAN", "cran"},      {"Hackage", "hackage"},
};

// A value of TOML: a string of either kind, or a bare word (true, a date).
std::optional<std::string> toml_value(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const char quote = text.front();
  if (quote != '"' && quote != '\'') {
    const std::string_view bare = util::trim(text.substr(0, text.find('#')));
    const bool word = !bare.empty() && bare.find_first_of("[]{}\"',") == std::string_view::npos;
    return word ? std::optional<std::string>(bare) : std::nullopt;
  }
  if (text.substr(0, 3) == "\"\"\"" || text.substr(0, 3) == "'''") return std::nullopt;
  std::string out;
  std::size_t at = 1;
  for (; at < text.size() && text[at] != quote; ++at) {
    if (quote == '"' && text[at] == '\\') {
      if (++at == text.size()) return std::nullopt;
      const char c = text[at];
      if (c != '"' && c != '\\' && c != 'n' && c != 't') return std::nullopt;
      out += c == 'n' ? '\n' : c == 't' ? '\t' : c;
    } else {
      out += text[at];
    }
  }
  if (at >= text.size()) return std::nullopt;
  const std::string_view rest = util::trim(text.substr(at + 1));
  return rest.empty() || rest.front() == '#' ? std::optional<std::string>(out) : std::nullopt;
}

struct Table {
  std::string kind;
  std::size_t line = 0;
  std::map<std::string, std::string, std::less<>> values;
  std::string value(std::string_view key) const {
    const auto found = values.find(key);
    return found == values.end() ? std::string() : found->second;
  }
};

Result<std::vector<Table>> tables_of(std::string_view text, const std::string& name) {
  std::vector<Table> tables;
  std::string prefix;
  bool ours = false;
  const auto visit = [&](std::string_view line, std::size_t number) -> Result<void> {
    if (line.empty() || line.front() == '#') return {};
    if (line.front() == '[') {
      const bool array = line.substr(0, 2) == "[[";
      const auto end = line.find(']');
      if (end == std::string_view::npos) return ignore_file_error("a table's name has no end", name, number);
      const std::string title(util::trim(line.substr(array ? 2 : 1, end - (array ? 2 : 1))));
      prefix.clear();
      ours = title == "IgnoredVulns" || title == "PackageOverrides";
      if (ours && array) tables.push_back({title, number, {}});
      // [PackageOverrides.vulnerability] belongs to the table before it.
      if (!array && !tables.empty() && title.substr(0, title.find('.')) == tables.back().kind &&
          title.find('.') != std::string::npos) {
        ours = true;
        prefix = title.substr(title.find('.') + 1) + ".";
      }
      return {};
    }
    if (!ours || tables.empty()) return {};
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) return ignore_file_error("a line is no KEY = VALUE", name, number);
    const std::string key = prefix + std::string(util::trim(line.substr(0, equals)));
    const std::string_view value = util::trim(line.substr(equals + 1));
    if (key.substr(0, 7) == "license") return {};
    // vulnerability = { ignore = true, reason = "…" }
    if (value.substr(0, 1) == "{") {
      if (value.find("ignore = true") != std::string_view::npos ||
          value.find("ignore=true") != std::string_view::npos)
        tables.back().values[key + ".ignore"] = "true";
      return {};
    }
    const auto read = toml_value(value);
    if (!read) return ignore_file_error(fmt::format("the value of {} cannot be read", key), name, number);
    tables.back().values[key] = *read;
    return {};
  };
  TRY(each_line(text, name, visit));
  return tables;
}

Result<void> set_expiry(const std::string& text, const std::string& name, std::size_t line, Rule& rule) {
  if (text.empty()) return {};
  rule.expires = util::parse_date(text);
  if (!rule.expires) return ignore_file_error(fmt::format("\"{}\" is no date such as 2026-12-31", text), name, line);
  return {};
}

Result<void> add_table(const Table& table, const std::string& name, Exceptions& out) {
  Rule rule = ignoring_rule(name, fmt::format("line {}", table.line));
  rule.reason = table.value("reason");
  if (table.kind == "IgnoredVulns") {
    if (table.value("id").empty()) return ignore_file_error("an ignored flaw has no id", name, table.line);
    rule.ids = {table.value("id")};
    TRY(set_expiry(table.value("ignoreUntil"), name, table.line, rule));
  } else {
    if (table.value("ignore") != "true" && table.value("vulnerability.ignore") != "true") return {};
    if (table.value("name").empty() && table.value("ecosystem").empty())
      return ignore_file_error("an override that ignores names no package", name, table.line);
    if (!table.value("name").empty()) rule.packages = {table.value("name")};
    if (!table.value("version").empty()) rule.versions = {table.value("version")};
    const std::string ecosystem = table.value("ecosystem");
    for (const auto& [known, type] : k_ecosystems)
      if (ecosystem.substr(0, ecosystem.find(':')) == known) rule.types = {std::string(type)};
    if (!ecosystem.empty() && rule.types.empty()) {
      out.remarks.push_back(fmt::format("line {}: the ecosystem \"{}\" is not known here; the override has no effect",
                                        table.line, ecosystem));
      return {};
    }
    TRY(set_expiry(table.value("effectiveUntil"), name, table.line, rule));
  }
  out.rules.push_back(std::move(rule));
  return {};
}

}  // namespace

Error ignore_file_error(const std::string& message, const std::string& name, std::size_t line) {
  return make_error(ErrorCode::malformed, "ignore-file-malformed", message,
                    line == 0 ? name : fmt::format("{}:{}", name, line));
}

Rule ignoring_rule(const std::string& name, const std::string& place) {
  Rule rule;
  rule.name = name + "/" + place;
  rule.action = Action::ignore;
  rule.kinds = {"vulnerability"};
  return rule;
}

Result<Exceptions> read_trivyignore(std::string_view text, const std::string& name) {
  Exceptions out;
  std::string remark;
  const auto visit = [&](std::string_view line, std::size_t number) -> Result<void> {
    if (line.empty() || line.front() == '#') {
      remark = line.empty() ? std::string() : std::string(util::trim(line.substr(1)));
      return {};
    }
    Rule rule = ignoring_rule(name, fmt::format("line {}", number));
    rule.reason = remark;
    if (const auto hash = line.find(" #"); hash != std::string_view::npos) {
      rule.reason = util::trim(line.substr(hash + 2));
      line = util::trim(line.substr(0, hash));
    }
    const auto space = line.find_first_of(" \t");
    rule.ids = {std::string(line.substr(0, space))};
    std::string_view rest = space == std::string_view::npos ? std::string_view() : util::trim(line.substr(space));
    if (rest.substr(0, 4) == "exp:") {
      TRY(set_expiry(std::string(rest.substr(4, rest.find(' ') - 4)), name, number, rule));
    } else if (!rest.empty()) {
      return ignore_file_error(fmt::format("\"{}\" is neither an id nor exp:DATE", rest), name, number);
    }
    out.rules.push_back(std::move(rule));
    return {};
  };
  TRY(each_line(text, name, visit));
  return out;
}

Result<Exceptions> read_osv_scanner(std::string_view text, const std::string& name) {
  Exceptions out;
  for (const Table& table : TRY(tables_of(text, name))) TRY(add_table(table, name, out));
  return out;
}

}  // namespace hullcheck::policy
