#include "util/base64.hpp"

#include <array>

#include "util/digits.hpp"

namespace hullcheck::util {
namespace {

constexpr std::string_view k_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::int8_t k_white = -2;

constexpr std::array<std::int8_t, 256> make_values() {
  std::array<std::int8_t, 256> values{};
  for (std::size_t c = 0; c < values.size(); ++c)
    values[c] = static_cast<std::int8_t>(base64_digit(static_cast<char>(c)));
  for (const char c : {' ', '\t', '\r', '\n'}) values[static_cast<std::uint8_t>(c)] = k_white;
  return values;
}
constexpr std::array<std::int8_t, 256> k_values = make_values();

bool is_escape(std::string_view text, std::size_t at) {
  return text[at] == '\\' && at + 1 < text.size() &&
         (text[at + 1] == 'n' || text[at + 1] == 'r' || text[at + 1] == 't');
}

}  // namespace

std::optional<Buffer> decode_base64(std::string_view text, std::size_t most) {
  Buffer out;
  std::uint32_t bits = 0;
  std::size_t digits = 0;
  bool padded = false;
  for (std::size_t i = 0; i < text.size() && out.size() < most; ++i) {
    if (is_escape(text, i)) {
      ++i;
      continue;
    }
    if (text[i] == '=') {
      padded = true;
      continue;
    }
    const std::int8_t value = k_values[static_cast<std::uint8_t>(text[i])];
    if (value == k_white) continue;
    if (value < 0 || padded) return std::nullopt;
    bits = (bits << 6U) | static_cast<std::uint32_t>(value);
    if (++digits % 4 != 1) out.push_back(static_cast<std::uint8_t>(bits >> (6U - 2U * ((digits - 1) % 4))));
  }
  if (out.size() < most && digits % 4 == 1) return std::nullopt;
  return out;
}

std::string encode_base64_unpadded(Bytes bytes) {
  std::string text;
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const std::uint8_t byte : bytes) {
    bits = (bits << 8U) | byte;
    held += 8;
    while (held >= 6) {
      held -= 6;
      text += k_alphabet[(bits >> held) & 63U];
    }
  }
  if (held > 0) text += k_alphabet[(bits << (6U - held)) & 63U];
  return text;
}

std::string encode_base64(Bytes bytes) {
  std::string text = encode_base64_unpadded(bytes);
  while (text.size() % 4 != 0) text += '=';
  return text;
}

std::string base64_core(Bytes bytes, std::size_t alignment) {
  Buffer padded(alignment, 0);
  padded.insert(padded.end(), bytes.begin(), bytes.end());
  const std::size_t first = (8 * alignment + 5) / 6;
  const std::size_t last = 8 * padded.size() / 6;
  return encode_base64_unpadded(padded).substr(first, last - first);
}

}  // namespace hullcheck::util
