// One piece of deflate data in memory (RFC 1951), bare or in the frame of zlib (RFC 1950) or gzip (RFC 1952).
// For large or streamed data see decompress.hpp.
#pragma once

#include <cstdint>

#include "util/bytes.hpp"
#include "util/result.hpp"

namespace hullcheck::formats {

enum class DeflateFrame : std::uint8_t { raw, zlib, gzip };

// At most `most` bytes ("inflate-size-limit" beyond); "inflate-malformed" for what does not decode to its end. Sums
// at the end are checked where the frame has them; bytes behind the end are ignored.
Result<Buffer> inflate(Bytes data, DeflateFrame frame, std::size_t most);

}  // namespace hullcheck::formats
