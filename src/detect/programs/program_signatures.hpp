// Programs and libraries that say in their own bytes what they are and in which version, whatever the file is called.
//
// Each signature is a literal that only that program carries, and where its version stands: behind the literal, in
// it, before it, or as a string of its own near it. The literal is searched with all others in the one content scan;
// the version is confirmed in the bytes round the hit. Libraries that say what they are and not which version are
// named all the same: that their flaws cannot be looked up is worth knowing.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "util/bytes.hpp"

namespace hullcheck::detect {

enum class VersionPlace : std::uint8_t {
  behind,   // "nginx version: nginx/" 1.22.1
  within,   // "git/2." 39.5: the version begins at the last space, "/", "-" or "_" of the literal
  before,   // 10.11.19 "-MariaDB"
  near,     // "Yann Collet" and, as a whole string within k_near bytes, "v1.5.4"
  around,   // the same within four times as far
  packed,   // near, as one number: 20914 is 2.9.14
  sqlite,   // by the date of the source that SQLite was built of, near the literal
  nowhere,  // the library carries none: what is linked into a program is known by name alone
};

struct ProgramSignature {
  std::string_view name;  // "nginx"
  VersionPlace place;
  // The literal, in two parts so that this program does not carry it; `back` may be empty.
  std::string_view front, back;
  bool library = false;   // usually a part of other programs
  std::uint8_t dots = 1;  // the version has at least so many
  // One of these follows the version: "$" is the end of the string, "#" alone a day after spaces. Empty: any end of a
  // word.
  std::string_view tail = {};
  // before: what stands before the version ("$": nothing); near, around, packed: how the version begins; else: what
  // stands near.
  std::string_view prefix = {};
};

constexpr std::size_t k_near = 512;

std::span<const ProgramSignature> program_signatures();

// The version that a hit at `position` of `window` proves, "" where the library tells none, or nothing: the literal
// is there for another reason.
std::optional<std::string> program_version(const ProgramSignature& signature, Bytes window, std::size_t position);

}  // namespace hullcheck::detect
