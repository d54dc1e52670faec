// Reads a tar archive with libarchive: a second opinion about our own reader.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hullcheck::test {

struct OtherMember {
  std::string name, link;
  char type = 'f';  // as `find -type`; 'h' for a hard link
  std::uint32_t mode = 0;
  std::uint64_t uid = 0, gid = 0, size = 0;
  std::int64_t mtime = 0;
  std::uint32_t device_major = 0, device_minor = 0;
  std::vector<std::pair<std::string, std::string>> xattrs;  // sorted
  std::string content;
  bool operator==(const OtherMember&) const = default;
};

struct OtherArchive {
  std::vector<OtherMember> members;
  std::string error;
};

OtherArchive read_with_libarchive(std::string_view bytes);

}  // namespace hullcheck::test
