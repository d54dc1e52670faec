// Formats: CashAddr (the specification of Bitcoin Cash, which Kaspa, eCash and Nexa share), Bech32 and Bech32m of any
// length (BIP 173, BIP 350, ZIP 173, ZIP 316), StrKey (SEP 23), addresses of TON (TEP 2). The last two end with a CRC
// of sixteen bits, so other fields must be right too.
//
// Hostile: any text may come in; lengths are checked first.
#include "detect/mining/coin_checksums.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "util/base64.hpp"

namespace hullcheck::detect {
namespace {

struct CashPrefix {
  std::string_view text, coin, network;
};
constexpr std::array<CashPrefix, 5> k_cash_prefixes{{{"bitcoincash", "Bitcoin Cash", "main"},
                                                     {"bchtest", "Bitcoin Cash", "test"},
                                                     {"ecash", "eCash", "main"},
                                                     {"kaspa", "Kaspa", "main"},
                                                     {"nexa", "Nexa", "main"}}};

std::uint64_t cash_step(std::uint64_t state, std::uint64_t value) {
  constexpr std::array<std::uint64_t, 5> k_generator = {0x98f2bc8e61, 0x79b76d99e2, 0xf33e5fb3c4, 0xae2eabe2a8,
                                                        0x1e4f43e470};
  const std::uint64_t top = state >> 35U;
  state = (state & 0x07ffffffffU) << 5U ^ value;
  for (std::size_t bit = 0; bit < k_generator.size(); ++bit)
    if ((top >> bit & 1U) != 0) state ^= k_generator[bit];
  return state;
}

std::uint16_t crc16(Bytes bytes) {
  std::uint32_t crc = 0;
  for (const std::uint8_t byte : bytes) {
    crc ^= std::uint32_t{byte} << 8U;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 0x8000U) != 0 ? (crc << 1U ^ 0x1021U) : crc << 1U;
    crc &= 0xffffU;
  }
  return static_cast<std::uint16_t>(crc);
}

}  // namespace

std::optional<CoinAddress> parse_cash_address(std::string_view prefix, std::string_view data) {
  constexpr std::size_t k_checksum = 8, k_least = 42;
  const auto* const known = std::find_if(k_cash_prefixes.begin(), k_cash_prefixes.end(),
                                         [&](const CashPrefix& one) { return one.text == prefix; });
  if (known == k_cash_prefixes.end() || data.size() < std::max(k_least, k_checksum) ||
      data.size() > k_longest_cash_address)
    return std::nullopt;
  std::uint64_t state = 1;
  for (const char c : prefix) state = cash_step(state, static_cast<std::uint8_t>(c) & 31U);
  state = cash_step(state, 0);
  for (const char c : data) {
    const int value = bech32_value(c);
    if (value < 0) return std::nullopt;
    state = cash_step(state, static_cast<std::uint64_t>(value));
  }
  if (state != 1) return std::nullopt;
  return CoinAddress{known->coin, known->network, "cash"};
}

std::optional<CoinAddress> parse_shielded_address(std::string_view text) {
  if (text.size() < k_shortest_shielded_address || text.size() > k_longest_shielded_address) return std::nullopt;
  const bool sapling = text.starts_with("zs1");
  if (sapling ? text.size() != k_shortest_shielded_address : !text.starts_with("u1")) return std::nullopt;
  const std::size_t human = sapling ? 2 : 1;
  const auto sum = bech32_checksum(text.substr(0, human), text.substr(human + 1));
  if (sum != (sapling ? k_bech32 : k_bech32m)) return std::nullopt;
  return CoinAddress{"Zcash", "main", "shielded"};
}

std::optional<CoinAddress> parse_stellar_address(std::string_view text) {
  constexpr std::uint8_t k_account = 6 << 3;
  if (text.size() != k_stellar_digits) return std::nullopt;
  Buffer bytes;
  std::uint32_t value = 0;
  unsigned bits = 0;
  for (const char c : text) {
    const bool letter = c >= 'A' && c <= 'Z', number = c >= '2' && c <= '7';
    if (!letter && !number) return std::nullopt;
    value = (value << 5U | static_cast<std::uint32_t>(letter ? c - 'A' : c - '2' + 26)) & 0xffffU;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push_back(static_cast<std::uint8_t>(value >> bits));
  }
  const Bytes body = Bytes(bytes).first(bytes.size() - 2);
  if (body[0] != k_account || crc16(body) != *read_le<std::uint16_t>(bytes, body.size())) return std::nullopt;
  return CoinAddress{"Stellar", "main", "account"};
}

std::optional<CoinAddress> parse_ton_address(std::string_view text) {
  constexpr std::size_t k_bytes = 36;
  constexpr std::uint8_t k_bounces = 0x11, k_stays = 0x51, k_test = 0x80;
  if (text.size() != k_ton_digits) return std::nullopt;
  const auto bytes = util::decode_base64(text, k_bytes);
  if (!bytes || bytes->size() != k_bytes) return std::nullopt;
  const auto tag = static_cast<std::uint8_t>((*bytes)[0] & ~k_test);
  const std::uint8_t chain = (*bytes)[1];
  if ((tag != k_bounces && tag != k_stays) || (chain != 0 && chain != 0xff)) return std::nullopt;
  const std::uint16_t sum = crc16(Bytes(*bytes).first(k_bytes - 2));
  if ((*bytes)[k_bytes - 2] != sum >> 8U || (*bytes)[k_bytes - 1] != (sum & 0xffU)) return std::nullopt;
  return CoinAddress{"TON", ((*bytes)[0] & k_test) != 0 ? "test" : "main", "account"};
}

}  // namespace hullcheck::detect
