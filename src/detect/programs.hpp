// Programs that the content scan found by what they say of themselves, as packages of the inventory.
#pragma once

#include <vector>

#include "layers/image_view.hpp"
#include "model/package.hpp"

namespace hullcheck::detect {

// Of type "generic", one for each name in each final file, lowest version first seen. A library in a program that is
// known itself has that program as its source: the program's maker answers for it.
std::vector<model::Package> identified_programs(const layers::ImageView& image);

}  // namespace hullcheck::detect
