// Widths and categories of characters come from utf8proc (Unicode data); its header is included here only.
#include "util/text.hpp"

#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>
#include <cmath>

namespace hullcheck::util {
namespace {

constexpr std::string_view k_ellipsis = "…";
// A letter may carry so many marks; more of them climb into the lines above.
constexpr int k_most_marks = 2;

// Letters by category that show nothing at all.
constexpr char32_t k_blank_letters[] = {0x115f, 0x1160, 0x2800, 0x3164, 0xffa0};

bool is_mark(char32_t c) {
  const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
  return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_ME;
}

bool must_be_shown(char32_t c) {
  if (c < 0x20 || (c >= 0x7f && c < 0xa0)) return true;
  if (c < 0x7f) return false;
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(c))) {
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_ZS: return true;
    default: return std::find(std::begin(k_blank_letters), std::end(k_blank_letters), c) != std::end(k_blank_letters);
  }
}

void append_escape(std::string& out, const CodePoint& point) {
  if (point.value == '\n')
    out += "\\n";
  else if (point.value == '\r')
    out += "\\r";
  else if (point.value == '\t')
    out += "\\t";
  else if (!point.valid || point.value < 0x80)
    out += fmt::format("\\x{:02x}", static_cast<std::uint32_t>(point.value));
  else
    out += fmt::format("\\u{{{:04x}}}", static_cast<std::uint32_t>(point.value));
}

std::size_t width_of(const CodePoint& point) {
  if (!point.valid) return 1;
  return static_cast<std::size_t>(std::max(0, utf8proc_charwidth(static_cast<utf8proc_int32_t>(point.value))));
}

// The longest start of `text` that takes at most `width` columns, in bytes.
std::size_t prefix_of_width(std::string_view text, std::size_t width) {
  std::size_t at = 0;
  std::size_t used = 0;
  while (at < text.size()) {
    const CodePoint point = decode_utf8(text.substr(at));
    used += width_of(point);
    if (used > width) break;
    at += point.size;
  }
  return at;
}

// The first byte of the longest end of `text` that takes at most `width` columns.
std::size_t suffix_of_width(std::string_view text, std::size_t width) {
  const std::size_t whole = display_width(text);
  std::size_t at = 0;
  std::size_t skipped = 0;
  while (at < text.size() && whole - skipped > width) {
    const CodePoint point = decode_utf8(text.substr(at));
    skipped += width_of(point);
    at += point.size;
  }
  return at;
}

}  // namespace

CodePoint decode_utf8(std::string_view text) {
  utf8proc_int32_t value = -1;
  const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                     static_cast<utf8proc_ssize_t>(std::min<std::size_t>(text.size(), 4)), &value);
  if (size <= 0 || value < 0) return {static_cast<unsigned char>(text.front()), 1, false};
  return {static_cast<char32_t>(value), static_cast<std::size_t>(size), true};
}

std::string escape_for_terminal(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  int marks = k_most_marks;  // so that a text cannot begin with one
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode_utf8(text.substr(at));
    const bool mark = point.valid && point.value >= 0x300 && is_mark(point.value);
    marks = mark ? marks + 1 : 0;
    if (!point.valid || must_be_shown(point.value) || marks > k_most_marks)
      append_escape(out, point);
    else
      out += text.substr(at, point.size);
    at += point.size;
  }
  return out;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode_utf8(text.substr(at));
    width += width_of(point);
    at += point.size;
  }
  return width;
}

std::string truncate_end(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  if (width == 0) return {};
  return std::string(text.substr(0, prefix_of_width(text, width - 1))) + std::string(k_ellipsis);
}

std::string truncate_middle(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  if (width < 3) return truncate_end(text, width);
  const std::size_t head = (width - 1) / 2;
  const std::size_t tail = width - 1 - head;
  return std::string(text.substr(0, prefix_of_width(text, head))) + std::string(k_ellipsis) +
         std::string(text.substr(suffix_of_width(text, tail)));
}

std::string pad_right(std::string_view text, std::size_t width) {
  const std::size_t have = display_width(text);
  return std::string(text) + std::string(have < width ? width - have : 0, ' ');
}

std::string pad_left(std::string_view text, std::size_t width) {
  const std::size_t have = display_width(text);
  return std::string(have < width ? width - have : 0, ' ') + std::string(text);
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  width = std::max<std::size_t>(width, 1);
  std::vector<std::string> lines;
  std::string line;
  std::size_t used = 0;
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    std::string_view word = text.substr(0, space);
    text = space == std::string_view::npos ? std::string_view() : text.substr(space + 1);
    if (word.empty()) continue;
    std::size_t size = display_width(word);
    if (used > 0 && used + 1 + size > width) {
      lines.push_back(std::move(line));
      line.clear();
      used = 0;
    }
    while (size > width) {
      std::size_t bytes = prefix_of_width(word, width);
      if (bytes == 0) bytes = decode_utf8(word).size;  // one character wider than the line
      lines.emplace_back(word.substr(0, bytes));
      word = word.substr(bytes);
      size = display_width(word);
    }
    if (word.empty()) continue;
    if (used > 0) {
      line += ' ';
      ++used;
    }
    line += word;
    used += size;
  }
  if (!line.empty() || lines.empty()) lines.push_back(std::move(line));
  return lines;
}

std::string human_size(std::uint64_t bytes) {
  if (bytes < 1000) return fmt::format("{} B", bytes);
  static constexpr std::string_view k_units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
  auto value = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  while (value >= 999.5 && unit + 1 < std::size(k_units)) {
    value /= 1000;
    ++unit;
  }
  return value < 9.95 ? fmt::format("{:.1f} {}", value, k_units[unit])
                      : fmt::format("{:.0f} {}", value, k_units[unit]);
}

std::string human_duration(double milliseconds) {
  if (!(milliseconds >= 0)) return "0 ms";
  if (milliseconds < 9.95) return fmt::format("{:.1f} ms", milliseconds);
  if (milliseconds < 999.5) return fmt::format("{:.0f} ms", milliseconds);
  if (milliseconds < 59'950) return fmt::format("{:.1f} s", milliseconds / 1000);
  const auto seconds = static_cast<std::uint64_t>(std::min(milliseconds / 1000 + 0.5, 1e15));
  return fmt::format("{} min {} s", seconds / 60, seconds % 60);
}

std::string human_count(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
  return digits;
}

std::string human_share(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0 || part == 0) return "0 %";
  if (part >= whole) return "100 %";
  const double percent = 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  return fmt::format("{} %", std::clamp(std::lround(percent), 1L, 99L));
}

std::string plural(std::uint64_t count, std::string_view singular) {
  return plural(count, singular, std::string(singular) + "s");
}

std::string plural(std::uint64_t count, std::string_view singular, std::string_view plural_word) {
  return human_count(count) + " " + std::string(count == 1 ? singular : plural_word);
}

std::string join(const std::vector<std::string>& items, std::string_view separator) {
  std::string out;
  for (const std::string& item : items) {
    if (!out.empty()) out += separator;
    out += item;
  }
  return out;
}

std::string join_some(const std::vector<std::string>& items, std::size_t most) {
  if (items.size() <= most) return join(items, ", ");
  return join({items.begin(), items.begin() + static_cast<std::ptrdiff_t>(most)}, ", ") + " and " +
         human_count(items.size() - most) + " more";
}

}  // namespace hullcheck::util
