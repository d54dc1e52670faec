// Advisory feeds, one file each: what a public source publishes, turned into Advisory rows.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "advisories/database.hpp"
#include "formats/byte_stream.hpp"
#include "util/registry.hpp"
#include "util/result.hpp"

namespace hullcheck::advisories {

// A document of a feed, fetched or from a mirror. Absent is normal under --mirror ("not mirrored").
struct Document {
  std::string url;
  std::unique_ptr<formats::ByteStream> bytes;  // already decompressed if the mirror has PATH.gz instead of PATH
};

class Download {
 public:
  virtual ~Download() = default;
  // ErrorCode::not_found: not there. Every other error: there, but not to be had whole.
  virtual Result<Document> get(const std::string& url) = 0;
  // The whole document, at most `limit` bytes ("feed-size-limit").
  virtual Result<Buffer> get_all(const std::string& url, std::uint64_t limit) = 0;
};

// Where a feed puts its rows. Rows may come in any order and be repeated.
class AdvisoryWriter {
 public:
  virtual ~AdvisoryWriter() = default;
  virtual void add(Advisory advisory) = 0;
  virtual void add_known_exploited(std::string cve, KnownExploited entry) = 0;
  // A note that reports repeat when the feed matters to an image: ("debian", "unfixed flaws not assessed").
  virtual void note(std::string subject, std::string text) = 0;
  virtual void newest_record(std::string_view rfc3339) = 0;
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
  std::string subject;  // ecosystem or release that the feed's code needs to know
};
std::vector<SourceRow> default_sources();

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
