// What the packages themselves say of their distribution, against what os-release says.
#pragma once

#include "inventory/analyzer.hpp"

namespace hullcheck::inventory {

// The distribution that versions, vendors and tags of the packages name; id "" where they do not. `version_id` may be
// empty where only the family shows.
model::Distribution distribution_by_packages(const std::vector<model::Package>& packages);

// Without a distribution: the packages' own, named as such. With one that the packages contradict: a gap, and the
// packages' own counts from then on, for that is what advisories are about.
void check_distribution(Inventory& inventory);

}  // namespace hullcheck::inventory
