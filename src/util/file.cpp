#include "util/file.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace hullcheck::util {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : m_number(number) {}
  ~Descriptor() {
    if (m_number >= 0) ::close(m_number);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return m_number; }
  bool ok() const { return m_number >= 0; }

 private:
  int m_number;
};

Error open_error(const std::string& path) {
  const int why = errno;
  if (why == ENOENT || why == ENOTDIR) return make_error(ErrorCode::not_found, "file-absent", "no such file", path);
  if (why == EACCES || why == EPERM)
    return make_error(ErrorCode::denied, "file-denied", "no permission to read it", path);
  return make_error(ErrorCode::io, "file-unreadable", std::strerror(why), path);
}

Error write_error(const std::string& path) {
  return make_error(ErrorCode::io, "file-unwritable", std::string("cannot be written: ") + std::strerror(errno),
                    path);
}

Result<void> write_all(int file, Bytes bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return write_error(path);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Error too_large(const std::string& path, std::uint64_t limit) {
  return make_error(ErrorCode::limit, "file-size-limit", "is larger than " + std::to_string(limit) + " bytes", path);
}

Result<Buffer> read_all(const Descriptor& file, const std::string& path, std::uint64_t limit) {
  // A plain file tells its size, and need not be read up to the limit to know that it is beyond.
  struct stat info {};
  if (::fstat(file.get(), &info) == 0 && S_ISREG(info.st_mode) && static_cast<std::uint64_t>(info.st_size) > limit)
    return too_large(path, limit);
  Buffer bytes;
  std::size_t filled = 0;
  for (;;) {
    if (bytes.size() - filled < 64 * 1024)
      bytes.resize(bytes.size() + std::max<std::size_t>(64 * 1024, bytes.size() / 2));
    const ssize_t got = ::read(file.get(), bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return open_error(path);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
    if (filled > limit) return too_large(path, limit);
  }
  bytes.resize(filled);
  return bytes;
}

std::string xdg(const char* variable, const char* below_home) {
  const char* const value = std::getenv(variable);
  if (value != nullptr && *value == '/') return std::string(value) + "/hullcheck";
  const std::string home = home_folder();
  return home.empty() ? std::string() : home + below_home + "/hullcheck";
}

}  // namespace

Result<Buffer> read_file(const std::string& path, std::uint64_t limit) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.ok()) return open_error(path);
  return read_all(file, path, limit);
}

Result<Buffer> read_private_file(const std::string& path, std::uint64_t limit) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file.ok()) return open_error(path);
  struct stat info {};
  const bool ours = ::fstat(file.get(), &info) == 0 && S_ISREG(info.st_mode) && info.st_uid == ::geteuid() &&
                    (info.st_mode & 022) == 0;
  if (!ours) return make_error(ErrorCode::denied, "file-not-private", "others may have written this file", path);
  return read_all(file, path, limit);
}

Result<void> write_file(const std::string& path, Bytes bytes, unsigned mode) {
  std::string temporary = path + ".XXXXXX";
  const Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!file.ok()) return write_error(path);
  auto written = write_all(file.get(), bytes, path);
  if (written &&
      (::fchmod(file.get(), mode) != 0 || ::fsync(file.get()) != 0 || ::rename(temporary.c_str(), path.c_str()) != 0))
    written = write_error(path);
  if (!written) ::unlink(temporary.c_str());
  return written;
}

Result<void> write_output_file(const std::string& path, Bytes bytes, unsigned mode) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) return write_file(path, bytes, mode);
  bool made = false;
  if (::stat(path.c_str(), &info) != 0) {
    // A link to what is not there yet. The system follows it, by its rules for links that others have laid.
    const Descriptor empty(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600));
    if (!empty.ok() || ::fstat(empty.get(), &info) != 0) return write_error(path);
    made = true;
  }
  if (!S_ISREG(info.st_mode)) {
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
    return file.ok() ? write_all(file.get(), bytes, path) : write_error(path);
  }
  std::error_code failed;
  const auto real = std::filesystem::canonical(path, failed);
  auto written = write_file(failed ? path : real.string(), bytes, mode);
  if (!written && made) ::unlink(real.c_str());
  return written;
}

Result<void> make_folder(const std::string& path) {
  // Not by way of the umask, which all threads share.
  std::string made;
  for (const std::filesystem::path& part : std::filesystem::path(path)) {
    made = made.empty() ? part.string() : (std::filesystem::path(made) / part).string();
    if (!made.empty() && ::mkdir(made.c_str(), 0700) != 0 && errno != EEXIST && errno != EISDIR && errno != EROFS)
      break;
  }
  std::error_code failed;
  if (std::filesystem::is_directory(path, failed)) return {};
  const std::string why = failed ? failed.message() : std::strerror(errno != 0 ? errno : ENOTDIR);
  return make_error(ErrorCode::io, "folder-unwritable", "the folder cannot be made: " + why, path);
}

std::string home_folder() {
  const char* const home = std::getenv("HOME");
  if (home != nullptr && *home == '/') return home;
  const passwd* const user = ::getpwuid(::getuid());
  return user != nullptr && user->pw_dir != nullptr ? user->pw_dir : std::string();
}

std::string data_folder() { return xdg("XDG_DATA_HOME", "/.local/share"); }
std::string cache_folder() { return xdg("XDG_CACHE_HOME", "/.cache"); }

}  // namespace hullcheck::util
