// The tree is a vector of nodes with child lists, and one hash map from (parent, name) to node. A node that is
// removed stays and is only marked: a later layer that brings the path back revives it, and nothing else needs to
// move.
#include "layers/image_view.hpp"

#include <algorithm>
#include <deque>
#include <unordered_map>

namespace hullcheck::layers {
namespace {

constexpr std::uint32_t k_root = 0;
constexpr int k_link_budget = 255;
// In the per-entry state: not hidden, or the hiding layer with this bit for "deleted" (otherwise overwritten).
constexpr std::uint32_t k_deleted_bit = 0x80000000U;

struct Node {
  std::uint32_t parent = k_none;
  std::uint32_t first_child = k_none;
  std::uint32_t next_sibling = k_none;
  std::string_view name;
  FileRef file;  // none for an implied folder
  bool alive = false;
  bool folder = false;
};

struct Key {
  std::uint32_t parent;
  std::string_view name;
  bool operator==(const Key&) const = default;
};
struct KeyHash {
  std::size_t operator()(const Key& key) const {
    return std::hash<std::string_view>()(key.name) ^ (std::size_t{key.parent} * 0x9e3779b97f4a7c15ULL);
  }
};

struct FileRefHash {
  std::size_t operator()(const FileRef& file) const {
    return (std::size_t{file.layer} << 32 | file.entry) * 0x9e3779b97f4a7c15ULL;
  }
};

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
  void push(std::string_view path) {
    if (!path.empty()) m_pieces.push_back(path);
  }
  bool at_end() const {
    for (const std::string_view piece : m_pieces)
      if (piece.find_first_not_of("/.") != std::string_view::npos || piece.find("..") != std::string_view::npos)
        return false;
    return true;
  }

 private:
  std::vector<std::string_view> m_pieces;  // innermost last
};

}  // namespace

struct ImageView::State {
  model::Image image;
  std::vector<std::shared_ptr<const LayerFacts>> layers;
  std::vector<Node> nodes;
  std::unordered_map<Key, std::uint32_t, KeyHash> index;
  std::vector<std::vector<std::uint32_t>> hidden;                  // per layer and entry: k_none, or who hid it
  std::vector<std::vector<std::uint32_t>> node_of;                 // per layer and entry
  std::unordered_map<FileRef, FileRef, FileRefHash> link_content;  // hard link → entry with the bytes
  std::unordered_map<FileRef, FileRef, FileRefHash> final_alias;   // hidden content → final hard link to it

  const Entry& entry(FileRef file) const { return layers[file.layer]->entries[file.entry]; }

  std::uint32_t child(std::uint32_t parent, std::string_view name) const {
    const auto found = index.find(Key{parent, name});
    return found == index.end() ? k_none : found->second;
  }

  std::uint32_t living_child(std::uint32_t parent, std::string_view name) const {
    const std::uint32_t node = child(parent, name);
    return node != k_none && nodes[node].alive ? node : k_none;
  }

  // The symlink at a node, or nothing.
  const Entry* link_at(std::uint32_t node) const {
    if (nodes[node].file.layer == k_none) return nullptr;
    const Entry& found = entry(content(nodes[node].file));
    return found.type == EntryType::symlink ? &found : nullptr;
  }

  FileRef content(FileRef file) const {
    const auto found = link_content.find(file);
    return found == link_content.end() ? file : found->second;
  }

  std::uint32_t make_child(std::uint32_t parent, std::string_view name) {
    const auto [place, added] = index.try_emplace(Key{parent, name}, static_cast<std::uint32_t>(nodes.size()));
    if (added) {
      Node node;
      node.parent = parent;
      node.name = name;
      node.next_sibling = nodes[parent].first_child;
      nodes[parent].first_child = place->second;
      nodes.push_back(node);
    }
    return place->second;
  }

  void hide(std::uint32_t node, std::uint32_t layer, bool deleted) {
    const FileRef file = nodes[node].file;
    if (file.layer != k_none) hidden[file.layer][file.entry] = layer | (deleted ? k_deleted_bit : 0);
    nodes[node].file = {};
  }

  // Marks everything below `top` (and `top` itself unless `children_only`) as removed by `layer`.
  void remove(std::uint32_t top, std::uint32_t layer, bool children_only) {
    std::vector<std::uint32_t> pending{top};
    while (!pending.empty()) {
      const std::uint32_t node = pending.back();
      pending.pop_back();
      for (std::uint32_t c = nodes[node].first_child; c != k_none; c = nodes[c].next_sibling)
        if (nodes[c].alive) pending.push_back(c);
      if (node == top && children_only) continue;
      hide(node, layer, true);
      nodes[node].alive = false;
      nodes[node].folder = false;
    }
  }

  struct Walk {
    std::uint32_t node = k_none;         // where the path ends; k_none if it does not exist
    std::uint32_t last_folder = k_root;  // the folder that holds (or would hold) the last part
    std::string_view last_name;
    bool dangling_tail = false;  // only the last part is missing
  };

  // Follows a path from the root. `follow_last` says whether a symlink in the last part is followed too.
  Walk walk(std::string_view path, bool follow_last) const {
    Walk result;
    PathParts parts(path);
    std::uint32_t here = k_root;
    int budget = k_link_budget;
    std::string_view part;
    result.node = k_root;
    while (parts.next(part)) {
      if (part == "..") {
        here = nodes[here].parent == k_none ? k_root : nodes[here].parent;
        result.node = here;
        continue;
      }
      const bool last = parts.at_end();
      const std::uint32_t next = living_child(here, part);
      result.last_folder = here;
      result.last_name = part;
      if (next == k_none) {
        result.node = k_none;
        result.dangling_tail = last;
        return result;
      }
      const Entry* const link = link_at(next);
      if (link != nullptr && (!last || follow_last)) {
        if (--budget < 0) {
          result.node = k_none;
          return result;
        }
        if (link->link.starts_with('/')) here = k_root;
        parts.push(link->link);
        result.node = here;
        continue;
      }
      here = next;
      result.node = here;
    }
    return result;
  }

  // The folder node for `path`, made where it does not exist: links are followed, what is in the way is replaced.
  std::uint32_t make_folder(std::string_view path, std::uint32_t layer) {
    PathParts parts(path);
    std::uint32_t here = k_root;
    int budget = k_link_budget;
    std::string_view part;
    while (parts.next(part)) {
      if (part == "..") {
        here = nodes[here].parent == k_none ? k_root : nodes[here].parent;
        continue;
      }
      std::uint32_t next = living_child(here, part);
      if (next != k_none) {
        const Entry* const link = link_at(next);
        if (link != nullptr && --budget >= 0) {
          if (link->link.starts_with('/')) here = k_root;
          parts.push(link->link);
          continue;
        }
        if (!nodes[next].folder) hide(next, layer, false);
      } else {
        next = make_child(here, part);
      }
      nodes[next].alive = true;
      nodes[next].folder = true;
      here = next;
    }
    return here;
  }

  void apply_removals(std::uint32_t layer) {
    const LayerFacts& facts = *layers[layer];
    for (const Entry& removal : facts.entries) {
      if (removal.type != EntryType::whiteout && removal.type != EntryType::opaque) continue;
      const bool opaque = removal.type == EntryType::opaque;
      const Walk target = walk(removal.path, opaque);
      if (target.node == k_none || (target.node == k_root && !opaque)) continue;
      remove(target.node, layer, opaque);
    }
  }

  void apply_entry(FileRef file, std::string_view& folder_path, std::uint32_t& folder) {
    const Entry& added = entry(file);
    if (added.path.empty()) {
      nodes[k_root].file = file;
      node_of[file.layer][file.entry] = k_root;
      return;
    }
    const std::string_view parent = parent_path(added.path);
    if (folder == k_none || parent != folder_path || !nodes[folder].alive) {
      folder = make_folder(parent, file.layer);
      folder_path = parent;
    }
    if (added.type == EntryType::hard_link) {
      const Walk target = walk(added.link, false);
      if (target.node != k_none && nodes[target.node].file.layer != k_none)
        link_content[file] = content(nodes[target.node].file);
    }
    const std::uint32_t node = make_child(folder, base_name(added.path));
    const bool is_folder = added.type == EntryType::directory;
    if (nodes[node].alive) {
      if (nodes[node].folder && !is_folder) remove(node, file.layer, true);
      hide(node, file.layer, false);
      if (nodes[node].folder != is_folder) folder = k_none;
    }
    nodes[node].alive = true;
    nodes[node].folder = is_folder;
    nodes[node].file = file;
    node_of[file.layer][file.entry] = node;
    // A link that takes a folder's place changes what later parents resolve to.
    if (added.type == EntryType::symlink) folder = k_none;
  }

  void apply(std::uint32_t layer) {
    apply_removals(layer);
    const LayerFacts& facts = *layers[layer];
    std::string_view folder_path;
    std::uint32_t folder = k_none;
    for (std::uint32_t i = 0; i < facts.entries.size(); ++i) {
      const EntryType type = facts.entries[i].type;
      if (type != EntryType::whiteout && type != EntryType::opaque) apply_entry({layer, i}, folder_path, folder);
    }
  }

  bool is_final(FileRef file) const { return hidden[file.layer][file.entry] == k_none; }

  std::string node_path(std::uint32_t node) const {
    std::vector<std::string_view> parts;
    for (; node != k_root && node != k_none; node = nodes[node].parent) parts.push_back(nodes[node].name);
    std::string path;
    for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
      if (!path.empty()) path += '/';
      path += *part;
    }
    return path;
  }

  std::vector<std::uint32_t> sorted_children(std::uint32_t folder) const {
    std::vector<std::uint32_t> list;
    for (std::uint32_t c = nodes[folder].first_child; c != k_none; c = nodes[c].next_sibling)
      if (nodes[c].alive) list.push_back(c);
    std::sort(list.begin(), list.end(), [&](auto a, auto b) { return nodes[a].name < nodes[b].name; });
    return list;
  }
};

ImageView::ImageView(model::Image image, std::vector<std::shared_ptr<const LayerFacts>> layers)
    : m_state(std::make_unique<State>()) {
  State& state = *m_state;
  state.image = std::move(image);
  state.layers = std::move(layers);
  state.nodes.emplace_back();
  state.nodes[k_root].alive = true;
  state.nodes[k_root].folder = true;
  for (const auto& facts : state.layers) {
    const std::size_t entries = facts ? facts->entries.size() : 0;
    state.hidden.emplace_back(entries, k_none);
    state.node_of.emplace_back(entries, k_none);
  }
  for (std::uint32_t i = 0; i < state.layers.size(); ++i)
    if (state.layers[i]) state.apply(i);
  for (const auto& [link, content] : state.link_content)
    if (state.is_final(link) && !state.is_final(content)) {
      const auto [place, added] = state.final_alias.try_emplace(content, link);
      if (!added) place->second = std::min(place->second, link);
    }
}

ImageView::~ImageView() = default;

const model::Image& ImageView::image() const { return m_state->image; }
const model::ImageConfig& ImageView::config() const { return m_state->image.config; }
std::size_t ImageView::layer_count() const { return m_state->layers.size(); }
const LayerFacts* ImageView::layer(std::uint32_t index) const {
  return index < m_state->layers.size() ? m_state->layers[index].get() : nullptr;
}

std::string ImageView::layer_id(std::uint32_t index) const {
  const LayerFacts* const facts = layer(index);
  if (facts != nullptr && !facts->diff_id.empty()) return facts->diff_id;
  if (index >= m_state->image.layers.size()) return {};
  const model::LayerRef& promised = m_state->image.layers[index];
  return promised.diff_id.empty() ? promised.key : promised.diff_id;
}

const Entry& ImageView::entry(FileRef file) const { return m_state->entry(file); }

const FileDigests* ImageView::digests(FileRef file) const {
  const FileRef content = m_state->content(file);
  const std::uint32_t index = m_state->entry(content).digests;
  return index == k_none ? nullptr : &m_state->layers[content.layer]->digests[index];
}

std::string ImageView::path(FileRef file) const {
  if (m_state->is_final(file)) return m_state->node_path(m_state->node_of[file.layer][file.entry]);
  const auto alias = m_state->final_alias.find(file);
  return alias == m_state->final_alias.end() ? std::string(m_state->entry(file).path) : path(alias->second);
}

model::Visibility ImageView::visibility(FileRef file) const {
  const std::uint32_t hidden = m_state->hidden[file.layer][file.entry];
  if (hidden == k_none || m_state->final_alias.contains(file)) return model::Visibility::final;
  return (hidden & k_deleted_bit) != 0 ? model::Visibility::deleted : model::Visibility::overwritten;
}

std::uint32_t ImageView::hidden_by(FileRef file) const {
  const std::uint32_t hidden = m_state->hidden[file.layer][file.entry];
  return hidden == k_none ? k_none : hidden & ~k_deleted_bit;
}

std::optional<FileRef> ImageView::find(std::string_view path) const {
  const auto walk = m_state->walk(path, false);
  if (walk.node == k_none || m_state->nodes[walk.node].file.layer == k_none) return std::nullopt;
  return m_state->nodes[walk.node].file;
}

std::optional<FileRef> ImageView::resolve(std::string_view path) const {
  const auto walk = m_state->walk(path, true);
  if (walk.node == k_none || m_state->nodes[walk.node].file.layer == k_none) return std::nullopt;
  return m_state->content(m_state->nodes[walk.node].file);
}

std::optional<std::string> ImageView::real_path(std::string_view path) const {
  const auto walk = m_state->walk(path, true);
  if (walk.node != k_none) return m_state->node_path(walk.node);
  if (!walk.dangling_tail) return std::nullopt;
  std::string folder = m_state->node_path(walk.last_folder);
  if (!folder.empty()) folder += '/';
  return folder + std::string(walk.last_name);
}

FileRef ImageView::content_of(FileRef file) const { return m_state->content(file); }

std::vector<FileRef> ImageView::children(std::string_view folder) const {
  std::vector<FileRef> files;
  const auto walk = m_state->walk(folder, true);
  if (walk.node == k_none) return files;
  for (const std::uint32_t child : m_state->sorted_children(walk.node))
    if (m_state->nodes[child].file.layer != k_none) files.push_back(m_state->nodes[child].file);
  return files;
}

void ImageView::each_final(const std::function<void(FileRef, const std::string&)>& visit) const {
  struct Level {
    std::vector<std::uint32_t> nodes;
    std::size_t next = 0;
    std::size_t path_length = 0;
  };
  std::string path;
  std::vector<Level> levels;
  levels.push_back({m_state->sorted_children(k_root), 0, 0});
  while (!levels.empty()) {
    Level& level = levels.back();
    path.resize(level.path_length);
    if (level.next == level.nodes.size()) {
      levels.pop_back();
      continue;
    }
    const std::uint32_t node = level.nodes[level.next++];
    if (!path.empty()) path += '/';
    path += m_state->nodes[node].name;
    if (m_state->nodes[node].file.layer != k_none) visit(m_state->nodes[node].file, path);
    if (m_state->nodes[node].folder) levels.push_back({m_state->sorted_children(node), 0, path.size()});
  }
}

std::vector<RecordRef> ImageView::records(std::string_view section) const {
  std::vector<RecordRef> list;
  for (std::uint32_t layer = 0; layer < m_state->layers.size(); ++layer) {
    if (!m_state->layers[layer]) continue;
    const auto found = m_state->layers[layer]->sections.find(std::string(section));
    if (found == m_state->layers[layer]->sections.end()) continue;
    for (const Record& record : found->second.records) {
      const FileRef file{layer, record.entry};
      list.push_back({file, record.data, visibility(file)});
    }
  }
  return list;
}

std::optional<RecordRef> ImageView::record_at(std::string_view section, std::string_view path) const {
  const auto file = resolve(path);
  if (!file) return std::nullopt;
  const auto& sections = m_state->layers[file->layer]->sections;
  const auto found = sections.find(std::string(section));
  if (found == sections.end()) return std::nullopt;
  const auto& records = found->second.records;
  const auto record = std::lower_bound(records.begin(), records.end(), file->entry,
                                       [](const Record& r, std::uint32_t entry) { return r.entry < entry; });
  if (record == records.end() || record->entry != file->entry) return std::nullopt;
  return RecordRef{*file, record->data, visibility(*file)};
}

}  // namespace hullcheck::layers
