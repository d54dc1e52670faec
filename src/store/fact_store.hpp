// What is remembered between scans: layer facts by diff id, and which blobs this store itself has verified.
//
// The store is a cache of hostile material's facts and is never trusted further than its own checks go: whatever does
// not decode is absent. It never makes a scan fail; a store that cannot be opened or written is a scan without a
// store.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "util/bytes.hpp"
#include "util/result.hpp"

namespace hullcheck::store {

// Facts as encoded by layers/facts.hpp, by name: the entries (a part for each way that files are digested) and one
// part a section. The store keeps bytes and never looks into them.
struct StoredLayer {
  std::map<std::string, Buffer> parts;
};

struct VerifiedBlob {
  std::string diff_id;
  std::uint64_t size = 0;  // of the blob as it is carried, compressed or not
  bool operator==(const VerifiedBlob&) const = default;
};

struct Usage {
  std::uint64_t layers = 0;
  std::uint64_t blobs = 0;
  std::uint64_t bytes = 0;
  std::uint64_t limit = 0;
  std::string place;  // for people
};

// Any thread. Implementations pass the same tests (tests/store/fact_store_test.cpp).
class FactStore {
 public:
  virtual ~FactStore() = default;

  // Nothing when the layer is unknown.
  virtual std::optional<StoredLayer> load(const std::string& diff_id) = 0;
  // Adds or replaces. Parts of the stored layer that `layer` does not have are kept. A layer that is larger than the
  // limit is not kept at all, and pushes nothing else out.
  virtual Result<void> save(const std::string& diff_id, const StoredLayer& layer) = 0;

  // Blob digest → diff id and size, as verified by a full read of ours. Of a layer that is not stored nothing is
  // remembered, here and below: it would help nobody, and nobody would take it away.
  virtual std::optional<VerifiedBlob> verified_blob(const std::string& blob_digest) = 0;
  virtual Result<void> remember_blob(const std::string& blob_digest, const VerifiedBlob& blob) = 0;

  // A guess for streams, to be confirmed by digest: `key` is a hash of a layer's first bytes and size.
  virtual std::optional<std::string> guess(const std::string& key) = 0;
  virtual Result<void> remember_guess(const std::string& key, const std::string& diff_id) = 0;

  virtual Result<Usage> usage() = 0;
  virtual Result<void> clear() = 0;
};

constexpr std::uint64_t k_default_limit = 1ULL << 30;

// One SQLite file "facts.db" (mode 0600) in `folder` (made with mode 0700). Beyond `limit` bytes the least recently
// used layers go, and what is remembered of their blobs; what one open store used counts as used at the same time. A
// damaged file is replaced by an empty one, when it is opened or when the damage is met. Safe for several processes
// at once. Errors: "folder-unwritable", "cache-not-private" for a file that others may have written,
// "cache-unwritable" for damage that cannot be replaced, and those of util/sqlite.hpp.
Result<std::unique_ptr<FactStore>> open_sqlite_store(const std::string& folder,
                                                     std::uint64_t limit = k_default_limit);

// Keeps everything in memory, up to the limit: for tests, and for scans without a cache folder.
std::unique_ptr<FactStore> memory_store(std::uint64_t limit = 64ULL << 20);

}  // namespace hullcheck::store
