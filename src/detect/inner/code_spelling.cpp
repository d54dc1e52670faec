// Bytes as code writes them: hexadecimal digits in many short strings, calls that make characters of their numbers,
// escapes of Unicode, percent signs, ROT13.
//
// Hostile: each character is read once, what stands between two bytes is bounded, and what is not understood ends the
// bytes.
#include <algorithm>
#include <cctype>

#include "detect/inner/spelling.hpp"
#include "util/ascii.hpp"
#include "util/digits.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_between = 32;  // characters between two strings of a list
constexpr std::size_t k_name = 32;     // of what makes a character of a number
constexpr std::size_t k_plain = 32;    // characters that stand for themselves in a row
constexpr std::size_t k_joint = 12;    // characters between two such calls

bool is_quote(char c) { return c == '"' || c == '\'' || c == '`'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == ':'; }

int hex_pair(std::string_view text, std::size_t at) {
  const int high = at < text.size() ? util::hex_digit(text[at]) : -1;
  const int low = at + 1 < text.size() ? util::hex_digit(text[at + 1]) : -1;
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

// From the quote that ends a string to the first character of the next one, of the same list or of a statement that
// goes on with it; npos when there is none.
std::size_t next_string(std::string_view text, std::size_t quote) {
  for (std::size_t at = quote + 1; at < text.size() && at - quote <= k_between; ++at)
    if (is_quote(text[at])) return at + 1;
  return std::string_view::npos;
}

// A text goes on behind its escapes until it is quoted off.
bool stands_for_itself(char c) { return c > ' ' && c < 0x7f && !is_quote(c) && c != '\\' && c != '<' && c != '>'; }

}  // namespace

Buffer decode_hex_pieces(std::string_view text, std::size_t& end) {
  Buffer out;
  end = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (const int byte = hex_pair(text, at); byte >= 0) {
      out.push_back(static_cast<std::uint8_t>(byte));
      end = at += 2;
      continue;
    }
    const char c = text[at];
    if (is_quote(c)) {
      const std::size_t next = next_string(text, at);
      if (next == std::string_view::npos || hex_pair(text, next) < 0) break;
      at = next;
    } else if ((is_blank(c) || c == ':' || c == ',' || c == '-') && at - end < k_between) {
      ++at;
    } else if (c == '\\' && at + 1 < text.size() && (text[at + 1] == 'n' || text[at + 1] == '\n')) {
      at += 2;
    } else {
      break;
    }
  }
  return out;
}

Buffer decode_calls(std::string_view text, std::size_t& end) {
  Buffer out;
  end = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t name = at;
    while (at < text.size() && at - name < k_name && is_word(text[at])) ++at;
    if (at == name || at >= text.size() || text[at] != '(') break;
    ++at;
    const bool hex = text.substr(at, 2) == "0x" || text.substr(at, 2) == "0X";
    if (hex) at += 2;
    unsigned value = 0;
    std::size_t digits = 0;
    for (; at < text.size() && digits < 4; ++at, ++digits) {
      const int digit = util::hex_digit(text[at]);
      if (digit < 0 || (!hex && digit > 9)) break;
      value = value * (hex ? 16 : 10) + static_cast<unsigned>(digit);
    }
    if (digits == 0 || value > 0xff || at >= text.size() || text[at] != ')') break;
    out.push_back(static_cast<std::uint8_t>(value));
    end = ++at;
    while (at < text.size() && at - end < k_joint && (!is_word(text[at]) || text[at] == '.')) ++at;
  }
  return out;
}

Buffer decode_unicode(std::string_view text, std::size_t& end) {
  constexpr std::size_t k_digits = 4;
  Buffer out;
  end = 0;
  std::size_t plain = 0;
  for (std::size_t at = 0; at < text.size();) {
    const bool escape = (text[at] == '\\' || text[at] == '%') && at + 1 < text.size() && text[at + 1] == 'u';
    if (!escape) {
      if (!stands_for_itself(text[at]) || ++plain > k_plain) break;
      out.push_back(static_cast<std::uint8_t>(text[at]));
      end = ++at;
      continue;
    }
    plain = 0;
    at += 2;
    const bool braces = at < text.size() && text[at] == '{';
    if (braces) ++at;
    unsigned value = 0;
    std::size_t digits = 0;
    for (; at < text.size() && digits < k_digits && util::hex_digit(text[at]) >= 0; ++at, ++digits)
      value = value * 16 + static_cast<unsigned>(util::hex_digit(text[at]));
    const bool closed = braces ? at < text.size() && text[at] == '}' : digits == k_digits;
    if (digits == 0 || !closed || value > 0xff) break;
    out.push_back(static_cast<std::uint8_t>(value));
    end = at += braces ? 1 : 0;
  }
  return out;
}

Buffer decode_percent(std::string_view text, std::size_t& end) {
  Buffer out;
  std::size_t at = 0, plain = 0;
  while (at < text.size()) {
    const int byte = text[at] == '%' ? hex_pair(text, at + 1) : -1;
    if (byte < 0 && (text[at] == '%' || !stands_for_itself(text[at]))) break;
    plain = byte < 0 ? plain + 1 : 0;
    if (plain > k_plain) break;
    out.push_back(byte < 0 ? static_cast<std::uint8_t>(text[at]) : static_cast<std::uint8_t>(byte));
    at += byte < 0 ? 1 : 3;
  }
  end = at;
  return out;
}

Buffer decode_rot13(std::string_view text, std::size_t& end) {
  Buffer out;
  for (end = 0; end < text.size() && stands_for_itself(text[end]); ++end)
    out.push_back(static_cast<std::uint8_t>(util::rot13(text[end])));
  return out;
}

std::vector<std::pair<Spelling, std::string>> spelt_word(std::string_view word) {
  std::vector<std::pair<Spelling, std::string>> all;
  const auto add = [&](Spelling spelling, std::size_t letters, auto spell, std::string_view joint) {
    std::string text;
    for (std::size_t i = 0; i < std::min(letters, word.size()); ++i) {
      if (i > 0) text += joint;
      text += spell(static_cast<std::uint8_t>(word[i]));
    }
    all.emplace_back(spelling, std::move(text));
  };
  const auto hex = [](std::uint8_t byte) { return to_hex(Bytes(&byte, 1)); };
  const auto number = [](std::uint8_t byte) { return std::to_string(byte); };
  const auto call = [&](std::uint8_t byte) { return "chr(" + number(byte) + ")"; };
  add(Spelling::hex, 8, hex, "");
  for (const std::string_view joint : {" ", ":"}) add(Spelling::hex, 7, hex, joint);
  for (const std::string_view joint : {",", ", ", " "}) add(Spelling::decimal, 7, number, joint);
  for (const std::string_view joint : {"+", " + ", ".", " . ", ", "}) add(Spelling::calls, 3, call, joint);
  const auto prefixed = [&](std::string_view prefix) {
    return [&hex, prefix](std::uint8_t byte) { return std::string(prefix) + hex(byte); };
  };
  add(Spelling::escapes, 4, prefixed("\\x"), "");
  for (const std::string_view joint : {",", ", "}) add(Spelling::escapes, 4, prefixed("0x"), joint);
  add(
      Spelling::escapes, 4,
      [](std::uint8_t byte) {
        return std::string("\\") + static_cast<char>('0' + (byte >> 6U)) +
               static_cast<char>('0' + (byte >> 3U & 7U)) + static_cast<char>('0' + (byte & 7U));
      },
      "");
  add(Spelling::unicode, 4, prefixed("\\u00"), "");
  add(
      Spelling::unicode, 4, [&](std::uint8_t byte) { return "\\u{" + hex(byte) + "}"; }, "");
  add(Spelling::percent, 4, prefixed("%"), "");
  add(
      Spelling::rot13, 8, [](std::uint8_t byte) { return std::string(1, util::rot13(static_cast<char>(byte))); }, "");
  return all;
}

}  // namespace hullcheck::detect
