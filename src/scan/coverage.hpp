// How much of the image was understood: which stages saw everything, and which programs no package accounts for.
#pragma once

#include <string>
#include <vector>

#include "inventory/ownership.hpp"
#include "layers/image_view.hpp"
#include "model/scan_result.hpp"

namespace hullcheck::scan {

// Fills result.coverage from the gaps it already holds, from problems that the layers' sections recorded, and from
// who owns the executable bytes (ELF files, archives of classes, and scripts that run at start) of the final image.
void assess_coverage(const layers::ImageView& image, const inventory::Inventory& inventory,
                     const inventory::Ownership& ownership, const std::vector<std::string>& start_paths,
                     model::ScanResult& result);

}  // namespace hullcheck::scan
