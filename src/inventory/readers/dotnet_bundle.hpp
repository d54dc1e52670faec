// .NET applications published as a single file: a host program with the application's files behind it.
//
// The host holds a mark of 32 bytes, before it the place of the bundle's head; that is zero in a host which carries
// nothing. The head counts files and lists each with its place, sizes and sort (Microsoft.NET.HostModel, "bundle";
// versions 1, 2 and 6; from 6 on files may be deflated). Hostile: every place, size, count and name; a path is only
// looked at. Numbers and bytes of files are bounded, and nothing is reserved for what a count says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "util/bytes.hpp"

namespace hullcheck::inventory {

struct DotnetBundle {
  enum class Kind : std::uint8_t { unknown, assembly, native, deps, runtime_config, symbols };
  struct File {
    std::string path;
    Kind kind = Kind::unknown;
    Bytes data;              // as it lies in the bundle, borrowed
    std::uint64_t size = 0;  // unpacked
    bool deflated = false;
  };
  std::vector<File> files;
  bool damaged = false;  // the head or a file lies outside the program, or there are too many
};

// `program` is a whole ELF, PE or Mach-O file. Nothing for one that carries no bundle.
std::optional<DotnetBundle> read_dotnet_bundle(Bytes program);
// The content of a file; nothing when it is larger than `most` or does not unfold to what the head says.
std::optional<Buffer> unpack(const DotnetBundle::File& file, std::size_t most);

}  // namespace hullcheck::inventory
