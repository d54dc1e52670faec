#include <map>
#include <mutex>

#include "store/fact_store.hpp"

namespace hullcheck::store {
namespace {

// Holds the encoded form, so that what comes out is independent of what went in, as with a real store.
class MemoryStore final : public FactStore {
 public:
  std::shared_ptr<layers::LayerFacts> load(const std::string& diff_id, const std::vector<WantedSection>& wanted,
                                           bool all_digests) override {
    const std::lock_guard lock(m_mutex);
    const auto found = m_layers.find(diff_id);
    if (found == m_layers.end() || (all_digests && !found->second.all_digests)) return nullptr;
    auto facts = layers::decode_core(found->second.core);
    if (!facts) return nullptr;
    for (const WantedSection& want : wanted) {
      const auto blob = found->second.sections.find(want.id);
      if (blob == found->second.sections.end()) continue;
      auto section = layers::decode_section(blob->second, static_cast<std::uint32_t>((*facts)->entries.size()));
      if (section && section->fingerprint == want.fingerprint)
        (*facts)->sections.emplace(want.id, std::move(*section));
    }
    return std::move(*facts);
  }

  Result<void> save(const layers::LayerFacts& facts, bool all_digests) override {
    const std::lock_guard lock(m_mutex);
    Layer& layer = m_layers[facts.diff_id];
    layer.all_digests = all_digests;
    layer.core = layers::encode_core(facts);
    for (const auto& [id, section] : facts.sections) layer.sections[id] = layers::encode_section(section);
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
  struct Layer {
    Buffer core;
    bool all_digests = false;
    std::map<std::string, Buffer> sections;
  };
  std::optional<std::string> find(const std::map<std::string, std::string>& map, const std::string& key) {
    const std::lock_guard lock(m_mutex);
    const auto found = map.find(key);
    if (found == map.end()) return std::nullopt;
    return found->second;
  }

  std::mutex m_mutex;
  std::map<std::string, Layer> m_layers;
  std::map<std::string, std::string> m_blobs;
  std::map<std::string, std::string> m_guesses;
};

}  // namespace

std::unique_ptr<FactStore> memory_store() { return std::make_unique<MemoryStore>(); }

}  // namespace hullcheck::store
