// Formats: base58check (Bitcoin's own: version, payload, first four bytes of SHA-256 twice), bech32 and bech32m
// (BIP 173, BIP 350), EIP-55 for the case of hexadecimal digits. Versions are those of the coins' source trees.
//
// Hostile: any text may come in; lengths are checked before anything is decoded.
#include "detect/mining/coin_addresses.hpp"

#include <algorithm>
#include <array>
#include <bitset>

#include "detect/mining/cryptonote.hpp"
#include "util/digest.hpp"
#include "util/keccak.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_checksum_bytes = 4;
constexpr std::size_t k_usual_bytes = 25, k_long_bytes = 26;  // with version and checksum
// Fewer different characters are a pattern and no key ("1111…").
constexpr std::size_t k_fewest_characters = 12;

struct Version {
  std::size_t bytes;  // of the whole
  unsigned first, second;
  std::string_view coin, network;
};
constexpr unsigned k_any = 0x100;
constexpr std::array<Version, 20> k_versions{{{k_usual_bytes, 0x00, k_any, "Bitcoin", "main"},
                                              {k_usual_bytes, 0x05, k_any, "Bitcoin", "main"},
                                              {k_usual_bytes, 0x6f, k_any, "Bitcoin", "test"},
                                              {k_usual_bytes, 0xc4, k_any, "Bitcoin", "test"},
                                              {k_usual_bytes, 0x30, k_any, "Litecoin", "main"},
                                              {k_usual_bytes, 0x32, k_any, "Litecoin", "main"},
                                              {k_usual_bytes, 0x1e, k_any, "Dogecoin", "main"},
                                              {k_usual_bytes, 0x16, k_any, "Dogecoin", "main"},
                                              {k_usual_bytes, 0x4c, k_any, "Dash", "main"},
                                              {k_usual_bytes, 0x10, k_any, "Dash", "main"},
                                              {k_usual_bytes, 0x3c, k_any, "Ravencoin or Verus", "main"},
                                              {k_usual_bytes, 0x7a, k_any, "Ravencoin", "main"},
                                              {k_usual_bytes, 0x41, k_any, "Tron", "main"},
                                              {k_usual_bytes, 0x8c, k_any, "Dash", "test"},
                                              {k_usual_bytes, 0x47, k_any, "Vertcoin", "main"},
                                              {k_usual_bytes, 0x52, k_any, "Firo", "main"},
                                              {k_long_bytes, 0x20, 0x89, "Horizen", "main"},
                                              {k_long_bytes, 0x1d, 0x25, "Zcash", "test"},
                                              {k_long_bytes, 0x1c, 0xb8, "Zcash", "main"},
                                              {k_long_bytes, 0x1c, 0xbd, "Zcash", "main"}}};

std::size_t different_characters(std::string_view text) {
  std::bitset<256> seen;
  for (const char c : text) seen.set(static_cast<std::uint8_t>(c));
  return seen.count();
}

// The digits of Ripple are the same characters in another order.
constexpr std::string_view k_ripple_digits = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz";

// As decode_base58() would have them written.
std::string from_ripple(std::string_view text) {
  constexpr std::string_view k_digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  std::string out;
  for (const char c : text) {
    const std::size_t at = k_ripple_digits.find(c);
    out += at == std::string_view::npos ? '0' : k_digits[at];
  }
  return out;
}

// Most significant byte first; leading ones stand for zero bytes.
std::optional<Buffer> decode_base58(std::string_view text) {
  Buffer bytes;
  bytes.reserve(text.size());
  for (const char c : text) {
    const std::int8_t digit = k_base58_values[static_cast<std::uint8_t>(c)];
    if (digit < 0) return std::nullopt;
    unsigned carry = static_cast<unsigned>(digit);
    for (std::uint8_t& byte : bytes) {  // least significant first
      carry += 58U * byte;
      byte = static_cast<std::uint8_t>(carry);
      carry >>= 8U;
    }
    if (carry != 0) bytes.push_back(static_cast<std::uint8_t>(carry));
  }
  const std::size_t zeros = std::min(text.find_first_not_of('1'), text.size());
  bytes.insert(bytes.end(), zeros, 0);
  std::reverse(bytes.begin(), bytes.end());
  return bytes;
}

bool checksum_holds(Bytes bytes) {
  util::Hasher hasher(util::Hash::sha256);
  hasher.update(bytes.first(bytes.size() - k_checksum_bytes));
  const Buffer once = hasher.finish();
  hasher.update(once);
  const Buffer twice = hasher.finish();
  return std::equal(twice.begin(), twice.begin() + k_checksum_bytes, bytes.end() - k_checksum_bytes);
}

struct HumanPart {
  std::string_view text, coin, network;
  bool segwit;
};
constexpr std::array<HumanPart, 6> k_human_parts{{{"bc", "Bitcoin", "main", true},
                                                  {"tb", "Bitcoin", "test", true},
                                                  {"ltc", "Litecoin", "main", true},
                                                  {"tltc", "Litecoin", "test", true},
                                                  {"addr", "Cardano", "main", false},
                                                  {"dero", "Dero", "main", false}}};

std::uint32_t polymod_step(std::uint32_t state, std::uint32_t value) {
  constexpr std::array<std::uint32_t, 5> k_generator = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
  const std::uint32_t top = state >> 25U;
  state = (state & 0x1ffffffU) << 5U ^ value;
  for (std::size_t bit = 0; bit < k_generator.size(); ++bit)
    if ((top >> bit & 1U) != 0) state ^= k_generator[bit];
  return state;
}

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

}  // namespace

int bech32_value(char c) {
  constexpr std::string_view k_digits = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
  const std::size_t at = k_digits.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

std::optional<std::uint32_t> bech32_checksum(std::string_view human, std::string_view data) {
  std::uint32_t state = 1;
  for (const char c : human) state = polymod_step(state, static_cast<std::uint8_t>(c) >> 5U);
  state = polymod_step(state, 0);
  for (const char c : human) state = polymod_step(state, static_cast<std::uint8_t>(c) & 31U);
  for (const char c : data) {
    const int value = bech32_value(c);
    if (value < 0) return std::nullopt;
    state = polymod_step(state, static_cast<std::uint32_t>(value));
  }
  return state;
}

std::optional<CoinAddress> parse_base58_address(std::string_view text) {
  if (text.size() < k_shortest_base58_address || text.size() > k_longest_base58_address) return std::nullopt;
  if (different_characters(text) < k_fewest_characters) return std::nullopt;
  const auto bytes = decode_base58(text);
  if (!bytes || (bytes->size() != k_usual_bytes && bytes->size() != k_long_bytes)) return std::nullopt;
  const auto version = std::find_if(k_versions.begin(), k_versions.end(), [&](const Version& one) {
    return one.bytes == bytes->size() && one.first == (*bytes)[0] &&
           (one.second == k_any || one.second == (*bytes)[1]);
  });
  if (version == k_versions.end() || !checksum_holds(*bytes)) return std::nullopt;
  return CoinAddress{version->coin, version->network, "base58"};
}

std::optional<CoinAddress> parse_ripple_address(std::string_view text) {
  if (!text.starts_with('r') || text.size() < k_shortest_base58_address || text.size() > k_longest_base58_address ||
      different_characters(text) < k_fewest_characters)
    return std::nullopt;
  const auto bytes = decode_base58(from_ripple(text));
  if (!bytes || bytes->size() != k_usual_bytes || (*bytes)[0] != 0 || !checksum_holds(*bytes)) return std::nullopt;
  return CoinAddress{"Ripple", "main", "base58"};
}

std::optional<CoinAddress> parse_bech32_address(std::string_view text) {
  if (text.size() < 14 || text.size() > k_longest_bech32_address) return std::nullopt;
  const bool upper = std::any_of(text.begin(), text.end(), is_upper);
  if (upper && std::any_of(text.begin(), text.end(), is_lower)) return std::nullopt;
  std::string lower(text);
  for (char& c : lower)
    if (is_upper(c)) c = static_cast<char>(c + ('a' - 'A'));
  for (const HumanPart& part : k_human_parts) {
    const std::string_view whole = lower;
    if (!whole.starts_with(part.text) || whole.size() < part.text.size() + 8 || whole[part.text.size()] != '1')
      continue;
    const std::string_view data = whole.substr(part.text.size() + 1);
    const auto constant = bech32_checksum(part.text, data);
    if (!constant) return std::nullopt;
    if (!part.segwit) {
      if (*constant != k_bech32 || data.size() < 50) return std::nullopt;
      return CoinAddress{part.coin, part.network, "account"};
    }
    // Version 0 has programs of 20 or 32 bytes and the first checksum, later ones the second.
    const bool first = data.front() == 'q';
    if (*constant != (first ? k_bech32 : k_bech32m)) return std::nullopt;
    if (first && data.size() != 39 && data.size() != 59) return std::nullopt;
    if (data.size() < 8 || data.size() > 71) return std::nullopt;
    return CoinAddress{part.coin, part.network, first ? "segwit" : "taproot"};
  }
  return std::nullopt;
}

std::optional<CoinAddress> parse_account_address(std::string_view digits) {
  if (digits.size() != k_account_digits) return std::nullopt;
  std::string lower(digits);
  bool uppers = false, lowers = false;
  for (char& c : lower) {
    const bool upper = c >= 'A' && c <= 'F';
    if (!upper && !(c >= 'a' && c <= 'f') && !(c >= '0' && c <= '9')) return std::nullopt;
    uppers |= upper;
    lowers |= is_lower(c);
    if (upper) c = static_cast<char>(c + ('a' - 'A'));
  }
  if (!uppers || !lowers) return std::nullopt;
  const auto hash = util::keccak_256(as_bytes(std::string_view(lower)));
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (!is_lower(lower[i])) continue;
    const unsigned nibble = (i % 2 == 0 ? hash[i / 2] >> 4U : hash[i / 2]) & 15U;
    if (is_upper(digits[i]) != (nibble >= 8)) return std::nullopt;
  }
  return CoinAddress{"Ethereum", "main", "account"};
}

}  // namespace hullcheck::detect
