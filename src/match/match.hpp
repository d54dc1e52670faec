// Packages against advisories.
#pragma once

#include <chrono>
#include <vector>

#include "advisories/database.hpp"
#include "inventory/analyzer.hpp"
#include "layers/image_view.hpp"
#include "model/finding.hpp"

namespace hullcheck::match {

struct MatchOptions {
  std::chrono::sys_seconds now{};
  std::chrono::seconds max_database_age = std::chrono::days(5);
};

struct Matches {
  std::vector<model::Vulnerability> vulnerabilities;  // one per (package, flaw), aliases collapsed; sorted
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
