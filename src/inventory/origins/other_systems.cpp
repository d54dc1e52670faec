// A folder with a system of its own: a chroot, an unpacked image, what somebody moved out of sight. Its packages are
// installed, and its package database is read wherever it lies; but whether they are of the image's distribution only
// its own release file could say.
#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "inventory/origins/origins.hpp"
#include "inventory/origins/release_files.hpp"

namespace hullcheck::inventory {
namespace {

// Where package managers keep their databases, below the root of their system.
constexpr std::array<std::string_view, 10> k_places{
    "var/lib/dpkg/",  "usr/lib/apk/db/", "lib/apk/db/", "var/lib/rpm/",  "usr/lib/sysimage/rpm/",
    "usr/share/rpm/", "var/lib/pacman/", "var/db/pkg/", "usr/lib/opkg/", "var/lib/opkg/"};

struct Place {
  std::string_view folder;  // one of k_places
  std::size_t at;           // in the path
};

std::optional<Place> place_of(std::string_view path) {
  for (const std::string_view folder : k_places) {
    const std::size_t at = path.find(folder);
    if (at != std::string_view::npos && (at == 0 || path[at - 1] == '/')) return Place{folder, at};
  }
  return std::nullopt;
}

// Links may lead the image's own package manager to any place.
bool is_own_place(const layers::ImageView& image, std::string_view path) {
  return std::any_of(k_places.begin(), k_places.end(), [&](std::string_view folder) {
    folder.remove_suffix(1);
    const auto real = image.real_path(folder);
    return real && path.starts_with(*real) && path.substr(real->size()).starts_with('/');
  });
}

model::Gap gap_of(const std::string& root, std::size_t packages, const std::string& own, const Inventory& inventory) {
  std::string text =
      "another system lies there: its " + std::to_string(packages) +
      (packages == 1 ? " package was" : " packages were") + " judged as of " +
      (inventory.distribution.id.empty() ? "no distribution" : id_and_version(inventory.distribution)) + ", and " +
      (own.empty() ? "no file there names its own" : "its own is " + own) +
      "; scan that folder by itself, or leave it out of the image";
  return {"another-system", "inventory", "/" + root, std::move(text), model::GapEffect::unknown};
}

}  // namespace

std::string system_root(const layers::ImageView& image, const std::string& database_path) {
  const auto place = place_of(database_path);
  if (!place || place->at == 0 || is_own_place(image, database_path)) return {};
  return database_path.substr(0, place->at - 1);
}

void set_other_systems_apart(const layers::ImageView& image, Inventory& inventory) {
  std::map<std::string, std::size_t> roots;  // with their number of packages
  std::string_view last_folder;
  std::string last_root;
  bool first = true;
  for (model::Package& package : inventory.packages) {
    if (!model::is_system_package(package)) continue;
    const std::string_view folder = layers::parent_path(package.database_path);
    if (first || folder != last_folder) last_root = system_root(image, package.database_path);
    first = false;
    last_folder = folder;
    if (last_root.empty()) continue;
    ++roots[last_root];
    for (model::OwnedFile& file : package.files) file.path.insert(0, last_root + "/");
  }
  if (roots.empty()) return;
  const std::vector<FoundFacts> releases = found_facts(image, "os-release", nullptr);
  for (const auto& [root, count] : roots) {
    const auto own = named_distributions(image, releases, root);
    inventory.gaps.push_back(
        gap_of(root, count, own.empty() ? std::string() : id_and_version(own.front()), inventory));
  }
}

}  // namespace hullcheck::inventory
