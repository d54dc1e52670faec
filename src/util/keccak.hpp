// Keccak-256 as submitted to the SHA-3 contest: the hash of CryptoNote coins and of Ethereum.
#pragma once

#include <array>

#include "util/bytes.hpp"

namespace hullcheck::util {

std::array<std::uint8_t, 32> keccak_256(Bytes bytes);

}  // namespace hullcheck::util
