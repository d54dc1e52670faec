// Saved facts of --save-facts, as judge reads them.
// Holds beside not crashing: what decodes has a layer's facts or nothing for each layer, and makes a view.
#include "layers/image_view.hpp"
#include "scan/saved_facts.hpp"

#include "layers/image_view.hpp"

using namespace hullcheck;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto collected = scan::decode_facts({data, size});
  if (!collected) return 0;
  for (const scan::ImageFacts& facts : collected->images) {
    HULLCHECK_ASSERT(facts.layers.size() == facts.layer_facts.size());
    HULLCHECK_ASSERT(facts.layers.size() == facts.image.layers.size());
    const layers::ImageView image(facts.image, facts.layer_facts);
    image.each_final([&](layers::FileRef file, const std::string&) { (void)image.path(file); });
  }
  const Buffer again = scan::encode_facts(*collected);
  HULLCHECK_ASSERT(scan::encode_facts(*scan::decode_facts(again)) == again);
  return 0;
}
