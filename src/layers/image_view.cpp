#include "layers/image_view.hpp"

#include <algorithm>

#include "layers/final_list.hpp"
#include "layers/overlay.hpp"

namespace hullcheck::layers {

struct ImageView::State {
  State(model::Image described, std::vector<std::shared_ptr<const LayerFacts>> facts)
      : image(std::move(described)), layers(std::move(facts)), tree(layers) {
    list_final();
  }

  FileKinds kinds_of(FileRef file) const {
    const Entry& found = tree.entry(file);
    if (found.type == EntryType::directory) return k_folder;
    if (found.type == EntryType::symlink) return k_symlink;
    const Entry& content = found.type == EntryType::hard_link ? tree.entry(tree.content(file)) : found;
    if (content.type != EntryType::file) return k_other_entry;
    const FileKinds mode = (content.mode & 06000) != 0 ? k_set_id_mode : 0;
    switch (content.content) {
      case ContentKind::elf: return k_elf_content | mode;
      case ContentKind::script: return k_script_content | mode;
      case ContentKind::zip: return k_zip_content | mode;
      default: return k_other_content | mode;
    }
  }

  void list_final() {
    std::string path;
    std::uint32_t number = tree.first_child(Overlay::k_root);
    while (number != k_none) {
      const Overlay::Node* node = &tree.node(number);
      if (!path.empty()) path += '/';
      path += node->name;
      if (node->file.layer != k_none) final_files.add(node->file, path, kinds_of(node->file));
      if (node->first_child != k_none) {
        number = node->first_child;
        continue;
      }
      // On to the next one beside it, or beside the nearest folder above that has one.
      for (;;) {
        path.resize(path.size() - std::min(path.size(), node->name.size() + 1));
        number = node->next_sibling;
        if (number != k_none || node->parent == Overlay::k_root) break;
        node = &tree.node(node->parent);
      }
    }
  }

  // What stands at the end of a walk, or nothing: implied folders have no entry.
  std::optional<FileRef> file_at(const Overlay::Walk& walk) const {
    if (walk.node == k_none || tree.node(walk.node).file.layer == k_none) return std::nullopt;
    return tree.node(walk.node).file;
  }

  model::Image image;
  std::vector<std::shared_ptr<const LayerFacts>> layers;
  Overlay tree;  // borrows the layers
  FinalList final_files;
};

ImageView::ImageView(model::Image image, std::vector<std::shared_ptr<const LayerFacts>> layers)
    : m_state(std::make_unique<State>(std::move(image), std::move(layers))) {}

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

const Entry& ImageView::entry(FileRef file) const { return m_state->tree.entry(file); }

const FileDigests* ImageView::digests(FileRef file) const {
  const FileRef content = content_of(file);
  const std::uint32_t index = entry(content).digests;
  return index == k_none ? nullptr : &m_state->layers[content.layer]->digests[index];
}

std::string ImageView::path(FileRef file) const {
  const Overlay& tree = m_state->tree;
  if (tree.is_final(file)) return tree.path_of(tree.node_of(file));
  const FileRef* const alias = tree.final_alias(file);
  return alias == nullptr ? std::string(entry(file).path) : tree.path_of(tree.node_of(*alias));
}

model::Visibility ImageView::visibility(FileRef file) const {
  const std::uint32_t hidden = m_state->tree.hidden(file);
  if (hidden == k_none || m_state->tree.final_alias(file) != nullptr) return model::Visibility::final;
  return (hidden & Overlay::k_deleted_bit) != 0 ? model::Visibility::deleted : model::Visibility::overwritten;
}

std::uint32_t ImageView::hidden_by(FileRef file) const {
  const std::uint32_t hidden = m_state->tree.hidden(file);
  return hidden == k_none ? k_none : hidden & ~Overlay::k_deleted_bit;
}

std::optional<FileRef> ImageView::find(std::string_view path) const {
  return m_state->file_at(m_state->tree.walk(path, false));
}

std::optional<FileRef> ImageView::resolve(std::string_view path) const {
  const auto file = m_state->file_at(m_state->tree.walk(path, true));
  if (!file) return std::nullopt;
  return content_of(*file);
}

std::optional<std::string> ImageView::real_path(std::string_view path) const {
  const auto walk = m_state->tree.walk(path, true);
  if (walk.node != k_none) return m_state->tree.path_of(walk.node);
  if (!walk.dangling_tail) return std::nullopt;
  std::string folder = m_state->tree.path_of(walk.last_folder);
  if (!folder.empty()) folder += '/';
  return folder + std::string(walk.last_name);
}

FileRef ImageView::content_of(FileRef file) const { return m_state->tree.content(file); }

std::vector<FileRef> ImageView::children(std::string_view folder) const {
  std::vector<FileRef> files;
  const Overlay& tree = m_state->tree;
  const auto walk = tree.walk(folder, true);
  if (walk.node == k_none) return files;
  for (std::uint32_t child = tree.first_child(walk.node); child != k_none; child = tree.node(child).next_sibling)
    if (tree.node(child).file.layer != k_none) files.push_back(tree.node(child).file);
  return files;
}

void ImageView::each_final(const std::function<void(FileRef, const std::string&)>& visit) const {
  each_final(k_every_kind, visit);
}

void ImageView::each_final(FileKinds kinds, const std::function<void(FileRef, const std::string&)>& visit) const {
  m_state->final_files.each(kinds, visit);
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
