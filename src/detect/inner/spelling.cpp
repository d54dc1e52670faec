#include "detect/inner/spelling.hpp"
#include "util/base64.hpp"

#include <algorithm>
#include <array>

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_between = 24;  // bytes between two numbers or strings
constexpr std::size_t k_dump_line = 16;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}
bool is_separator(char c) { return std::string_view(" \t\r\n,;\"'+.()[]\\").find(c) != std::string_view::npos; }

// "127, 69, 76": numbers of one byte.
Buffer decode_decimal(std::string_view text, std::size_t& end) {
  Buffer out;
  std::size_t at = 0;
  end = 0;
  while (at < text.size()) {
    unsigned value = 0;
    std::size_t digits = 0;
    for (; at < text.size() && is_digit(text[at]) && digits < 4; ++at, ++digits)
      value = value * 10 + static_cast<unsigned>(text[at] - '0');
    if (digits == 0 || digits > 3 || value > 255) break;
    out.push_back(static_cast<std::uint8_t>(value));
    end = at;
    while (at < text.size() && at - end < k_between && (is_separator(text[at]))) ++at;
    if (at == end) break;
  }
  return out;
}

// Where the digits of a dump's line begin: behind an offset, which is longer than a group of bytes or has a colon.
std::size_t behind_offset(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t' || text[at] == '#')) ++at;
  std::size_t digits = at;
  while (digits < text.size() && hex_value(text[digits]) >= 0) ++digits;
  const bool colon = digits < text.size() && text[digits] == ':';
  if (!colon && digits - at <= 4) return at;
  if (digits - at > 16) return text.size();
  at = digits + (colon ? 1 : 0);
  while (at < text.size() && text[at] == ' ') ++at;
  return at;
}

// xxd, hexdump -C, od -tx1: groups of two or four digits, and what they mean as text behind sixteen bytes.
Buffer decode_dump(std::string_view text, std::size_t& end) {
  Buffer out;
  std::size_t at = 0, in_line = 0;
  end = 0;
  while (at < text.size()) {
    const int high = hex_value(text[at]), low = at + 1 < text.size() ? hex_value(text[at + 1]) : -1;
    if (high >= 0 && low >= 0) {
      out.push_back(static_cast<std::uint8_t>(high * 16 + low));
      ++in_line;
      end = at += 2;
      continue;
    }
    const bool columns = text[at] == ' ' && at + 1 < text.size() && text[at + 1] == ' ' && in_line >= k_dump_line;
    if (text[at] == ' ' && !columns && at - end < 4) {
      ++at;
      continue;
    }
    if (text[at] != '\n' && text[at] != '\r' && !columns) break;
    const std::size_t line = text.find('\n', at);
    if (line == std::string_view::npos || line - end > 64) break;
    at = behind_offset(text, line + 1);
    in_line = 0;
    if (at >= text.size() || hex_value(text[at]) < 0) break;
  }
  return out;
}

// Groups of `bits` a character; line ends and quotes between them.
Buffer decode_base32(std::string_view text, std::size_t& end) {
  Buffer out;
  std::uint32_t value = 0;
  unsigned bits = 0;
  std::size_t at = 0;
  for (end = 0; at < text.size(); ++at) {
    const char c = text[at];
    const bool letter = c >= 'A' && c <= 'Z', number = c >= '2' && c <= '7';
    if (!letter && !number) {
      if (!is_separator(c) || at - end > k_between) break;
      continue;
    }
    value = value << 5U | static_cast<std::uint32_t>(letter ? c - 'A' : c - '2' + 26);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      out.push_back(static_cast<std::uint8_t>(value >> bits));
      value &= (1U << bits) - 1;
    }
    end = at + 1;
  }
  return out;
}

// Lines of up to 45 bytes, each behind a character that says how many.
Buffer decode_uuencode(std::string_view text, std::size_t& end) {
  Buffer out;
  for (std::size_t at = end = 0; at < text.size();) {
    const std::size_t line_end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, line_end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const auto six = [](char c) { return static_cast<std::uint32_t>(c - ' ') & 63U; };
    const std::size_t size = line.empty() ? 0 : six(line[0]);
    const bool sound = size > 0 && size <= 45 && line.size() >= 1 + (size * 4 + 2) / 3 && line.size() < 70 &&
                       std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' && c <= '`'; });
    if (!sound) break;
    for (std::size_t i = 0; i < size; ++i) {
      const std::size_t group = 1 + i / 3 * 4;
      std::uint32_t value = 0;
      for (std::size_t k = 0; k < 4; ++k) value = value << 6U | (group + k < line.size() ? six(line[group + k]) : 0);
      out.push_back(static_cast<std::uint8_t>(value >> (16 - 8 * (i % 3))));
    }
    end = line_end;
    at = line_end + 1;
  }
  return out;
}

Buffer decode_pieces(std::string_view text, std::size_t& end) {
  std::string digits;
  std::size_t at = 0;
  for (end = 0; at < text.size(); ++at) {
    const char c = text[at];
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c);
    const bool joint = c == '+' && at > 0 && is_separator(text[at - 1]);
    if (letter || ((c == '+' || c == '/' || c == '-' || c == '_') && !joint)) {
      digits += c;
      end = at + 1;
    } else if ((!is_separator(c) && c != '+') || at - end > k_between) {
      break;
    } else if (c == '\\' && at + 1 < text.size() && (text[at + 1] == 'n' || text[at + 1] == 'r')) {
      ++at;
    }
  }
  if (digits.size() % 4 == 1) digits.pop_back();
  auto content = util::decode_base64(digits, digits.size());
  return content ? std::move(*content) : Buffer();
}

}  // namespace

const std::vector<SpeltMark>& spelt_marks() {
  static const std::vector<SpeltMark> marks = {
      {Spelling::decimal, "127,69,76,70,"}, {Spelling::decimal, "127, 69, 76, 70,"},
      {Spelling::decimal, "127 69 76 70 "}, {Spelling::decimal, "31,139,8,"},
      {Spelling::decimal, "31, 139, 8,"},   {Spelling::dump, "7f45 4c46 0"},
      {Spelling::dump, "7f 45 4c 46 0"},    {Spelling::dump, "7F 45 4C 46 0"},
      {Spelling::dump, "1f8b 080"},         {Spelling::dump, "1f 8b 08 0"},
      {Spelling::base32, "P5CUYRQCAEAQ"},   {Spelling::base32, "P5CUYRQBAEAQ"},
      {Spelling::uuencode, "M?T5,1@(!`0"},  {Spelling::uuencode, "M?T5,1@$!`0"},
      {Spelling::uuencode, "M?T5,1@(! 0"},  {Spelling::uuencode, "M?T5,1@$! 0"},
      {Spelling::pieces, "f0VMRgIBAQ"},     {Spelling::pieces, "f0VMRgEBAQ"},
      {Spelling::pieces, "H4sIAAAAAAA"},
  };
  return marks;
}

std::string_view to_string(Spelling spelling) {
  switch (spelling) {
    case Spelling::decimal: return "numbers";
    case Spelling::dump: return "hex dump";
    case Spelling::base32: return "base32";
    case Spelling::uuencode: return "uuencode";
    case Spelling::pieces: break;
  }
  return "base64 in pieces";
}

Buffer decode_spelling(Spelling spelling, Bytes bytes, std::size_t& end) {
  const std::string_view text = as_text(bytes);
  switch (spelling) {
    case Spelling::decimal: return decode_decimal(text, end);
    case Spelling::dump: return decode_dump(text, end);
    case Spelling::base32: return decode_base32(text, end);
    case Spelling::uuencode: return decode_uuencode(text, end);
    case Spelling::pieces: break;
  }
  return decode_pieces(text, end);
}

}  // namespace hullcheck::detect
