// osv-scanner.toml: tables [[IgnoredVulns]] (id, ignoreUntil, reason) and [[PackageOverrides]] (name, version,
// ecosystem, group, ignore or vulnerability.ignore, effectiveUntil, reason), in every spelling of TOML 1.0. An entry
// with a condition that cannot be judged here has no effect, and is remarked on.
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <fmt/format.h>
#include <toml++/toml.h>
#include <utf8proc.h>

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

// toml++ 3.3 takes for granted that a table's name begins like one, and its tables of Unicode are not sound: it is
// given ASCII only, with other characters of texts as escapes or question marks, and tables whose names begin well.
class AsciiToml {
 public:
  explicit AsciiToml(std::string_view text) : m_text(text) { m_out.reserve(text.size()); }

  // False for what is not TOML, near line().
  bool run() {
    for (m_at = 0; m_at < m_text.size(); ++m_at)
      if (!step(m_text[m_at])) return false;
    return true;
  }
  std::uint32_t line() const { return m_line; }
  const std::string& text() const { return m_out; }

 private:
  enum class In : std::uint8_t { nothing, comment, basic, literal, long_basic, long_literal };

  bool step(char c) {
    if (c == '\n') {
      ++m_line;
      m_out.push_back(c);
      if (m_in != In::long_basic && m_in != In::long_literal) m_in = In::nothing;
      m_line_start = m_in == In::nothing;
      return true;
    }
    if ((static_cast<unsigned char>(c) < ' ' && c != '\t' && c != '\r') || c == '\x7f') return false;
    if ((static_cast<unsigned char>(c) & 0x80U) != 0) return other_character();
    if (m_line_start && c == '[' && !names_a_table()) return false;
    if (c != ' ' && c != '\t') m_line_start = false;
    m_out.push_back(c);
    const bool basic = m_in == In::basic || m_in == In::long_basic;
    if (basic && c == '\\' && m_at + 1 < m_text.size() && m_text[m_at + 1] > ' ' && m_text[m_at + 1] < '\x7f')
      m_out.push_back(m_text[++m_at]);
    else if (m_in == In::nothing && c == '#')
      m_in = In::comment;
    else if (c == '"' || c == '\'')
      quote(c);
    return true;
  }

  void quote(char c) {
    const In one = c == '"' ? In::basic : In::literal, three = c == '"' ? In::long_basic : In::long_literal;
    const bool triple = m_text.substr(m_at, 3) == std::string(3, c);
    if (m_in == one) {
      m_in = In::nothing;
    } else if (triple && (m_in == In::nothing || m_in == three)) {
      m_in = m_in == three ? In::nothing : three;
      m_out.append(2, c);
      m_at += 2;
    } else if (m_in == In::nothing) {
      m_in = one;
    }
  }

  bool other_character() {
    if (m_in == In::nothing) return false;
    utf8proc_int32_t code = 0;
    const auto* const from = reinterpret_cast<const utf8proc_uint8_t*>(m_text.data() + m_at);
    const auto length = utf8proc_iterate(from, static_cast<utf8proc_ssize_t>(m_text.size() - m_at), &code);
    if (length < 1) return false;
    m_at += static_cast<std::size_t>(length) - 1;
    const bool escaped = m_in == In::basic || m_in == In::long_basic;
    m_out += escaped ? fmt::format("\\U{:08x}", static_cast<std::uint32_t>(code)) : "?";
    return true;
  }

  // What stands behind the bracket or the two of them.
  bool names_a_table() const {
    std::size_t at = m_at;
    for (int brackets = 0; brackets < 2 && at < m_text.size() && m_text[at] == '['; ++brackets)
      at = std::min(m_text.find_first_not_of(" \t", at + 1), m_text.size());
    if (at >= m_text.size()) return true;
    const char c = m_text[at];
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '"' || c == '\'' || c == ']';
  }

  std::string_view m_text;
  std::string m_out;
  std::size_t m_at = 0;
  std::uint32_t m_line = 1;
  In m_in = In::nothing;
  bool m_line_start = true;
};

}  // namespace

Result<Exceptions> read_osv_scanner(std::string_view text, const std::string& name) {
  if (text.size() > k_largest || std::count(text.begin(), text.end(), '[') > k_most_brackets)
    return ignore_file_error("the file is larger than any such file", name);
  AsciiToml ascii(text);
  if (!ascii.run()) return ignore_file_error("the line is not TOML", name, ascii.line());
  const toml::parse_result parsed = toml::parse(ascii.text(), name);
  if (!parsed)
    return ignore_file_error(std::string(parsed.error().description()), name, parsed.error().source().begin.line);
  Exceptions out;
  TRY(each_table(parsed.table(), "IgnoredVulns", name, out, add_flaw));
  TRY(each_table(parsed.table(), "PackageOverrides", name, out, add_override));
  return out;
}

}  // namespace hullcheck::policy
