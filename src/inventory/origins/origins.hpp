// What the packages themselves say of their distribution, against what os-release says.
#pragma once

#include "inventory/analyzer.hpp"

namespace hullcheck::inventory {

// The distribution that versions, vendors and tags of the packages name; id "" where they do not. `version_id` may be
// empty where only the family shows.
model::Distribution distribution_by_packages(const std::vector<model::Package>& packages);

// Without a distribution: the packages' own, named as such. With one that the packages contradict: a gap, and the
// packages' own counts from then on, for that is what advisories are about. Where only the C library contradicts it,
// it stays, beside the gap. With an image, another release file that names another distribution is a gap unless the
// packages say which of the two is right.
void check_distribution(Inventory& inventory, const layers::ImageView* image = nullptr);

// "alpine 3.20.1", "arch": for people.
std::string id_and_version(const model::Distribution& distribution);

// The folder of the system whose package manager keeps the database at this final path; "" for the image's own.
std::string system_root(const layers::ImageView& image, const std::string& database_path);

// Packages of a system that lies in a folder of the image, with a package database of its own: the paths of their
// files begin there, and each such system is a gap, for they are judged as packages of the image's own distribution.
void set_other_systems_apart(const layers::ImageView& image, Inventory& inventory);

}  // namespace hullcheck::inventory
