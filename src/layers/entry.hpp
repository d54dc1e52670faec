// One member of a layer, as the overlay and every extension sees it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hullcheck::layers {

enum class EntryType : std::uint8_t {
  file,
  hard_link,
  symlink,
  char_device,
  block_device,
  directory,
  fifo,
  other,
  whiteout,  // ".wh.NAME": `path` is what it removes from the layers below
  opaque,    // ".wh..wh..opq": `path` is the folder whose lower contents it hides
};

// What the first bytes say, never what the name says.
enum class ContentKind : std::uint8_t {
  empty,   // no content, or not a regular file
  binary,  // none of the others
  text,    // no NUL byte in the first 4 KiB
  elf,
  pe,
  macho,
  script,  // script: starts with "#!"
  zip,     // also jar, war, wheel, …
  gzip,
  zstd,
  xz,
  bzip2,
  tar,
  java_class,
  wasm,
  sqlite,
};
std::string_view to_string(EntryType type);
std::string_view to_string(ContentKind kind);

enum EntryFlag : std::uint8_t {
  k_absolute_name = 1,  // the archive's name began with "/"
  k_parent_name = 2,    // it held a ".." part; `path` is clamped to the root
  k_sparse = 8,
};

using Sha256 = std::array<std::uint8_t, 32>;

struct FileDigests {
  Sha256 sha256{};
  std::array<std::uint8_t, 16> md5{};
  std::array<std::uint8_t, 20> sha1{};
  bool has_md5 = false;
  bool has_sha1 = false;
};

constexpr std::uint32_t k_none = 0xffffffffU;

// `path` and `link` point into the text arena of the LayerFacts that holds the entry.
struct Entry {
  std::string_view path;  // no leading slash, no "." or ".." part; "" is the root
  std::string_view link;  // symlink: target as found; hard link: canonical path of the target
  std::uint64_t size = 0;
  std::int64_t mtime = 0;
  std::uint32_t mode = 0;  // permission bits with setuid, setgid, sticky
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::uint32_t digests = k_none;  // index into LayerFacts::digests
  std::uint32_t xattrs = k_none;   // index into LayerFacts::xattrs
  EntryType type = EntryType::file;
  ContentKind content = ContentKind::empty;
  std::uint8_t flags = 0;

  bool executable() const { return (mode & 0111) != 0; }
};

// Turns a raw archive name into a canonical path: "./a//b/../c" becomes "a/c", never above the root.
struct CanonicalPath {
  std::string path;
  std::uint8_t flags = 0;
};
CanonicalPath canonical_path(std::string_view raw);
// Whether it is one already.
bool is_canonical_path(std::string_view path);

std::string_view base_name(std::string_view path);
std::string_view parent_path(std::string_view path);  // "" for a name in the root

// By magic number; `head` is the first bytes of the file (4 KiB are enough).
ContentKind classify_content(std::string_view head);

}  // namespace hullcheck::layers
