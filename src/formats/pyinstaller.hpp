// The archive that PyInstaller puts at the end of a program (CArchive), and the archive of compiled modules in it
// (PYZ).
//
// The last bytes are a cookie: "MEI\14\13\12\13\16", then in network order the size of all, place and size of the
// table of contents, the version of Python (88 bytes with the name of its library, 24 in old ones). An entry of the
// table: its own size, place, packed size, plain size (4 bytes each), whether it is zlib, a letter for its kind, a
// name. A PYZ begins with "PYZ\0"; from byte 12 on its modules stand one behind the other, each a zlib stream.
//
// Hostile: places and sizes are claims, entries may share their data and be of no size. Nothing is unpacked here.
#pragma once

#include <string_view>
#include <vector>

#include "util/bytes.hpp"
#include "util/result.hpp"

namespace hullcheck::formats {

struct PyInstallerLimits {
  std::size_t entries = 100'000;         // "pyinstaller-entries-limit"
  std::size_t cookie_search = 64 << 10;  // a signature or a table of sections may follow the cookie
};

struct PyInstallerEntry {
  std::string_view name;
  char kind = 0;  // 's' script, 'z' PYZ, 'b' library, 'x' data, 'm' module …
  bool compressed = false;
  std::uint64_t size = 0;  // plain
  Bytes data;
};

// `file` ends as the program does; it may begin anywhere before the archive. "pyinstaller-not-found",
// "pyinstaller-truncated" when it begins later than the archive, "pyinstaller-malformed".
Result<std::vector<PyInstallerEntry>> read_pyinstaller(Bytes file, const PyInstallerLimits& limits = {});

bool is_pyz(Bytes content);

}  // namespace hullcheck::formats
