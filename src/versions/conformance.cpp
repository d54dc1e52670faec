// Reads a conformance table and holds a comparator against it. The grammar stands in the header.
//
// Hostile: the table is a file of the user's and may be anything. Lines and rows are limited; nothing is guessed from
// a line that is not exactly version, operator, version.
#include "versions/conformance.hpp"

#include <fmt/core.h>

#include "versions/parts.hpp"

namespace hullcheck::versions {
namespace {

constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }
constexpr bool is_filled(char c) { return !is_blank(c); }

std::string_view trimmed(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  take_while(line, is_blank);
  while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
  return line;
}

std::optional<TableRow> parse_row(std::string_view text) {
  TableRow row;
  row.text = text;
  row.left = take_while(text, is_filled);
  take_while(text, is_blank);
  const auto relation = take_while(text, is_filled);
  take_while(text, is_blank);
  row.right = take_while(text, is_filled);
  if (!text.empty() || row.right.empty()) return std::nullopt;
  if (relation != "<" && relation != "=" && relation != ">") return std::nullopt;
  row.relation = relation.front();
  return row;
}

Error limit_reached(std::string message) {
  return make_error(ErrorCode::limit, "versions-table-limit", std::move(message));
}

}  // namespace

char relation_of(std::strong_ordering order) { return order < 0 ? '<' : order > 0 ? '>' : '='; }

char mirrored(char relation) { return relation == '<' ? '>' : relation == '>' ? '<' : '='; }

Result<std::vector<TableRow>> parse_table(std::string_view table, const TableLimits& limits) {
  std::vector<TableRow> rows;
  for (std::size_t line = 1; !table.empty(); ++line) {
    const auto whole = take_while(table, [](char c) { return c != '\n'; });
    take_prefix(table, "\n");
    if (whole.size() > limits.line_bytes)
      return limit_reached(fmt::format("line {} is longer than {} bytes", line, limits.line_bytes));
    const auto text = trimmed(whole);
    if (text.empty() || text.starts_with('#')) continue;
    auto row = parse_row(text);
    if (!row)
      return make_error(ErrorCode::malformed, "versions-table-line",
                        fmt::format("line {} is not of the form `version < version` (or = or >)", line));
    if (rows.size() == limits.rows) return limit_reached(fmt::format("more than {} rows", limits.rows));
    row->line = line;
    rows.push_back(*row);
  }
  return rows;
}

TableReport check_rows(const Comparator& comparator, const std::vector<TableRow>& rows) {
  TableReport report;
  for (const auto& row : rows) {
    ++report.rows;
    const char forward = relation_of(comparator.compare(row.left, row.right));
    const char backward = relation_of(comparator.compare(row.right, row.left));
    if (forward != row.relation || backward != mirrored(row.relation))
      report.misses.push_back({row.line, std::string(row.text), forward, backward});
  }
  return report;
}

Result<TableReport> check_table(std::string_view scheme, std::string_view table, const TableLimits& limits) {
  const auto* found = ComparatorRegistry::find(scheme);
  if (found == nullptr)
    return make_error(ErrorCode::not_found, "unknown-version-scheme",
                      fmt::format("there is no version scheme \"{}\"", scheme));
  const auto rows = TRY(parse_table(table, limits));
  return check_rows(*found->instance, rows);
}

std::string TableMiss::describe() const {
  return fmt::format("line {}: {}: got {}, and {} the other way round", line, text, forward, backward);
}

}  // namespace hullcheck::versions
