// Databases spell paths as the package was built ("/bin/ls"), images after merged-/usr have it elsewhere
// ("usr/bin/ls"): both sides are compared as real paths, with links of the parent folders resolved in the final
// image.
//
// Whoever changes a file can change the list with its digest too. What only an image has is the layers: a package
// manager never changes a file of a package without giving the package another version, so a layer that does was made
// by something else, whatever the list says.
#include "inventory/ownership.hpp"

#include <algorithm>
#include <array>

#include "util/path.hpp"

namespace hullcheck::inventory {
namespace {

// Resolves the folder of a path once per folder.
class FolderCache {
 public:
  explicit FolderCache(const layers::ImageView& image) : m_image(image) {}

  // Null where it is the folder itself, as most are. Stays valid.
  const std::string* other_name(std::string_view folder) {
    if (m_last != nullptr && m_last->first == folder) return name_of(*m_last);
    auto place = m_known.find(folder);
    if (place == m_known.end()) {
      std::string real = folder.empty() ? std::string() : m_image.real_path(folder).value_or(std::string(folder));
      place = m_known.emplace(folder, std::move(real)).first;
    }
    m_last = &*place;
    return name_of(*m_last);
  }

 private:
  // Of the lists of files, which outlive this.
  using Known = std::unordered_map<std::string_view, std::string, util::SeededHash>;
  static const std::string* name_of(const Known::value_type& known) {
    return known.first == known.second ? nullptr : &known.second;
  }

  const layers::ImageView& m_image;
  Known m_known;
  const Known::value_type* m_last = nullptr;
};

// Code that programs load: no digest is taken of most of it, so its size has to do.
bool is_module(std::string_view path) {
  static constexpr std::array<std::string_view, 10> k_suffixes = {".py",  ".pl",  ".pm",  ".rb",  ".js",
                                                                  ".cjs", ".mjs", ".php", ".lua", ".sh"};
  return std::any_of(k_suffixes.begin(), k_suffixes.end(),
                     [&](std::string_view suffix) { return path.ends_with(suffix); });
}

// A copy with another mode or owner has the size that it had.
bool differ(const layers::ImageView& image, layers::FileRef one, layers::FileRef other) {
  const layers::FileDigests* const first = image.digests(one);
  const layers::FileDigests* const second = image.digests(other);
  if (first != nullptr && second != nullptr) return first->sha256 != second->sha256;
  return image.entry(one).size != image.entry(other).size;
}

Bytes digest_of(const layers::FileDigests& digests, model::DigestAlgorithm algorithm) {
  switch (algorithm) {
    case model::DigestAlgorithm::md5: return digests.has_md5 ? Bytes(digests.md5) : Bytes();
    case model::DigestAlgorithm::sha1: return digests.has_sha1 ? Bytes(digests.sha1) : Bytes();
    case model::DigestAlgorithm::sha256: return digests.sha256;
    default: return {};
  }
}

// Whether a layer of the package's own system has taken the digest that its database uses (see layers::DigestChoice).
bool usually_taken(const model::Package& package, model::DigestAlgorithm algorithm) {
  return (package.type == "deb" && algorithm == model::DigestAlgorithm::md5) ||
         (package.type == "apk" && algorithm == model::DigestAlgorithm::sha1);
}

}  // namespace

Ownership::Ownership(const layers::ImageView& image, const Inventory& inventory) : m_image(image) {
  FolderCache folders(image);
  std::size_t files = 0;
  for (const model::Package& package : inventory.packages)
    if (model::is_system_package(package)) files += package.files.size();
  m_owners.reserve(files);
  for (const model::Package& package : inventory.packages) {
    if (!model::is_system_package(package)) continue;
    for (const model::OwnedFile& file : package.files) {
      std::string_view path = file.path;
      if (const std::string* const folder = folders.other_name(layers::parent_path(path)))
        path = m_real_paths.emplace_back(util::join_path(*folder, layers::base_name(path)));
      auto& place = m_owners[path];
      // Two packages may claim a path (diversions); the claim with a digest says more.
      if (place.second == nullptr || place.second->digest.empty()) place = {&package, &file};
    }
  }
  mark_owned();
  find_changes();
}

// Most questions are about files that nobody owns: those are answered without making their paths.
void Ownership::mark_owned() {
  if (m_owners.empty()) return;
  for (std::uint32_t layer = 0; layer < m_image.layer_count(); ++layer)
    m_owned.emplace_back(m_image.layer(layer) == nullptr ? 0 : m_image.layer(layer)->entries.size());
  m_image.each_final([&](layers::FileRef file, const std::string& path) {
    if (m_owners.contains(path)) m_owned[file.layer][file.entry] = true;
  });
}

// A final file at whose path no package has one.
bool Ownership::surely_unowned(layers::FileRef file) const {
  if (m_owners.empty()) return true;
  if (m_owned[file.layer][file.entry] || m_image.hidden_by(file) != layers::k_none) return false;
  // Those that stand for nothing in the tree, and its root, are in no list of files.
  const layers::Entry& entry = m_image.entry(file);
  return !entry.path.empty() && entry.type != layers::EntryType::whiteout && entry.type != layers::EntryType::opaque;
}

// The digest that a file had when its package came, by path; then the final files that have another one since.
void Ownership::find_changes() {
  std::unordered_map<std::string_view, layers::FileRef, util::SeededHash> installed;
  const auto visit = [&](bool final, auto act) {
    for (std::uint32_t layer = 0; layer < m_image.layer_count(); ++layer) {
      const layers::LayerFacts* facts = m_image.layer(layer);
      if (facts == nullptr) continue;
      for (std::uint32_t i = 0; i < facts->entries.size(); ++i) {
        const layers::FileRef file{layer, i};
        const layers::Entry& entry = facts->entries[i];
        if (entry.type != layers::EntryType::file || (entry.digests == layers::k_none && !is_module(entry.path)))
          continue;
        if ((m_image.visibility(file) == model::Visibility::final) != final) continue;
        const auto owned = owned_at(file);
        if (owned == m_owners.end() || owned->second.second->config) continue;
        if (owned->second.first->layer != model::k_no_layer) act(file, *owned);
      }
    }
  };
  // The last copy in the layer of the package or below is the package's.
  visit(false, [&](layers::FileRef file, const auto& owned) {
    if (file.layer <= owned.second.first->layer) installed[owned.first] = file;
  });
  if (installed.empty()) return;
  visit(true, [&](layers::FileRef file, const auto& owned) {
    if (file.layer <= owned.second.first->layer) return;
    const auto before = installed.find(owned.first);
    if (before == installed.end()) return;
    if (differ(m_image, file, before->second)) m_changed.insert(file);
  });
}

bool Ownership::changed_by_layer(layers::FileRef file) const { return m_changed.contains(file); }

Ownership::Owners::const_iterator Ownership::owned_at(layers::FileRef file) const {
  if (surely_unowned(file)) return m_owners.end();
  const std::string path = m_image.path(file);
  auto found = m_owners.find(path);
  // The path of a file that is not final is that of its layer, with links that have come since unresolved.
  if (found == m_owners.end() && m_image.visibility(file) != model::Visibility::final)
    if (const auto folder = m_image.real_path(layers::parent_path(path)))
      found = m_owners.find(util::join_path(*folder, layers::base_name(path)));
  return found;
}

const Ownership::Claim* Ownership::claim(layers::FileRef file) const {
  const auto found = owned_at(file);
  return found == m_owners.end() ? nullptr : &found->second;
}

const model::Package* Ownership::owner(layers::FileRef file) const {
  const Claim* const found = claim(file);
  return found == nullptr ? nullptr : found->first;
}

Integrity Ownership::integrity(layers::FileRef file) const {
  const Claim* const found = claim(file);
  if (found == nullptr) return Integrity::unowned;
  const Integrity listed = compare(file, *found);
  return m_changed.contains(file) ? Integrity::owned_mismatch : listed;
}

bool Ownership::matches_list(layers::FileRef file) const {
  const Claim* const found = claim(file);
  return found != nullptr && compare(file, *found) == Integrity::owned_match;
}

Integrity Ownership::compare(layers::FileRef file, const Claim& claim) const {
  const model::OwnedFile& owned = *claim.second;
  const layers::FileDigests* const digests = m_image.digests(file);
  if (owned.digest.empty() || digests == nullptr) return Integrity::owned_unverified;
  const Bytes actual = digest_of(*digests, owned.algorithm);
  if (actual.empty()) {
    // Names choose which digests are taken. A layer that looks like Alpine's in an image of Debian's would otherwise
    // have its files pass as Debian's, unverified.
    return usually_taken(*claim.first, owned.algorithm) ? Integrity::unowned : Integrity::owned_unverified;
  }
  if (to_hex(actual) == owned.digest) return Integrity::owned_match;
  return owned.config ? Integrity::owned_config : Integrity::owned_mismatch;
}

}  // namespace hullcheck::inventory
