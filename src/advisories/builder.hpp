// Writes a new advisory database: records in key order in one pass, then the small tables, then the digest.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "advisories/database.hpp"
#include "util/digest.hpp"
#include "util/sqlite.hpp"

namespace hullcheck::advisories {

// What is written about one source.
struct BuiltSource {
  StoredSource stored;
  model::SourceState state;
};

// The digest of a database's content: of what a scan can see of it (keys, records with the numbers of their sources,
// KEV, notes) and neither times nor validators, so that equal data gives equal digests.
class ContentDigest {
 public:
  ContentDigest() : m_hasher(util::Hash::sha256) {}
  // In key order; `records` is the packed blob of the row.
  void add(std::string_view ecosystem, std::string_view package, Bytes records);
  // "sha256:…". `gaps` in order.
  std::string finish(const std::vector<BuiltSource>& sources, const std::map<std::string, KnownExploited>& kev,
                     const std::vector<model::Gap>& gaps);

 private:
  util::Hasher m_hasher;
};

class DatabaseBuilder {
 public:
  // Replaces whatever is at `path`: a private file, to be renamed by the caller when finish() succeeded.
  static Result<DatabaseBuilder> create(const std::string& path);

  // In key order (bytes); `source` is an index into the list that finish() gets. Equal records are kept once.
  Result<void> add(std::string_view ecosystem, std::string_view package, std::size_t source, Bytes record);
  Result<void> finish(const std::vector<BuiltSource>& sources, const std::map<std::string, KnownExploited>& kev,
                      std::vector<model::Gap> gaps, const std::string& built);
  // Of one source, written so far; right once finish() or settle() was called.
  std::uint64_t records(std::size_t source) const;
  // Ends the rows: no add() after it.
  Result<void> settle() { return flush(); }
  const std::string& digest() const { return m_final_digest; }  // after finish()
  void close();                                                 // lets go of the file

 private:
  DatabaseBuilder() = default;
  Result<void> flush();

  util::Connection m_connection;
  util::Statement m_insert;
  ContentDigest m_digest;
  std::string m_ecosystem, m_package;  // the key being gathered
  std::vector<std::pair<std::size_t, Buffer>> m_group;
  std::size_t m_group_bytes = 0;
  std::map<std::string, std::int64_t> m_packages;  // by ecosystem
  std::map<std::size_t, std::uint64_t> m_dropped;  // by source: records beyond the limit of one row
  std::map<std::size_t, std::uint64_t> m_records;  // by source
  std::string m_final_digest;
};

}  // namespace hullcheck::advisories
