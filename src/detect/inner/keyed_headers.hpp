// Programs under a key of two to eight bytes that begin in the middle of other bytes. A key of any length repeats, so
// two bytes that are as far apart as it is long differ as they do in the clear; and of an ELF header sixteen are
// known.
#pragma once

#include <cstdint>
#include <vector>

#include "detect/inner/disguise.hpp"
#include "util/bytes.hpp"

namespace hullcheck::detect {

struct KeyedHeader {
  std::size_t begin = 0;
  Disguise disguise;
};

// Every place in [from, to) where an ELF header stands under such a key. Blocks of text are stepped over: what is
// under a key is none. `offset` is that of the window in the file: blocks are the file's, so what is found does not
// depend on where windows end, if there are LiteralScan::k_context bytes on either side.
void find_keyed_headers(Bytes window, std::uint64_t offset, std::size_t from, std::size_t to,
                        std::vector<KeyedHeader>& out);

}  // namespace hullcheck::detect
