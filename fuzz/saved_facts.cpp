// Saved facts of --save-facts, as judge reads them. The input is all but the digest at the end, which is put behind
// it: with a wrong one nothing is read. Holds beside not crashing: what decodes has a layer's facts or nothing for
// each layer, and makes a view.
#include "scan/saved_facts.hpp"
#include "layers/image_view.hpp"
#include "util/digest.hpp"

using namespace hullcheck;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  util::Hasher hasher(util::Hash::sha256);
  hasher.update({data, size});
  const Buffer digest = hasher.finish();
  Buffer file(data, data + size);
  file.insert(file.end(), digest.begin(), digest.end());
  const auto collected = scan::decode_facts(file);
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
