// Addresses of coins whose text carries a checksum of another kind than Bitcoin's: CashAddr, StrKey, TON's, and those
// in long Bech32. For a text that is an address and nothing else.
#pragma once

#include <optional>
#include <string_view>

#include "detect/mining/coin_addresses.hpp"

namespace hullcheck::detect {

constexpr std::size_t k_longest_cash_address = 128;  // behind the colon
constexpr std::size_t k_shortest_shielded_address = 78;
constexpr std::size_t k_longest_shielded_address = 512;
constexpr std::size_t k_stellar_digits = 56, k_ton_digits = 48;

// "bitcoincash:q…", "kaspa:q…"; `prefix` without the colon, both in lower case.
std::optional<CoinAddress> parse_cash_address(std::string_view prefix, std::string_view data);
// Zcash: "zs1…" (Sapling) and "u1…" (unified).
std::optional<CoinAddress> parse_shielded_address(std::string_view text);
std::optional<CoinAddress> parse_stellar_address(std::string_view text);
std::optional<CoinAddress> parse_ton_address(std::string_view text);

}  // namespace hullcheck::detect
