#include "inventory/dropped_packages.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace hullcheck::inventory {
namespace {

constexpr std::size_t k_most_named = 5;

using Paths = std::vector<std::string>;
using Key = std::pair<std::string, std::string>;  // type, name

// "var/lib/dpkg/info/libc6:amd64.md5sums" → "libc6". The list of checksums, since only a package that is unpacked has
// one: of a removed package dpkg keeps the list of its configuration.
std::string package_of_checksums(std::string_view path) {
  constexpr std::string_view k_suffix = ".md5sums";
  if (!path.ends_with(k_suffix)) return {};
  const std::string_view name = layers::base_name(path);
  return std::string(name.substr(0, std::min(name.find(':'), name.size() - k_suffix.size())));
}

void add_paths(const std::vector<model::OwnedFile>& files, Paths& out) {
  for (const model::OwnedFile& file : files)
    if (!file.config) out.push_back(file.path);
}

// What the wanted packages owned, according to all copies of the databases.
std::map<Key, Paths> owned_by(const layers::ImageView& image, const std::set<Key>& wanted) {
  std::map<Key, Paths> owned;
  const auto add = [&](const Key& key, const std::vector<model::OwnedFile>& files) {
    if (wanted.contains(key)) add_paths(files, owned[key]);
  };
  for (const std::string_view id : {"dpkg", "apk", "rpm"}) {
    for (const FoundFacts& found : found_facts(image, id, nullptr)) {
      for (const model::Package& package : found.facts.packages) add({package.type, package.name}, package.files);
      if (found.facts.kind == "md5sums") add({"deb", package_of_checksums(found.path)}, found.facts.owned);
    }
  }
  return owned;
}

// The first file that is there as it was when `layer` listed it, and that belongs to nobody now.
std::optional<std::string> left_behind(const layers::ImageView& image, const Inventory& inventory, const Paths& paths,
                                       std::uint32_t layer, std::optional<Ownership>& ownership) {
  for (const std::string& path : paths) {
    const auto file = image.find(path);
    if (!file || file->layer > layer || image.entry(*file).type != layers::EntryType::file) continue;
    if (!ownership) ownership.emplace(image, inventory);
    if (ownership->owner(*file) == nullptr) return image.path(*file);
  }
  return std::nullopt;
}

std::string gap_text(const std::vector<std::string>& names, const std::string& example) {
  std::string text = "a later layer takes ";
  for (std::size_t i = 0; i < std::min(names.size(), k_most_named); ++i) text += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > k_most_named) text += " and " + std::to_string(names.size() - k_most_named) + " more";
  return text + " out of the package database and leaves the files in place (/" + example + ")";
}

}  // namespace

std::vector<model::Gap> note_dropped_packages(const layers::ImageView& image, const Inventory& inventory,
                                              std::vector<DroppedPackage> dropped) {
  std::erase_if(dropped, [](const auto& package) {
    return package.type != "deb" && package.type != "apk" && package.type != "rpm";
  });
  if (dropped.empty()) return {};
  std::set<Key> wanted;
  for (const DroppedPackage& package : dropped) wanted.insert({package.type, package.name});
  const std::map<Key, Paths> owned = owned_by(image, wanted);

  std::optional<Ownership> ownership;  // made when it is needed: it looks at every owned path
  std::vector<std::string> names;
  std::string example;
  for (const DroppedPackage& package : dropped) {
    const auto paths = owned.find({package.type, package.name});
    if (paths == owned.end()) continue;
    const auto left = left_behind(image, inventory, paths->second, package.layer, ownership);
    if (!left) continue;
    if (names.empty()) example = *left;
    names.push_back(package.name);
  }
  if (names.empty()) return {};
  return {{"package-database-edited", "inventory", "", gap_text(names, example), model::GapEffect::unknown}};
}

}  // namespace hullcheck::inventory
