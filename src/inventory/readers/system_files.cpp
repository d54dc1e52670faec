#include "inventory/readers/system_files.hpp"

#include <algorithm>
#include <set>

#include "inventory/readers/language.hpp"

namespace hullcheck::inventory {

bool is_path(std::string_view path, std::string_view name) {
  return path == name || (path.ends_with(name) && path[path.size() - name.size() - 1] == '/');
}

model::Package* add_system_package(FileFacts& facts, std::string_view type, std::string_view name,
                                   std::string_view version) {
  model::Package* const package = add_package(facts, type, name, version);
  if (package == nullptr) return nullptr;
  package->source_name = name;
  package->source_version = version;
  return package;
}

bool take_system_packages(const layers::ImageView& image, const std::vector<FoundFacts>& all,
                          const std::function<bool(std::string_view path)>& in_place, Inventory& out) {
  std::set<layers::FileRef> read;
  bool taken = false;
  for (const FoundFacts& found : all) {
    if (found.facts.kind != k_packages || found.visibility != model::Visibility::final) continue;
    // A link with the database's name may lead to a file of any other.
    if (!in_place(found.path)) continue;
    if (!read.insert(image.content_of(found.file)).second) continue;
    for (model::Package package : found.facts.packages) {
      package.database_path = found.path;
      package.database_layer = found.file.layer;
      out.packages.push_back(std::move(package));
      taken = out.has_package_database = true;
    }
    if (found.facts.truncated)
      out.gaps.push_back(database_gap("package-database-truncated", found.path,
                                      "the package database ends too early or is beyond a limit"));
    for (const std::string& problem : found.facts.problems)
      out.gaps.push_back(database_gap("package-database-damaged", found.path, problem));
  }
  if (taken) return true;
  for (const FoundFacts& found : all) {
    if (found.facts.packages.empty() || found.visibility == model::Visibility::final || !in_place(found.path))
      continue;
    out.gaps.push_back(database_gap("package-database-removed", found.path,
                                    "a later layer removes the package database; what is installed is not known"));
    break;
  }
  return false;
}

}  // namespace hullcheck::inventory
