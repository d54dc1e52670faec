// The advisory database: one SQLite file, read-only for scans, replaced as a whole by an update.
//
// Schema and packing are described in database.cpp. One packed blob a (ecosystem, package) key, WITHOUT ROWID, so
// that a look-up touches one or two pages (reference measurements: bench/README.md).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/finding.hpp"
#include "model/scan_result.hpp"
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
  std::string feed;                  // which source says so
  std::string ecosystem;             // "Debian:11", "Alpine:v3.10", "PyPI"
  std::string package;               // name in the ecosystem (source package for Debian and Alpine)
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
  std::optional<KnownExploited> known_exploited(std::string_view cve) const;
  // Ecosystems with at least one record, sorted ("Debian:11", "Alpine:v3.10", …).
  bool has_ecosystem(std::string_view ecosystem) const;
  // Sources as of the last update: name, time of the last successful check, newest record, records, gaps.
  const model::DatabaseState& state() const;
  // Gaps that the update recorded ("not mirrored", "feed failed, old rows kept"), by source.
  const std::vector<model::Gap>& gaps() const;

 private:
  struct State;
  explicit Database(std::unique_ptr<State> state);
  std::unique_ptr<State> m_state;
};

}  // namespace hullcheck::advisories
