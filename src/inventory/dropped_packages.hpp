// Packages that leave a database while their files stay, or change their version and nothing else: somebody edited
// the database. A package manager that removes a package removes its files, and one that updates it replaces them.
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

// A package whose version a later copy of the database changed.
struct ChangedPackage {
  const model::Package* package = nullptr;
  std::string before;       // the version
  std::uint32_t layer = 0;  // the last one whose copy has it
};

// Gaps "package-database-edited" for dropped packages
// - of which files are still there as their layer left them and belong to nobody,
// - or programs: written again with the same content, moved, or claimed by a package that did not have them before.
// A rename or a split of packages writes the files anew. Configuration may stay behind and does not count.
// Likewise for those that have another version and not one other program: a package manager unpacks them all.
std::vector<model::Gap> note_edited_databases(const layers::ImageView& image, const Inventory& inventory,
                                              std::vector<DroppedPackage> dropped,
                                              std::vector<ChangedPackage> changed);

// Gaps "package-list-removed" for packages of languages whose own file a later layer removes while the rest of the
// package stays, and that no other file names.
std::vector<model::Gap> note_removed_lists(const layers::ImageView& image, const Inventory& inventory);

}  // namespace hullcheck::inventory
