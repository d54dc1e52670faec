// LZMA without a container, as UPX and others embed it: one raw LZMA1 stream of a size that is known beforehand.
#pragma once

#include <cstdint>
#include <span>

#include "util/bytes.hpp"

namespace hullcheck::formats {

struct LzmaProperties {
  unsigned literal_context = 3, literal_position = 0, position = 2;  // lc, lp, pb
};

// Fills `output` from `input`. False unless exactly `output.size()` bytes came out and the properties are possible.
bool decompress_raw_lzma(const LzmaProperties& properties, Bytes input, std::span<std::uint8_t> output);

}  // namespace hullcheck::formats
