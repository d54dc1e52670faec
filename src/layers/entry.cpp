#include "layers/entry.hpp"

#include <array>
#include <cstring>
#include <vector>

namespace hullcheck::layers {
namespace {

struct Magic {
  std::string_view bytes;
  ContentKind kind;
  std::size_t offset = 0;
};

using namespace std::string_view_literals;

// First match wins. Mach-O's fat magic equals the class file's; both are kept apart by what follows (see below).
constexpr std::array k_magics{
    Magic{"\x7f"
          "ELF"sv,
          ContentKind::elf},
    Magic{"#!"sv, ContentKind::script},
    Magic{"PK\x03\x04"sv, ContentKind::zip},
    Magic{"PK\x05\x06"sv, ContentKind::zip},
    Magic{"\x1f\x8b\x08"sv, ContentKind::gzip},
    Magic{"\x28\xb5\x2f\xfd"sv, ContentKind::zstd},
    Magic{"\xfd"
          "7zXZ\0"sv,
          ContentKind::xz},
    Magic{"BZh"sv, ContentKind::bzip2},
    Magic{"SQLite format 3\0"sv, ContentKind::sqlite},
    Magic{"\0asm"sv, ContentKind::wasm},
    Magic{"\xca\xfe\xba\xbe"sv, ContentKind::java_class},
    Magic{"\xfe\xed\xfa\xce"sv, ContentKind::macho},
    Magic{"\xfe\xed\xfa\xcf"sv, ContentKind::macho},
    Magic{"\xce\xfa\xed\xfe"sv, ContentKind::macho},
    Magic{"\xcf\xfa\xed\xfe"sv, ContentKind::macho},
    Magic{"ustar"sv, ContentKind::tar, 257},
};

// "MZ" alone is two letters that text may begin with; a PE file also points at its "PE" header.
bool is_pe(std::string_view head) {
  if (!head.starts_with("MZ") || head.size() < 0x40) return false;
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(head[i])); };
  const std::uint32_t at = byte(0x3c) | byte(0x3d) << 8 | byte(0x3e) << 16 | byte(0x3f) << 24;
  return at < head.size() && head.substr(at).starts_with("PE\0\0"sv);
}

// The fourth big-endian word half of a class file is its major version (45 or more); a fat binary has a small count
// there.
bool is_fat_macho(std::string_view head) {
  return head.size() >= 8 && head[4] == 0 && head[5] == 0 && head[6] == 0 && static_cast<unsigned char>(head[7]) < 45;
}

}  // namespace

std::string_view to_string(EntryType type) {
  switch (type) {
    case EntryType::file: return "file";
    case EntryType::hard_link: return "hard link";
    case EntryType::symlink: return "symlink";
    case EntryType::char_device: return "character device";
    case EntryType::block_device: return "block device";
    case EntryType::directory: return "directory";
    case EntryType::fifo: return "fifo";
    case EntryType::other: return "other";
    case EntryType::whiteout: return "whiteout";
    case EntryType::opaque: return "opaque marker";
  }
  return "other";
}

std::string_view to_string(ContentKind kind) {
  switch (kind) {
    case ContentKind::empty: return "empty";
    case ContentKind::binary: return "binary";
    case ContentKind::text: return "text";
    case ContentKind::elf: return "elf";
    case ContentKind::pe: return "pe";
    case ContentKind::macho: return "mach-o";
    case ContentKind::script: return "script";
    case ContentKind::zip: return "zip";
    case ContentKind::gzip: return "gzip";
    case ContentKind::zstd: return "zstd";
    case ContentKind::xz: return "xz";
    case ContentKind::bzip2: return "bzip2";
    case ContentKind::tar: return "tar";
    case ContentKind::java_class: return "java class";
    case ContentKind::wasm: return "wasm";
    case ContentKind::sqlite: return "sqlite";
  }
  return "binary";
}

CanonicalPath canonical_path(std::string_view raw) {
  CanonicalPath result;
  if (raw.starts_with('/')) result.flags |= k_absolute_name;
  std::vector<std::size_t> starts;  // where each part of the result begins
  std::string& path = result.path;
  path.reserve(raw.size());
  while (!raw.empty()) {
    const std::size_t slash = raw.find('/');
    const std::string_view part = raw.substr(0, slash);
    raw = slash == std::string_view::npos ? std::string_view() : raw.substr(slash + 1);
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      result.flags |= k_parent_name;
      if (!starts.empty()) {
        path.resize(starts.back() == 0 ? 0 : starts.back() - 1);
        starts.pop_back();
      }
      continue;
    }
    if (!path.empty()) path += '/';
    starts.push_back(path.size());
    path += part;
  }
  return result;
}

bool is_canonical_path(std::string_view path) {
  if (path.empty()) return true;
  for (;;) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return false;
    if (slash == std::string_view::npos) return true;
    path = path.substr(slash + 1);
  }
}

// Every extension asks for the name of every file: rfind() would compare byte by byte.
std::string_view base_name(std::string_view path) {
  const void* const slash = path.empty() ? nullptr : ::memrchr(path.data(), '/', path.size());
  return slash == nullptr ? path
                          : path.substr(static_cast<std::size_t>(static_cast<const char*>(slash) - path.data()) + 1);
}

std::string_view parent_path(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

ContentKind classify_content(std::string_view head) {
  if (head.empty()) return ContentKind::empty;
  if (is_pe(head)) return ContentKind::pe;
  for (const Magic& magic : k_magics) {
    if (head.size() < magic.offset || !head.substr(magic.offset).starts_with(magic.bytes)) continue;
    return magic.kind == ContentKind::java_class && is_fat_macho(head) ? ContentKind::macho : magic.kind;
  }
  return head.substr(0, 4096).find('\0') == std::string_view::npos ? ContentKind::text : ContentKind::binary;
}

}  // namespace hullcheck::layers
