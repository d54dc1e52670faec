// The tree behind ImageView: all layers laid over each other, as nodes. Internal to layers/.
//
// A node that is removed stays and is only marked, so that a later layer that brings the path back revives it and
// nothing else needs to move. Child lists hold every living child and perhaps some dead ones.
// Hostile: paths of any depth, links in cycles, folders that come and go in every layer. Nothing here recurses; links
// are followed within a budget, and what a removal has walked over it takes off the lists, so that repeating it is
// free.
#pragma once

#include <compare>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "layers/facts.hpp"
#include "layers/image_view.hpp"
#include "layers/node_index.hpp"

namespace hullcheck::layers {

class Overlay {
 public:
  static constexpr std::uint32_t k_root = 0;

  struct Node {
    std::string_view name;
    std::uint32_t parent = k_none;
    std::uint32_t first_child = k_none;
    std::uint32_t next_sibling = k_none;
    FileRef file;  // none for an implied folder
    bool alive = false;
    bool folder = false;
    bool listed = false;  // in its parent's list of children
  };

  struct Walk {
    std::uint32_t node = k_none;         // where the path ends; k_none if it does not exist
    std::uint32_t last_folder = k_root;  // the folder that holds (or would hold) the last part
    std::string_view last_name;
    bool dangling_tail = false;  // only the last part is missing
    bool by_link = false;        // a link was followed on the way
  };

  // Borrows the facts.
  explicit Overlay(const std::vector<std::shared_ptr<const LayerFacts>>& layers);

  const Node& node(std::uint32_t number) const { return m_nodes[number]; }
  const Entry& entry(FileRef file) const { return m_layers[file.layer]->entries[file.entry]; }

  // Follows a path from the root. `follow_last` says whether a symlink in the last part is followed too.
  Walk walk(std::string_view path, bool follow_last) const;
  // The living children of a folder, sorted by name: a list that begins here and goes on with `next_sibling`.
  std::uint32_t first_child(std::uint32_t folder) const { return m_nodes[folder].first_child; }
  std::string path_of(std::uint32_t node) const;

  // The entry with the bytes of a hard link, else the file itself.
  FileRef content(FileRef file) const;
  // A final hard link to content whose own name is hidden, or nothing.
  const FileRef* final_alias(FileRef content) const;
  bool is_final(FileRef file) const { return m_hidden[file.layer][file.entry] == k_none; }
  // k_none, or the layer that hid it with k_deleted_bit for "deleted" (otherwise overwritten).
  std::uint32_t hidden(FileRef file) const { return m_hidden[file.layer][file.entry]; }
  std::uint32_t node_of(FileRef file) const { return m_node_of[file.layer][file.entry]; }
  static constexpr std::uint32_t k_deleted_bit = 0x80000000U;

 private:
  struct FileRefHash {
    std::size_t operator()(const FileRef& file) const {
      return (std::size_t{file.layer} << 32 | file.entry) * 0x9e3779b97f4a7c15ULL;
    }
  };
  using FileMap = std::unordered_map<FileRef, FileRef, FileRefHash>;

  // The folder of the entry before, which is mostly that of the next one too.
  struct LastFolder {
    std::string_view path;
    std::uint32_t node = k_none;
  };

  std::uint32_t living_child(std::uint32_t parent, std::string_view name) const;
  const Entry* link_at(std::uint32_t node) const;
  std::uint32_t make_child(std::uint32_t parent, std::string_view name);
  std::uint32_t make_folder(std::string_view path, std::uint32_t layer);
  void hide(std::uint32_t node, std::uint32_t layer, bool deleted);
  void remove(std::uint32_t top, std::uint32_t layer, bool children_only);
  bool replaced_by_folder(std::string_view path, bool itself,
                          const std::unordered_set<std::string_view, util::SeededHash>& folders) const;
  void link_below(std::uint32_t layer);
  void link_to_content(FileRef link);
  void apply_removals(std::uint32_t layer);
  void apply_entry(FileRef file, LastFolder& last);
  void apply(std::uint32_t layer);
  void find_aliases();
  void sort_children();

  const std::vector<std::shared_ptr<const LayerFacts>>& m_layers;
  std::deque<Node> m_nodes;
  NodeIndex<std::deque<Node>> m_index{m_nodes};
  std::vector<std::vector<std::uint32_t>> m_hidden;   // per layer and entry
  std::vector<std::vector<std::uint32_t>> m_node_of;  // per layer and entry
  FileMap m_link_content;
  FileMap m_final_alias;
};

}  // namespace hullcheck::layers
