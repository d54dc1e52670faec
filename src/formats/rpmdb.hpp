// rpm databases of all three kinds, read from memory: SQLite (rpmdb.sqlite), NDB (Packages.db) and Berkeley DB
// (Packages, hash or B-tree). Each is a set of numbered records, and each record is one rpm header.
//
// Nothing here asks SQLite, libdb or librpm: their readers believe their files, want a path, and give up on a
// database that is cut off. These read what is there, page by page, and use every page and every block at most once.
// So cycles end, the bytes handed out never exceed the size of the file, and the time is linear in it.
//
// The SQLite reader sees the main file only. A write-ahead log beside it may hold newer packages; `write_ahead_log`
// says that the database is of that mode, so that the caller can look whether a non-empty "-wal" file lies beside it.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "formats/rpm_header.hpp"
#include "util/bytes.hpp"
#include "util/result.hpp"

namespace hullcheck::formats {

enum class RpmdbKind : unsigned char { sqlite, ndb, bdb_hash, bdb_btree };
std::string_view to_string(RpmdbKind kind);

struct RpmdbLimits {
  std::uint64_t max_file_bytes = 1ULL << 30;
  std::uint32_t max_entries = 200'000;         // records; a large workstation has some 10,000
  std::uint32_t max_problems = 200;            // kept in the list; the rest is only counted
  std::uint64_t max_files = 600'000;           // of all packages together; some 150 bytes of memory each
  std::uint64_t max_path_bytes = 64ULL << 20;  // of all packages together
  RpmHeaderLimits header;                      // of one package
};

struct RpmdbProblem {
  std::uint64_t number = 0;  // of the record; 0 for the database itself
  Error error;
};

// What went wrong on the way through a database that could be read at least in part.
struct RpmdbReport {
  RpmdbKind kind = RpmdbKind::sqlite;
  bool truncated = false;        // bytes that the database claims are missing, so packages may be
  bool write_ahead_log = false;  // see above
  std::uint64_t entries = 0;     // records found, also those that turned out to be broken
  std::vector<RpmdbProblem> problems;
  std::uint64_t problems_left_out = 0;

  bool complete() const { return !truncated && problems.empty(); }
  void add(std::uint64_t number, Error error, const RpmdbLimits& limits);
};

// Called for each whole record, in the order of the file. The bytes are borrowed for the time of the call.
using RpmRecordVisitor = std::function<void(std::uint64_t number, Bytes blob)>;

// Errors, when there is nothing to be read at all: rpmdb-unknown (no magic of the three kinds), rpmdb-size-limit,
// and sqlite-…, ndb-…, bdb-… for a first page that cannot be believed. Anything later is in the report.
Result<RpmdbReport> visit_rpmdb(Bytes file, const RpmdbLimits& limits, const RpmRecordVisitor& visitor);

struct RpmdbRead {
  RpmdbReport report;
  std::vector<RpmPackage> packages;     // sorted by name, architecture, version; a gpg-pubkey is never among them
  std::vector<RpmPackage> public_keys;  // the gpg-pubkey entries
};

// Called for each package, in the order of the file; public keys are among them.
using RpmPackageVisitor = std::function<void(RpmPackage package)>;

// Every record parsed, and given away at once: all packages together take several times the memory of the database. A
// record that is no package is a problem of the report and left out; so is the second of two
// with the same name, epoch, version, release and architecture (rpmdb-duplicate-package). The problems of a package
// that could be read are in the report too. Any thread.
Result<RpmdbReport> visit_rpm_packages(Bytes file, const RpmdbLimits& limits, const RpmPackageVisitor& visitor);
// The same, kept. Owns everything: `file` may go afterwards.
Result<RpmdbRead> read_rpmdb(Bytes file, const RpmdbLimits& limits = {});

}  // namespace hullcheck::formats
