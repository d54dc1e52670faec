#include "detect/shell/shell_decode.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "formats/decompress.hpp"
#include "util/digits.hpp"

namespace hullcheck::detect {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

std::string expand_set(std::string_view set) {
  unsigned ignored = 0;
  const std::string plain = decode_escapes(set, ignored);
  std::string out;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    const auto first = static_cast<unsigned char>(plain[i]);
    if (i + 2 < plain.size() && plain[i + 1] == '-' && static_cast<unsigned char>(plain[i + 2]) >= first) {
      for (unsigned c = first; c <= static_cast<unsigned char>(plain[i + 2]); ++c)
        out.push_back(static_cast<char>(c));
      i += 2;
    } else {
      out.push_back(plain[i]);
    }
    if (out.size() > 4096) break;
  }
  return out;
}

}  // namespace

std::optional<std::string> decode_base64(std::string_view text) {
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    if (is_blank(c)) continue;
    if (c == '=') break;
    const int value = util::base64_digit(c);
    if (value < 0) return std::nullopt;
    bits = (bits << 6) | static_cast<unsigned>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out.push_back(static_cast<char>((bits >> count) & 0xff));
    bits &= (1U << count) - 1;
  }
  return out;
}

std::optional<std::string> decode_hex(std::string_view text) {
  std::string out;
  int high = -1;
  for (const char c : text) {
    if (is_blank(c)) continue;
    const int value = util::hex_digit(c);
    if (value < 0) return std::nullopt;
    if (high < 0) {
      high = value;
    } else {
      out.push_back(static_cast<char>(high * 16 + value));
      high = -1;
    }
  }
  return out;
}

std::optional<std::string> unpack_text(std::string_view packed, std::size_t most) {
  if (formats::detect_compression(as_bytes(packed)) == formats::Compression::none) return std::nullopt;
  const auto input = formats::memory_stream(as_bytes(packed));
  formats::DecompressLimits limits;
  limits.output_bytes = most;
  limits.zstd_window = 1ULL << 20;
  auto plain = formats::decompress(*input, limits);
  if (!plain) return std::nullopt;
  std::string out;
  while (true) {
    const Result<Bytes> block = (*plain)->next();
    if (!block || out.size() + block->size() > most) return std::nullopt;
    if (block->empty()) return out;
    out += as_text(*block);
  }
}

std::string lines_backwards(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = text.size() - (text.back() == '\n' ? 1 : 0);
    const std::size_t before = end == 0 ? std::string_view::npos : text.rfind('\n', end - 1);
    const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
    out += std::string(text.substr(begin, end - begin)) + "\n";
    text = text.substr(0, begin);
  }
  return out;
}

std::string reverse_lines(std::string_view text) {
  std::string out(text);
  std::size_t start = 0;
  while (start < out.size()) {
    const std::size_t end = std::min(out.find('\n', start), out.size());
    std::reverse(out.begin() + static_cast<std::ptrdiff_t>(start), out.begin() + static_cast<std::ptrdiff_t>(end));
    start = end + 1;
  }
  return out;
}

std::string decode_escapes(std::string_view text, unsigned& hidden) {
  constexpr std::string_view k_letters = "ntrabfve\\";
  constexpr std::string_view k_values = "\n\t\r\a\b\f\v\x1b\\";
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 >= text.size()) {
      out.push_back(text[i]);
      continue;
    }
    const char c = text[++i];
    const std::size_t letter = k_letters.find(c);
    if (letter != std::string_view::npos) {
      out.push_back(k_values[letter]);
      continue;
    }
    const bool hex = c == 'x';
    if (!hex && (c < '0' || c > '7')) {
      out.push_back('\\');
      out.push_back(c);
      continue;
    }
    std::size_t pos = hex ? i + 1 : i;
    const std::size_t longest = hex ? 2 : c == '0' ? 4 : 3;
    unsigned value = 0;
    std::size_t digits = 0;
    for (; digits < longest && pos < text.size(); ++digits, ++pos) {
      const int digit = util::hex_digit(text[pos]);
      if (digit < 0 || digit >= (hex ? 16 : 8)) break;
      value = value * (hex ? 16U : 8U) + static_cast<unsigned>(digit);
    }
    if (digits == 0) {
      out += "\\x";
      continue;
    }
    ++hidden;
    out.push_back(static_cast<char>(value & 0xff));
    i = pos - 1;
  }
  return out;
}

std::string translate(std::string_view text, std::string_view from, std::string_view to, bool remove) {
  const std::string source = expand_set(from);
  std::string target = expand_set(to);
  if (!remove && target.empty()) return std::string(text);
  std::array<int, 256> map;
  for (int i = 0; i < 256; ++i) map[static_cast<std::size_t>(i)] = i;
  for (std::size_t i = 0; i < source.size(); ++i) {
    const auto slot = static_cast<unsigned char>(source[i]);
    map[slot] = remove ? -1 : static_cast<unsigned char>(i < target.size() ? target[i] : target.back());
  }
  std::string out;
  for (const char c : text) {
    const int mapped = map[static_cast<unsigned char>(c)];
    if (mapped >= 0) out.push_back(static_cast<char>(mapped));
  }
  return out;
}

bool is_letter_rotation(std::string_view from, std::string_view to) {
  const std::string source = expand_set(from);
  const std::string target = expand_set(to);
  const std::size_t count = std::min(source.size(), target.size());
  std::size_t moved = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const int a = std::tolower(static_cast<unsigned char>(source[i]));
    const int b = std::tolower(static_cast<unsigned char>(target[i]));
    if (std::isalpha(a) != 0 && std::isalpha(b) != 0 && a != b) ++moved;
  }
  return moved >= 13;
}

}  // namespace hullcheck::detect
