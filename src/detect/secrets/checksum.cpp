#include "detect/secrets/checksum.hpp"

#include <algorithm>
#include <array>

#include "util/digest.hpp"

namespace hullcheck::detect::secrets {
namespace {

constexpr std::string_view k_base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view k_base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
constexpr std::string_view k_base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view k_bech32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr std::size_t k_most_base58 = 128;
constexpr std::size_t k_check_bytes = 4;
constexpr std::size_t k_most_bech32 = 120;

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value & 1U) != 0 ? 0xedb88320U ^ (value >> 1U) : value >> 1U;
    table[i] = value;
  }
  return table;
}
constexpr std::array<std::uint32_t, 256> k_crc_table = make_crc_table();

Buffer sha256(Bytes bytes) {
  util::Hasher hasher(util::Hash::sha256);
  hasher.update(bytes);
  return hasher.finish();
}

std::uint32_t polymod_step(std::uint32_t check, std::uint32_t value) {
  constexpr std::array<std::uint32_t, 5> k_generators = {0x3b6a57b2U, 0x26508e6dU, 0x1ea119faU, 0x3d4233ddU,
                                                         0x2a1462b3U};
  const std::uint32_t top = check >> 25U;
  check = (check & 0x1ffffffU) << 5U ^ value;
  for (std::uint32_t i = 0; i < k_generators.size(); ++i)
    if ((top >> i & 1U) != 0) check ^= k_generators[i];
  return check;
}

}  // namespace

std::uint32_t crc32(std::string_view text) {
  std::uint32_t crc = 0xffffffffU;
  for (const char c : text) crc = k_crc_table[(crc ^ static_cast<unsigned char>(c)) & 0xffU] ^ (crc >> 8U);
  return crc ^ 0xffffffffU;
}

std::string base62(std::uint32_t number, std::size_t width) {
  std::string text;
  for (; number > 0; number /= 62) text += k_base62[number % 62];
  while (text.size() < width) text += '0';
  std::reverse(text.begin(), text.end());
  return text;
}

std::optional<Buffer> decode_base58check(std::string_view text) {
  if (text.empty() || text.size() > k_most_base58) return std::nullopt;
  Buffer number;  // little end first
  for (const char c : text) {
    const std::size_t digit = k_base58.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    std::uint32_t carry = static_cast<std::uint32_t>(digit);
    for (std::uint8_t& byte : number) {
      carry += 58U * byte;
      byte = static_cast<std::uint8_t>(carry);
      carry >>= 8U;
    }
    if (carry > 0) number.push_back(static_cast<std::uint8_t>(carry));
  }
  for (std::size_t i = 0; i < text.size() && text[i] == '1'; ++i) number.push_back(0);
  std::reverse(number.begin(), number.end());
  if (number.size() <= k_check_bytes) return std::nullopt;
  const std::size_t size = number.size() - k_check_bytes;
  const Buffer check = sha256(sha256(Bytes(number).first(size)));
  if (!std::equal(check.begin(), check.begin() + k_check_bytes, number.begin() + static_cast<std::ptrdiff_t>(size)))
    return std::nullopt;
  number.resize(size);
  return number;
}

bool is_bech32(std::string_view text) {
  const std::size_t separator = text.rfind('1');
  if (separator == std::string_view::npos || separator == 0 || text.size() > k_most_bech32 ||
      text.size() < separator + 7)
    return false;
  const bool upper = std::any_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  const bool lower = std::any_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  if (upper && lower) return false;
  std::string small(text);
  for (char& c : small)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  std::uint32_t check = 1;
  for (std::size_t i = 0; i < separator; ++i) check = polymod_step(check, static_cast<unsigned char>(small[i]) >> 5U);
  check = polymod_step(check, 0);
  for (std::size_t i = 0; i < separator; ++i) check = polymod_step(check, static_cast<unsigned char>(small[i]) & 31U);
  for (std::size_t i = separator + 1; i < small.size(); ++i) {
    const std::size_t value = k_bech32.find(small[i]);
    if (value == std::string_view::npos) return false;
    check = polymod_step(check, static_cast<std::uint32_t>(value));
  }
  return check == 1;
}

std::optional<Buffer> decode_base32(std::string_view text) {
  Buffer out;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    const std::size_t value = k_base32.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = bits << 5U | static_cast<std::uint32_t>(value);
    count += 5;
    if (count < 8) continue;
    count -= 8;
    out.push_back(static_cast<std::uint8_t>(bits >> count));
    bits &= (1U << count) - 1;
  }
  return out;
}

}  // namespace hullcheck::detect::secrets
