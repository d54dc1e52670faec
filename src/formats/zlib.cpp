#include "formats/zlib.hpp"

#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <memory>

#include "formats/leave_avx.hpp"

namespace hullcheck::formats {

Result<Buffer> inflate_zlib(Bytes compressed, std::size_t limit) {
  if (compressed.size() > UINT32_MAX)
    return make_error(ErrorCode::limit, "zlib-size-limit", "the stream is too large");
  const auto state = std::make_unique_for_overwrite<inflate_state>();
  isal_inflate_init(state.get());
  state->crc_flag = ISAL_ZLIB;
  state->next_in = const_cast<std::uint8_t*>(compressed.data());
  state->avail_in = static_cast<std::uint32_t>(compressed.size());
  Buffer out;
  for (;;) {
    const std::size_t done = out.size();
    // Grows as bytes come; one more than the limit shows that there are more.
    const std::size_t step = std::min<std::size_t>(64 << 10, limit + 1 - done);
    out.resize(done + step);
    state->next_out = out.data() + done;
    state->avail_out = static_cast<std::uint32_t>(step);
    const int code = isal_inflate(state.get());
    leave_avx();
    if (code != ISAL_DECOMP_OK && code != ISAL_END_INPUT)
      return make_error(ErrorCode::malformed, "zlib-malformed", "the compressed data is damaged");
    out.resize(done + step - state->avail_out);
    if (out.size() > limit) return make_error(ErrorCode::limit, "zlib-size-limit", "too much comes out of it");
    if (state->block_state == ISAL_BLOCK_FINISH) return out;
    if (out.size() == done)
      return make_error(ErrorCode::truncated, "zlib-truncated", "the compressed data ends too early");
  }
}

}  // namespace hullcheck::formats
