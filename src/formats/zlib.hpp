// One zlib stream (RFC 1950) held in memory. Hostile: it may unfold to a thousand times its size or end too early.
#pragma once

#include <cstdint>

#include "util/bytes.hpp"
#include "util/result.hpp"

namespace hullcheck::formats {

// Errors: "zlib-malformed", "zlib-truncated", "zlib-size-limit" when more than `limit` bytes come out.
Result<Buffer> inflate_zlib(Bytes compressed, std::size_t limit);

}  // namespace hullcheck::formats
