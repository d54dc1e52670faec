// On ISA-L. Hostile: the library's counters are not believed after an error.
#include "formats/inflate.hpp"

#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <memory>

#include "formats/leave_avx.hpp"

namespace hullcheck::formats {
namespace {

constexpr std::size_t k_most = 0xffffffffU;

}  // namespace

std::size_t inflate_raw(Bytes input, std::span<std::uint8_t> output) {
  const auto state = std::make_unique_for_overwrite<inflate_state>();
  isal_inflate_init(state.get());
  state->crc_flag = ISAL_DEFLATE;
  const std::size_t room = std::min(output.size(), k_most);
  state->next_in = const_cast<std::uint8_t*>(input.data());  // the library only reads from it
  state->avail_in = static_cast<std::uint32_t>(std::min(input.size(), k_most));
  state->next_out = output.data();
  state->avail_out = static_cast<std::uint32_t>(room);
  static_cast<void>(isal_inflate(state.get()));
  leave_avx();
  return state->avail_out <= room ? room - state->avail_out : 0;
}

namespace {

constexpr std::size_t k_step = 256U << 10;
constexpr std::size_t k_most_input = std::size_t{1} << 30;

std::uint32_t flag_of(DeflateFrame frame) {
  switch (frame) {
    case DeflateFrame::zlib: return ISAL_ZLIB;
    case DeflateFrame::gzip: return ISAL_GZIP;
    default: return ISAL_DEFLATE;
  }
}

}  // namespace

Result<Buffer> inflate(Bytes data, DeflateFrame frame, std::size_t most, std::size_t* used) {
  const auto state = std::make_unique_for_overwrite<inflate_state>();
  isal_inflate_init(state.get());
  state->crc_flag = flag_of(frame);
  data = data.first(std::min(data.size(), k_most_input));
  // The library takes its input as not const and does not write to it.
  state->next_in = const_cast<std::uint8_t*>(data.data());
  state->avail_in = static_cast<std::uint32_t>(data.size());
  Buffer out;
  while (state->block_state != ISAL_BLOCK_FINISH) {
    if (out.size() >= most)
      return make_error(ErrorCode::limit, "inflate-size-limit", "the data unpacks to more than is looked at");
    const std::size_t before = out.size();
    const std::size_t room = std::min(most - before, std::max<std::size_t>(k_step, before));
    out.resize(before + room);
    state->next_out = out.data() + before;
    state->avail_out = static_cast<std::uint32_t>(std::min<std::size_t>(room, 64U << 20));
    const std::uint32_t offered = state->avail_out;
    const int code = isal_inflate(state.get());
    leave_avx();
    const std::size_t written = offered - state->avail_out;
    out.resize(before + written);
    const bool stuck = written == 0 && state->block_state != ISAL_BLOCK_FINISH;
    if (code != ISAL_DECOMP_OK || stuck)
      return make_error(ErrorCode::malformed, "inflate-malformed", "the deflate data cannot be decoded");
  }
  if (used != nullptr) {
    // The library reads ahead by whole bytes.
    const std::size_t ahead = static_cast<std::size_t>(std::max(state->read_in_length, 0)) / 8;
    *used = data.size() - std::min(data.size(), state->avail_in + ahead);
  }
  return out;
}

}  // namespace hullcheck::formats
