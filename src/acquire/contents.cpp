// Member names, windows into a file, and the table of an archive's members.
// Hostile: names climb, repeat and link in circles. They are only ever keys of a table, never paths on a disk.
#include "acquire/contents.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "util/digest.hpp"
#include "util/path.hpp"

namespace hullcheck::acquire {
namespace {

constexpr unsigned k_longest_link_chain = 16;

Error no_member(std::string_view name) {
  return make_error(ErrorCode::not_found, "member-missing", "there is no such member",
                    std::string(name.substr(0, 300)));
}

// A link's target as a clean name, seen from the folder of the link; "" where it leads out of the archive.
std::string from_folder(std::string folder, std::string_view target) {
  if (target.starts_with('/') || target.find('\0') != std::string_view::npos) return {};
  while (!target.empty()) {
    const auto slash = target.find('/');
    const auto part = target.substr(0, slash);
    target.remove_prefix(slash == std::string_view::npos ? target.size() : slash + 1);
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      if (folder.empty()) return {};
      folder.resize(folder.rfind('/') == std::string::npos ? 0 : folder.rfind('/'));
    } else {
      if (!folder.empty()) folder += '/';
      folder += part;
    }
  }
  return folder;
}

class TextStream final : public formats::ByteStream {
 public:
  explicit TextStream(std::shared_ptr<const std::string> text)
      : m_text(std::move(text)), m_stream(formats::memory_stream(as_bytes(*m_text))) {}
  Result<Bytes> next() override { return m_stream->next(); }

 private:
  std::shared_ptr<const std::string> m_text;
  std::unique_ptr<formats::ByteStream> m_stream;
};

class WindowStream final : public formats::ByteStream {
 public:
  WindowStream(std::shared_ptr<const SharedFile> file, std::uint64_t offset, std::uint64_t size)
      : m_file(std::move(file)), m_offset(offset), m_left(size), m_buffer(formats::k_block_size) {}

  Result<Bytes> next() override {
    if (m_left == 0) return Bytes{};
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(m_left, m_buffer.size()));
    const std::size_t got = TRY(m_file->read(m_offset, m_buffer.data(), wanted));
    if (got == 0)
      return make_error(ErrorCode::truncated, "file-truncated",
                        fmt::format("the file ends {} bytes too early", m_left), m_file->name());
    m_offset += got;
    m_left -= got;
    return Bytes(m_buffer.data(), got);
  }

 private:
  std::shared_ptr<const SharedFile> m_file;
  std::uint64_t m_offset, m_left;
  Buffer m_buffer;
};

}  // namespace

std::string digest_of_blob_name(std::string_view name) {
  if (!name.starts_with("blobs/")) return {};
  name.remove_prefix(6);
  const auto slash = name.find('/');
  if (slash == std::string_view::npos) return {};
  std::string digest = std::string(name.substr(0, slash)) + ":" + std::string(name.substr(slash + 1));
  return util::is_digest(digest) ? digest : std::string();
}

std::string blob_name_of_digest(std::string_view digest) {
  if (!util::is_digest(digest)) return {};
  const auto colon = digest.find(':');
  return "blobs/" + std::string(digest.substr(0, colon)) + "/" + std::string(digest.substr(colon + 1));
}

std::string clean_member_name(std::string_view raw) {
  if (raw.starts_with('/') || raw.find('\0') != std::string_view::npos) return {};
  std::string clean;
  while (!raw.empty()) {
    const auto slash = raw.find('/');
    const auto part = raw.substr(0, slash);
    raw.remove_prefix(slash == std::string_view::npos ? raw.size() : slash + 1);
    if (part.empty() || part == ".") continue;
    if (part == "..") return {};
    if (!clean.empty()) clean += '/';
    clean += part;
  }
  return clean;
}

OpenLayer open_text(std::shared_ptr<const std::string> text) {
  return [text = std::move(text)]() -> Result<std::unique_ptr<formats::ByteStream>> {
    return std::unique_ptr<formats::ByteStream>(std::make_unique<TextStream>(text));
  };
}

SharedFile::SharedFile(int descriptor, std::string name, std::uint64_t size)
    : m_descriptor(descriptor), m_name(std::move(name)), m_size(size) {}
SharedFile::~SharedFile() { ::close(m_descriptor); }

Result<std::shared_ptr<const SharedFile>> SharedFile::open(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (descriptor < 0)
    return make_error(errno == ENOENT   ? ErrorCode::not_found
                      : errno == EACCES ? ErrorCode::denied
                                        : ErrorCode::io,
                      "file-open", std::strerror(errno), path);
  struct stat info {};
  if (::fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode)) {
    ::close(descriptor);
    return make_error(ErrorCode::invalid_argument, "file-not-regular", "this is no regular file", path);
  }
  return std::shared_ptr<const SharedFile>(
      std::make_shared<SharedFile>(descriptor, path, static_cast<std::uint64_t>(info.st_size)));
}

Result<std::size_t> SharedFile::read(std::uint64_t offset, std::uint8_t* to, std::size_t size) const {
  while (true) {
    const ssize_t got = ::pread(m_descriptor, to, size, static_cast<off_t>(offset));
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) return make_error(ErrorCode::io, "file-read", std::strerror(errno), m_name);
  }
}

OpenLayer open_window(std::shared_ptr<const SharedFile> file, std::uint64_t offset, std::uint64_t size) {
  return [file = std::move(file), offset, size]() -> Result<std::unique_ptr<formats::ByteStream>> {
    return std::unique_ptr<formats::ByteStream>(std::make_unique<WindowStream>(file, offset, size));
  };
}

Result<std::string> read_window(const SharedFile& file, std::uint64_t offset, std::uint64_t size, std::size_t limit) {
  if (size > limit)
    return make_error(ErrorCode::limit, "document-size-limit",
                      fmt::format("{} bytes are more than the limit of {}", size, limit), file.name());
  if (offset > file.size() || size > file.size() - offset)
    return make_error(ErrorCode::truncated, "file-truncated", "the file ends too early", file.name());
  std::string text(static_cast<std::size_t>(size), '\0');
  std::size_t done = 0;
  while (done < text.size()) {
    const std::size_t got =
        TRY(file.read(offset + done, reinterpret_cast<std::uint8_t*>(text.data()) + done, text.size() - done));
    if (got == 0) return make_error(ErrorCode::truncated, "file-truncated", "the file ends too early", file.name());
    done += got;
  }
  return text;
}

std::string ArchiveContents::new_key(const std::string& name) {
  const unsigned count = ++m_seen[name];
  const std::string digest = digest_of_blob_name(name);
  if (count == 1) return digest.empty() ? "archive:" + name : digest;
  return fmt::format("archive:{}#{}", name, count);
}

void ArchiveContents::add(const std::string& name, Member member) { m_members[name] = std::move(member); }

void ArchiveContents::add_hard_link(const std::string& name, const std::string& target) {
  const auto found = m_members.find(target);
  if (found == m_members.end()) {
    Member member;
    member.reason = "a hard link to a member that is not there";
    return add(name, std::move(member));
  }
  add(name, Member(found->second));
}

void ArchiveContents::add_symlink(const std::string& name, std::string_view target) {
  Member member;
  const auto slash = name.rfind('/');
  std::string clean = from_folder(name.substr(0, slash == std::string::npos ? 0 : slash), target);
  if (clean.empty()) {
    member.reason = "a symbolic link that leads out of the archive";
  } else {
    member.kind = Member::Kind::symlink;
    member.target = std::move(clean);
  }
  add(name, std::move(member));
}

// The name with the first folder on its way that is a link replaced by what that leads to; "" where none is.
std::string ArchiveContents::through_folder_link(const std::string& name) const {
  for (auto slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1)) {
    const auto folder = m_members.find(name.substr(0, slash));
    if (folder != m_members.end() && folder->second.kind == Member::Kind::symlink)
      return folder->second.target + name.substr(slash);
  }
  return {};
}

Result<const ArchiveContents::Member*> ArchiveContents::find(const std::string& name) const {
  std::string at = name;
  for (unsigned step = 0; step < k_longest_link_chain; ++step) {
    const auto found = m_members.find(at);
    if (found == m_members.end()) {
      std::string next = through_folder_link(at);
      if (next.empty()) return no_member(at);
      at = std::move(next);
      continue;
    }
    if (found->second.kind == Member::Kind::unusable)
      return make_error(ErrorCode::unsupported, "archive-member-unusable", found->second.reason, name.substr(0, 300));
    if (found->second.kind != Member::Kind::symlink) return &found->second;
    at = found->second.target;
  }
  return make_error(ErrorCode::limit, "archive-link-limit", "symbolic links of the archive lead in a circle",
                    name.substr(0, 300));
}

Result<std::string> ArchiveContents::text(const std::string& name, std::size_t limit) const {
  const Member* member = TRY(find(name));
  if (member->kind == Member::Kind::window) return read_window(*m_file, member->offset, member->size, limit);
  if (member->kind != Member::Kind::text)
    return make_error(ErrorCode::malformed, "document-malformed", "this is a layer and no JSON", name.substr(0, 300));
  if (member->text->size() > limit)
    return make_error(ErrorCode::limit, "document-size-limit",
                      fmt::format("{} bytes are more than the limit of {}", member->text->size(), limit), name);
  return *member->text;
}

Result<FoundLayer> ArchiveContents::layer(const std::string& name) const {
  const Member* member = TRY(find(name));
  FoundLayer found{member->key, member->size, {}};
  if (member->kind == Member::Kind::text) found.open = open_text(member->text);
  if (member->kind == Member::Kind::window) found.open = open_window(m_file, member->offset, member->size);
  return found;
}

}  // namespace hullcheck::acquire
