#include "inventory/dropped_packages.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include "inventory/ownership.hpp"
#include "inventory/readers/language.hpp"
#include "util/path.hpp"

namespace hullcheck::inventory {
namespace {

constexpr std::size_t k_most_named = 5;

using Paths = std::vector<std::string>;
using Key = std::pair<std::string, std::string>;  // type, name

constexpr std::string_view k_types[] = {"deb", "apk", "rpm", "alpm", "ebuild", "opkg"};

bool has_files(std::string_view type) {
  return std::find(std::begin(k_types), std::end(k_types), type) != std::end(k_types);
}

// "var/lib/dpkg/info/libc6:amd64.md5sums" → "libc6". The list of checksums, since only a package that is unpacked has
// one: of a removed package dpkg keeps the list of its configuration.
std::string package_of_checksums(std::string_view path) {
  constexpr std::string_view k_suffix = ".md5sums";
  if (!path.ends_with(k_suffix)) return {};
  const std::string_view name = layers::base_name(path);
  return std::string(name.substr(0, std::min(name.find(':'), name.size() - k_suffix.size())));
}

// "var/lib/pacman/local/gcc-libs-14.1.1-1/files" → "gcc-libs": version and release are the last two parts.
std::string package_of_folder(std::string_view path) {
  std::string_view name = layers::base_name(layers::parent_path(path));
  for (int i = 0; i < 2; ++i) name = name.substr(0, std::min(name.rfind('-'), name.size()));
  return std::string(name);
}

// Calls visit(key, files, layer) for every list of files that any layer has.
template <class Visit>
void each_list(const layers::ImageView& image, Visit visit) {
  for (const std::string_view id : {"dpkg", "apk", "rpm", "pacman", "portage", "opkg"}) {
    each_found(image, id, FileLists::read, [&](const FoundFacts& found) {
      const std::uint32_t layer = found.file.layer;
      for (const model::Package& package : found.facts.packages)
        visit(Key{package.type, package.name}, package.files, layer);
      const std::string_view kind = found.facts.kind;
      if (kind == "md5sums") visit(Key{"deb", package_of_checksums(found.path)}, found.facts.owned, layer);
      if (kind == "files") visit(Key{"alpm", package_of_folder(found.path)}, found.facts.owned, layer);
      if (id == "opkg" && kind == "list") {
        const std::string_view name = layers::base_name(found.path);
        visit(Key{"opkg", std::string(name.substr(0, name.rfind('.')))}, found.facts.owned, layer);
      }
    });
  }
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), k_most_named); ++i) text += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > k_most_named) text += " and " + std::to_string(names.size() - k_most_named) + " more";
  return text;
}

model::Gap edited(std::string text) {
  return {"package-database-edited", "inventory", "", std::move(text), model::GapEffect::unknown};
}

// What is left of packages that no database lists any more.
class LeftBehind {
 public:
  LeftBehind(const layers::ImageView& image, const Inventory& inventory, std::vector<DroppedPackage> dropped)
      : m_image(image), m_ownership(image, inventory), m_dropped(std::move(dropped)) {
    std::map<Key, std::size_t> wanted;
    for (std::size_t i = 0; i < m_dropped.size(); ++i) wanted[{m_dropped[i].type, m_dropped[i].name}] = i;
    m_paths.resize(m_dropped.size());
    each_list(image, [&](const Key& key, const std::vector<model::OwnedFile>& files, std::uint32_t) {
      const auto found = wanted.find(key);
      if (found == wanted.end()) return;
      for (const model::OwnedFile& file : files)
        if (!file.config) m_paths[found->second].push_back(file.path);
    });
  }

  std::vector<model::Gap> gaps() {
    std::map<std::size_t, std::string> left;  // package → the first file of it
    for (std::size_t i = 0; i < m_dropped.size(); ++i)
      if (auto path = in_place(m_paths[i], m_dropped[i].layer)) left.emplace(i, std::move(*path));
    if (left.size() < m_dropped.size()) find_programs(left);
    if (left.empty()) return {};
    std::vector<std::string> names;
    for (const auto& [index, path] : left) names.push_back(m_dropped[index].name);
    return {edited("a later layer takes " + joined(names) +
                   " out of the package database and leaves the files in place (/" + left.begin()->second + ")")};
  }

 private:
  // The first file that is there as it was when `layer` listed it, and that belongs to nobody now.
  std::optional<std::string> in_place(const Paths& paths, std::uint32_t layer) const {
    for (const std::string& path : paths) {
      const auto file = m_image.find(path);
      if (!file || file->layer > layer || m_image.entry(*file).type != layers::EntryType::file) continue;
      if (m_ownership.owner(*file) == nullptr) return m_image.path(*file);
    }
    return std::nullopt;
  }

  std::string real(std::string_view path) const {
    const std::string_view folder = layers::parent_path(path);
    if (folder.empty()) return std::string(path);
    return m_image.real_path(folder).value_or(std::string(folder)) + "/" + std::string(layers::base_name(path));
  }

  // Programs of those packages, by what is in them: wherever they are now, whoever claims them now.
  void find_programs(std::map<std::size_t, std::string>& left) const {
    std::unordered_map<std::string, std::size_t, util::SeededHash> places;
    for (std::size_t i = 0; i < m_dropped.size(); ++i)
      if (!left.contains(i))
        for (const std::string& path : m_paths[i]) places.emplace(real(path), i);
    if (places.empty()) return;
    std::map<std::string, std::size_t> contents;  // digest → package
    for (std::uint32_t layer = 0; layer < m_image.layer_count(); ++layer) {
      const layers::LayerFacts* const facts = m_image.layer(layer);
      for (std::uint32_t i = 0; facts != nullptr && i < facts->entries.size(); ++i) {
        const layers::FileRef file{layer, i};
        if (facts->entries[i].content != layers::ContentKind::elf || m_image.digests(file) == nullptr) continue;
        const auto place = places.find(real(m_image.path(file)));
        if (place != places.end() && layer <= m_dropped[place->second].layer)
          contents.emplace(to_hex(m_image.digests(file)->sha256), place->second);
      }
    }
    if (contents.empty()) return;
    std::vector<std::pair<std::size_t, layers::FileRef>> claimed;
    m_image.each_final(layers::k_elf_content, [&](layers::FileRef file, const std::string& path) {
      const layers::FileDigests* const digests = m_image.digests(file);
      const auto found = digests == nullptr ? contents.end() : contents.find(to_hex(digests->sha256));
      if (found == contents.end()) return;
      if (m_ownership.owner(file) == nullptr)
        left.emplace(found->second, path);
      else if (file.layer <= m_dropped[found->second].layer)
        claimed.emplace_back(found->second, file);
    });
    find_adopted(claimed, left);
  }

  // Those that a layer below the change of owner brought: installing the new owner would have written them again.
  void find_adopted(const std::vector<std::pair<std::size_t, layers::FileRef>>& claimed,
                    std::map<std::size_t, std::string>& left) const {
    if (claimed.empty()) return;
    std::map<std::string, std::set<std::pair<Key, std::uint32_t>>> claims;  // path → who claims it, in which layer
    for (const auto& [index, file] : claimed) claims[m_image.path(file)];
    each_list(m_image, [&](const Key& key, const std::vector<model::OwnedFile>& files, std::uint32_t layer) {
      for (const model::OwnedFile& file : files)
        if (const auto found = claims.find(real(file.path)); found != claims.end())
          found->second.insert({key, layer});
    });
    for (const auto& [index, file] : claimed) {
      const model::Package* const owner = m_ownership.owner(file);
      const std::uint32_t layer = m_dropped[index].layer;
      const auto& all = claims[m_image.path(file)];
      const bool before = std::any_of(all.begin(), all.end(), [&](const auto& claim) {
        return claim.first == Key{owner->type, owner->name} && claim.second <= layer;
      });
      if (!before) left.emplace(index, m_image.path(file));
    }
  }

  const layers::ImageView& m_image;
  Ownership m_ownership;
  std::vector<DroppedPackage> m_dropped;
  std::vector<Paths> m_paths;
};

// The first program of the package, if all that it has are from layers up to `layer`.
std::optional<std::string> untouched(const layers::ImageView& image, const ChangedPackage& changed) {
  std::optional<std::string> first;
  for (const model::OwnedFile& owned : changed.package->files) {
    const auto file = image.find(owned.path);
    if (!file) continue;
    const layers::Entry& entry = image.entry(*file);
    if (entry.type != layers::EntryType::file || entry.content != layers::ContentKind::elf) continue;
    if (file->layer > changed.layer) return std::nullopt;
    if (!first) first = image.path(*file);
  }
  return first;
}

std::vector<model::Gap> note_changed(const layers::ImageView& image, const std::vector<ChangedPackage>& changed) {
  std::set<std::string> names;
  std::string example;
  for (const ChangedPackage& change : changed) {
    const auto path = untouched(image, change);
    if (!path) continue;
    if (names.empty()) example = *path;
    names.insert(change.package->name + " (" + change.before + " → " + change.package->version + ")");
  }
  if (names.empty()) return {};
  return {edited("a later layer gives " + joined({names.begin(), names.end()}) +
                 " another version in the package database and changes none of the programs (/" + example + ")")};
}

// Whether a folder has anything but what belongs to others.
bool has_own_files(const layers::ImageView& image, std::string_view folder) {
  for (const layers::FileRef child : image.children(folder)) {
    const std::string_view name = layers::base_name(image.entry(child).path);
    if (name != "node_modules") return true;
  }
  return false;
}

// Whether the rest of a package is there without the file that names it.
bool rest_stays(const layers::ImageView& image, std::string_view id, const FoundFacts& found) {
  const std::string_view folder = layers::parent_path(found.path);
  const model::Package& package = found.facts.packages.front();
  if (id == "npm") return has_own_files(image, folder);
  const std::string_view above = layers::parent_path(folder);
  if (id == "gems") {
    std::string_view name = layers::base_name(found.path);
    name.remove_suffix(std::min(name.size(), std::string_view(".gemspec").size()));
    return !image
                .children(util::join_path(layers::base_name(folder) == "default" ? layers::parent_path(above) : above,
                                          "gems/" + std::string(name)))
                .empty();
  }
  if (id == "composer") return !image.children(util::join_path(above, package.name)).empty();
  std::string module = package.name;
  std::replace(module.begin(), module.end(), '-', '_');
  for (const std::string& name : {package.name, module})
    if (!image.children(util::join_path(above, name)).empty() || image.find(util::join_path(above, name + ".py")))
      return true;
  return false;
}

}  // namespace

std::vector<model::Gap> note_edited_databases(const layers::ImageView& image, const Inventory& inventory,
                                              std::vector<DroppedPackage> dropped,
                                              std::vector<ChangedPackage> changed) {
  std::erase_if(dropped, [](const auto& package) { return !has_files(package.type); });
  std::erase_if(changed, [](const auto& change) { return !has_files(change.package->type); });
  std::vector<model::Gap> gaps = note_changed(image, changed);
  if (dropped.empty()) return gaps;
  for (model::Gap& gap : LeftBehind(image, inventory, std::move(dropped)).gaps()) gaps.push_back(std::move(gap));
  return gaps;
}

std::vector<model::Gap> note_removed_lists(const layers::ImageView& image, const Inventory& inventory) {
  std::vector<model::Gap> gaps;
  std::set<std::pair<std::string_view, std::string_view>>
      present;  // an update leaves the folder and changes the list
  for (const auto* const list : {&inventory.packages, &inventory.overlaps})
    for (const model::Package& package : *list) present.insert({package.type, package.name});
  for (const std::string_view id : {"composer", "gems", "npm", "pypi"}) {
    std::set<std::string> seen;
    for (const layers::RecordRef& record : image.records("inventory/" + std::string(id))) {
      if (record.visibility == model::Visibility::final) continue;  // most are, and to decode them all takes its time
      auto facts = decode_file_facts(record.data);
      if (!facts.ok() || facts->kind != k_installed || facts->packages.empty()) continue;
      const FoundFacts found{record.file, image.path(record.file), record.visibility, std::move(*facts)};
      if (image.find(found.path) || !seen.insert(found.path).second) continue;
      const model::Package& package = found.facts.packages.front();
      if (present.contains({package.type, package.name}) || !rest_stays(image, id, found)) continue;
      gaps.push_back({"package-list-removed", "inventory", "/" + found.path,
                      "a later layer removes the file that names " + package.name + " " + package.version +
                          " and leaves the rest of it in place",
                      model::GapEffect::unknown});
    }
  }
  return gaps;
}

}  // namespace hullcheck::inventory
