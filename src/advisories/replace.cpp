#include "advisories/replace.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <thread>

#include "advisories/database.hpp"
#include "util/bytes.hpp"

namespace hullcheck::advisories {
namespace {

Error io_error(const std::string& what, const std::string& path) {
  return make_error(ErrorCode::io, "database-write", what + ": " + std::strerror(errno), path);
}

Result<void> sync(const std::string& path, int flags) {
  const int fd = open(path.c_str(), flags | O_CLOEXEC);
  if (fd < 0) return io_error("the database cannot be opened again", path);
  const bool good = fsync(fd) == 0;
  close(fd);
  return good ? Result<void>() : Result<void>(io_error("the database cannot be written through", path));
}

}  // namespace

Result<DatabaseLock> DatabaseLock::take(const std::string& path, std::chrono::milliseconds wait,
                                        const std::stop_token& stop) {
  const int fd = open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0) return io_error("the lock file cannot be made", path);
  DatabaseLock lock(fd);
  const auto deadline = std::chrono::steady_clock::now() + wait;
  while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return io_error("the lock cannot be taken", path);
    if (stop.stop_requested()) return make_error(ErrorCode::cancelled, "cancelled", "the update was stopped");
    if (std::chrono::steady_clock::now() >= deadline)
      return make_error(ErrorCode::busy, "database-busy", "another update of this database is running", path);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return lock;
}

DatabaseLock::~DatabaseLock() {
  if (m_fd >= 0) close(m_fd);
}

Unfinished::~Unfinished() {
  if (!m_file.empty()) unlink(m_file.c_str());
}

Error writing_error(Error error, const std::string& path) {
  if (error.name != "database-full") return error;
  error.message = "there is no room for the new database beside the old one, which is as it was; free some space";
  error.subject = path;
  return error;
}

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Result<void> refuse_foreign_file(const std::string& path) {
  // https://www.sqlite.org/fileformat.html, 1.3: the magic, and at byte 68 the application's number.
  constexpr std::string_view k_magic{"SQLite format 3\0", 16};
  constexpr std::size_t k_application_at = 68;
  std::array<std::uint8_t, k_application_at + 4> head{};
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return {};  // not there, or told by whoever has to write it
  struct stat info {};
  const bool regular = fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
  const ssize_t size = regular ? pread(fd, head.data(), head.size(), 0) : -1;
  close(fd);
  if (size == 0) return {};
  std::uint32_t application = 0;
  for (std::size_t i = 0; i < 4; ++i) application = application << 8U | head[k_application_at + i];
  const bool ours = size == static_cast<ssize_t>(head.size()) && as_text(head).starts_with(k_magic) &&
                    application == k_database_application;
  if (ours) return {};
  return make_error(ErrorCode::invalid_argument, "database-foreign",
                    "this is no advisory database, and is not replaced by one; remove it, or name another file",
                    path);
}

Result<void> replace_database(const std::string& temporary, const std::string& path) {
  chmod(temporary.c_str(), 0600);
  TRY(sync(temporary, O_RDONLY));
  if (rename(temporary.c_str(), path.c_str()) != 0) return io_error("the database cannot be put in place", path);
  return sync(folder_of(path), O_RDONLY | O_DIRECTORY);
}

}  // namespace hullcheck::advisories
