// The advisory database: one SQLite file, read-only for scans, replaced as a whole by an update.
//
// Schema and packing are described in database.cpp. One packed blob a (ecosystem, package) key, WITHOUT ROWID, so
// that a look-up touches one or two pages (reference measurements: bench/README.md).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/finding.hpp"
#include "model/scan_result.hpp"
#include "util/bytes.hpp"
#include "util/result.hpp"

namespace hullcheck::advisories {

// Half-open [introduced, fixed) or closed at last_affected. An empty `introduced` is "from the beginning"; with both
// ends empty every later version is affected.
struct Range {
  std::string introduced, fixed, last_affected;
};

struct Advisory {
  std::string id;                    // as the feed names it: "DSA-5874-1", "CVE-2025-27363", "GHSA-…", "ALSA-…"
  std::vector<std::string> aliases;  // other ids of the same flaw, sorted
  // For a bulletin (ALSA-…, RLSA-…, USN-…): the flaws that it is about, sorted. Each is a finding of its own and the
  // bulletin's id is only one of its names. Empty for an advisory that is about one flaw.
  std::vector<std::string> covers;
  std::string feed;       // which source says so
  std::string ecosystem;  // "Debian:11", "Alpine:v3.10", "PyPI"
  std::string package;    // name in the ecosystem (source package for Debian and Alpine)
  std::vector<Range> ranges;
  std::vector<std::string> versions;  // exact affected versions, beside ranges
  model::VulnerabilityStatus status = model::VulnerabilityStatus::affected;
  model::Severity severity = model::Severity::unrated;
  std::string severity_source;
  double cvss_score = -1;
  std::string cvss_vector;
  std::string title;
  std::string link;
  std::string published, modified;  // RFC 3339 or ""
  std::vector<std::pair<std::string, std::string>>
      extra;  // module label, architecture, repository: what a matcher needs
};

struct KnownExploited {
  std::string since;  // date it was listed
  std::string due;
  bool ransomware = false;
};

// What the database remembers of one source beside its rows.
struct StoredSource {
  std::string name, feed, subject, url;
  std::string validator;      // what a conditional request needs, made by the update; "" for none
  std::string outcome;        // of the last update: "loaded", "unchanged", "failed", "not-mirrored", "kept"
  std::uint64_t skipped = 0;  // records that could not be read
};

constexpr std::int64_t k_database_schema = 1;
constexpr std::int64_t k_database_application = 0x48434b41;  // "HCKA" in the SQLite header

// The rows of a database one by one in key order, for walking two side by side. Must not outlive its Database.
class RowCursor {
 public:
  RowCursor(RowCursor&&) noexcept;
  ~RowCursor();
  Result<bool> next();  // false at the end
  // Of the row; borrowed until next(). `records` is the packed blob of row.hpp.
  std::string_view ecosystem() const, package() const;
  Bytes records() const;

 private:
  friend class Database;
  struct State;
  explicit RowCursor(std::unique_ptr<State> state);
  std::unique_ptr<State> m_state;
};

// Open once, use from one thread; open another for another thread. Never sees a half-written update: the file is
// opened by name, and an update renames a new file over it.
class Database {
 public:
  // Errors: "database-absent", "database-malformed", "database-version" (made by another release), "database-busy".
  static Result<Database> open(const std::string& path);
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  Result<std::vector<Advisory>> look_up(std::string_view ecosystem, std::string_view package) const;
  Result<std::optional<KnownExploited>> known_exploited(std::string_view cve) const;
  // True when there is at least one record of exactly this ecosystem ("Debian:11", "Alpine:v3.10").
  bool has_ecosystem(std::string_view ecosystem) const;
  // Sources as of the last update, by name: time of the last successful check, newest record, records.
  const model::DatabaseState& state() const;
  // The same sources with what only `db` commands and the next update want, in the same order.
  const std::vector<StoredSource>& sources() const;
  // What feeds and the last update had to say, with the source's name as subject: "advisory-note" (a feed's own
  // limits), "advisory-source-failed" (old rows kept, or none), "advisory-records-skipped".
  const std::vector<model::Gap>& gaps() const;
  // Every record in key order, for the next update. `visit` gets borrowed views; an Error of it ends the walk.
  using RecordVisitor = std::function<Result<void>(std::string_view ecosystem, std::string_view package,
                                                   std::size_t source, Bytes record)>;
  Result<void> each_record(const RecordVisitor& visit) const;
  Result<RowCursor> rows() const;
  Result<void> each_known_exploited(
      const std::function<void(std::string_view cve, const KnownExploited& entry)>& visit) const;

 private:
  struct State;
  explicit Database(std::unique_ptr<State> state);
  std::unique_ptr<State> m_state;
};

}  // namespace hullcheck::advisories
