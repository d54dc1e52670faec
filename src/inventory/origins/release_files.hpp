// The files that name a distribution, and what each of them says.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "inventory/analyzer.hpp"

namespace hullcheck::inventory {

// Whether a file is one of them by its name, below whatever folder.
bool is_release_file(std::string_view path);
// Whether it holds keys from its first line on, which may be empty or a comment.
bool is_release_keys_file(std::string_view path);

// What the files of one system say, in order of trust: each has an id. `root` is the folder of the system, "" for the
// image's own.
std::vector<model::Distribution> named_distributions(const layers::ImageView& image,
                                                     const std::vector<FoundFacts>& facts, std::string_view root);

}  // namespace hullcheck::inventory
