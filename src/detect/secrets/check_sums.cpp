// Tokens that carry a checksum of themselves: right means real, wrong means no token at all.
#include <charconv>

#include "detect/secrets/checks.hpp"
#include "detect/secrets/checksum.hpp"
#include "util/base64.hpp"

namespace hullcheck::detect::secrets {
namespace {

constexpr std::size_t k_base62_digits = 6;
constexpr std::size_t k_extended_key_bytes = 78;  // BIP 32
constexpr std::size_t k_key_byte = 45;            // 0 before a private key

Judgement judged(bool right) { return {right ? Validity::valid : Validity::invalid, {}}; }

bool has_base62_crc(std::string_view token) {
  const std::string_view body = token.substr(token.rfind('_') + 1);
  if (body.size() <= k_base62_digits) return false;
  const std::string_view random = body.substr(0, body.size() - k_base62_digits);
  return base62(crc32(random), k_base62_digits) == body.substr(random.size());
}

}  // namespace

// GitHub's announcement of 2021-04-05; npm's of 2021-09-23 says the same.
Judgement check_base62_crc(const Around& around) {
  if (!has_base62_crc(around.value())) return {Validity::invalid, {}};
  return {Validity::valid, "checksum holds"};
}

// That the longer form carries the same checksum is observed, not promised.
Judgement check_long_base62_crc(const Around& around) {
  if (!has_base62_crc(around.value())) return {Validity::weaker, "checksum differs"};
  return {Validity::valid, "checksum holds"};
}

// The little end of the number comes first.
Judgement check_hex_crc(const Around& around) {
  const std::string_view token = around.value();
  const std::size_t last = token.rfind('_');
  const auto written = from_hex(token.substr(last + 1));
  if (!written || written->size() != sizeof(std::uint32_t)) return {Validity::invalid, {}};
  const auto wanted = read_le<std::uint32_t>(*written, 0);
  return judged(wanted && *wanted == crc32(token.substr(0, last)));
}

Judgement check_age_key(const Around& around) { return judged(is_bech32(around.value())); }

Judgement check_base58check(const Around& around) {
  const auto decoded = decode_base58check(around.value());
  if (!decoded) return {Validity::invalid, {}};
  if (decoded->size() == k_extended_key_bytes) return judged((*decoded)[k_key_byte] == 0);
  // A single key: a byte for the network, 32 of the key, and one more where the public key is compressed.
  return judged(decoded->size() == 33 || (decoded->size() == 34 && decoded->back() == 1));
}

Judgement check_discord_token(const Around& around) {
  const std::string_view token = around.value();
  const auto account = util::decode_base64(token.substr(0, token.find('.')), 32);
  if (!account || account->size() < 15 || account->size() > 20) return {Validity::invalid, {}};
  std::uint64_t number = 0;
  const std::string_view text = as_text(*account);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return {Validity::invalid, {}};
  return {Validity::valid, "bot account " + std::string(text)};
}

}  // namespace hullcheck::detect::secrets
