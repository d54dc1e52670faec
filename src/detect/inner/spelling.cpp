#include "detect/inner/spelling.hpp"
#include "detect/inner/runs.hpp"
#include "util/base64.hpp"
#include "util/base85.hpp"
#include "util/digits.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_between = 24;  // bytes between two numbers or strings
constexpr std::size_t k_dump_line = 16;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
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
  while (digits < text.size() && util::hex_digit(text[digits]) >= 0) ++digits;
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
    const int high = util::hex_digit(text[at]), low = at + 1 < text.size() ? util::hex_digit(text[at + 1]) : -1;
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
    if (at >= text.size() || util::hex_digit(text[at]) < 0) break;
  }
  return out;
}

int digit_value(char c, unsigned base) {
  const int value = util::hex_digit(c);
  return value < static_cast<int>(base) ? value : -1;
}

// od -b, od and hexdump: numbers of `width` digits, of one byte or of two with the lower one first. An offset of
// seven digits before each line; a line of "*" stands for repetitions up to the next offset.
Buffer decode_columns(std::string_view text, unsigned base, std::size_t width, std::size_t& end) {
  constexpr std::size_t k_offset = 7, k_line = 16, k_most_repeated = std::size_t{512} << 10U;
  Buffer out;
  bool line_start = false, repeated = false;
  std::size_t repeatable = k_most_repeated;  // a few bytes may ask for any number
  std::optional<std::uint64_t> origin;       // the offset of the first byte, known with the second line
  end = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == ' ' || c == '\t' || c == '\r') {
      ++at;
      continue;
    }
    if (c == '\n' || (c == '*' && line_start)) {
      repeated = repeated || c == '*';
      line_start = true;
      if (++at - end > 64) break;
      continue;
    }
    std::uint64_t value = 0;
    std::size_t digits = 0;
    for (int digit = 0; at < text.size() && digits <= k_offset && (digit = digit_value(text[at], base)) >= 0; ++at) {
      value = value * base + static_cast<std::uint64_t>(digit);
      ++digits;
    }
    if (line_start && digits == k_offset) {
      line_start = false;
      if (!origin) {
        if (value < out.size()) break;
        origin = value - out.size();
      }
      if (repeated && value >= *origin && out.size() >= k_line) {
        const std::uint64_t wanted = std::min<std::uint64_t>(value - *origin, out.size() + repeatable);
        const std::size_t before = out.size();
        if (wanted > before) out.resize(before + (static_cast<std::size_t>(wanted) - before) / k_line * k_line);
        for (std::size_t i = before; i < out.size(); ++i) out[i] = out[i - k_line];
        repeatable -= out.size() - before;
      }
      if (value != *origin + out.size()) break;  // another dump
      repeated = false;
      continue;
    }
    const std::uint64_t most = width == 3 ? 0xff : 0xffff;
    if (digits != width || value > most) break;
    line_start = false;
    out.push_back(static_cast<std::uint8_t>(value & 0xffU));
    if (most > 0xff) out.push_back(static_cast<std::uint8_t>(value >> 8U));
    end = at;
  }
  return out;
}

Buffer decode_85(std::string_view text, util::Base85 alphabet, std::size_t& end) {
  std::string out;
  end = util::decode_base85(text, alphabet, out);
  const Bytes bytes = as_bytes(out);
  return Buffer(bytes.begin(), bytes.end());
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
      {Spelling::decimal, "127,69,76,70,"},  {Spelling::decimal, "127, 69, 76, 70,"},
      {Spelling::decimal, "127 69 76 70 "},  {Spelling::decimal, "31,139,8,"},
      {Spelling::decimal, "31, 139, 8,"},    {Spelling::dump, "7f45 4c46 0"},
      {Spelling::dump, "7f 45 4c 46 0"},     {Spelling::dump, "7F 45 4C 46 0"},
      {Spelling::dump, "1f8b 080"},          {Spelling::dump, "1f 8b 08 0"},
      {Spelling::base32, "P5CUYRQCAEAQ"},    {Spelling::base32, "P5CUYRQBAEAQ"},
      {Spelling::uuencode, "M?T5,1@(!`0"},   {Spelling::uuencode, "M?T5,1@$!`0"},
      {Spelling::uuencode, "M?T5,1@(! 0"},   {Spelling::uuencode, "M?T5,1@$! 0"},
      {Spelling::pieces, "f0VMRgIBAQ"},      {Spelling::pieces, "f0VMRgEBAQ"},
      {Spelling::pieces, "H4sIAAAAAAA"},     {Spelling::octal, "177 105 114 106 00"},
      {Spelling::octal, "037 213 010 0"},    {Spelling::octal_pairs, "042577 043114 00040"},
      {Spelling::octal_pairs, "105437 00"},  {Spelling::pairs, "457f 464c 010"},
      {Spelling::pairs, "8b1f 0008"},        {Spelling::pairs, "8b1f 0808"},
      {Spelling::base85, "e\?\?420s#R4"},    {Spelling::ascii85, "Imm%#!W`<%"},
      {Spelling::base85, "e\?\?420RaI3"},    {Spelling::ascii85, "Imm%#!<E3$"},
      {Spelling::base85, "{Wp48S^xk9"},      {Spelling::ascii85, "rAT%)=o\\O*"},
      {Spelling::base85, "ABzY8"},           {Spelling::ascii85, "+,^C)"},
      {Spelling::base85, "ABzYG"},           {Spelling::ascii85, "+,^C1"},
      {Spelling::hex, "7f454c4602010"},      {Spelling::hex, "7f454c4601010"},
      {Spelling::hex, "7F454C4602010"},      {Spelling::hex, "7F454C4601010"},
      {Spelling::hex, "7f454c46 0201"},      {Spelling::hex, "7f454c46 0101"},
      {Spelling::hex, "7f:45:4c:46:0"},      {Spelling::hex, "7F:45:4C:46:0"},
      {Spelling::hex, "1f8b080000000000"},   {Spelling::hex, "1F8B080000000000"},
      {Spelling::percent, "%7F%45%4C%46"},   {Spelling::percent, "%7f%45%4c%46"},
      {Spelling::percent, "%7FELF%02%01"},   {Spelling::percent, "%7fELF%02%01"},
      {Spelling::unicode, "\\u007fELF\\u0"}, {Spelling::unicode, "\\u007f\\u0045\\u004"},
      {Spelling::unicode, "\\u007FELF\\u0"}, {Spelling::unicode, "\\u007F\\u0045\\u004"},
      {Spelling::calls, "chr(127)+chr(69)"}, {Spelling::calls, "chr(127) + chr(69)"},
      {Spelling::calls, "chr(127).chr(69)"}, {Spelling::calls, "chr(0x7f)+chr(0x45)"},
  };
  return marks;
}

std::string_view to_string(Spelling spelling) {
  switch (spelling) {
    case Spelling::decimal: return "numbers";
    case Spelling::dump: return "hex dump";
    case Spelling::base32: return "base32";
    case Spelling::uuencode: return "uuencode";
    case Spelling::octal:
    case Spelling::octal_pairs: return "octal dump";
    case Spelling::pairs: return "hex dump";
    case Spelling::base85: return "base85";
    case Spelling::ascii85: return "ascii85";
    case Spelling::hex: return "hex";
    case Spelling::calls: return "character codes";
    case Spelling::unicode:
    case Spelling::escapes: return "escapes";
    case Spelling::percent: return "percent signs";
    case Spelling::rot13: return "ROT13";
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
    case Spelling::octal: return decode_columns(text, 8, 3, end);
    case Spelling::octal_pairs: return decode_columns(text, 8, 6, end);
    case Spelling::pairs: return decode_columns(text, 16, 4, end);
    case Spelling::base85: return decode_85(text, util::Base85::rfc1924, end);
    case Spelling::ascii85: return decode_85(text, util::Base85::ascii, end);
    case Spelling::hex: return decode_hex_pieces(text, end);
    case Spelling::calls: return decode_calls(text, end);
    case Spelling::unicode: return decode_unicode(text, end);
    case Spelling::percent: return decode_percent(text, end);
    case Spelling::escapes: return decode_escapes(bytes, 0, end);
    case Spelling::rot13: return decode_rot13(text, end);
    case Spelling::pieces: break;
  }
  return decode_pieces(text, end);
}

}  // namespace hullcheck::detect
