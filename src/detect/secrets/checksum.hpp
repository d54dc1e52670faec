// The checksums and number systems that credentials carry.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "util/bytes.hpp"

namespace hullcheck::detect::secrets {

std::uint32_t crc32(std::string_view text);                   // IEEE 802.3, as zlib's
std::string base62(std::uint32_t number, std::size_t width);  // 0-9A-Za-z, filled up with zeros on the left
// Bitcoin's base 58 with the first four bytes of a double SHA-256 at the end, which are checked and taken off. At
// most 128 characters.
std::optional<Buffer> decode_base58check(std::string_view text);
// BIP 173: "hrp1…", one case, checksum constant 1.
bool is_bech32(std::string_view text);
// RFC 4648 base 32 without padding, upper case; nothing for other characters.
std::optional<Buffer> decode_base32(std::string_view text);

}  // namespace hullcheck::detect::secrets
