// A layer that holds one file again and again: tools that append to an archive leave an older copy behind, or two.
// Every copy is looked at when it goes by, since any of them may be the last; what was found in all but the last of
// them is forgotten here, as each would be judged like a file of its own.
#pragma once

#include "layers/facts.hpp"

namespace hullcheck::layers {

constexpr std::size_t k_most_copies = 64;  // of one path whose records stay

// Once the layer has ended. A section of which something is forgotten has a problem "member-copies-limit".
void limit_copies(LayerFacts& facts);

}  // namespace hullcheck::layers
