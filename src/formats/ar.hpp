// ar archives as Debian packages use them ("!<arch>\n"), held in memory: a list of members, nothing is resolved.
//
// Hostile: sizes are decimal text of ten digits and may leave the file; the reader stops at the first header that is
// none.
#pragma once

#include <string_view>
#include <vector>

#include "util/bytes.hpp"

namespace hullcheck::formats {

struct ArMember {
  std::string_view name;  // borrowed, without the padding and the trailing "/"
  Bytes content;          // borrowed
};

struct ArArchive {
  std::vector<ArMember> members;
  bool complete = true;  // false: a header is damaged or the file ends inside a member
};

constexpr std::string_view k_ar_magic = "!<arch>\n";
// What does not begin with the magic is an incomplete archive without members.
ArArchive read_ar(Bytes file, std::size_t most_members = 10'000);

}  // namespace hullcheck::formats
