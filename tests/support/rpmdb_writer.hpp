// Writes the three kinds of rpm database from the same records, without the indexes that rpm keeps beside them. rpm
// itself lists the Berkeley DB ones (`rpm --define "_db_backend bdb_ro" -qa`), which is how this writer was checked.
#pragma once

#include <cstdint>
#include <vector>

#include "util/bytes.hpp"

namespace hullcheck::tests {

struct RpmRecord {
  std::uint32_t number = 0;
  Buffer blob;
};

// Numbers them from 1 on.
std::vector<RpmRecord> numbered(const std::vector<Buffer>& blobs);

struct BdbForm {
  bool big_endian = false;
  bool btree = false;
  std::uint32_t page_size = 4096;
};

Buffer write_ndb(const std::vector<RpmRecord>& records);
Buffer write_bdb(const std::vector<RpmRecord>& records, const BdbForm& form = {});
// Empty when SQLite fails. Journal mode "wal" cannot be had in memory, so the marks of it are set in the header.
Buffer write_sqlite(const std::vector<RpmRecord>& records, std::uint32_t page_size = 4096, bool wal_mark = false);
// Through libsqlite3, which is what makes it a second opinion on our own reader.
std::vector<RpmRecord> read_with_libsqlite(Buffer file);

std::uint32_t adler32(Bytes bytes);

}  // namespace hullcheck::tests
