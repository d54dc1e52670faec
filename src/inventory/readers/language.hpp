// What the analyzers of language packages share: bounded facts of one file, and the step from facts to inventory.
//
// The file that names a package is its database: a package.json, a METADATA, a jar. What is said of files in the
// final image counts; a lock file's packages are only declared.
#pragma once

#include <string>
#include <string_view>

#include "inventory/analyzer.hpp"

namespace hullcheck::inventory {

constexpr std::size_t k_longest_name = 512, k_longest_version = 256, k_longest_license = 200;
constexpr std::size_t k_most_language_packages = 50'000;  // in one file
constexpr std::size_t k_most_language_problems = 20;      // of one file

// FileFacts::kind of a file that shows what is installed, and of one that only asks for it.
constexpr std::string_view k_installed = "installed", k_declared = "declared";

// Adds a package and returns it. Null, and nothing added, when name or version are empty, too long or hold control
// characters or spaces, or (with `truncated` set) when there are too many.
model::Package* add_package(FileFacts& facts, std::string_view type, std::string_view name, std::string_view version);
void add_license(model::Package& package, std::string_view license);
void add_problem(FileFacts& facts, std::string problem);

// Packages and gaps of the final files of analyzer `id` whose kind is one of the two above.
void take_language_packages(const layers::ImageView& image, std::string_view id, Inventory& out);
// The same for one file, for analyzers that choose.
void take_language_file(const FoundFacts& found, Inventory& out);

// The next line of `text` without its end, which is removed from it.
std::string_view take_line(std::string_view& text);
std::string_view trimmed_quotes(std::string_view text);  // trimmed, and without one pair of quotes
bool contains(std::string_view text, std::string_view part);

}  // namespace hullcheck::inventory
