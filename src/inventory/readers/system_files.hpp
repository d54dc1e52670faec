// What the smaller analyzers of operating systems share: files that each list packages of the system, in the places
// where their package manager looks for them.
#pragma once

#include <functional>
#include <string_view>

#include "inventory/analyzer.hpp"

namespace hullcheck::inventory {

constexpr std::string_view k_packages = "packages";  // FileFacts::kind of a file that lists packages

// Packages and gaps of the final files of analyzer `id` of that kind. A list outside its places, or one that a later
// layer hides while none is left, is a gap. True when packages were taken.
bool take_system_packages(const layers::ImageView& image, const std::vector<FoundFacts>& all,
                          const std::function<bool(std::string_view path)>& in_place, Inventory& out);

// Whether the path is `name` or ends in "/name".
bool is_path(std::string_view path, std::string_view name);

// Adds a package of the system; its source is itself until something else is said. Null for a name or version that is
// empty or too long.
model::Package* add_system_package(FileFacts& facts, std::string_view type, std::string_view name,
                                   std::string_view version);

}  // namespace hullcheck::inventory
