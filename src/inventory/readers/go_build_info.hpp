// What the Go linker writes into every program: the Go release, the main module and all modules that it was built of.
//
// Form (debug/buildinfo): a mark of 14 bytes at an address that 16 divides, the pointer size, flags. Go 1.18 and
// later (flag 2): 16 bytes on stand two strings, each behind its length as a varint: release and modules. Before: two
// pointers to string headers (pointer and length), in the byte order that flag 1 says. The module text stands between
// two marks of 16 bytes.
// Hostile: lengths and pointers; a program that reads build information itself holds the mark without any behind it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "util/bytes.hpp"

namespace hullcheck::inventory {

struct GoModule {
  std::string path, version;  // version as Go writes it: "v1.2.3", "(devel)"; "" for a replacement by a folder
  bool main = false;
  std::string replaced;  // path of the module that it stands in for, "" for none
};

struct GoBuildInfo {
  std::string release;  // "go1.21.3", "devel go1.22-… X:boringcrypto"
  std::vector<GoModule> modules;
  bool truncated = false;  // the text is cut or too long; what is here may not be all
};

// Nothing when the file holds none. Any file: ELF by its parts, others by the mark alone (the inline form).
// Without `everywhere` an ELF file is searched only where its tables say that it should be.
std::optional<GoBuildInfo> read_go_build_info(Bytes file, bool everywhere = true);

// "go1.22rc1 X:nocoverageredesign" → "1.22.0-rc1"; "go1.21" → "1.21.0"; "" where it is no release.
std::string go_release_version(std::string_view release);

}  // namespace hullcheck::inventory
