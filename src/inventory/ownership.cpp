// Whose file is it? Databases spell paths as the package was built ("/bin/ls"), images after merged-/usr have it
// elsewhere
// ("usr/bin/ls"): both sides are compared as real paths, with links of the parent folders resolved in the final
// image.
#include <algorithm>
#include <unordered_map>

#include "inventory/analyzer.hpp"

namespace hullcheck::inventory {
namespace {

// Resolves the folder of a path once per folder.
class FolderCache {
 public:
  explicit FolderCache(const layers::ImageView& image) : m_image(image) {}

  std::string real(std::string_view path) {
    const std::string_view folder = layers::parent_path(path);
    if (folder != m_last_folder || m_first) {
      m_first = false;
      m_last_folder = folder;
      const auto found = m_known.find(m_last_folder);
      if (found != m_known.end()) {
        m_last_real = found->second;
      } else {
        m_last_real = folder.empty() ? std::string() : m_image.real_path(folder).value_or(std::string(folder));
        m_known.emplace(m_last_folder, m_last_real);
      }
    }
    std::string result = m_last_real;
    if (!result.empty()) result += '/';
    result += layers::base_name(path);
    return result;
  }

 private:
  const layers::ImageView& m_image;
  std::unordered_map<std::string, std::string, util::SeededHash> m_known;
  std::string m_last_folder, m_last_real;
  bool m_first = true;
};

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
  for (const model::Package& package : inventory.packages) {
    if (!model::is_system_package(package)) continue;
    for (const model::OwnedFile& file : package.files) {
      auto& place = m_owners[folders.real(file.path)];
      // Two packages may claim a path (diversions); the claim with a digest says more.
      if (place.second == nullptr || place.second->digest.empty()) place = {&package, &file};
    }
  }
}

const Ownership::Claim* Ownership::claim(layers::FileRef file) const {
  const std::string path = m_image.path(file);
  auto found = m_owners.find(path);
  // The path of a file that is not final is that of its layer, with links that have come since unresolved.
  if (found == m_owners.end() && m_image.visibility(file) != model::Visibility::final)
    if (const auto folder = m_image.real_path(layers::parent_path(path)))
      found = m_owners.find(folder->empty() ? std::string(layers::base_name(path))
                                            : *folder + "/" + std::string(layers::base_name(path)));
  return found == m_owners.end() ? nullptr : &found->second;
}

const model::Package* Ownership::owner(layers::FileRef file) const {
  const Claim* const found = claim(file);
  return found == nullptr ? nullptr : found->first;
}

Integrity Ownership::integrity(layers::FileRef file) const {
  const Claim* const found = claim(file);
  if (found == nullptr) return Integrity::unowned;
  const model::OwnedFile& owned = *found->second;
  const layers::FileDigests* const digests = m_image.digests(file);
  if (owned.digest.empty() || digests == nullptr) return Integrity::owned_unverified;
  const Bytes actual = digest_of(*digests, owned.algorithm);
  if (actual.empty()) {
    // Names choose which digests are taken. A layer that looks like Alpine's in an image of Debian's would otherwise
    // have its files pass as Debian's, unverified.
    return usually_taken(*found->first, owned.algorithm) ? Integrity::unowned : Integrity::owned_unverified;
  }
  if (to_hex(actual) == owned.digest) return Integrity::owned_match;
  return owned.config ? Integrity::owned_config : Integrity::owned_mismatch;
}

}  // namespace hullcheck::inventory
