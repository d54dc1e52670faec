// The one wrapper of libsqlite3: connections, prepared statements, transactions. Nobody else includes its header.
//
// Every failure is an Error with one of these names, so that callers can tell them apart:
//   database-absent      no such file (read-only opening only)
//   database-busy        another process holds the lock for longer than the busy timeout
//   database-malformed   not an SQLite file, or damaged
//   database-full        disk full, or the file may not grow
//   database-denied      no permission, or a read-only place
//   database-error       everything else, with SQLite's own words
// A database file may be hostile: its schema is not trusted, it can call no function of ours, and a value larger than
// OpenOptions::largest_value is an error.
//
// Threads: a Connection and its Statements belong to one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "util/bytes.hpp"
#include "util/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace hullcheck::util {

enum class OpenMode : std::uint8_t {
  read_only_immutable,  // nobody writes to this file while it is open: no locks, no journal, memory-mapped
  read_write,           // made when absent; WAL, waits `busy_milliseconds` for other processes
  build,                // a new private file that nobody else sees: no journal, no waiting for the disk until close
};

struct OpenOptions {
  OpenMode mode = OpenMode::read_only_immutable;
  int busy_milliseconds = 5000;
  std::int64_t memory_map = std::int64_t{1} << 32;  // bytes, upper bound of what is mapped
  int largest_value = 512 << 20;                    // bytes of one text or blob
};

// Parameters are bound from the left, columns are numbered from 0. Move-only; must not outlive its Connection.
class Statement {
 public:
  Statement() = default;

  // Values are copied. After a step() or run() the next bind() starts at the first parameter again.
  Statement& bind(std::string_view text);
  Statement& bind(Bytes blob);
  Statement& bind(std::int64_t number);
  Statement& bind_null();

  // True: there is a row. False: no more; the statement is reset and may be bound anew.
  Result<bool> step();
  // For statements that give no rows (or whose rows nobody wants).
  Result<void> run();
  // Ends a query before its last row.
  void reset();

  // Of the current row; borrowed until the next step(), run() or reset(). A NULL is 0 or empty.
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string_view text(int column) const;
  Bytes blob(int column) const;

 private:
  friend class Connection;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  void rewind_before_bind();
  void note_bind(int code);
  std::unique_ptr<sqlite3_stmt, Finalize> m_statement;
  int m_next_parameter = 1;
  int m_bind_error = 0;
  bool m_stepped = false;
};

class Connection {
 public:
  static Result<Connection> open(const std::string& path, OpenOptions options = {});

  // Compiled once; keep the Statement for as long as it is useful.
  Result<Statement> prepare(std::string_view sql) const;
  // One or several statements without parameters and rows: schema, pragmas.
  Result<void> execute(const std::string& sql) const;
  // First column of the first row, 0 when there is none.
  Result<std::int64_t> number(std::string_view sql) const;

  std::int64_t changes() const;  // rows changed by the last INSERT, UPDATE or DELETE

 private:
  friend class Transaction;
  struct Close {
    void operator()(sqlite3* connection) const;
  };
  std::unique_ptr<sqlite3, Close> m_connection;
  std::string m_path;
};

// Rolled back unless commit() was called. Takes the write lock at once, so "busy" comes here and not half-way.
// The Connection must not move while a Transaction is open.
class Transaction {
 public:
  static Result<Transaction> begin(Connection& connection);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Result<void> commit();

 private:
  explicit Transaction(Connection& connection) : m_connection(&connection) {}
  Connection* m_connection;
};

}  // namespace hullcheck::util
