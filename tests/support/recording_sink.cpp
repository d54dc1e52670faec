#include "support/recording_sink.hpp"

#include "formats/decompress.hpp"
#include "support/streams.hpp"
#include "util/digest.hpp"

namespace hullcheck::test {
namespace {

void finish(RecordedLayer& layer) {
  layer.digest = util::sha256_digest(as_bytes(layer.bytes));
  const auto stream = formats::memory_stream(as_bytes(layer.bytes));
  if (auto plain = formats::decompress(*stream, {})) layer.plain = drain(**plain).bytes;
  layer.diff_id = util::sha256_digest(as_bytes(layer.plain));
}

}  // namespace

bool RecordingSink::known(const acquire::LayerInfo& info) {
  return known_blobs.contains(info.blob_digest) || (info.trusted_diff_id && known_diff_ids.contains(info.diff_id));
}

std::string RecordingSink::known_config(const std::string& digest) {
  const auto found = configs.find(digest);
  return found == configs.end() ? std::string() : found->second;
}

void RecordingSink::offer(acquire::LayerInfo info, acquire::OpenLayer open) {
  const std::lock_guard lock(m_mutex);
  if (m_seen.insert(info.key).second) m_offered.push_back({std::move(info), std::move(open)});
}

Result<void> RecordingSink::feed(acquire::LayerInfo info, formats::ByteStream& bytes) {
  RecordedLayer layer;
  layer.info = std::move(info);
  layer.fed = true;
  m_seen.insert(layer.info.key);
  std::optional<Error> error;
  while (true) {
    auto block = bytes.next();
    if (!block) {
      error = block.error();
      layer.error = error->name;
      break;
    }
    if (block->empty()) break;
    layer.bytes += as_text(*block);
  }
  finish(layer);
  layers.push_back(std::move(layer));
  if (error) return *error;
  return {};
}

void RecordingSink::read_offered() {
  for (auto& offered : m_offered) {
    RecordedLayer layer;
    layer.info = offered.info;
    auto stream = offered.open();
    if (!stream) {
      layer.error = stream.error().name;
    } else {
      const Drained drained = drain(**stream);
      layer.bytes = drained.bytes;
      layer.error = drained.error;
    }
    finish(layer);
    layers.push_back(std::move(layer));
  }
  m_offered.clear();
}

const RecordedLayer* RecordingSink::layer(const std::string& key) const {
  for (const auto& layer : layers)
    if (layer.info.key == key) return &layer;
  return nullptr;
}

}  // namespace hullcheck::test
