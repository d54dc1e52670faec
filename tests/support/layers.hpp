// Layers and images made of archives that stand in the test itself.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/byte_stream.hpp"
#include "layers/analyse.hpp"
#include "layers/image_view.hpp"
#include "support/tar_writer.hpp"

namespace hullcheck::test {

inline layers::LayerOutcome analyse(std::string_view blob, const layers::AnalyseOptions& options = {},
                                    std::size_t block = formats::k_block_size) {
  const auto input = formats::memory_stream(as_bytes(blob), block);
  util::Profile profile;
  return layers::analyse_layer(*input, options, {}, util::no_progress(), profile);
}

// The archives are layers, bottom first; "" is one that is missing.
inline std::unique_ptr<layers::ImageView> image_of(const std::vector<std::string>& archives,
                                                   const layers::AnalyseOptions& options = {}) {
  std::vector<std::shared_ptr<const layers::LayerFacts>> facts;
  for (const std::string& archive : archives)
    facts.push_back(archive.empty() ? nullptr : analyse(archive, options).facts);
  return std::make_unique<layers::ImageView>(model::Image{}, std::move(facts));
}

// A collector out of functions.
class TestCollector final : public layers::Collector {
 public:
  std::string name;              // of the files that it wants; "" for all
  bool content = true;           // wants them whole
  std::string broken = {};       // files of this name give an error
  bool only_size = false;        // the record is the size that was seen, not the content
  mutable std::size_t runs = 0;  // single-threaded tests only

  bool wants(const layers::FileInfo& file) const override { return name.empty() || file.name() == name; }
  bool needs_content(const layers::FileInfo&) const override { return content; }
  Result<Buffer> record(const layers::FileView& file) const override {
    ++runs;
    if (!broken.empty() && file.name() == broken) return make_error(ErrorCode::malformed, "test-broken", "is broken");
    const std::string size = std::to_string(file.bytes.size());
    const Bytes bytes = only_size ? as_bytes(size) : file.bytes;
    return Buffer(bytes.begin(), bytes.end());
  }
};

}  // namespace hullcheck::test
