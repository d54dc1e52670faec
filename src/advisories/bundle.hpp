// The database as one file to carry: whole, or what changed since another one.
//
//   file    = zstd( body sha256(body) )                    one frame, its own checksum beside ours
//   body    = "HCKABUN1" kind tables content               kind 0: whole, 1: difference
//   tables  = built digest source* kev* gap*               of the database that it gives; X* is a count, then X
//   whole   = (ecosystem package (source record)*)*        keys in order; ecosystem "" where it is as before
//   change  = digest-of-the-old (ecosystem package gone* (source record)*)*     keys in order; gone = source
//                                                                               sha256-prefix
//
// The digest of the content (builder.hpp) is computed anew when the file is read and must be the one that it names.
// Hostile: the whole file; sizes are checked, records are decoded before they are kept. It is read as a stream,
// twice: once for its digest, then for its content, and memory holds the records of one package at a time.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "advisories/database.hpp"
#include "formats/byte_stream.hpp"

namespace hullcheck::advisories {

enum class Slim : std::uint8_t { no, yes };  // without titles, links and dates

struct BundleInfo {
  std::uint64_t records = 0, bytes = 0;
  std::string digest;  // of the content of the database that the file gives
  std::string built;   // RFC 3339: when that was last updated
};

constexpr std::uint64_t k_largest_bundle = 4ULL << 30;  // bytes of the file

Result<BundleInfo> export_database(const std::string& database, const std::string& file, Slim slim);
// `older` → `newer` as a file. Importing it needs a database with the content of `older`.
Result<BundleInfo> export_difference(const std::string& older, const std::string& newer, const std::string& file);

struct ImportOptions {
  bool refuse_older = false;       // "database-older" where the database that is there was updated later
  bool refuse_difference = false;  // "bundle-difference" for a file that holds changes only
  std::string expected_digest{};   // of the content: "bundle-digest" for a file that gives another; "" for any
  std::chrono::milliseconds lock_wait{600'000};
  std::stop_token stop{};
};
// Opens the file from its start; called twice, one after the other.
using OpenBundle = std::function<Result<std::unique_ptr<formats::ByteStream>>()>;
// Makes, or changes, the database at `path`, all or nothing. Errors: "bundle-malformed", "bundle-digest",
// "bundle-base" (a difference to another database than the one there), and those of the database.
Result<BundleInfo> import_bundle(const OpenBundle& open, const std::string& path, const ImportOptions& options = {});
Result<BundleInfo> import_bundle(const std::string& file, const std::string& path, const ImportOptions& options = {});

// What two databases say of one (ecosystem, package, flaw).
struct RecordChange {
  enum class Kind : std::uint8_t { added, removed, changed };
  Kind kind = Kind::added;
  std::string source, ecosystem, package, id;
};
// In order of source, ecosystem, package, id.
Result<std::vector<RecordChange>> compare_databases(const std::string& older, const std::string& newer);

}  // namespace hullcheck::advisories
