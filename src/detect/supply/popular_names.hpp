// Names that are worth imitating, and names that are close to one of them for reasons of their own.
#pragma once

#include <span>
#include <string_view>

namespace hullcheck::detect {

// "npm", "pypi", "image": sorted names that everybody knows. Empty for any other kind.
std::span<const std::string_view> popular_names(std::string_view kind);
// A well-known name that looks like a mistyped one ("preact").
bool is_known_neighbour(std::string_view kind, std::string_view name);

}  // namespace hullcheck::detect
