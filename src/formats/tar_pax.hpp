// The records of one pax extended header. Internal to formats/; callers use TarReader.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "formats/tar.hpp"

namespace hullcheck::formats {

// What the records say that this reader heeds. An empty text is as good as none.
struct PaxValues {
  std::string path, linkpath;
  std::optional<std::uint64_t> size, uid, gid, device_major, device_minor;
  std::optional<std::int64_t> mtime;
  std::vector<std::pair<std::string, std::string>> xattrs;             // SCHILY.xattr.*, in order of the records
  std::vector<std::pair<std::string, std::string>> libarchive_xattrs;  // decoded

  // GNU sparse files: which form, the name and real size, and the numbers of the map (offset, size, offset, …).
  std::string sparse_major, sparse_minor, sparse_name;
  std::optional<std::uint64_t> sparse_size, sparse_real_size, sparse_blocks;
  std::vector<std::uint64_t> sparse_pairs;  // 0.0: one record each
  std::vector<std::uint64_t> sparse_map;    // 0.1: one record of all
};

// Reads all records of `content` into `values`, which is new. Errors: "tar-header", "tar-sparse-limit".
Result<void> read_pax_records(std::string_view content, const TarLimits& limits, PaxValues& values);

// Replaces the fields of `entry` that the records name, but for the sparse ones.
void apply_pax_values(PaxValues& values, TarEntry& entry);

}  // namespace hullcheck::formats
