// zlib streams: any bytes are a text within the limit or a named error.
#include "formats/zlib.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hullcheck;
  constexpr std::size_t k_limit = 1 << 20;
  const auto text = formats::inflate_zlib(Bytes(data, size), k_limit);
  if (text.ok() && text->size() > k_limit) __builtin_trap();
  return 0;
}
