// Layer facts as they come back from a cache, sealed anew so that mutations get past the checksum.
// Holds beside not crashing: what decodes is in bounds, encodes to the same bytes, and makes a view.
#include "layers/facts.hpp"

#include "layers/image_view.hpp"

using namespace hullcheck;

namespace {

constexpr std::size_t k_head = 5, k_sum = 8;  // magic and version; checksum

Buffer sealed(Bytes bytes) {
  Buffer out(bytes.begin(), bytes.end());
  if (out.size() < k_head + k_sum) return out;
  std::uint64_t sum = 0xcbf29ce484222325ULL;
  for (std::size_t i = k_head + k_sum; i < out.size(); ++i) sum = (sum ^ out[i]) * 0x100000001b3ULL;
  for (std::size_t i = 0; i < k_sum; ++i, sum >>= 8) out[k_head + i] = static_cast<std::uint8_t>(sum);
  return out;
}

void look_around(std::unique_ptr<layers::LayerFacts> facts) {
  const std::shared_ptr<const layers::LayerFacts> shared = std::move(facts);
  const layers::ImageView image({}, {shared, shared});
  std::size_t final = 0;
  image.each_final([&](layers::FileRef file, const std::string& path) {
    ++final;
    HULLCHECK_ASSERT(image.visibility(file) == model::Visibility::final);
    (void)image.resolve(path);
    (void)image.digests(file);
  });
  HULLCHECK_ASSERT(final <= 2 * shared->entries.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Buffer bytes = sealed({data, size});
  if (auto core = layers::decode_core(bytes)) {
    HULLCHECK_ASSERT(layers::encode_core(**core) == bytes);
    if ((*core)->entries.size() < 2000) look_around(std::move(*core));
  }
  if (const auto section = layers::decode_section(bytes, 100)) {
    HULLCHECK_ASSERT(layers::encode_section(*section) == bytes);
    for (const layers::Record& record : section->records) HULLCHECK_ASSERT(record.entry < 100);
  }
  return 0;
}
