// Addresses of Monero and other CryptoNote coins.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "util/bytes.hpp"

namespace hullcheck::detect {

enum class CryptonoteKind : std::uint8_t { standard, integrated, subaddress, other };

struct CryptonoteAddress {
  std::uint64_t prefix = 0;
  std::string_view coin;     // "Monero"; "CryptoNote" for a coin that is not in the table
  std::string_view network;  // "main", "test", "stage"; "" for other coins
  CryptonoteKind kind = CryptonoteKind::other;
};
std::string_view to_string(CryptonoteKind kind);

constexpr std::size_t k_shortest_address = 95;
constexpr std::size_t k_longest_address = 110;

// What a base58 character stands for, -1 for any other.
constexpr std::array<std::int8_t, 256> make_base58_values() {
  constexpr std::string_view k_digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  std::array<std::int8_t, 256> values{};
  for (std::int8_t& value : values) value = -1;
  for (std::size_t i = 0; i < k_digits.size(); ++i)
    values[static_cast<std::uint8_t>(k_digits[i])] = static_cast<std::int8_t>(i);
  return values;
}
inline constexpr std::array<std::int8_t, 256> k_base58_values = make_base58_values();
inline bool is_base58(std::uint8_t byte) { return k_base58_values[byte] >= 0; }

// CryptoNote's own base58: blocks of 8 bytes become 11 characters each, so unlike Bitcoin's it needs no long
// division. Nothing for a wrong character, an impossible length or a block beyond its range.
std::optional<Buffer> decode_cryptonote_base58(std::string_view text);
// For a text that is an address and nothing else; the checksum must be right.
std::optional<CryptonoteAddress> parse_cryptonote_address(std::string_view text);

}  // namespace hullcheck::detect
