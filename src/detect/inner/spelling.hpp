// Bytes spelt out in text in ways that no long run of digits shows: lists of decimal numbers, hexadecimal and
// octal dumps, base32, base85, uuencode, base64 and hexadecimal digits in many short strings, character codes. Each
// is found by how the first bytes of a program or of gzip are spelt in it, or a word that miners need.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "util/bytes.hpp"

namespace hullcheck::detect {

enum class Spelling : std::uint8_t {
  decimal,
  dump,
  base32,
  uuencode,
  pieces,
  octal,
  octal_pairs,
  pairs,
  base85,
  ascii85,
  hex,
  calls,    // chr(127)+chr(69)
  unicode,  // \u007f\u0045
  percent,  // %7f%45
  escapes,
  rot13
};

struct SpeltMark {
  Spelling spelling;
  std::string_view text;
};
// What to search for; the spelt bytes begin with it.
const std::vector<SpeltMark>& spelt_marks();

// How `word` is spelt where code hides it, in upper or lower case. Each spelling is long enough to be rare.
std::vector<std::pair<Spelling, std::string>> spelt_word(std::string_view word);

std::string_view to_string(Spelling spelling);

// The bytes spelt from the start of `text` on, until something else comes, at `end`.
Buffer decode_spelling(Spelling spelling, Bytes text, std::size_t& end);

// code_spelling.cpp: what code writes.
Buffer decode_hex_pieces(std::string_view text, std::size_t& end);
Buffer decode_calls(std::string_view text, std::size_t& end);
Buffer decode_unicode(std::string_view text, std::size_t& end);
Buffer decode_percent(std::string_view text, std::size_t& end);
Buffer decode_rot13(std::string_view text, std::size_t& end);

}  // namespace hullcheck::detect
