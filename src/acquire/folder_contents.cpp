// An OCI layout as a folder. Hostile: links and special files below it; each step is opened without following a link,
// so nothing outside the folder can be reached through a blob's name.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "acquire/contents.hpp"

namespace hullcheck::acquire {
namespace {

class FolderContents final : public Contents {
 public:
  FolderContents(int root, std::string path) : m_root(root), m_path(std::move(path)) {}
  ~FolderContents() override { ::close(m_root); }
  FolderContents(const FolderContents&) = delete;
  FolderContents& operator=(const FolderContents&) = delete;

  Result<std::string> text(const std::string& name, std::size_t limit) const override {
    const auto file = TRY(open(name));
    return read_window(*file, 0, file->size(), limit);
  }

  Result<FoundLayer> layer(const std::string& name) const override {
    const auto file = TRY(open(name));
    const std::string digest = digest_of_blob_name(name);
    return FoundLayer{digest.empty() ? "archive:" + name : digest, file->size(), reopen(name, file->size())};
  }

 private:
  // Not kept open: an image may have more layers than a process has descriptors.
  OpenLayer reopen(const std::string& name, std::uint64_t size) const {
    return [path = m_path, name, size]() -> Result<std::unique_ptr<formats::ByteStream>> {
      const auto folder = TRY(folder_contents(path));
      const auto file = TRY(static_cast<const FolderContents&>(*folder).open(name));
      return open_window(file, 0, size)();
    };
  }

  Result<std::shared_ptr<const SharedFile>> open(const std::string& name) const {
    const std::string clean = clean_member_name(name);
    if (clean.empty())
      return make_error(ErrorCode::malformed, "member-name", "this name leads out of the folder",
                        name.substr(0, 300));
    int at = ::fcntl(m_root, F_DUPFD_CLOEXEC, 0);
    for (std::size_t begin = 0; at >= 0 && begin <= clean.size();) {
      const auto slash = std::min(clean.find('/', begin), clean.size());
      const int flags =
          O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | (slash == clean.size() ? 0 : O_DIRECTORY);
      const int next = ::openat(at, clean.substr(begin, slash - begin).c_str(), flags);
      const int error = errno;
      ::close(at);
      errno = error;
      at = next;
      begin = slash + 1;
    }
    if (at < 0) {
      if (errno == ENOENT || errno == ENOTDIR)
        return make_error(ErrorCode::not_found, "member-missing", "there is no such file", m_path + "/" + clean);
      if (errno == ELOOP)
        return make_error(ErrorCode::unsupported, "layout-symlink", "a symbolic link inside a layout is not followed",
                          m_path + "/" + clean);
      return make_error(errno == EACCES ? ErrorCode::denied : ErrorCode::io, "file-open", std::strerror(errno),
                        m_path + "/" + clean);
    }
    struct stat info {};
    if (::fstat(at, &info) != 0 || !S_ISREG(info.st_mode)) {
      ::close(at);
      return make_error(ErrorCode::unsupported, "file-not-regular", "this is no regular file", m_path + "/" + clean);
    }
    return std::shared_ptr<const SharedFile>(
        std::make_shared<SharedFile>(at, m_path + "/" + clean, static_cast<std::uint64_t>(info.st_size)));
  }

  int m_root;
  std::string m_path;
};

}  // namespace

Result<std::unique_ptr<Contents>> folder_contents(const std::string& path) {
  const int root = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_DIRECTORY);
  if (root < 0)
    return make_error(errno == ENOENT   ? ErrorCode::not_found
                      : errno == EACCES ? ErrorCode::denied
                                        : ErrorCode::io,
                      "file-open", std::strerror(errno), path);
  return std::unique_ptr<Contents>(std::make_unique<FolderContents>(root, path));
}

}  // namespace hullcheck::acquire
