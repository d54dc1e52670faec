// FactStore on SQLite. The schema carries its version in user_version: another release's file is emptied, not
// migrated, for it is only a cache. `used` counts the times that a store was opened and found something to note: a
// layer has that of its latest use. Who looks again at what was used last writes nothing, so a second warm scan does
// not.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <mutex>

#include "store/fact_store.hpp"
#include "util/file.hpp"
#include "util/sqlite.hpp"

namespace hullcheck::store {
namespace {

constexpr int k_schema_version = 5;

constexpr const char* k_schema = R"(
  CREATE TABLE IF NOT EXISTS layer(diff_id TEXT PRIMARY KEY, bytes INTEGER NOT NULL, used INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS part(
    diff_id TEXT NOT NULL, id TEXT NOT NULL, data BLOB NOT NULL, PRIMARY KEY(diff_id, id));
  CREATE TABLE IF NOT EXISTS blob(digest TEXT PRIMARY KEY, diff_id TEXT NOT NULL, size INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS blob_by_layer ON blob(diff_id);
  CREATE TABLE IF NOT EXISTS guess(key TEXT PRIMARY KEY, diff_id TEXT NOT NULL) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS guess_by_layer ON guess(diff_id);
)";

constexpr const char* k_drop_all =
    "DROP TABLE IF EXISTS layer; DROP TABLE IF EXISTS part; DROP TABLE IF EXISTS section; DROP TABLE IF EXISTS blob; "
    "DROP TABLE IF EXISTS guess;";

// Facts hold lines of images that may be secret, and --cache-dir may name a folder that others can enter. SQLite
// gives what stands beside the file its mode. An open file is not touched by descriptor: closing one would drop the
// locks that this process has on it.
void make_private(const std::string& path) {
  const int made = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (made >= 0) ::close(made);
  for (const char* const suffix : {"", "-wal", "-shm"}) {
    const std::string file = path + suffix;
    struct stat info {};
    if (::lstat(file.c_str(), &info) == 0 && S_ISREG(info.st_mode) && info.st_uid == ::geteuid() &&
        (info.st_mode & 077) != 0)
      (void)!::chmod(file.c_str(), 0600);
  }
}

// In a folder where others may write, one of them can lay a file of answers in the place of this one. What is not a
// regular file of this user's is not read.
Result<void> check_private(const std::string& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) return {};  // opening it says why
  if (S_ISREG(info.st_mode) && info.st_uid == ::geteuid() && (info.st_mode & 022) == 0) return {};
  return make_error(ErrorCode::denied, "cache-not-private",
                    "others may have written this file; take it away, or name another folder with --cache-dir", path);
}

Result<util::Connection> open_current(const std::string& path) {
  make_private(path);
  TRY(check_private(path));
  util::OpenOptions options;
  options.mode = util::OpenMode::read_write;
  util::Connection connection = TRY(util::Connection::open(path, options));
  if (TRY(connection.number("PRAGMA user_version")) == k_schema_version) return connection;
  // Another process may be at the same: who comes second finds it done.
  util::Transaction transaction = TRY(util::Transaction::begin(connection));
  if (TRY(connection.number("PRAGMA user_version")) != k_schema_version) {
    // Earlier releases kept lines with secrets in them: what is dropped is overwritten.
    TRY(connection.execute("PRAGMA secure_delete = ON"));
    TRY(connection.execute(k_drop_all));
    TRY(connection.execute(k_schema));
    TRY(connection.execute("PRAGMA user_version = " + std::to_string(k_schema_version)));
  }
  TRY(transaction.commit());
  return connection;
}

// Whoever else has the damaged file open keeps it until it is closed there.
Result<util::Connection> replace_file(const std::string& path) {
  std::error_code ignored;
  for (const char* const suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path + suffix, ignored);
  return open_current(path);
}

class SqliteStore final : public FactStore {
 public:
  SqliteStore(util::Connection connection, std::string place, std::uint64_t limit)
      : m_connection(std::move(connection)), m_place(std::move(place)), m_limit(limit) {}

  std::optional<StoredLayer> load(const std::string& diff_id) override {
    const std::lock_guard lock(m_mutex);
    if (!touch(diff_id)) return std::nullopt;
    StoredLayer layer;
    auto query = prepare("SELECT id, data FROM part WHERE diff_id = ?");
    if (!query) return std::nullopt;
    query->bind(diff_id);
    for (;;) {
      const auto row = query->step();
      if (!row) return std::nullopt;
      if (!*row) return layer;
      const Bytes data = query->blob(1);
      layer.parts.emplace(query->text(0), Buffer(data.begin(), data.end()));
    }
  }

  Result<void> save(const std::string& diff_id, const StoredLayer& layer) override {
    const std::lock_guard lock(m_mutex);
    auto saved = try_save(diff_id, layer);
    if (saved || saved.error().name != "database-malformed") return saved;
    m_connection.reset();  // first: what it tidies up when it closes goes by name
    auto fresh = replace_file(m_place);
    if (!fresh) return std::move(fresh).error();
    m_connection.emplace(std::move(*fresh));
    m_latest = -1;
    m_time = 0;
    return try_save(diff_id, layer);
  }

  std::optional<VerifiedBlob> verified_blob(const std::string& blob_digest) override {
    const std::lock_guard lock(m_mutex);
    auto query = prepare("SELECT diff_id, size FROM blob WHERE digest = ?");
    if (!query) return std::nullopt;
    query->bind(blob_digest);
    const auto row = query->step();
    if (!row || !*row) return std::nullopt;
    return VerifiedBlob{std::string(query->text(0)), static_cast<std::uint64_t>(query->integer(1))};
  }
  Result<void> remember_blob(const std::string& blob_digest, const VerifiedBlob& blob) override {
    const std::lock_guard lock(m_mutex);
    auto statement =
        TRY(prepare("INSERT OR REPLACE INTO blob(digest, diff_id, size) "
                    "SELECT ?1, ?2, ?3 WHERE EXISTS(SELECT 1 FROM layer WHERE diff_id = ?2)"));
    return statement.bind(blob_digest).bind(blob.diff_id).bind(static_cast<std::int64_t>(blob.size)).run();
  }
  std::optional<std::string> guess(const std::string& key) override {
    const std::lock_guard lock(m_mutex);
    auto query = prepare("SELECT diff_id FROM guess WHERE key = ?");
    if (!query) return std::nullopt;
    query->bind(key);
    const auto row = query->step();
    if (!row || !*row) return std::nullopt;
    return std::string(query->text(0));
  }
  Result<void> remember_guess(const std::string& key, const std::string& diff_id) override {
    const std::lock_guard lock(m_mutex);
    auto statement =
        TRY(prepare("INSERT OR REPLACE INTO guess(key, diff_id) "
                    "SELECT ?1, ?2 WHERE EXISTS(SELECT 1 FROM layer WHERE diff_id = ?2)"));
    return statement.bind(key).bind(diff_id).run();
  }

  Result<Usage> usage() override {
    const std::lock_guard lock(m_mutex);
    Usage usage;
    usage.layers = static_cast<std::uint64_t>(TRY(number("SELECT count(*) FROM layer")));
    usage.blobs = static_cast<std::uint64_t>(TRY(number("SELECT count(*) FROM blob")));
    usage.bytes = static_cast<std::uint64_t>(TRY(number("SELECT coalesce(sum(bytes), 0) FROM layer")));
    usage.limit = m_limit;
    usage.place = m_place;
    return usage;
  }

  Result<void> clear() override {
    const std::lock_guard lock(m_mutex);
    m_latest = -1;
    m_time = 0;
    TRY(execute(k_drop_all));
    TRY(execute(k_schema));
    return execute("VACUUM");
  }

 private:
  Result<void> try_save(const std::string& diff_id, const StoredLayer& layer) {
    if (!m_connection) return gone();
    util::Transaction transaction = TRY(util::Transaction::begin(*m_connection));
    const std::uint64_t bytes = TRY(bytes_with(diff_id, layer));
    // What does not fit alone pushes nothing else out. Room is made first: the file grows no larger than the limit.
    if (bytes > m_limit) {
      TRY(forget(diff_id));
      return transaction.commit();
    }
    TRY(make_room(diff_id, bytes));
    auto put_part = TRY(prepare("INSERT OR REPLACE INTO part(diff_id, id, data) VALUES(?, ?, ?)"));
    for (const auto& [id, part] : layer.parts) TRY(put_part.bind(diff_id).bind(id).bind(Bytes(part)).run());
    auto put_layer = TRY(prepare("INSERT OR REPLACE INTO layer(diff_id, bytes, used) VALUES(?, ?, ?)"));
    TRY(put_layer.bind(diff_id).bind(static_cast<std::int64_t>(bytes)).bind(TRY(this_time())).run());
    return transaction.commit();
  }

  // Of the parts that are kept and those of `layer`.
  Result<std::uint64_t> bytes_with(const std::string& diff_id, const StoredLayer& layer) {
    std::uint64_t bytes = 0;
    for (const auto& [id, part] : layer.parts) bytes += part.size();
    auto query = TRY(prepare("SELECT id, length(data) FROM part WHERE diff_id = ?"));
    query.bind(diff_id);
    while (TRY(query.step()))
      if (!layer.parts.contains(std::string(query.text(0)))) bytes += static_cast<std::uint64_t>(query.integer(1));
    return bytes;
  }

  // The number of this store's time, once it has something to note. Two processes may have the same one.
  Result<std::int64_t> this_time() {
    if (m_time == 0) m_time = TRY(latest()) + 1;
    return m_time;
  }
  Result<std::int64_t> latest() {
    if (m_latest < 0) m_latest = TRY(number("SELECT coalesce(max(used), 0) FROM layer"));
    return m_latest;
  }

  // Whether the layer is there; notes that it was used.
  bool touch(const std::string& diff_id) {
    auto query = prepare("SELECT used FROM layer WHERE diff_id = ?");
    if (!query) return false;
    query->bind(diff_id);
    const auto row = query->step();
    if (!row || !*row) return false;
    const std::int64_t used = query->integer(0);
    query->reset();
    const std::int64_t current = m_time != 0 ? m_time : latest().value_or(used);
    if (used >= current) return true;
    // Losing this to a busy database costs a little precision in what goes first, and nothing else.
    if (const auto time = this_time())
      if (auto update = prepare("UPDATE layer SET used = ? WHERE diff_id = ?"))
        (void)update->bind(*time).bind(diff_id).run();
    return true;
  }

  Result<void> forget(const std::string& diff_id) {
    for (const char* const sql : {"DELETE FROM part WHERE diff_id = ?", "DELETE FROM blob WHERE diff_id = ?",
                                  "DELETE FROM guess WHERE diff_id = ?", "DELETE FROM layer WHERE diff_id = ?"}) {
      auto statement = TRY(prepare(sql));
      TRY(statement.bind(diff_id).run());
    }
    return {};
  }

  // The longest unused go until `bytes` of the layer `whose` fit.
  Result<void> make_room(const std::string& whose, std::uint64_t bytes) {
    auto sum = TRY(prepare("SELECT coalesce(sum(bytes), 0) FROM layer WHERE diff_id != ?"));
    auto oldest = TRY(prepare("SELECT diff_id FROM layer WHERE diff_id != ? ORDER BY used, rowid LIMIT 1"));
    for (;;) {
      sum.bind(whose);
      if (!TRY(sum.step()) || static_cast<std::uint64_t>(sum.integer(0)) + bytes <= m_limit) return {};
      sum.reset();
      oldest.bind(whose);
      if (!TRY(oldest.step())) return {};
      const std::string gone(oldest.text(0));
      oldest.reset();
      TRY(forget(gone));
    }
  }

  static Error gone() {
    return make_error(ErrorCode::io, "cache-unwritable", "was damaged and could not be replaced", "facts.db");
  }
  Result<util::Statement> prepare(std::string_view sql) {
    if (!m_connection) return gone();
    return m_connection->prepare(sql);
  }
  Result<void> execute(const std::string& sql) {
    if (!m_connection) return gone();
    return m_connection->execute(sql);
  }
  Result<std::int64_t> number(std::string_view sql) {
    if (!m_connection) return gone();
    return m_connection->number(sql);
  }

  std::mutex m_mutex;
  std::optional<util::Connection> m_connection;  // nothing when the file was damaged and could not be replaced
  std::string m_place;
  std::uint64_t m_limit;
  std::int64_t m_latest = -1;  // `used` of what was used last before this store, -1 before anybody asked
  std::int64_t m_time = 0;     // `used` of what this store used, 0 while it has noted nothing
};

}  // namespace

Result<std::unique_ptr<FactStore>> open_sqlite_store(const std::string& folder, std::uint64_t limit) {
  // One that is there keeps its mode: --cache-dir may name a folder that holds other things.
  TRY(util::make_folder(folder));
  const std::string path = folder + "/facts.db";
  auto connection = open_current(path);
  if (!connection && connection.error().name == "database-malformed") connection = replace_file(path);
  if (!connection) return std::move(connection).error();
  return std::unique_ptr<FactStore>(std::make_unique<SqliteStore>(std::move(*connection), path, limit));
}

}  // namespace hullcheck::store
