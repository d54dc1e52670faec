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
  const auto state = std::make_unique<inflate_state>();
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

}  // namespace hullcheck::formats
