// Packages against advisories.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "advisories/database.hpp"
#include "inventory/analyzer.hpp"
#include "layers/image_view.hpp"
#include "model/exposure.hpp"
#include "model/finding.hpp"

namespace hullcheck::match {

struct MatchOptions {
  std::chrono::sys_seconds now{};
  std::chrono::seconds max_database_age = std::chrono::days(5);
  std::string database_trouble{};  // why there is no database, when there is none; "" for one that was never made
  model::NextStep renewal{};       // see model::DatabaseState
};

struct Matches {
  std::vector<model::Vulnerability> vulnerabilities;  // one per (package, flaw), aliases collapsed; sorted
  std::map<std::string, model::Exposure> exposures;   // of them, by the finding's id
  // Flaws that a record names for a package and that are not counted, with status and reason: the vendor says that
  // the package does not have them, or the package has no code of the program that does. Sorted likewise.
  std::vector<model::Vulnerability> suppressed;
  // Packages that an advisory lists as malware: threats when installed, warnings when only declared. Sorted by id.
  std::vector<model::Finding> threats, warnings;
  std::vector<model::Gap> gaps;  // data that the image's packages need and the database does not have, or has too old
  model::DatabaseState database;  // with `needed` and `stale` set
  std::uint64_t packages_assessed = 0;
};

// `database` null: everything is a gap. Locations name the package database's path and the layer that brought the
// package.
Matches match(const inventory::Inventory& inventory, const layers::ImageView& image,
              const advisories::Database* database, const MatchOptions& options);

}  // namespace hullcheck::match
