// NRV2B, NRV2D and NRV2E: the compression of the UCL library, as UPX uses it.
//
// A stream of bits, most significant first, taken from the bytes 8, 16 or 32 at a time (little-endian), among plain
// bytes. A set bit means a literal byte. Otherwise an offset follows in a prefix code, its low byte as a plain byte,
// then a length; the code of offset 2 repeats the last offset, and an offset of all ones ends the stream.
//
// Hostile: any bytes are a stream. Reads stay inside the input, copies inside what was written, output inside its
// size; each step takes input or makes output, so the work is bounded by both.
#pragma once

#include <cstdint>
#include <span>

#include "util/bytes.hpp"

namespace hullcheck::formats {

enum class NrvVariant : std::uint8_t { nrv2b, nrv2d, nrv2e };
enum class NrvBits : std::uint8_t { by_8 = 8, by_16 = 16, by_32 = 32 };

struct NrvResult {
  bool ended = false;          // the end mark was met with nothing wrong before it
  std::size_t consumed = 0;    // of the input
  std::size_t written = 0;     // of the output
};

NrvResult decompress_nrv(NrvVariant variant, NrvBits bits, Bytes input, std::span<std::uint8_t> output);

}  // namespace hullcheck::formats
