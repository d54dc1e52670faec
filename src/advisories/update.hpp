// Makes a new advisory database of what the sources say now, and puts it in the place of the old one.
//
// All or nothing for the file: it is built under another name, written through to disk, and renamed; whoever has the
// old one open keeps reading that. One source at a time: a source that fails, is not mirrored or was not selected
// keeps its old rows. A crash at any moment leaves the old file and at most one temporary one, which the next update
// replaces.
#pragma once

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "advisories/download.hpp"
#include "advisories/feed.hpp"
#include "util/progress.hpp"
#include "util/result.hpp"

namespace hullcheck::advisories {

struct UpdateOptions {
  std::string database;            // path of the file; its folder must exist
  std::vector<std::string> feeds;  // names of sources, or what stands before a "/" of them; empty: all
  std::chrono::sys_seconds now{};
  unsigned threads = 0;                          // 0: as many as there are processors, at most 8
  std::chrono::milliseconds lock_wait{600'000};  // how long to wait for another update of the same file
  // Names of sources that may lose half of their records or more: others that do are taken for broken.
  std::vector<std::string> accept_shrink;
  bool optional_too = false;  // also the sources that are fetched only when named; for a mirror, which chose them
  std::vector<SourceRow> sources = default_sources();
};

enum class SourceOutcome : std::uint8_t {
  loaded,        // read anew
  unchanged,     // asked, and the rows of the last time are still right
  failed,        // there, but not to be had or not to be read
  not_mirrored,  // the mirror has no such document
  kept,          // not selected
};
std::string_view to_string(SourceOutcome outcome);  // "loaded", "unchanged", "failed", "not-mirrored", "kept"

struct SourceReport {
  std::string name;
  SourceOutcome outcome = SourceOutcome::kept;
  std::uint64_t records = 0;  // in the new database
  std::uint64_t skipped = 0;  // records that could not be read
  Error error;                // of a failed one
};

struct UpdateReport {
  std::vector<SourceReport> sources;  // by name
  std::uint64_t records = 0;
  std::string digest;
  bool written = false;  // false when no source was loaded or unchanged: the old file is left as it was
  std::size_t count(SourceOutcome outcome) const;
};

// Errors: "database-busy" (another update for longer than lock_wait), "feed-unknown", "cancelled", and what the file
// system has to say. That every source failed is no error but a report with `written` false.
Result<UpdateReport> update(const UpdateOptions& options, Transport& transport, util::Progress& progress,
                            std::stop_token stop);

}  // namespace hullcheck::advisories
