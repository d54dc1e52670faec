// Files of which every byte was changed in the same simple way: under a key of several bytes, with a number added,
// with its bits turned, from its end to its start; text in two bytes a character; or zlib and LZMA streams, which
// have no name of their own.
//
// How a program begins is known for sixteen bytes, so the key follows from the first bytes and is proved by those
// behind them. Looked at once for each file, at its start only.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "util/bytes.hpp"
#include "util/result.hpp"
#include "util/spill.hpp"

namespace hullcheck::detect {

struct Disguise {
  enum class Kind : std::uint8_t { key, added, turned, zlib, lzma, wide, backwards };
  Kind kind = Kind::key;
  std::array<std::uint8_t, 16> key{};  // of `length` bytes; of the other kinds the first one is the number
  std::size_t length = 1;
  std::string name() const;  // "XOR 0x1234", "added 0x0d", "turned by 3 bits", "zlib"
};

// A program (ELF) under any of them, or an archive or compressed data under a key of one byte. A key of one byte over
// a program is found at every place by find_hidden_headers().
std::optional<Disguise> find_disguise(Bytes head);

// Whether a file ends as a program begins, backwards.
bool ends_backwards(Bytes file);
// Text of which every other byte is zero, or says so in its first two (UTF-16).
bool is_wide_text(Bytes head);

// What is below, at most `most` bytes of it where it was compressed ("inflate-size-limit" beyond). It lies in
// `plain`, which is empty before.
Result<Bytes> undisguised(const Disguise& disguise, Bytes file, std::size_t most, util::Spill& plain);

}  // namespace hullcheck::detect
