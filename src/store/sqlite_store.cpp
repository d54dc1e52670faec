// FactStore on SQLite. The schema carries its version in user_version: another release's file is emptied, not
// migrated, for it is only a cache. Reads touch `used` at most once a day, so that a warm scan writes nothing.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <mutex>

#include "store/fact_store.hpp"
#include "util/file.hpp"
#include "util/sqlite.hpp"

namespace hullcheck::store {
namespace {

constexpr int k_schema_version = 5;
constexpr std::int64_t k_day = 86'400;

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

std::int64_t now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

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
    auto statement = TRY(prepare("INSERT OR REPLACE INTO blob(digest, diff_id, size) VALUES(?, ?, ?)"));
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
    auto statement = TRY(prepare("INSERT OR REPLACE INTO guess(key, diff_id) VALUES(?, ?)"));
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
    TRY(execute(k_drop_all));
    TRY(execute(k_schema));
    return execute("VACUUM");
  }

 private:
  Result<void> try_save(const std::string& diff_id, const StoredLayer& layer) {
    if (!m_connection) return gone();
    util::Transaction transaction = TRY(util::Transaction::begin(*m_connection));
    auto put_part = TRY(prepare("INSERT OR REPLACE INTO part(diff_id, id, data) VALUES(?, ?, ?)"));
    for (const auto& [id, part] : layer.parts) TRY(put_part.bind(diff_id).bind(id).bind(Bytes(part)).run());
    auto put_layer = TRY(
        prepare("INSERT OR REPLACE INTO layer(diff_id, bytes, used) SELECT ?1, coalesce(sum(length(data)), 0), ?2 "
                "FROM part WHERE diff_id = ?1"));
    TRY(put_layer.bind(diff_id).bind(now()).run());
    TRY(evict());
    return transaction.commit();
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
    if (now() - used > k_day) {
      // Losing this to a busy database costs a little precision in what is evicted first, and nothing else.
      if (auto update = prepare("UPDATE layer SET used = ? WHERE diff_id = ?"))
        (void)update->bind(now()).bind(diff_id).run();
    }
    return true;
  }

  Result<void> evict() {
    while (static_cast<std::uint64_t>(TRY(number("SELECT coalesce(sum(bytes), 0) FROM layer"))) > m_limit) {
      TRY(
          execute("CREATE TEMP TABLE IF NOT EXISTS oldest(diff_id TEXT); DELETE FROM oldest;"
                  "INSERT INTO oldest SELECT diff_id FROM layer ORDER BY used, rowid LIMIT 1;"
                  "DELETE FROM part WHERE diff_id IN oldest; DELETE FROM blob WHERE diff_id IN oldest;"
                  "DELETE FROM guess WHERE diff_id IN oldest; DELETE FROM layer WHERE diff_id IN oldest;"));
    }
    return {};
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
