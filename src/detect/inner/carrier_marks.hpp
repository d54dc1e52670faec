// What to search a file for to find content inside it: first bytes of streams, archives and programs, how code spells
// them, and words of miners that stand under a key, in base64 or backwards.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "detect/detector.hpp"

namespace hullcheck::detect {

enum class Mark : std::uint8_t {
  stream,
  zip,
  program,
  upx,
  pyinstaller,
  escapes,
  spelt,
  spelt_word,
  backward_word,
  word,
  hidden_word,
  lzma
};

struct Marked {
  Mark mark;
  Literal literal;
  std::size_t before = 0;  // the carrier begins so many bytes before the literal
  std::uint8_t first = 0;  // of a hidden word: its first byte in the clear; else the Spelling
};

// In the order in which CarrierScan::literals() has them.
const std::vector<Marked>& marks();

}  // namespace hullcheck::detect
