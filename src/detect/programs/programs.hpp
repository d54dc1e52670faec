// Programs that the content scan found by what they say of themselves, as packages of the inventory.
#pragma once

#include <vector>

#include "layers/image_view.hpp"
#include "model/package.hpp"

namespace hullcheck::detect {

// Of type "generic", one for each name in each final file. The source of a program is itself; that of a library is
// the program in the same file, whose maker answers for it, or "" when none is known. The version is "" where the
// bytes of a library do not tell it.
std::vector<model::Package> identified_programs(const layers::ImageView& image);

}  // namespace hullcheck::detect
