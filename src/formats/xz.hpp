// LZMA without a container, as UPX and others embed it: one raw LZMA1 stream of a size that is known beforehand.
#pragma once

#include <cstdint>
#include <span>

#include "util/bytes.hpp"
#include "util/result.hpp"

namespace hullcheck::formats {

struct LzmaProperties {
  unsigned literal_context = 3, literal_position = 0, position = 2;  // lc, lp, pb
};

// Fills `output` from `input`. False unless exactly `output.size()` bytes came out and the properties are possible.
bool decompress_raw_lzma(const LzmaProperties& properties, Bytes input, std::span<std::uint8_t> output);

// A .lzma file: thirteen bytes of header, then the stream. At most `most` bytes ("xz-size-limit" beyond); what does
// not decode to its end is "xz-malformed", or "xz-truncated" when bytes are missing. `made` is how many came out in
// any case.
Result<Buffer> decompress_lzma_alone(Bytes file, std::size_t most, std::size_t* made = nullptr);

}  // namespace hullcheck::formats
