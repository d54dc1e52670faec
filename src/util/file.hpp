// Whole small files, and files that appear complete or not at all.
#pragma once

#include <cstdint>
#include <string>

#include "util/bytes.hpp"
#include "util/result.hpp"

namespace hullcheck::util {

// Errors: "file-absent", "file-denied", "file-unreadable", "file-size-limit". Reads pipes and devices too, up to
// `limit`.
Result<Buffer> read_file(const std::string& path, std::uint64_t limit);

// The same for a file that nobody else can have written: a regular one of this user's, not writable by others, and no
// link. Beside the errors above "file-not-private".
Result<Buffer> read_private_file(const std::string& path, std::uint64_t limit);

// Writes a file of its own beside `path`, flushes it to the disk and renames it over `path`. "file-unwritable".
Result<void> write_file(const std::string& path, Bytes bytes, unsigned mode = 0600);

// The same where a person named the place: a symbolic link leads to the file that it names, be it there or not, and
// what is no regular file
// (/dev/stdout, /dev/null, a pipe, what a shell puts in place of >(…)) is written to and not replaced.
Result<void> write_output_file(const std::string& path, Bytes bytes, unsigned mode = 0600);

// With every missing parent, mode 0700. "folder-unwritable".
Result<void> make_folder(const std::string& path);

// $XDG_DATA_HOME/hullcheck and $XDG_CACHE_HOME/hullcheck, or below the home folder; "" if there is no home either.
std::string data_folder();
std::string cache_folder();
std::string home_folder();

}  // namespace hullcheck::util
