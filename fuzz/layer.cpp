// A whole layer through every registered analyzer, over itself in an image, and into an inventory.
// Holds beside not crashing: the facts decode from their encoding, how the bytes come in blocks changes nothing, a
// layer that is not complete has a problem, and an image without packages has a gap.
#include <algorithm>
#include <string>

#include "inventory/ownership.hpp"
#include "layers/analyse.hpp"

using namespace hullcheck;

namespace {

layers::AnalyseOptions options() {
  layers::AnalyseOptions options;
  for (const auto& analyzer : inventory::AnalyzerRegistry::all())
    options.sections.push_back({"inventory/" + std::string(analyzer.descriptor.id), "1", analyzer.instance.get()});
  options.limits.decompress.output_bytes = 4 << 20;
  options.limits.tar.entries = 500;
  options.limits.tar.sparse_size = options.limits.tar.sparse_total = 1 << 20;
  return options;
}

layers::LayerOutcome analyse(Bytes bytes, std::size_t block) {
  const auto input = formats::memory_stream(bytes, block);
  util::Profile profile;
  return layers::analyse_layer(*input, options(), {}, util::no_progress(), profile);
}

std::string all_facts(const layers::LayerFacts& facts) {
  std::string all(as_text(layers::encode_core(facts)));
  for (const auto& [id, section] : facts.sections) all += id + std::string(as_text(layers::encode_section(section)));
  return all;
}

// Headers get the checksum that they need, or hardly a mutation would get past it.
Buffer with_checksums(Bytes bytes) {
  Buffer repaired(bytes.begin(), bytes.end());
  for (std::size_t at = 0; at + 512 <= repaired.size(); at += 512) {
    const auto header = std::span(repaired).subspan(at, 512);
    if (as_text(header.subspan(257, 5)) != "ustar") continue;
    std::fill_n(header.begin() + 148, 8, std::uint8_t{' '});
    std::uint32_t sum = 0;
    for (const std::uint8_t byte : header) sum += byte;
    for (std::size_t i = 6; i-- > 0; sum >>= 3) header[148 + i] = static_cast<std::uint8_t>('0' + (sum & 7));
    header[154] = 0;
  }
  return repaired;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Buffer bytes = with_checksums({data, size});
  const auto outcome = analyse(bytes, bytes.size() + 1);
  HULLCHECK_ASSERT(!outcome.interrupted && outcome.cacheable && !outcome.blob_digest.empty());
  HULLCHECK_ASSERT(outcome.facts->complete == outcome.facts->problems.empty());
  HULLCHECK_ASSERT(layers::decode_core(layers::encode_core(*outcome.facts)).ok());
  HULLCHECK_ASSERT(all_facts(*analyse(bytes, 333).facts) == all_facts(*outcome.facts));
  const layers::ImageView image({}, {outcome.facts, outcome.facts});
  const inventory::Inventory inventory = inventory::take_inventory(image);
  HULLCHECK_ASSERT(!inventory.packages.empty() || !inventory.gaps.empty());
  const inventory::Ownership ownership(image, inventory);
  image.each_final([&](layers::FileRef file, const std::string&) { (void)ownership.integrity(file); });
  return 0;
}
