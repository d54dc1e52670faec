// Reading the advisory database.
//
// Schema (SQLite, application_id and user_version tell it from other files and from other releases):
//   meta(key, value)                              "built", "digest"
//   source(id, name, feed, …)                     one row a source of the last update; id is what entries name
//   ecosystem(name, packages)                     how many keys each ecosystem has
//   advisory(ecosystem, package, records)         the packed blob of row.hpp, in key order: neighbours in an
//   ecosystem
//                                                 are neighbours on disk, a scan touches few pages. A table of its
//                                                 own beside the index of keys: inside an index a blob of 2 kB and
//                                                 more would take pages of its own, three times the file
//   kev(cve, since, due, ransomware)
//   gap(id, subject, reason, effect)              what the update could not do, what feeds say of themselves
//
// The file is opened immutable: an update never writes into it, it puts a new file under its name. It is read and not
// memory-mapped: a scan touches pages here and there, and a fault costs more than a read and reads what nobody asked
// for (500 look-ups in 413 MB: 7.5 instead of 9.2 ms, from the disk 31 instead of 65 ms).
// A file that somebody else gave us is hostile: rows are decoded with bounds and nothing in it is executed.
#include "advisories/database.hpp"

#include <fmt/format.h>

#include "advisories/row.hpp"
#include "util/sqlite.hpp"

namespace hullcheck::advisories {

struct Database::State {
  util::Connection connection;
  util::Statement look_up, kev, ecosystem;
  model::DatabaseState state;
  std::vector<StoredSource> sources;
  std::vector<model::Gap> gaps;

  Result<void> check_version();
  Result<void> prepare();
  Result<void> read_sources();
  Result<void> read_gaps();
};

namespace {

constexpr std::size_t k_largest_tables = 100'000;   // rows of the small tables
constexpr std::size_t k_most_advisories = 200'000;  // of one package; the kernel of a distribution has some 15,000

// The words of SQLite, in those of whoever named the file.
Error opening_error(Error error, const std::string& path) {
  if (error.name == "database-absent")
    error.message = "there is no advisory database";
  else if (error.name == "database-malformed")
    error.message = fmt::format("this is no readable advisory database ({})", error.message);
  else if (error.name == "database-denied")
    error.message = fmt::format("the advisory database cannot be opened ({}); let this user read it", error.message);
  error.subject = path;
  return error;
}

Error malformed(const char* what) { return make_error(ErrorCode::malformed, "database-malformed", what); }

}  // namespace

Result<void> Database::State::check_version() {
  const std::int64_t application = TRY(connection.number("PRAGMA application_id"));
  if (application != k_database_application) return malformed("the file is no advisory database");
  const std::int64_t schema = TRY(connection.number("PRAGMA user_version"));
  if (schema != k_database_schema)
    return make_error(ErrorCode::unsupported, "database-version",
                      "the advisory database was made by another release");
  return {};
}

Result<void> Database::State::read_sources() {
  auto query = TRY(connection.prepare(
      "SELECT id, name, feed, subject, url, validator, outcome, skipped, checked, newest, records FROM source"
      " ORDER BY id"));
  while (TRY(query.step())) {
    if (query.integer(0) != static_cast<std::int64_t>(sources.size()) || sources.size() >= k_largest_tables)
      return malformed("the table of sources is damaged");
    StoredSource stored;
    stored.name = query.text(1);
    stored.feed = query.text(2);
    stored.subject = query.text(3);
    stored.url = query.text(4);
    stored.validator = query.text(5);
    stored.outcome = query.text(6);
    stored.skipped = static_cast<std::uint64_t>(query.integer(7));
    model::SourceState source;
    source.name = stored.name;
    source.checked = query.text(8);
    source.newest_record = query.text(9);
    source.records = static_cast<std::uint64_t>(query.integer(10));
    sources.push_back(std::move(stored));
    state.sources.push_back(std::move(source));
  }
  return {};
}

Result<void> Database::State::read_gaps() {
  auto query = TRY(connection.prepare("SELECT id, subject, reason, effect FROM gap ORDER BY id, subject, reason"));
  while (TRY(query.step())) {
    if (gaps.size() >= k_largest_tables) return malformed("the table of gaps is damaged");
    gaps.push_back({std::string(query.text(0)), "advisories", std::string(query.text(1)), std::string(query.text(2)),
                    query.integer(3) == 0 ? model::GapEffect::note : model::GapEffect::unknown});
  }
  return {};
}

Database::Database(std::unique_ptr<State> state) : m_state(std::move(state)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Result<Database> Database::open(const std::string& path) {
  auto state = std::make_unique<State>();
  auto ready = [&]() -> Result<void> {
    state->connection =
        TRY(util::Connection::open(path, {.memory_map = 0, .largest_value = static_cast<int>(k_largest_row)}));
    TRY(state->check_version());
    return state->prepare();
  }();
  if (!ready) return opening_error(std::move(ready).error(), path);
  return Database(std::move(state));
}

Result<void> Database::State::prepare() {
  look_up = TRY(connection.prepare("SELECT records FROM advisory WHERE ecosystem = ? AND package = ?"));
  kev = TRY(connection.prepare("SELECT since, due, ransomware FROM kev WHERE cve = ?"));
  ecosystem = TRY(connection.prepare("SELECT packages FROM ecosystem WHERE name = ?"));
  TRY(read_sources());
  TRY(read_gaps());
  auto meta = TRY(connection.prepare("SELECT key, value FROM meta"));
  while (TRY(meta.step())) {
    if (meta.text(0) == "built") state.built = meta.text(1);
    if (meta.text(0) == "digest") state.digest = meta.text(1);
  }
  state.present = true;
  return {};
}

Result<std::vector<Advisory>> Database::look_up(std::string_view ecosystem, std::string_view package) const {
  std::vector<Advisory> advisories;
  auto& query = m_state->look_up;
  query.reset();
  const bool found = TRY(query.bind(ecosystem).bind(package).step());
  if (!found) return advisories;
  std::size_t count = 0;
  TRY(each_entry(query.blob(0), [&](std::size_t, Bytes) -> Result<void> {
    ++count;
    return {};
  }));
  if (count > k_most_advisories) return malformed("a package has too many records");
  advisories.reserve(count);
  const auto read = each_entry(query.blob(0), [&](std::size_t source, Bytes record) -> Result<void> {
    if (source >= m_state->sources.size()) return malformed("a record names a source that is not there");
    Advisory& advisory = advisories.emplace_back(TRY(decode_record(record)));
    advisory.feed = m_state->sources[source].name;
    advisory.ecosystem = ecosystem;
    advisory.package = package;
    return {};
  });
  query.reset();
  TRY(read);
  return advisories;
}

Result<std::optional<KnownExploited>> Database::known_exploited(std::string_view cve) const {
  auto& query = m_state->kev;
  query.reset();
  const bool found = TRY(query.bind(cve).step());
  if (!found) return std::optional<KnownExploited>();
  std::optional<KnownExploited> entry(
      KnownExploited{std::string(query.text(0)), std::string(query.text(1)), query.integer(2) != 0});
  query.reset();
  return entry;
}

bool Database::has_ecosystem(std::string_view ecosystem) const {
  auto& query = m_state->ecosystem;
  query.reset();
  const auto found = query.bind(ecosystem).step();
  const bool has = found.ok() && *found && query.integer(0) > 0;
  query.reset();
  return has;
}

const model::DatabaseState& Database::state() const { return m_state->state; }
const std::vector<StoredSource>& Database::sources() const { return m_state->sources; }
const std::vector<model::Gap>& Database::gaps() const { return m_state->gaps; }

struct RowCursor::State {
  util::Statement query;
};
RowCursor::RowCursor(std::unique_ptr<State> state) : m_state(std::move(state)) {}
RowCursor::RowCursor(RowCursor&&) noexcept = default;
RowCursor::~RowCursor() = default;
Result<bool> RowCursor::next() { return m_state->query.step(); }
std::string_view RowCursor::ecosystem() const { return m_state->query.text(0); }
std::string_view RowCursor::package() const { return m_state->query.text(1); }
Bytes RowCursor::records() const { return m_state->query.blob(2); }

Result<RowCursor> Database::rows() const {
  auto query = TRY(
      m_state->connection.prepare("SELECT ecosystem, package, records FROM advisory ORDER BY ecosystem, package"));
  return RowCursor(std::make_unique<RowCursor::State>(RowCursor::State{std::move(query)}));
}

Result<void> Database::each_record(const RecordVisitor& visit) const {
  auto walk = TRY(rows());
  while (TRY(walk.next())) {
    TRY(each_entry(walk.records(), [&](std::size_t source, Bytes record) -> Result<void> {
      if (source >= m_state->sources.size()) return malformed("a record names a source that is not there");
      return visit(walk.ecosystem(), walk.package(), source, record);
    }));
  }
  return {};
}

Result<void> Database::each_known_exploited(
    const std::function<void(std::string_view cve, const KnownExploited& entry)>& visit) const {
  auto query = TRY(m_state->connection.prepare("SELECT cve, since, due, ransomware FROM kev ORDER BY cve"));
  while (TRY(query.step()))
    visit(query.text(0), {std::string(query.text(1)), std::string(query.text(2)), query.integer(3) != 0});
  return {};
}

}  // namespace hullcheck::advisories
