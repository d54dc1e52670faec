// Format (CryptoNote standard 007 and Monero's own documentation): base58 of prefix (LEB128), public spend key,
// public view key, for an integrated address eight bytes of payment id, and the first four bytes of Keccak-256 over
// all of that.
//
// Hostile: any text may come in. Lengths are fixed before anything is decoded, and a block that would not fit into
// its bytes is refused, so one address has one spelling.
#include "detect/mining/cryptonote.hpp"

#include <algorithm>

#include "util/keccak.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_block_bytes = 8;
constexpr std::size_t k_block_digits = 11;
constexpr std::array<std::size_t, k_block_bytes + 1> k_digits_of_bytes = {0, 2, 3, 5, 6, 7, 9, 10, 11};
constexpr std::size_t k_checksum_bytes = 4;
constexpr std::size_t k_keys_bytes = 64;
constexpr std::size_t k_payment_id_bytes = 8;
constexpr std::size_t k_most_digits = 256;

struct Prefix {
  std::uint64_t prefix;
  std::string_view coin, network;
  CryptonoteKind kind;
};
// Monero's from its documentation; the others from the source trees of the coins. First match wins.
constexpr std::array<Prefix, 24> k_prefixes{{
    {18, "Monero", "main", CryptonoteKind::standard},     {19, "Monero", "main", CryptonoteKind::integrated},
    {42, "Monero", "main", CryptonoteKind::subaddress},   {53, "Monero", "test", CryptonoteKind::standard},
    {54, "Monero", "test", CryptonoteKind::integrated},   {63, "Monero", "test", CryptonoteKind::subaddress},
    {24, "Monero", "stage", CryptonoteKind::standard},    {25, "Monero", "stage", CryptonoteKind::integrated},
    {36, "Monero", "stage", CryptonoteKind::subaddress},  {6, "Bytecoin", "", CryptonoteKind::standard},
    {28, "Masari", "", CryptonoteKind::standard},         {29, "Masari", "", CryptonoteKind::integrated},
    {52, "Masari", "", CryptonoteKind::subaddress},       {90, "Graft", "", CryptonoteKind::standard},
    {91, "Graft", "", CryptonoteKind::integrated},        {114, "Oxen", "", CryptonoteKind::standard},
    {115, "Oxen", "", CryptonoteKind::integrated},        {116, "Oxen", "", CryptonoteKind::subaddress},
    {178, "Aeon", "", CryptonoteKind::standard},          {4146, "Wownero", "", CryptonoteKind::standard},
    {6810, "Wownero", "", CryptonoteKind::integrated},    {12208, "Wownero", "", CryptonoteKind::subaddress},
    {18018, "Electroneum", "", CryptonoteKind::standard}, {3914525, "TurtleCoin", "", CryptonoteKind::standard},
}};

std::optional<std::size_t> bytes_of_digits(std::size_t digits) {
  const auto found = std::find(k_digits_of_bytes.begin(), k_digits_of_bytes.end(), digits);
  if (found == k_digits_of_bytes.end()) return std::nullopt;
  return static_cast<std::size_t>(found - k_digits_of_bytes.begin());
}

// Most significant digit first, into `bytes` bytes, most significant first.
bool decode_block(std::string_view digits, std::size_t bytes, Buffer& out) {
  std::uint64_t value = 0;
  for (const char c : digits) {
    const std::int8_t digit = k_base58_values[static_cast<std::uint8_t>(c)];
    if (digit < 0) return false;
    if (__builtin_mul_overflow(value, std::uint64_t{58}, &value)) return false;
    if (__builtin_add_overflow(value, static_cast<std::uint64_t>(digit), &value)) return false;
  }
  if (bytes < k_block_bytes && (value >> (8 * bytes)) != 0) return false;
  for (std::size_t i = bytes; i-- > 0;) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  return true;
}

// The prefix and how many bytes it takes; canonical, so without a last byte of zero.
std::optional<std::pair<std::uint64_t, std::size_t>> read_prefix(Bytes bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 5 && i < bytes.size(); ++i) {
    value |= std::uint64_t{bytes[i] & 0x7fU} << (7 * i);
    if ((bytes[i] & 0x80U) != 0) continue;
    if (i > 0 && bytes[i] == 0) return std::nullopt;
    return std::pair(value, i + 1);
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(CryptonoteKind kind) {
  static constexpr std::array<std::string_view, 4> k_names = {"standard", "integrated", "subaddress", "other"};
  return k_names[static_cast<std::size_t>(kind)];
}

std::optional<Buffer> decode_cryptonote_base58(std::string_view text) {
  if (text.size() > k_most_digits) return std::nullopt;
  Buffer out;
  while (!text.empty()) {
    const std::string_view digits = text.substr(0, k_block_digits);
    const auto bytes = bytes_of_digits(digits.size());
    if (!bytes || !decode_block(digits, *bytes, out)) return std::nullopt;
    text.remove_prefix(digits.size());
  }
  return out;
}

std::optional<CryptonoteAddress> parse_cryptonote_address(std::string_view text) {
  if (text.size() < k_shortest_address || text.size() > k_longest_address) return std::nullopt;
  const auto decoded = decode_cryptonote_base58(text);
  if (!decoded || decoded->size() <= k_checksum_bytes) return std::nullopt;
  const Bytes body = Bytes(*decoded).first(decoded->size() - k_checksum_bytes);
  const auto prefix = read_prefix(body);
  if (!prefix) return std::nullopt;
  const std::size_t payload = body.size() - prefix->second;
  const bool has_payment_id = payload == k_keys_bytes + k_payment_id_bytes;
  if (payload != k_keys_bytes && !has_payment_id) return std::nullopt;
  const auto digest = util::keccak_256(body);
  if (!std::equal(digest.begin(), digest.begin() + k_checksum_bytes, decoded->end() - k_checksum_bytes))
    return std::nullopt;
  for (const Prefix& known : k_prefixes)
    if (known.prefix == prefix->first && (known.kind == CryptonoteKind::integrated) == has_payment_id)
      return CryptonoteAddress{known.prefix, known.coin, known.network, known.kind};
  return CryptonoteAddress{prefix->first, "CryptoNote", "", CryptonoteKind::other};
}

}  // namespace hullcheck::detect
