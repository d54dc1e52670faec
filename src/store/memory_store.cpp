#include <map>
#include <mutex>

#include "store/fact_store.hpp"

namespace hullcheck::store {
namespace {

class MemoryStore final : public FactStore {
 public:
  std::optional<StoredLayer> load(const std::string& diff_id) override {
    const std::lock_guard lock(m_mutex);
    const auto found = m_layers.find(diff_id);
    if (found == m_layers.end()) return std::nullopt;
    return found->second;
  }

  Result<void> save(const std::string& diff_id, const StoredLayer& layer) override {
    const std::lock_guard lock(m_mutex);
    StoredLayer& stored = m_layers[diff_id];
    stored.core = layer.core;
    stored.all_digests = layer.all_digests;
    for (const auto& [id, section] : layer.sections) stored.sections[id] = section;
    return {};
  }

  std::optional<std::string> diff_id_of(const std::string& blob_digest) override {
    return find(m_blobs, blob_digest);
  }
  Result<void> remember_blob(const std::string& blob_digest, const std::string& diff_id) override {
    const std::lock_guard lock(m_mutex);
    m_blobs[blob_digest] = diff_id;
    return {};
  }
  std::optional<std::string> guess(const std::string& key) override { return find(m_guesses, key); }
  Result<void> remember_guess(const std::string& key, const std::string& diff_id) override {
    const std::lock_guard lock(m_mutex);
    m_guesses[key] = diff_id;
    return {};
  }

  Result<Usage> usage() override {
    const std::lock_guard lock(m_mutex);
    Usage usage;
    usage.layers = m_layers.size();
    usage.blobs = m_blobs.size();
    usage.place = "memory";
    for (const auto& [id, layer] : m_layers) {
      usage.bytes += layer.core.size();
      for (const auto& [name, blob] : layer.sections) usage.bytes += blob.size();
    }
    return usage;
  }

  Result<void> clear() override {
    const std::lock_guard lock(m_mutex);
    m_layers.clear();
    m_blobs.clear();
    m_guesses.clear();
    return {};
  }

 private:
  std::optional<std::string> find(const std::map<std::string, std::string>& map, const std::string& key) {
    const std::lock_guard lock(m_mutex);
    const auto found = map.find(key);
    if (found == map.end()) return std::nullopt;
    return found->second;
  }

  std::mutex m_mutex;
  std::map<std::string, StoredLayer> m_layers;
  std::map<std::string, std::string> m_blobs;
  std::map<std::string, std::string> m_guesses;
};

}  // namespace

std::unique_ptr<FactStore> memory_store() { return std::make_unique<MemoryStore>(); }

}  // namespace hullcheck::store
