// Tables of an SQLite 3 database that came with an image, read from memory. (util/sqlite.hpp is for our own files.)
//
// It reads what is there, page by page, and uses every page at most once: cycles end, the bytes handed out never
// exceed the size of the file, and the time is linear in it. Indexes and views are not looked at. A write-ahead log
// beside the file may hold newer rows; `has_write_ahead_log()` says that the database is of that mode.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "util/bytes.hpp"
#include "util/result.hpp"

namespace hullcheck::formats {

struct SqliteLimits {
  std::uint64_t max_record_bytes = 1ULL << 20;  // of one row
};

// Who wants the rows of a table, and hears what is wrong with it. The bytes are borrowed for the time of the call.
class SqliteRows {
 public:
  virtual ~SqliteRows() = default;
  virtual bool begin(std::uint64_t row) = 0;  // before each row, whole or not; false: enough
  virtual void take(std::uint64_t row, Bytes record) = 0;
  virtual void problem(std::uint64_t row, ErrorCode code, std::string name, std::string message) = 0;
  virtual void truncated(std::string message) = 0;  // bytes that the database claims are missing
};

// A value of a record. Its serial type says what it is and how long: from 12 on, even is a blob and odd a text.
struct SqliteColumn {
  std::uint64_t type = 0;
  Bytes data;
  bool is_blob() const { return type >= 12 && type % 2 == 0; }
  bool is_text() const { return type >= 13 && type % 2 == 1; }
  std::uint64_t integer() const;
};
// Column `wanted`, counted from 0, of a row's record; nothing when the record is too short or lies.
std::optional<SqliteColumn> read_sqlite_column(Bytes record, unsigned wanted);

bool is_sqlite(Bytes file);
bool has_write_ahead_log(Bytes file);

// Errors, when there is nothing to be read at all: sqlite-page-size, sqlite-truncated, sqlite-encoding for a first
// page that cannot be believed, sqlite-no-table when no table is called `table` (given in lower case). Anything later
// goes to `rows`. `file` is one that is_sqlite() knows. Any thread.
Result<void> read_sqlite_table(Bytes file, std::string_view table, const SqliteLimits& limits, SqliteRows& rows);

}  // namespace hullcheck::formats
