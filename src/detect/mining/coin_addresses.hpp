// Payment addresses of Bitcoin and its relatives, and of Ethereum, recognised by their checksums. Monero and its
// relatives are in cryptonote.hpp.
#pragma once

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
constexpr std::size_t k_longest_bech32_address = 100;
constexpr std::size_t k_account_digits = 40;

// Each for a text that is an address and nothing else. Nothing for a wrong checksum, version or length.
std::optional<CoinAddress> parse_base58_address(std::string_view text);
std::optional<CoinAddress> parse_bech32_address(std::string_view text);  // lower or upper case, not both
// The forty digits behind "0x". Digits of one case only carry no checksum, and are none.
std::optional<CoinAddress> parse_account_address(std::string_view digits);

}  // namespace hullcheck::detect
