// Packages that leave a database while their files stay: somebody edited the database. A package manager that removes
// a package removes its files.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "inventory/analyzer.hpp"

namespace hullcheck::inventory {

// A package that some layer's copy of a database lists, and the final databases do not.
struct DroppedPackage {
  std::string type, name;
  std::uint32_t layer = 0;  // the last one whose copy lists it
};

// Gaps "package-database-edited" for those of which files are still there as their layer left them, and that belong
// to no other package now: a rename or a split of packages is none. Configuration may stay behind and does not count.
std::vector<model::Gap> note_dropped_packages(const layers::ImageView& image, const Inventory& inventory,
                                              std::vector<DroppedPackage> dropped);

}  // namespace hullcheck::inventory
