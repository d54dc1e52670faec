// How a new database takes the place of the old one: one writer at a time, and a rename at the end. Whoever has the
// old file open keeps reading it; a crash at any moment leaves the old file and at most one temporary one.
#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <utility>

#include "util/result.hpp"

namespace hullcheck::advisories {

// Held for the whole update, released by the system when the process dies.
class DatabaseLock {
 public:
  // "database-busy" when another process has it for longer than `wait`.
  static Result<DatabaseLock> take(const std::string& path, std::chrono::milliseconds wait,
                                   const std::stop_token& stop);
  DatabaseLock(DatabaseLock&& other) noexcept : m_fd(std::exchange(other.m_fd, -1)) {}
  DatabaseLock& operator=(DatabaseLock&&) = delete;
  ~DatabaseLock();

 private:
  explicit DatabaseLock(int fd) : m_fd(fd) {}
  int m_fd;
};

// Whatever happens, the unfinished file does not stay. Once renamed it is no longer there to be removed.
class Unfinished {
 public:
  explicit Unfinished(std::string file) : m_file(std::move(file)) {}
  Unfinished(Unfinished&& other) noexcept : m_file(std::exchange(other.m_file, {})) {}
  Unfinished& operator=(Unfinished&&) = delete;
  ~Unfinished();

 private:
  std::string m_file;
};

// What SQLite says while the new file for `path` is written, in words for whoever has to make room.
Error writing_error(Error error, const std::string& path);

std::string folder_of(const std::string& path);

// For a path that somebody typed: a file that is there, and is neither empty nor an advisory database, whole or
// damaged, is the error "database-foreign".
Result<void> refuse_foreign_file(const std::string& path);

// Writes `temporary` through to the disk and renames it to `path`.
Result<void> replace_database(const std::string& temporary, const std::string& path);

}  // namespace hullcheck::advisories
