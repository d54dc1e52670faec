// What is remembered between scans: layer facts by diff id, and which blobs this store itself has verified.
//
// The store is a cache of hostile material's facts and is never trusted further than its own checks go: whatever does
// not decode is absent. It never makes a scan fail; a store that cannot be opened or written is a scan without a
// store.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "layers/facts.hpp"
#include "util/result.hpp"

namespace hullcheck::store {

struct WantedSection {
  std::string id;
  std::string fingerprint;
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

  // The layer's core facts with those of the wanted sections that were made under the wanted fingerprint; the caller
  // sees which are missing. Null when the layer is unknown. `all_digests`: only a layer whose every file was hashed
  // will do.
  virtual std::shared_ptr<layers::LayerFacts> load(const std::string& diff_id,
                                                   const std::vector<WantedSection>& wanted, bool all_digests) = 0;
  // Adds or replaces. Sections of the stored layer that `facts` does not have are kept.
  virtual Result<void> save(const layers::LayerFacts& facts, bool all_digests) = 0;

  // Blob digest → diff id, as verified by a full read of ours.
  virtual std::optional<std::string> diff_id_of(const std::string& blob_digest) = 0;
  virtual Result<void> remember_blob(const std::string& blob_digest, const std::string& diff_id) = 0;

  // A guess for streams, to be confirmed by digest: `key` is a hash of a layer's first bytes and size.
  virtual std::optional<std::string> guess(const std::string& key) = 0;
  virtual Result<void> remember_guess(const std::string& key, const std::string& diff_id) = 0;

  virtual Result<Usage> usage() = 0;
  virtual Result<void> clear() = 0;
};

constexpr std::uint64_t k_default_limit = 1ULL << 30;

// One SQLite file "facts.db" in `folder` (made with mode 0700). Beyond `limit` bytes the least recently used layers
// go. Safe for several processes at once.
Result<std::unique_ptr<FactStore>> open_sqlite_store(const std::string& folder,
                                                     std::uint64_t limit = k_default_limit);

// Keeps everything in memory: for tests, and for scans without a cache folder.
std::unique_ptr<FactStore> memory_store();

}  // namespace hullcheck::store
