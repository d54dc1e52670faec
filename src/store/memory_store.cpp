#include <algorithm>
#include <map>
#include <mutex>

#include "store/fact_store.hpp"

namespace hullcheck::store {
namespace {

std::uint64_t size_of(const StoredLayer& layer) {
  std::uint64_t size = 0;
  for (const auto& [id, part] : layer.parts) size += part.size();
  return size;
}

class MemoryStore final : public FactStore {
 public:
  explicit MemoryStore(std::uint64_t limit) : m_limit(limit) {}

  std::optional<StoredLayer> load(const std::string& diff_id) override {
    const std::lock_guard lock(m_mutex);
    const auto found = m_layers.find(diff_id);
    if (found == m_layers.end()) return std::nullopt;
    found->second.used = ++m_uses;
    return found->second.layer;
  }

  Result<void> save(const std::string& diff_id, const StoredLayer& layer) override {
    const std::lock_guard lock(m_mutex);
    Kept& kept = m_layers[diff_id];
    kept.used = ++m_uses;
    StoredLayer& stored = kept.layer;
    m_bytes -= size_of(stored);
    for (const auto& [id, part] : layer.parts) stored.parts[id] = part;
    m_bytes += size_of(stored);
    if (size_of(stored) > m_limit) forget(m_layers.find(diff_id));
    while (m_bytes > m_limit) forget(oldest());
    return {};
  }

  std::optional<VerifiedBlob> verified_blob(const std::string& blob_digest) override {
    return find(m_blobs, blob_digest);
  }
  Result<void> remember_blob(const std::string& blob_digest, const VerifiedBlob& blob) override {
    const std::lock_guard lock(m_mutex);
    if (m_layers.contains(blob.diff_id)) m_blobs[blob_digest] = blob;
    return {};
  }
  std::optional<std::string> guess(const std::string& key) override { return find(m_guesses, key); }
  Result<void> remember_guess(const std::string& key, const std::string& diff_id) override {
    const std::lock_guard lock(m_mutex);
    if (m_layers.contains(diff_id)) m_guesses[key] = diff_id;
    return {};
  }

  Result<Usage> usage() override {
    const std::lock_guard lock(m_mutex);
    Usage usage;
    usage.layers = m_layers.size();
    usage.blobs = m_blobs.size();
    usage.place = "memory";
    usage.bytes = m_bytes;
    usage.limit = m_limit;
    return usage;
  }

  Result<void> clear() override {
    const std::lock_guard lock(m_mutex);
    m_layers.clear();
    m_blobs.clear();
    m_guesses.clear();
    m_bytes = 0;
    return {};
  }

 private:
  struct Kept {
    StoredLayer layer;
    std::uint64_t used = 0;
  };

  using Layers = std::map<std::string, Kept>;

  Layers::iterator oldest() {
    return std::min_element(m_layers.begin(), m_layers.end(),
                            [](const auto& a, const auto& b) { return a.second.used < b.second.used; });
  }

  void forget(Layers::iterator gone) {
    std::erase_if(m_blobs, [&](const auto& item) { return item.second.diff_id == gone->first; });
    std::erase_if(m_guesses, [&](const auto& item) { return item.second == gone->first; });
    m_bytes -= size_of(gone->second.layer);
    m_layers.erase(gone);
  }

  template <class Value>
  std::optional<Value> find(const std::map<std::string, Value>& map, const std::string& key) {
    const std::lock_guard lock(m_mutex);
    const auto found = map.find(key);
    if (found == map.end()) return std::nullopt;
    return found->second;
  }

  const std::uint64_t m_limit;
  std::mutex m_mutex;
  std::uint64_t m_bytes = 0;
  std::uint64_t m_uses = 0;
  Layers m_layers;
  std::map<std::string, VerifiedBlob> m_blobs;
  std::map<std::string, std::string> m_guesses;
};

}  // namespace

std::unique_ptr<FactStore> memory_store(std::uint64_t limit) { return std::make_unique<MemoryStore>(limit); }

}  // namespace hullcheck::store
