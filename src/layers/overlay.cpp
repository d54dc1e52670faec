#include "layers/overlay.hpp"

#include <algorithm>

namespace hullcheck::layers {
namespace {

constexpr int k_link_budget = 255;
// No system follows a longer one (PATH_MAX), so none of them needs to be walked.
constexpr std::size_t k_longest_link = 4095;
// Parts walked after the first link: a few links of thousands of parts each must not make every look-up slow.
constexpr int k_link_parts = 10'000;

bool is_removal(const Entry& entry) { return entry.type == EntryType::whiteout || entry.type == EntryType::opaque; }

// What is left of a path to walk; links push their targets in front.
class PathParts {
 public:
  explicit PathParts(std::string_view path) { push(path); }

  bool next(std::string_view& part) {
    while (!m_pieces.empty()) {
      std::string_view& rest = m_pieces.back();
      const std::size_t slash = rest.find('/');
      part = rest.substr(0, slash);
      if (slash == std::string_view::npos)
        m_pieces.pop_back();
      else
        rest = rest.substr(slash + 1);
      if (!part.empty() && part != ".") return true;
    }
    return false;
  }

  // What ends in nothing ("a/./") is cut, so every piece that is kept has a part to give and at_end() is one look.
  void push(std::string_view path) {
    while (path.ends_with('/') || path.ends_with("/.") || path == ".") path.remove_suffix(1);
    if (!path.empty()) m_pieces.push_back(path);
  }
  bool at_end() const { return m_pieces.empty(); }

 private:
  std::vector<std::string_view> m_pieces;  // innermost last
};

// How much following of links one walk may do.
class LinkBudget {
 public:
  bool spend_link(const Entry& link) {
    return --m_links >= 0 && !link.link.empty() && link.link.size() <= k_longest_link;
  }
  bool spend_part() { return m_links == k_link_budget || --m_parts >= 0; }
  bool used() const { return m_links != k_link_budget; }

 private:
  int m_links = k_link_budget;
  int m_parts = k_link_parts;
};

}  // namespace

Overlay::Overlay(const std::vector<std::shared_ptr<const LayerFacts>>& layers) : m_layers(layers) {
  m_nodes.emplace_back();
  m_nodes[k_root].alive = true;
  m_nodes[k_root].folder = true;
  for (const auto& facts : m_layers) {
    const std::size_t entries = facts ? facts->entries.size() : 0;
    m_hidden.emplace_back(entries, k_none);
    m_node_of.emplace_back(entries, k_none);
  }
  for (std::uint32_t i = 0; i < m_layers.size(); ++i)
    if (m_layers[i]) apply(i);
  find_aliases();
  sort_children();
}

std::uint32_t Overlay::living_child(std::uint32_t parent, std::string_view name) const {
  const std::uint32_t found = m_index.find(parent, name);
  return found != k_none && m_nodes[found].alive ? found : k_none;
}

// The symlink at a node, or nothing.
const Entry* Overlay::link_at(std::uint32_t node) const {
  if (m_nodes[node].file.layer == k_none) return nullptr;
  const Entry& found = entry(content(m_nodes[node].file));
  return found.type == EntryType::symlink ? &found : nullptr;
}

FileRef Overlay::content(FileRef file) const {
  const auto found = m_link_content.find(file);
  return found == m_link_content.end() ? file : found->second;
}

const FileRef* Overlay::final_alias(FileRef content) const {
  const auto found = m_final_alias.find(content);
  return found == m_final_alias.end() ? nullptr : &found->second;
}

Overlay::Walk Overlay::walk(std::string_view path, bool follow_last) const {
  Walk result;
  PathParts parts(path);
  LinkBudget budget;
  std::uint32_t here = k_root;
  std::string_view part;
  while (parts.next(part)) {
    if (!budget.spend_part()) return result;
    if (part == "..") {
      here = m_nodes[here].parent == k_none ? k_root : m_nodes[here].parent;
      continue;
    }
    const bool last = parts.at_end();
    const std::uint32_t next = living_child(here, part);
    result.last_folder = here;
    result.last_name = part;
    if (next == k_none) {
      result.dangling_tail = last;
      return result;
    }
    const Entry* const link = link_at(next);
    if (link == nullptr || (last && !follow_last)) {
      here = next;
      continue;
    }
    if (!budget.spend_link(*link)) return result;
    result.by_link = true;
    if (link->link.starts_with('/')) here = k_root;
    parts.push(link->link);
  }
  result.node = here;
  return result;
}

std::uint32_t Overlay::make_child(std::uint32_t parent, std::string_view name) {
  std::uint32_t child = m_index.find(parent, name);
  if (child == k_none) {
    child = static_cast<std::uint32_t>(m_nodes.size());
    Node& node = m_nodes.emplace_back();
    node.parent = parent;
    node.name = name;
    m_index.add(child);
  }
  Node& node = m_nodes[child];
  if (!node.listed) {
    node.next_sibling = m_nodes[parent].first_child;
    m_nodes[parent].first_child = child;
    node.listed = true;
  }
  return child;
}

// The folder node for `path`, made where it does not exist: links are followed, what is in the way is replaced.
std::uint32_t Overlay::make_folder(std::string_view path, std::uint32_t layer) {
  PathParts parts(path);
  LinkBudget budget;
  std::uint32_t here = k_root;
  std::string_view part;
  while (parts.next(part)) {
    if (!budget.spend_part()) break;
    if (part == "..") {
      here = m_nodes[here].parent == k_none ? k_root : m_nodes[here].parent;
      continue;
    }
    std::uint32_t next = living_child(here, part);
    if (next == k_none) {
      next = make_child(here, part);
    } else if (!m_nodes[next].folder) {
      const Entry* const link = link_at(next);
      if (link != nullptr && budget.spend_link(*link)) {
        if (link->link.starts_with('/')) here = k_root;
        parts.push(link->link);
        continue;
      }
      hide(next, layer, false);
    }
    m_nodes[next].alive = true;
    m_nodes[next].folder = true;
    here = next;
  }
  return here;
}

void Overlay::hide(std::uint32_t node, std::uint32_t layer, bool deleted) {
  const FileRef file = m_nodes[node].file;
  if (file.layer != k_none) m_hidden[file.layer][file.entry] = layer | (deleted ? k_deleted_bit : 0);
  m_nodes[node].file = {};
}

// Marks everything below `top` (and `top` itself unless `children_only`) as removed by `layer`.
void Overlay::remove(std::uint32_t top, std::uint32_t layer, bool children_only) {
  std::vector<std::uint32_t> pending{top};
  while (!pending.empty()) {
    const std::uint32_t number = pending.back();
    pending.pop_back();
    Node& node = m_nodes[number];
    for (std::uint32_t c = node.first_child; c != k_none; c = m_nodes[c].next_sibling) {
      m_nodes[c].listed = false;
      if (m_nodes[c].alive) pending.push_back(c);
    }
    node.first_child = k_none;
    if (number == top && children_only) continue;
    hide(number, layer, true);
    node.alive = false;
    node.folder = false;
  }
}

// True if the layer with these `folders` puts one of its own where the layers below have a link on this path.
bool Overlay::replaced_by_folder(std::string_view path, bool itself,
                                 const std::unordered_set<std::string_view, util::SeededHash>& folders) const {
  for (std::string_view part = itself ? path : parent_path(path); !part.empty(); part = parent_path(part)) {
    if (!folders.contains(part)) continue;
    const Walk place = walk(part, false);
    if (place.node != k_none && link_at(place.node) != nullptr) return true;
  }
  return false;
}

// Before the layer's own entries, wherever in the archive they stand. A removal below a folder that this layer puts
// in the place of a lower link has nothing to remove: it must not reach through the link.
void Overlay::apply_removals(std::uint32_t layer) {
  std::unordered_set<std::string_view, util::SeededHash> folders;
  for (const Entry& removal : m_layers[layer]->entries) {
    if (!is_removal(removal)) continue;
    const bool opaque = removal.type == EntryType::opaque;
    const Walk target = walk(removal.path, opaque);
    if (target.node == k_none || (target.node == k_root && !opaque)) continue;
    if (target.by_link) {
      if (folders.empty())
        for (const Entry& other : m_layers[layer]->entries)
          if (other.type == EntryType::directory) folders.insert(other.path);
      if (replaced_by_folder(removal.path, opaque, folders)) continue;
    }
    remove(target.node, layer, opaque);
  }
}

// Hard links of a layer to what stands below it, while that still stands: an engine that makes the link before it
// comes to the removal of its target keeps the bytes under the new name.
void Overlay::link_below(std::uint32_t layer) {
  const auto& entries = m_layers[layer]->entries;
  if (std::none_of(entries.begin(), entries.end(), is_removal)) return;
  for (std::uint32_t i = 0; i < entries.size(); ++i)
    if (entries[i].type == EntryType::hard_link) link_to_content({layer, i});
}

void Overlay::link_to_content(FileRef link) {
  const Walk target = walk(entry(link).link, false);
  if (target.node != k_none && m_nodes[target.node].file.layer != k_none)
    m_link_content[link] = content(m_nodes[target.node].file);
}

void Overlay::apply_entry(FileRef file, LastFolder& last) {
  const Entry& added = entry(file);
  const bool is_folder = added.type == EntryType::directory;
  if (added.path.empty()) {
    hide(k_root, file.layer, false);
    m_nodes[k_root].file = file;
    m_node_of[file.layer][file.entry] = k_root;
    return;
  }
  const std::string_view parent = parent_path(added.path);
  if (last.node == k_none || parent != last.path) last = {parent, make_folder(parent, file.layer)};
  if (added.type == EntryType::hard_link) link_to_content(file);
  const std::uint32_t node = make_child(last.node, base_name(added.path));
  const bool replaces = m_nodes[node].alive;
  if (replaces) {
    if (m_nodes[node].folder && !is_folder) remove(node, file.layer, true);
    hide(node, file.layer, false);
  }
  m_nodes[node].alive = true;
  m_nodes[node].folder = is_folder;
  m_nodes[node].file = file;
  m_node_of[file.layer][file.entry] = node;
  // Links that come or go change what later parents resolve to.
  if (replaces || (added.type != EntryType::file && !is_folder)) last.node = k_none;
}

void Overlay::apply(std::uint32_t layer) {
  link_below(layer);
  apply_removals(layer);
  const LayerFacts& facts = *m_layers[layer];
  LastFolder last;
  for (std::uint32_t i = 0; i < facts.entries.size(); ++i)
    if (!is_removal(facts.entries[i])) apply_entry({layer, i}, last);
}

void Overlay::find_aliases() {
  for (const auto& [link, content] : m_link_content) {
    if (!is_final(link) || is_final(content)) continue;
    const auto [place, added] = m_final_alias.try_emplace(content, link);
    if (!added) place->second = std::min(place->second, link);
  }
}

// Once for everybody who walks the tree: the dead leave the lists, and what is left is put in order of name.
void Overlay::sort_children() {
  std::vector<std::pair<std::string_view, std::uint32_t>> children;
  for (Node& folder : m_nodes) {
    if (folder.first_child == k_none) continue;
    children.clear();
    for (std::uint32_t c = folder.first_child; c != k_none; c = m_nodes[c].next_sibling)
      if (m_nodes[c].alive) children.emplace_back(m_nodes[c].name, c);
    std::sort(children.begin(), children.end());
    folder.first_child = k_none;
    for (auto child = children.rbegin(); child != children.rend(); ++child) {
      m_nodes[child->second].next_sibling = folder.first_child;
      folder.first_child = child->second;
    }
  }
}

std::string Overlay::path_of(std::uint32_t node) const {
  std::vector<std::string_view> parts;
  for (; node != k_root && node != k_none; node = m_nodes[node].parent) parts.push_back(m_nodes[node].name);
  std::string path;
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    if (!path.empty()) path += '/';
    path += *part;
  }
  return path;
}

}  // namespace hullcheck::layers
