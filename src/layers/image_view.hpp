// The image as a container would see it: all layers laid over each other, and beside it what later layers hid.
//
// Rules (OCI image layer specification, and what containerd does where it is silent): whiteouts and opaque markers
// act on lower layers only, whatever their order in the archive; a folder over a folder merges; anything else
// replaces, subtree and all; a missing parent is an implied folder; a parent that is a symbolic link in the layers
// below is followed, inside the image only. Links are resolved with a budget; a cycle resolves to nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "layers/facts.hpp"
#include "model/image.hpp"
#include "model/severity.hpp"

namespace hullcheck::layers {

// Names one entry of one layer of the image.
struct FileRef {
  std::uint32_t layer = k_none;
  std::uint32_t entry = k_none;
  auto operator<=>(const FileRef&) const = default;
};

// What many ask of every file, as bits: of the entry itself, and of the regular file that holds its content.
using FileKinds = std::uint8_t;
enum FileKind : FileKinds {
  k_folder = 1,
  k_symlink = 2,
  k_elf_content = 4,
  k_script_content = 8,
  k_zip_content = 16,
  k_other_content = 32,  // a regular file of another kind
  k_set_id_mode = 64,    // a regular file that runs with its owner's or group's rights
  k_other_entry = 128,
};
constexpr FileKinds k_every_kind = 255;

struct RecordRef {
  FileRef file;
  Bytes data;  // borrowed from the LayerFacts
  model::Visibility visibility;
};

// Immutable after construction; any thread may read it. Borrows nothing: it shares ownership of the layers' facts.
class ImageView {
 public:
  // A missing layer is a null pointer. `image.config` is what config() gives.
  ImageView(model::Image image, std::vector<std::shared_ptr<const LayerFacts>> layers);
  ~ImageView();

  const model::Image& image() const;
  const model::ImageConfig& config() const;
  std::size_t layer_count() const;
  const LayerFacts* layer(std::uint32_t index) const;  // null when missing
  std::string layer_id(std::uint32_t index) const;     // diff id, or the key where there is none

  const Entry& entry(FileRef file) const;
  const FileDigests* digests(FileRef file) const;  // null where none were taken; follows hard links
  // The path in the final tree for a final file (parents' links resolved), else the path in its layer.
  std::string path(FileRef file) const;
  model::Visibility visibility(FileRef file) const;
  // The layer that replaced or deleted a file that is not final; k_none for a final one.
  std::uint32_t hidden_by(FileRef file) const;

  // The final entry at exactly this path, no link followed in the last part; parents' links are followed.
  std::optional<FileRef> find(std::string_view path) const;
  // Follows symbolic links (inside the image, relative to the link's folder) and hard links to the entry that holds
  // the content. Nothing when it dangles, loops or leaves the budget of 255 links.
  std::optional<FileRef> resolve(std::string_view path) const;
  // The path that resolve() would end at, also when the last part does not exist.
  std::optional<std::string> real_path(std::string_view path) const;
  // The entry that holds the content of a hard link (possibly in a lower layer); the file itself otherwise.
  FileRef content_of(FileRef file) const;

  // Final children of a final folder, sorted by name.
  std::vector<FileRef> children(std::string_view folder) const;
  // Every final entry, in path order.
  void each_final(const std::function<void(FileRef, const std::string& path)>& visit) const;
  // The same for those that have one of the kinds (FileKind); to leave out what does not matter costs next to
  // nothing.
  void each_final(FileKinds kinds, const std::function<void(FileRef, const std::string& path)>& visit) const;

  // Every record of a section, of final and of hidden files, bottom layer first, archive order within a layer. A
  // record is given once for the entry that holds the bytes; final hard links to it count for its visibility.
  std::vector<RecordRef> records(std::string_view section) const;
  // The record of the section for the content at this final path, if there is one.
  std::optional<RecordRef> record_at(std::string_view section, std::string_view path) const;

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace hullcheck::layers
