// A LayerSink that reads every layer, hashes it and keeps what came.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "acquire/source.hpp"

namespace hullcheck::test {

struct RecordedLayer {
  acquire::LayerInfo info;
  bool fed = false;
  std::string bytes;    // as they came: compressed where the blob is
  std::string plain;    // decompressed
  std::string digest;   // of `bytes`
  std::string diff_id;  // of `plain`
  std::string error;    // name
};

// Offered layers are read by read_offered(), as they would be on other threads after the source returned.
class RecordingSink final : public acquire::LayerSink {
 public:
  bool known(const acquire::LayerInfo& info) override;
  std::string known_config(const std::string& digest) override;
  void offer(acquire::LayerInfo info, acquire::OpenLayer open) override;
  Result<void> feed(acquire::LayerInfo info, formats::ByteStream& bytes) override;

  void read_offered();
  const RecordedLayer* layer(const std::string& key) const;
  std::size_t offered() const { return m_offered.size(); }

  std::set<std::string> known_diff_ids;  // of local engines
  std::set<std::string> known_blobs;     // digests that were verified before
  std::map<std::string, std::string> configs;
  std::vector<RecordedLayer> layers;  // in the order of reading

 private:
  struct Offered {
    acquire::LayerInfo info;
    acquire::OpenLayer open;
  };
  std::mutex m_mutex;
  std::vector<Offered> m_offered;
  std::set<std::string> m_seen;
};

}  // namespace hullcheck::test
