// Records of analyzers, one after the other: all of them decoded at the same time are too much where a database lists
// hundreds of thousands of files.
#pragma once

#include <functional>
#include <string_view>

#include "inventory/analyzer.hpp"

namespace hullcheck::inventory {

enum class FileLists : std::uint8_t { read, skip };  // skip: files of packages and owned ones stay empty

// Those of the analyzer `id`; one that does not decode is passed over, which found_facts() tells as a gap.
void each_found(const layers::ImageView& image, std::string_view id, FileLists lists,
                const std::function<void(FoundFacts found)>& visit);

}  // namespace hullcheck::inventory
