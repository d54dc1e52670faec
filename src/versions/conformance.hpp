// Conformance tables: what `hullcheck versions check SCHEME FILE` runs, and what the tests of the comparators run.
//
//   table   = *( line LF )
//   line    = [ blank ] [ row / comment ] [ blank ] [ CR ]
//   row     = version blank operator blank version
//   operator = "<" / "=" / ">"
//   comment = "#" *any                    ; only at the beginning of a line: a version may contain "#"
//   version = 1*( any byte but blank )    ; a version may contain the operators' characters too
//   blank   = 1*( SP / HTAB )
//
// A version in a table need not be valid in its scheme: a table may say how broken versions compare.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "util/result.hpp"
#include "versions/comparator.hpp"

namespace hullcheck::versions {

// The operator that states `order`, and the one that states it with the sides exchanged.
char relation_of(std::strong_ordering order);
char mirrored(char relation);

struct TableLimits {
  std::size_t rows = 1'000'000;
  std::size_t line_bytes = 16 * 1024;
};

struct TableRow {
  std::size_t line = 0;   // counted from 1
  std::string_view text;  // the row without surrounding blanks; borrowed from the table, as are the versions
  std::string_view left;
  char relation = '=';
  std::string_view right;
};

// Errors: "versions-table-line" names the first line that is no row, "versions-table-limit" a limit that was reached.
Result<std::vector<TableRow>> parse_table(std::string_view table, const TableLimits& limits = {});

struct TableMiss {
  std::size_t line = 0;
  std::string text;              // the row as it stands in the table
  char forward = '=';            // left compared with right
  char backward = '=';           // right compared with left
  std::string describe() const;  // `line 7: 1.0 < 1.0~rc1: got >, and < the other way round`
};

struct TableReport {
  std::size_t rows = 0;  // each tried in both directions
  std::vector<TableMiss> misses;
};

TableReport check_rows(const Comparator& comparator, const std::vector<TableRow>& rows);

// The whole of `versions check`. Errors: those of parse_table, and "unknown-version-scheme".
Result<TableReport> check_table(std::string_view scheme, std::string_view table, const TableLimits& limits = {});

}  // namespace hullcheck::versions
