// A bounded tar reader for image layers and image archives.
// Formats: POSIX ustar, pax (POSIX.1-2001) and GNU tar (long names "L"/"K", base-256 numbers, sparse files of the old
// GNU form and of pax forms 0.0, 0.1 and 1.0), v7. Source: the pax section of POSIX.1-2017 and the GNU tar manual.
// Where readers differ, this one does as Go's archive/tar does, because the container engines unpack with it: what it
// would not see as a member, no engine writes to disk. So links, directories and devices have no content whatever
// their size field says, a long name of GNU form beats a pax path, and pax global headers are checked and then
// ignored. Hostile: names are given as found (absolute, "..", duplicate, not UTF-8); nothing is resolved or written
// here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "formats/byte_stream.hpp"

namespace hullcheck::formats {

enum class TarType : std::uint8_t { file, hard_link, symlink, char_device, block_device, directory, fifo, other };

struct TarEntry {
  std::string name;  // raw bytes, as found
  std::string link;  // target of a link, raw
  TarType type = TarType::file;
  char raw_type = '0';     // the type flag byte
  std::uint32_t mode = 0;  // permission bits with setuid, setgid, sticky
  std::uint64_t uid = 0, gid = 0;
  std::uint64_t size = 0;  // of the content that read() gives: for a sparse file the real size, holes included
  std::int64_t mtime = 0;  // seconds since 1970
  std::uint32_t device_major = 0, device_minor = 0;
  std::vector<std::pair<std::string, std::string>> xattrs;  // from SCHILY.xattr.*, sorted by name
  bool sparse = false;
};

struct TarLimits {
  std::uint64_t entries = 20'000'000;       // "tar-entries-limit"
  std::size_t name_length = 64 * 1024;      // names and link targets; longer is "tar-name-limit" and ends the read
  std::size_t pax_bytes = 1024 * 1024;      // one extended header; "tar-pax-limit"
  std::size_t sparse_segments = 100'000;    // "tar-sparse-limit"
  std::uint64_t sparse_size = 64ULL << 30;  // real size of one sparse file; "tar-sparse-limit"
  std::uint64_t sparse_total =
      64ULL << 30;  // of all together: a header of 512 bytes may claim any; "tar-sparse-limit"
};

// Reads members in order. Not thread-safe. `input` is borrowed.
class TarReader {
 public:
  TarReader(ByteStream& input, const TarLimits& limits);
  ~TarReader();
  TarReader(const TarReader&) = delete;
  TarReader& operator=(const TarReader&) = delete;

  // The next member, or nothing at the end of the archive. Unread content of the member before is skipped.
  // The pointer stays valid until the next call. Errors: "tar-truncated", "tar-checksum", "tar-header", the limits
  // above and whatever `input` gives; after an error the archive is over, what came before it stays good. An archive
  // that ends without its two zero blocks is complete if it ends at a member boundary. After the two zero blocks
  // nothing more is read from `input`: who needs its digest reads on.
  Result<const TarEntry*> next();

  // The next piece of the current member's content, empty at its end; valid until the next call of anything.
  // Pieces point into the input's blocks where that is possible (no copy). Holes come as zeros.
  Result<Bytes> read();

  // What is at hand of the archive behind the last piece that points into a block; valid as long as that.
  Bytes behind() const;

  // Bytes of the archive consumed so far, for positions in messages and for progress.
  std::uint64_t position() const;

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace hullcheck::formats
