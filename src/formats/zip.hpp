// zip archives (PKWARE APPNOTE 6.3.x) held in memory: central directory, zip64, entries that are
// stored, deflated, or packed by bzip2, LZMA, zstd or xz.
//
// Hostile: the directory and the local headers may contradict each other, entries may share the same data so that a
// small file unfolds to terabytes, sizes may lie in both directions, and names are arbitrary bytes. The directory
// decides; data is inflated no further than the size that it promised and checked against its CRC-32. It lists all
// that is in it, whatever number of entries the end of the archive tells. Where another reader would see another
// archive, contradiction() says so.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "util/bytes.hpp"
#include "util/result.hpp"
#include "util/spill.hpp"

namespace hullcheck::formats {

struct ZipLimits {
  std::uint64_t entries = 2'000'000;         // "zip-entries-limit"
  std::uint64_t name_bytes = 4096;           // "zip-name-limit"
  std::uint64_t entry_bytes = 256ULL << 20;  // of one entry, unpacked: "zip-entry-size-limit"
  std::uint64_t output_bytes = 64ULL << 30;  // of all entries read: "zip-size-limit"
  // All output over the archive's own size, once past `ratio_grace`. One pass of deflate cannot exceed 1032; more
  // means that entries share their data ("zip-ratio-limit").
  std::uint64_t ratio = 1032;
  std::uint64_t ratio_grace = 64ULL << 20;
};

struct ZipEntry {
  std::string_view name;  // raw bytes, borrowed from the archive; may hold "..", "/" or NUL
  std::uint64_t compressed_size = 0;
  std::uint64_t size = 0;
  std::uint64_t header_offset = 0;  // of the local header, from the archive's first byte
  std::uint32_t crc = 0;
  std::uint16_t method = 0;
  bool encrypted = false;
};

// Names of errors beside the limits: "zip-malformed", "zip-truncated", "zip-size-mismatch", "zip-checksum-mismatch",
// "zip-method-unsupported", "zip-encrypted", "zip-multi-disk". One thread at a time.
class ZipArchive {
 public:
  // `archive` is borrowed for the life of the object. Bytes before the first entry are allowed (self-extracting
  // archives), offsets are then counted as most readers do: from where the directory proves the archive to begin.
  static Result<ZipArchive> open(Bytes archive, const ZipLimits& limits = {});
  ZipArchive(ZipArchive&&) noexcept;
  ZipArchive& operator=(ZipArchive&&) noexcept;
  ~ZipArchive();

  const std::vector<ZipEntry>& entries() const { return m_entries; }  // directory order
  // The whole content. `storage` is reused and grown as needed, with at least `padding` readable bytes behind the
  // content; the result points into it.
  Result<Bytes> read(const ZipEntry& entry, Buffer& storage, std::size_t padding = 0);
  // The same into a file when it is large, so that not all of it lies in memory at once. What was read of `lies_in`,
  // if the archive lies there, is forgotten.
  Result<Bytes> read(const ZipEntry& entry, util::Spill& storage, util::Spill* lies_in = nullptr);
  // Whether an entry's content begins so. Unpacks no more than that; false for what cannot be read.
  bool begins_with(const ZipEntry& entry, std::string_view magic) const;
  // What the directory says other than the data that it speaks of, one sentence, "" for an honest archive: another
  // name or method before an entry's data, entries that the directory leaves out, a second directory. Looks at every
  // entry's header.
  std::string contradiction() const;

 private:
  struct Inflater;
  ZipArchive(Bytes archive, const ZipLimits& limits);
  Result<void> read_directory();
  Result<Bytes> entry_data(const ZipEntry& entry) const;
  // What stands behind the entry's name, when it may be unpacked to the size that it promises.
  Result<Bytes> trusted_data(const ZipEntry& entry);
  Result<void> count_output(std::uint64_t bytes);

  Bytes m_archive;
  ZipLimits m_limits;
  std::vector<ZipEntry> m_entries;
  std::uint64_t m_output = 0;
  std::uint64_t m_base = 0;                  // bytes before the archive proper
  std::uint64_t m_directory = 0, m_end = 0;  // where the directory starts, and the end-of-directory record
  std::uint64_t m_told = 0;                  // entries, according to that record
  std::unique_ptr<Inflater> m_inflater;
};

}  // namespace hullcheck::formats
