// Payment addresses of Bitcoin and its relatives, and of Ethereum, recognised by their checksums. Monero and its
// relatives are in cryptonote.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "util/bytes.hpp"

namespace hullcheck::detect {

struct CoinAddress {
  std::string_view coin;     // "Bitcoin"
  std::string_view network;  // "main", "test"
  std::string_view form;     // "base58", "segwit", "taproot", "account"
};

constexpr std::size_t k_shortest_base58_address = 26;
constexpr std::size_t k_longest_base58_address = 36;
constexpr std::size_t k_longest_bech32_address = 110;
constexpr std::size_t k_account_digits = 40;

int bech32_value(char c);  // -1 for what is no digit of it
// What the checksum of a Bech32 text must come to, by its version.
constexpr std::uint32_t k_bech32 = 1, k_bech32m = 0x2bc830a3;
// What it comes to; nothing when a character does not belong. `human` is what stands before the last '1'.
std::optional<std::uint32_t> bech32_checksum(std::string_view human, std::string_view data);

// Each for a text that is an address and nothing else. Nothing for a wrong checksum, version or length.
std::optional<CoinAddress> parse_base58_address(std::string_view text);
std::optional<CoinAddress> parse_ripple_address(std::string_view text);
std::optional<CoinAddress> parse_bech32_address(std::string_view text);  // lower or upper case, not both
// The forty digits behind "0x". Digits of one case only carry no checksum, and are none.
std::optional<CoinAddress> parse_account_address(std::string_view digits);

}  // namespace hullcheck::detect
