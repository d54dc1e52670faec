// Bytes spelt out in text in ways that no long run of digits shows: lists of decimal numbers, hexadecimal and
// octal dumps, base32, base85, uuencode, base64 in many short strings. Each is found by how the first bytes of a
// program or of gzip are spelt in it.
#pragma once

#include <cstdint>
#include <string_view>
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
  ascii85
};

struct SpeltMark {
  Spelling spelling;
  std::string_view text;
};
// What to search for; the spelt bytes begin with it.
const std::vector<SpeltMark>& spelt_marks();

std::string_view to_string(Spelling spelling);

// The bytes spelt from the start of `text` on, until something else comes, at `end`.
Buffer decode_spelling(Spelling spelling, Bytes text, std::size_t& end);

}  // namespace hullcheck::detect
