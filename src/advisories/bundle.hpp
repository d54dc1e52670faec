// The database as one file to carry: whole, or what changed since another one.
//
//   file    = zstd( body sha256(body) )                    one frame, its own checksum beside ours
//   body    = "HCKABUN1" kind tables content               kind 0: whole, 1: difference
//   tables  = built digest source* kev* gap*               of the database that it gives; X* is a count, then X
//   whole   = (ecosystem package (source record)*)*        keys in order; ecosystem "" where it is as before
//   change  = digest-of-the-old (ecosystem package gone* (source record)*)*     gone = source sha256-prefix
//
// The digest of the content (builder.cpp) is computed anew when the file is read and must be the one that it names.
// Hostile: the whole file; sizes are checked, records are decoded before they are kept.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "advisories/database.hpp"

namespace hullcheck::advisories {

enum class Slim : std::uint8_t { no, yes };  // without titles, links and dates

struct BundleInfo {
  std::uint64_t records = 0, bytes = 0;
  std::string digest;  // of the content of the database that the file gives
};

Result<BundleInfo> export_database(const std::string& database, const std::string& file, Slim slim);
// `older` → `newer` as a file. Importing it needs a database with the content of `older`.
Result<BundleInfo> export_difference(const std::string& older, const std::string& newer, const std::string& file);
// Makes, or changes, the database at `path`, all or nothing. Errors: "bundle-malformed", "bundle-digest",
// "bundle-base" (a difference to another database than the one there), and those of the database.
Result<BundleInfo> import_bundle(const std::string& file, const std::string& path);

// What two databases say of one (ecosystem, package, flaw).
struct RecordChange {
  enum class Kind : std::uint8_t { added, removed, changed };
  Kind kind = Kind::added;
  std::string source, ecosystem, package, id;
};
// In order of source, ecosystem, package, id.
Result<std::vector<RecordChange>> compare_databases(const std::string& older, const std::string& newer);

}  // namespace hullcheck::advisories
