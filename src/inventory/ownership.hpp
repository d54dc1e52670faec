// Whose file is it? The packages' lists of files, laid over the image's files.
#pragma once

#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "inventory/analyzer.hpp"
#include "util/seeded_hash.hpp"

namespace hullcheck::inventory {

// Which package of the system owns a path of the final tree, and whether the content is what the package shipped.
// Packages of languages own nothing here: their lists of files are written by whoever wrote the files.
enum class Integrity : std::uint8_t {
  unowned,
  owned_unverified,  // owned, but there is no digest on one of the two sides
  owned_match,
  owned_mismatch,
  owned_config,  // owned, may be edited, and was
};
class Ownership {
 public:
  // Both are borrowed: names and files of the packages are pointed at.
  Ownership(const layers::ImageView& image, const Inventory& inventory);
  Ownership(const Ownership&) = delete;
  Ownership& operator=(const Ownership&) = delete;
  // `file` may be of any layer and visibility; the path is compared after resolving parents' links of both sides.
  Integrity integrity(layers::FileRef file) const;
  const model::Package* owner(layers::FileRef file) const;
  // A final file with another content than in the layer that brought its package: its layer was not made by the
  // package manager, and integrity() is owned_mismatch whatever the package's list says. Programs and modules.
  bool changed_by_layer(layers::FileRef file) const;
  // Its content is as the package's list has it. The list may have been changed with the file.
  bool matches_list(layers::FileRef file) const;

 private:
  using Claim = std::pair<const model::Package*, const model::OwnedFile*>;
  using Owners = std::unordered_map<std::string_view, Claim, util::SeededHash>;
  Owners::const_iterator owned_at(layers::FileRef file) const;
  const Claim* claim(layers::FileRef file) const;
  Integrity compare(layers::FileRef file, const Claim& claim) const;
  void mark_owned();
  bool surely_unowned(layers::FileRef file) const;
  void find_changes();

  const layers::ImageView& m_image;
  std::deque<std::string> m_real_paths;    // where these differ from what the packages say
  Owners m_owners;                         // keys in there or in the packages
  std::vector<std::vector<bool>> m_owned;  // by layer and entry: a final file at a path that is owned
  std::set<layers::FileRef> m_changed;
};

}  // namespace hullcheck::inventory
