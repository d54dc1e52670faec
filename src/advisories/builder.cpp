// See database.cpp for the schema.
#include "advisories/builder.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "advisories/row.hpp"
#include "util/codec.hpp"

namespace hullcheck::advisories {
namespace {

constexpr const char* k_schema = R"(
PRAGMA page_size=8192;
PRAGMA cache_size=-16000;
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE source(id INTEGER PRIMARY KEY, name TEXT NOT NULL, feed TEXT NOT NULL, subject TEXT NOT NULL,
  url TEXT NOT NULL, validator TEXT NOT NULL, outcome TEXT NOT NULL, skipped INTEGER NOT NULL, checked TEXT NOT NULL,
  newest TEXT NOT NULL, records INTEGER NOT NULL);
CREATE TABLE ecosystem(name TEXT PRIMARY KEY, packages INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE advisory(id INTEGER PRIMARY KEY, ecosystem TEXT NOT NULL, package TEXT NOT NULL, records BLOB NOT NULL);
CREATE TABLE kev(cve TEXT PRIMARY KEY, since TEXT NOT NULL, due TEXT NOT NULL, ransomware INTEGER NOT NULL)
  WITHOUT ROWID;
CREATE TABLE gap(id TEXT NOT NULL, subject TEXT NOT NULL, reason TEXT NOT NULL, effect INTEGER NOT NULL);
)";

}  // namespace

void ContentDigest::add(std::string_view ecosystem, std::string_view package, Bytes records) {
  util::Encoder content;
  content.string(ecosystem);
  content.string(package);
  content.u64(records.size());
  m_hasher.update(content.data());
  m_hasher.update(records);
}

std::string ContentDigest::finish(const std::vector<BuiltSource>& sources,
                                  const std::map<std::string, KnownExploited>& kev,
                                  const std::vector<model::Gap>& gaps) {
  util::Encoder content;
  for (const auto& source : sources) content.string(source.stored.name);
  for (const auto& [cve, entry] : kev) {
    content.string(cve);
    content.string(entry.since);
  }
  for (const auto& gap : gaps)
    if (gap.id == "advisory-note") content.string(gap.reason);
  m_hasher.update(content.data());
  return "sha256:" + m_hasher.finish_hex();
}

Result<DatabaseBuilder> DatabaseBuilder::create(const std::string& path) {
  // A journal left by a crash would be played back into the new file.
  for (const char* suffix : {"", "-journal", "-wal", "-shm"}) unlink((path + suffix).c_str());
  DatabaseBuilder builder;
  builder.m_connection = TRY(util::Connection::open(path, {.mode = util::OpenMode::build, .memory_map = 0}));
  TRY(builder.m_connection.execute(k_schema));
  TRY(builder.m_connection.execute(fmt::format("PRAGMA application_id={}; PRAGMA user_version={}; BEGIN",
                                               k_database_application, k_database_schema)));
  builder.m_insert =
      TRY(builder.m_connection.prepare("INSERT INTO advisory(ecosystem, package, records) VALUES(?,?,?)"));
  return builder;
}

Result<void> DatabaseBuilder::add(std::string_view ecosystem, std::string_view package, std::size_t source,
                                  Bytes record) {
  if (ecosystem != m_ecosystem || package != m_package) {
    TRY(flush());
    m_ecosystem = ecosystem;
    m_package = package;
  }
  // One hostile source must not make the whole row unreadable.
  if (m_group_bytes + record.size() + 16 > k_largest_row - (1 << 20)) {
    ++m_dropped[source];
    return {};
  }
  m_group_bytes += record.size() + 16;
  m_group.emplace_back(source, Buffer(record.begin(), record.end()));
  return {};
}

Result<void> DatabaseBuilder::flush() {
  if (m_group.empty()) return {};
  std::sort(m_group.begin(), m_group.end());
  m_group.erase(std::unique(m_group.begin(), m_group.end()), m_group.end());
  Buffer blob;
  for (const auto& [source, record] : m_group) {
    append_entry(blob, source, record);
    ++m_records[source];
  }
  m_digest.add(m_ecosystem, m_package, blob);
  TRY(m_insert.bind(m_ecosystem).bind(m_package).bind(Bytes(blob)).run());
  ++m_packages[m_ecosystem];
  m_group.clear();
  m_group_bytes = 0;
  return {};
}

Result<void> DatabaseBuilder::finish(const std::vector<BuiltSource>& sources,
                                     const std::map<std::string, KnownExploited>& kev, std::vector<model::Gap> gaps,
                                     const std::string& built) {
  TRY(flush());
  for (const auto& [source, count] : m_dropped)
    gaps.push_back({"advisory-records-skipped", "advisories", sources[source].stored.name,
                    fmt::format("{} records exceed what one package may have", count), model::GapEffect::unknown});
  std::sort(gaps.begin(), gaps.end());

  auto ecosystem = TRY(m_connection.prepare("INSERT INTO ecosystem VALUES(?,?)"));
  for (const auto& [name, packages] : m_packages) TRY(ecosystem.bind(name).bind(packages).run());

  auto source = TRY(m_connection.prepare("INSERT INTO source VALUES(?,?,?,?,?,?,?,?,?,?,?)"));
  std::int64_t id = 0;
  for (const auto& [stored, state] : sources) {
    TRY(source.bind(id++)
            .bind(stored.name)
            .bind(stored.feed)
            .bind(stored.subject)
            .bind(stored.url)
            .bind(stored.validator)
            .bind(stored.outcome)
            .bind(static_cast<std::int64_t>(stored.skipped))
            .bind(state.checked)
            .bind(state.newest_record)
            .bind(static_cast<std::int64_t>(state.records))
            .run());
  }
  auto known = TRY(m_connection.prepare("INSERT INTO kev VALUES(?,?,?,?)"));
  for (const auto& [cve, entry] : kev) {
    TRY(known.bind(cve).bind(entry.since).bind(entry.due).bind(std::int64_t{entry.ransomware}).run());
  }
  auto gap = TRY(m_connection.prepare("INSERT INTO gap VALUES(?,?,?,?)"));
  for (const auto& entry : gaps)
    TRY(gap.bind(entry.id)
            .bind(entry.subject)
            .bind(entry.reason)
            .bind(std::int64_t{entry.effect == model::GapEffect::unknown})
            .run());
  m_final_digest = m_digest.finish(sources, kev, gaps);
  auto meta = TRY(m_connection.prepare("INSERT INTO meta VALUES(?,?)"));
  TRY(meta.bind("built").bind(built).run());
  TRY(meta.bind("digest").bind(m_final_digest).run());
  // Made of what is there, the index lies in one piece, and a scan reads little of the file before it knows its
  // place.
  return m_connection.execute("CREATE UNIQUE INDEX advisory_key ON advisory(ecosystem, package); COMMIT");
}

std::uint64_t DatabaseBuilder::records(std::size_t source) const {
  const auto found = m_records.find(source);
  return found == m_records.end() ? 0 : found->second;
}

void DatabaseBuilder::close() {
  m_insert = {};
  m_connection = {};
}

}  // namespace hullcheck::advisories
