// Text for people: decoding, escaping for a terminal, columns, wrapping, human numbers.
//
// Names, commands and messages out of an image are hostile: control sequences that repaint a terminal, bidirectional
// overrides that reorder a line, invisible characters, towers of combining marks. Everything here takes any bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hullcheck::util {

// The first code point of a text that is not empty. Where the bytes are no UTF-8 (overlong, surrogate, cut off)
// `valid` is false, `size` is 1 and `value` that byte.
struct CodePoint {
  char32_t value = 0;
  std::size_t size = 1;
  bool valid = true;
};
CodePoint decode_utf8(std::string_view text);

// One line that is safe to print and shows what was there: control characters, C1, bytes that are no UTF-8, bidi and
// other format characters, odd spaces and blank letters become "\n", "\x1b", "\u{202e}". Ordinary text is unchanged.
std::string escape_for_terminal(std::string_view text);

// Columns on a terminal, of text that escape_for_terminal() gave or that is our own.
std::size_t display_width(std::string_view text);

// At most `width` columns, with "…" where something was left out: at the end, or in the middle so that both ends of a
// path or a version stay readable.
std::string truncate_end(std::string_view text, std::size_t width);
std::string truncate_middle(std::string_view text, std::size_t width);

// Spaces behind (or before) up to `width` columns; longer text is left as it is.
std::string pad_right(std::string_view text, std::size_t width);
std::string pad_left(std::string_view text, std::size_t width);

// Lines of at most `width` columns, broken at spaces; a word that is too long is broken where the line ends. At least
// one line. A width below 1 counts as 1.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

std::string human_size(std::uint64_t bytes);                       // "0 B", "1.5 kB", "412 MB": powers of 1000
std::string human_duration(double milliseconds);                   // "0.4 ms", "12 ms", "3.2 s", "2 min 5 s"
std::string human_count(std::uint64_t count);                      // "12,345"
std::string human_share(std::uint64_t part, std::uint64_t whole);  // "38 %", never "0 %" or "100 %" unless exact

// "1 finding", "3 findings"; the second form takes the plural word.
std::string plural(std::uint64_t count, std::string_view singular);
std::string plural(std::uint64_t count, std::string_view singular, std::string_view plural_word);

// Items with `separator` between, at most `most` of them and then "and N more".
std::string join(const std::vector<std::string>& items, std::string_view separator);
std::string join_some(const std::vector<std::string>& items, std::size_t most);

}  // namespace hullcheck::util
