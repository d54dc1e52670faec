#include "util/base85.hpp"

#include <array>

namespace hullcheck::util {
namespace {

constexpr std::size_t k_group = 5;

constexpr std::array<std::int8_t, 256> make_digits() {
  constexpr std::string_view k_alphabet =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";
  std::array<std::int8_t, 256> digits{};
  for (std::int8_t& digit : digits) digit = -1;
  for (std::size_t i = 0; i < k_alphabet.size(); ++i)
    digits[static_cast<unsigned char>(k_alphabet[i])] = static_cast<std::int8_t>(i);
  return digits;
}
constexpr std::array<std::int8_t, 256> k_digits = make_digits();

int digit_of(char c, Base85 alphabet) {
  if (alphabet == Base85::ascii) return c >= '!' && c <= 'u' ? c - '!' : -1;
  return k_digits[static_cast<unsigned char>(c)];
}

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

}  // namespace

std::size_t decode_base85(std::string_view text, Base85 alphabet, std::string& out) {
  std::uint64_t value = 0;
  std::size_t count = 0, at = 0;
  const auto put = [&](std::size_t bytes) {
    if (value > 0xffffffffU) return false;
    for (std::size_t i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (24 - 8 * i) & 0xffU));
    value = count = 0;
    return true;
  };
  for (; at < text.size(); ++at) {
    if (is_space(text[at])) continue;
    if (text[at] == 'z' && alphabet == Base85::ascii && count == 0) {
      out.append(4, '\0');
      continue;
    }
    const int digit = digit_of(text[at], alphabet);
    if (digit < 0) break;
    value = value * 85 + static_cast<std::uint64_t>(digit);
    if (++count == k_group && !put(4)) return at;
  }
  // A last group of n digits stands for n - 1 bytes, as if filled up with the highest digit.
  if (count < 2) return at;
  const std::size_t bytes = count - 1;
  for (; count < k_group; ++count) value = value * 85 + 84;
  put(bytes);
  return at;
}

}  // namespace hullcheck::util
