// Raw deflate (RFC 1951) in memory, for data whose size is known or bounded.
#pragma once

#include <cstdint>
#include <span>

#include "util/bytes.hpp"

namespace hullcheck::formats {

// How many bytes of `output` were filled before the data ended, broke or filled it.
std::size_t inflate_raw(Bytes input, std::span<std::uint8_t> output);

}  // namespace hullcheck::formats
