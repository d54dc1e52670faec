// Where encoded content may stand in a window: long runs of base64 or hexadecimal digits, bytes written as escapes,
// and ELF headers under a one-byte XOR key. Looked for in every byte of every file.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "detect/content/digit_stretches.hpp"
#include "util/bytes.hpp"

namespace hullcheck::detect {

// A run of digits, possibly over several lines, with what stands between two lines of text in scripts, JSON and
// source code: white space, quotes, commas, plus signs, backslashes.
struct TextRun {
  std::size_t begin = 0, end = 0;  // in the window
};

// A line of a run has at least this many digits, but for the last one.
constexpr std::size_t k_run_line = 60;
// A run of fewer is an identifier, a digest, a key.
constexpr std::size_t k_fewest_run = 96;

// The runs of a window whose stretches are known, in order; `out` is emptied first. A run that reaches the window's
// end may go on.
void find_text_runs(Bytes window, const std::vector<DigitStretch>& stretches, std::vector<TextRun>& out);
// The run round `position`, of whatever length. For words that are known to be encoded.
TextRun text_run_around(Bytes window, std::size_t position);
bool is_hex_run(Bytes run);  // all digits of the run are
// What its digits say: hexadecimal, or base64 in either alphabet. It comes in pieces, each with the part of the run
// that is no longer needed. `take` says whether it wants more.
void decode_text_run(Bytes run, bool hex, const std::function<bool(Bytes decoded, Bytes digits)>& take);

// Base64 of a program, of gzip or of zlib that was written backwards or under ROT13, as `how` then says.
std::optional<Buffer> decode_turned_run(Bytes run, std::string_view& how);

// Bytes spelt as "\x7f\x45", "0x7f, 0x45" or "\177\105", from `position` on, until something else comes; plain
// characters in between stand for themselves in the first and last form. `end` is where it stopped.
Buffer decode_escapes(Bytes window, std::size_t position, std::size_t& end);

struct HiddenHeader {
  std::size_t begin = 0;
  std::uint8_t key = 0;
};
// Every place in [from, to) where an ELF header stands under a key that is not zero.
void find_hidden_headers(Bytes window, std::size_t from, std::size_t to, std::vector<HiddenHeader>& out);

// `bytes` under the key.
Buffer exclusive_or(Bytes bytes, std::uint8_t key);

}  // namespace hullcheck::detect
