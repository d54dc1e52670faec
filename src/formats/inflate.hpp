// Raw deflate (RFC 1951) in memory, for data whose size is known or bounded.
#pragma once

#include <cstdint>
#include <span>

#include "util/bytes.hpp"
#include "util/result.hpp"

namespace hullcheck::formats {

// How many bytes of `output` were filled before the data ended, broke or filled it.
std::size_t inflate_raw(Bytes input, std::span<std::uint8_t> output);

enum class DeflateFrame : std::uint8_t { raw, zlib, gzip };

// All of it, when its size is not known: at most `most` bytes ("inflate-size-limit" beyond), "inflate-malformed" for
// what does not decode to its end. Sums at the end are checked where the frame has them; bytes behind are ignored.
// `used` is how many bytes of `data` the stream took.
Result<Buffer> inflate(Bytes data, DeflateFrame frame, std::size_t most, std::size_t* used = nullptr);

}  // namespace hullcheck::formats
