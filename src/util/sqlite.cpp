// SQLite, wrapped (https://www.sqlite.org/c3ref/intro.html). See the header for names of errors and for threads.
#include "util/sqlite.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <sys/stat.h>
#include <cerrno>
#include <cstring>

namespace hullcheck::util {
namespace {

struct ErrorRow {
  int primary;
  ErrorCode code;
  const char* name;
};
constexpr ErrorRow k_errors[] = {
    {SQLITE_BUSY, ErrorCode::busy, "database-busy"},
    {SQLITE_LOCKED, ErrorCode::busy, "database-busy"},
    {SQLITE_CORRUPT, ErrorCode::malformed, "database-malformed"},
    {SQLITE_NOTADB, ErrorCode::malformed, "database-malformed"},
    {SQLITE_FORMAT, ErrorCode::malformed, "database-malformed"},
    {SQLITE_SCHEMA, ErrorCode::malformed, "database-malformed"},
    {SQLITE_FULL, ErrorCode::io, "database-full"},
    {SQLITE_PERM, ErrorCode::denied, "database-denied"},
    {SQLITE_AUTH, ErrorCode::denied, "database-denied"},
    {SQLITE_READONLY, ErrorCode::denied, "database-denied"},
    {SQLITE_TOOBIG, ErrorCode::limit, "database-value-limit"},
};

Error sqlite_error(int result, const char* words, std::string subject) {
  for (const auto& row : k_errors)
    if (row.primary == (result & 0xff)) return make_error(row.code, row.name, words, std::move(subject));
  return make_error(ErrorCode::io, "database-error", words, std::move(subject));
}

// "file:" URI of a path: whatever could end the path or start an escape is escaped.
std::string file_uri(const std::string& path, const char* query) {
  std::string uri = "file:";
  for (const char c : path) {
    if (c == '%' || c == '?' || c == '#')
      uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    else
      uri += c;
  }
  return uri + query;
}

const char* mode_pragmas(OpenMode mode) {
  switch (mode) {
    case OpenMode::read_only_immutable: return "PRAGMA query_only=ON;";
    case OpenMode::read_write: return "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;";
    case OpenMode::build: return "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE;";
  }
  return "";
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
void Connection::Close::operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }

void Statement::rewind_before_bind() {
  HULLCHECK_ASSERT(m_statement != nullptr);
  if (!m_stepped) return;
  sqlite3_reset(m_statement.get());
  m_stepped = false;
  m_next_parameter = 1;
}

void Statement::note_bind(int code) {
  if (code != SQLITE_OK && m_bind_error == SQLITE_OK) m_bind_error = code;
}

Statement& Statement::bind(std::string_view text) {
  rewind_before_bind();
  note_bind(sqlite3_bind_text64(m_statement.get(), m_next_parameter++, text.data() == nullptr ? "" : text.data(),
                                text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
  return *this;
}

Statement& Statement::bind(Bytes blob) {
  rewind_before_bind();
  const int index = m_next_parameter++;
  note_bind(blob.empty() ? sqlite3_bind_zeroblob(m_statement.get(), index, 0)
                         : sqlite3_bind_blob64(m_statement.get(), index, blob.data(), blob.size(), SQLITE_TRANSIENT));
  return *this;
}

Statement& Statement::bind(std::int64_t number) {
  rewind_before_bind();
  note_bind(sqlite3_bind_int64(m_statement.get(), m_next_parameter++, number));
  return *this;
}

Statement& Statement::bind_null() {
  rewind_before_bind();
  note_bind(sqlite3_bind_null(m_statement.get(), m_next_parameter++));
  return *this;
}

Result<bool> Statement::step() {
  HULLCHECK_ASSERT(m_statement != nullptr);
  sqlite3* connection = sqlite3_db_handle(m_statement.get());
  if (m_bind_error != SQLITE_OK) {
    const int code = std::exchange(m_bind_error, SQLITE_OK);
    reset();
    return sqlite_error(code, sqlite3_errstr(code), sqlite3_sql(m_statement.get()));
  }
  m_stepped = true;
  const int code = sqlite3_step(m_statement.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    reset();
    return false;
  }
  auto error = sqlite_error(code, sqlite3_errmsg(connection), sqlite3_sql(m_statement.get()));
  reset();
  return error;
}

Result<void> Statement::run() {
  while (TRY(step())) {
  }
  return {};
}

void Statement::reset() {
  sqlite3_reset(m_statement.get());
  m_stepped = false;
  m_next_parameter = 1;
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(m_statement.get(), column); }
double Statement::real(int column) const { return sqlite3_column_double(m_statement.get(), column); }

std::string_view Statement::text(int column) const { return as_text(blob(column)); }

Bytes Statement::blob(int column) const {
  // In this order: asking for the pointer may convert the value, and only then is its size right.
  const void* data = sqlite3_column_blob(m_statement.get(), column);
  const int size = sqlite3_column_bytes(m_statement.get(), column);
  if (data == nullptr || size <= 0) return {};
  return {static_cast<const std::uint8_t*>(data), static_cast<std::size_t>(size)};
}

Result<Connection> Connection::open(const std::string& path, OpenOptions options) {
  const bool read_only = options.mode == OpenMode::read_only_immutable;
  struct stat status {};
  if (read_only && stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR)
      return make_error(ErrorCode::not_found, "database-absent", "there is no such file", path);
    return make_error(ErrorCode::denied, "database-denied", std::strerror(errno), path);
  }
  const int flags = SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
                    (read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(file_uri(path, read_only ? "?immutable=1" : "").c_str(), &raw, flags, nullptr);
  Connection connection;
  connection.m_connection.reset(raw);
  connection.m_path = path;
  if (code != SQLITE_OK) {
    if (raw == nullptr) return make_error(ErrorCode::io, "database-error", "out of memory", path);
    if ((code & 0xff) == SQLITE_CANTOPEN)
      return make_error(ErrorCode::denied, "database-denied", sqlite3_errmsg(raw), path);
    return sqlite_error(code, sqlite3_errmsg(raw), path);
  }
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_busy_timeout(raw, options.busy_milliseconds);
  sqlite3_limit(raw, SQLITE_LIMIT_LENGTH, options.largest_value);
  sqlite3_limit(raw, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  // Defensive connections refuse journal_mode=OFF, and a file that we are just making holds nothing hostile.
  if (options.mode != OpenMode::build) sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  TRY(connection.execute(fmt::format("PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY; PRAGMA mmap_size={};{}",
                                     options.memory_map, mode_pragmas(options.mode))));
  return connection;
}

Result<Statement> Connection::prepare(std::string_view sql) const {
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v3(m_connection.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  if (code != SQLITE_OK) return sqlite_error(code, sqlite3_errmsg(m_connection.get()), m_path);
  Statement statement;
  statement.m_statement.reset(raw);
  return statement;
}

Result<void> Connection::execute(const std::string& sql) const {
  const int code = sqlite3_exec(m_connection.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return sqlite_error(code, sqlite3_errmsg(m_connection.get()), m_path);
  return {};
}

Result<std::int64_t> Connection::number(std::string_view sql) const {
  auto statement = TRY(prepare(sql));
  const bool row = TRY(statement.step());
  return row ? statement.integer(0) : 0;
}

std::int64_t Connection::changes() const { return sqlite3_changes64(m_connection.get()); }

Result<Transaction> Transaction::begin(Connection& connection) {
  TRY(connection.execute("BEGIN IMMEDIATE"));
  return Transaction(connection);
}

Transaction::Transaction(Transaction&& other) noexcept : m_connection(std::exchange(other.m_connection, nullptr)) {}

Transaction::~Transaction() {
  if (m_connection != nullptr) static_cast<void>(m_connection->execute("ROLLBACK").ok());
}

Result<void> Transaction::commit() {
  HULLCHECK_ASSERT(m_connection != nullptr);
  TRY(m_connection->execute("COMMIT"));
  m_connection = nullptr;
  return {};
}

}  // namespace hullcheck::util
