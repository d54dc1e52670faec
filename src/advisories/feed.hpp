// Advisory feeds, one file each: what a public source publishes, turned into Advisory rows.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "advisories/database.hpp"
#include "util/registry.hpp"
#include "util/result.hpp"

namespace hullcheck::advisories {

// Where documents come from: the network, or a mirror that holds https://HOST/PATH as BASE/HOST/PATH.
class Download {
 public:
  virtual ~Download() = default;
  // The whole document, at most `limit` bytes unpacked ("feed-size-limit").
  // ErrorCode::not_found: not there, which is normal for a mirror ("not-mirrored"). The name "not-modified": as at
  // the last update, so the old rows are still right; a feed passes this on like any other error. Everything else:
  // there, but not to be had whole.
  virtual Result<Buffer> get_all(const std::string& url, std::uint64_t limit) = 0;
  // A further document of the same source: never answered with "not-modified".
  virtual Result<Buffer> get_part(const std::string& url, std::uint64_t limit) { return get_all(url, limit); }
  // The same, still compressed as it was published, for what would be too large unpacked.
  virtual Result<Buffer> get_packed(const std::string& url, std::uint64_t limit) { return get_part(url, limit); }
  // What the feed left with remember() when it last loaded the rows that are in the database now; "" when there are
  // none, or when another version of the feed loaded them.
  virtual std::string remembered() const { return {}; }
  virtual void remember(std::string /*word*/) {}
};
constexpr std::string_view k_not_modified = "not-modified";

// Where a feed puts its rows. Rows may come in any order and be repeated.
class AdvisoryWriter {
 public:
  virtual ~AdvisoryWriter() = default;
  virtual void add(Advisory advisory) = 0;
  virtual void add_known_exploited(std::string cve, KnownExploited entry) = 0;
  // Something that reports repeat when the source matters to an image: "unfixed flaws not assessed".
  virtual void note(std::string text) = 0;
  virtual void newest_record(std::string_view rfc3339) = 0;
  // This update only says what changed: the source's old rows stay, but for those of these ids (bulletins or flaws).
  virtual void keep_old_rows_except(std::set<std::string> /*ids*/) {}
  // One record could not be read: counted, the first few kept for `db status`.
  virtual void bad_record(const Error& error) = 0;
};

struct FeedDescriptor {
  std::string_view id;  // "osv", "debian", "alpine", "kev"
  int version = 1;
  std::string_view summary;
  std::string_view example;  // one URL of it
};

// One row of the source table (sources.cpp): what a default update fetches.
struct SourceRow {
  std::string name;  // "osv/Go", "alpine/v3.10/main", "debian", "kev": what --feeds selects and reports name
  std::string_view feed;
  std::string url;
  std::string subject;       // the ecosystem that it fills: "Alpine:v3.10"; "Debian" stands for every "Debian:…"
  std::string_view licence;  // of the data, as the publisher states it
  std::uint64_t rough_bytes = 0;  // of the download, for progress and for starting the largest first
  // Says what another source of the list says too: fetched only when --feeds names it.
  bool optional = false;
};
std::vector<SourceRow> default_sources();
// True when the source of this subject fills `ecosystem`.
bool fills(std::string_view subject, std::string_view ecosystem);

class Feed {
 public:
  using Kind = Feed;
  using Descriptor = FeedDescriptor;
  virtual ~Feed() = default;
  // Reads one source. On an error the writer's rows of this source are thrown away and the old ones kept.
  virtual Result<void> update(const SourceRow& source, Download& download, AdvisoryWriter& writer) const = 0;
};

using FeedRegistry = util::Registry<Feed>;

}  // namespace hullcheck::advisories
