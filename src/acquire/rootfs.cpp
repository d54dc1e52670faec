// rootfs: an unpacked root file system, walked and given to the sink as if it were one tar layer.
//
// Hostile: the tree may be changed while it is read, holds links that lead out, devices, deep nesting and names of
// any bytes. Every step opens one name below an open folder without following links, so the walk cannot leave the
// folder; devices, pipes and sockets are described and never opened. Names are sorted, so the stream is the same
// every time.
#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>

#include "acquire/image_builder.hpp"
#include "acquire/pax_headers.hpp"
#include "acquire/source.hpp"
#include "util/path.hpp"

namespace hullcheck::acquire {
namespace {

constexpr std::size_t k_depth = 200;           // each level holds a descriptor
constexpr std::size_t k_entries = 20'000'000;  // of the whole tree
constexpr std::size_t k_gaps_by_name = 50;     // of each kind; the rest is counted
constexpr std::size_t k_capability_bytes = 256;

// File systems that the kernel makes up; a mounted host root has them.
constexpr std::array<std::uint32_t, 15> k_pseudo = {
    0x9fa0,      // proc
    0x62656572,  // sysfs
    0x27e0eb,    // cgroup
    0x63677270,  // cgroup2
    0x64626720,  // debugfs
    0x74726163,  // tracefs
    0x73636673,  // securityfs
    0xcafe4a11,  // bpf
    0x1cd1,      // devpts
    0x19800202,  // mqueue
    0xde5e81e4,  // efivarfs
    0x6165676c,  // pstore
    0x62656570,  // configfs
    0x958458f6,  // hugetlbfs
    0x42494e4d,  // binfmt_misc
};

class OpenFile {
 public:
  explicit OpenFile(int value = -1) : m_value(value) {}
  ~OpenFile() {
    if (m_value >= 0) ::close(m_value);
  }
  OpenFile(OpenFile&& other) noexcept : m_value(std::exchange(other.m_value, -1)) {}
  OpenFile& operator=(OpenFile&& other) noexcept {
    std::swap(m_value, other.m_value);
    return *this;
  }
  int get() const { return m_value; }
  explicit operator bool() const { return m_value >= 0; }

 private:
  int m_value;
};

// Gaps of one kind, the first few by name and the rest as a number.
class GapList {
 public:
  void add(const std::string& id, const std::string& path, const std::string& reason,
           model::GapEffect effect = model::GapEffect::unknown) {
    auto& kind = m_kinds[id];
    kind.effect = effect;
    if (++kind.count <= k_gaps_by_name) m_gaps.push_back(acquire_gap(id, path, reason, effect));
  }
  std::vector<model::Gap> take() {
    for (const auto& [id, kind] : m_kinds)
      if (kind.count > k_gaps_by_name)
        m_gaps.push_back(
            acquire_gap(id, "", fmt::format("{} more of the same", kind.count - k_gaps_by_name), kind.effect));
    return std::move(m_gaps);
  }

 private:
  struct Kind {
    std::size_t count = 0;
    model::GapEffect effect = model::GapEffect::unknown;
  };
  std::map<std::string, Kind> m_kinds;
  std::vector<model::Gap> m_gaps;
};

class RootfsStream final : public formats::ByteStream {
 public:
  RootfsStream(OpenFile root, const AcquireContext& context) : m_context(context), m_block(formats::k_block_size) {
    struct stat info {};
    if (::fstat(root.get(), &info) == 0) push(std::move(root), "", info);
  }

  Result<Bytes> next() override {
    if (m_error) return *m_error;
    if (m_context.stop.stop_requested()) return fail(ErrorCode::cancelled, "cancelled", "the scan was stopped");
    if (m_file) return content();
    while (!m_folders.empty()) {
      Folder& folder = m_folders.back();
      if (folder.at == folder.names.size()) {
        m_folders.pop_back();
        continue;
      }
      if (++m_entries > k_entries)
        return fail(ErrorCode::limit, "rootfs-entries-limit",
                    fmt::format("the tree has more than {} entries", k_entries));
      const std::string name = folder.names[folder.at++];
      if (visit(folder, name)) {
        m_context.progress.advance(m_headers.size());
        return Bytes(m_headers);
      }
    }
    if (m_ended) return Bytes{};
    m_ended = true;
    m_headers.assign(2 * k_tar_block, 0);
    return Bytes(m_headers);
  }

  GapList& gaps() { return m_gaps; }

 private:
  struct Folder {
    OpenFile descriptor;
    std::string path;
    dev_t device = 0;
    std::vector<std::string> names;  // sorted
    std::size_t at = 0;
  };

  Error fail(ErrorCode code, const char* name, std::string message) {
    m_error = make_error(code, name, std::move(message));
    return *m_error;
  }

  void push(OpenFile descriptor, std::string path, const struct stat& info) {
    Folder folder{std::move(descriptor), std::move(path), info.st_dev, {}, 0};
    // A second descriptor, as closedir() closes the one that it was given.
    DIR* listing = ::fdopendir(::openat(folder.descriptor.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!listing) {
      m_gaps.add("rootfs-unreadable", folder.path, std::strerror(errno));
      return;
    }
    errno = 0;
    while (const dirent* entry = ::readdir(listing)) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") folder.names.emplace_back(name);
    }
    if (errno != 0) m_gaps.add("rootfs-unreadable", folder.path, std::strerror(errno));
    ::closedir(listing);
    std::sort(folder.names.begin(), folder.names.end());
    m_folders.push_back(std::move(folder));
  }

  // True if there are headers to give; a file's content follows them, a folder's members come after.
  bool visit(const Folder& folder, const std::string& name) {
    PaxMember member;
    member.path = util::join_path(folder.path, name);
    const int at = folder.descriptor.get();
    if (::fstatat(at, name.c_str(), &member.info, AT_SYMLINK_NOFOLLOW) != 0) {
      m_gaps.add("rootfs-unreadable", member.path, std::strerror(errno));
      return false;
    }
    bool good = true;
    switch (member.info.st_mode & S_IFMT) {
      case S_IFDIR: return visit_folder(folder, name, std::move(member));
      case S_IFREG: good = describe_file(at, name, member); break;
      case S_IFLNK: good = describe_link(at, name, member); break;
      case S_IFCHR: member.type = '3'; break;
      case S_IFBLK: member.type = '4'; break;
      case S_IFIFO: member.type = '6'; break;
      default: return false;  // sockets have no place in a layer
    }
    if (good) m_headers = pax_headers(member);
    return good;
  }

  bool visit_folder(const Folder& folder, const std::string& name, PaxMember member) {
    member.type = '5';
    const dev_t device = folder.device;
    OpenFile opened(::openat(folder.descriptor.get(), name.c_str(),
                             O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    struct stat info {};
    if (!opened || ::fstat(opened.get(), &info) != 0) {
      m_gaps.add("rootfs-unreadable", member.path, std::strerror(errno));
    } else if (info.st_dev != device && is_pseudo(opened.get())) {
      m_gaps.add("rootfs-pseudo-filesystem", member.path, "a file system that the kernel makes up was passed over",
                 model::GapEffect::note);
    } else if (m_folders.size() >= k_depth) {
      m_gaps.add("rootfs-depth-limit", member.path, fmt::format("folders are nested more than {} deep", k_depth));
    } else {
      push(std::move(opened), member.path, info);  // `folder` may have moved from here on
    }
    member.path += '/';
    m_headers = pax_headers(member);
    return true;
  }

  static bool is_pseudo(int folder) {
    struct statfs info {};
    if (::fstatfs(folder, &info) != 0) return false;
    return std::find(k_pseudo.begin(), k_pseudo.end(), static_cast<std::uint32_t>(info.f_type)) != k_pseudo.end();
  }

  bool describe_file(int at, const std::string& name, PaxMember& member) {
    const auto inode = std::make_pair(member.info.st_dev, member.info.st_ino);
    if (member.info.st_nlink > 1) {
      if (const auto first = m_links.find(inode); first != m_links.end()) {
        member.type = '1';
        member.link = first->second;
        return true;
      }
    }
    OpenFile file(::openat(at, name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    struct stat info {};
    if (!file || ::fstat(file.get(), &info) != 0) {
      // Left out whole: an empty file in its place would look like one that somebody emptied.
      m_gaps.add("rootfs-unreadable", member.path, std::strerror(errno));
      return false;
    }
    if (!S_ISREG(info.st_mode)) {
      m_gaps.add("rootfs-changed", member.path, "the file was replaced while it was read");
      return false;
    }
    member.info = info;
    member.size = static_cast<std::uint64_t>(info.st_size);
    std::array<char, k_capability_bytes> value{};
    const ssize_t size = ::fgetxattr(file.get(), "security.capability", value.data(), value.size());
    if (size > 0) member.capability.assign(value.data(), static_cast<std::size_t>(size));
    if (info.st_nlink > 1) m_links.emplace(inode, member.path);
    if (member.size > 0) {
      m_file = std::move(file);
      m_file_path = member.path;
      m_left = member.size;
      m_padding = (k_tar_block - member.size % k_tar_block) % k_tar_block;
    }
    return true;
  }

  bool describe_link(int at, const std::string& name, PaxMember& member) {
    std::array<char, 4096> target{};
    const ssize_t size = ::readlinkat(at, name.c_str(), target.data(), target.size());
    if (size <= 0) {
      m_gaps.add("rootfs-unreadable", member.path, std::strerror(errno));
      return false;
    }
    member.type = '2';
    member.link.assign(target.data(), static_cast<std::size_t>(size));
    return true;
  }

  Result<Bytes> content() {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(m_left, m_block.size() - k_tar_block));
    ssize_t got = ::read(m_file.get(), m_block.data(), wanted);
    if (got <= 0) {
      // Shorter than it was, or broken: the headers have promised the size, so zeros fill it up and a gap says so.
      m_gaps.add(got == 0 ? "rootfs-changed" : "rootfs-unreadable", m_file_path,
                 got == 0 ? "the file became shorter while it was read" : std::strerror(errno));
      std::fill_n(m_block.begin(), wanted, std::uint8_t{0});
      got = static_cast<ssize_t>(wanted);
    }
    auto size = static_cast<std::size_t>(got);
    m_left -= size;
    if (m_left == 0) {
      std::fill_n(m_block.begin() + static_cast<std::ptrdiff_t>(size), m_padding, std::uint8_t{0});
      size += m_padding;
      m_file = OpenFile();
    }
    m_context.progress.advance(size);
    return Bytes(m_block.data(), size);
  }

  const AcquireContext& m_context;
  std::vector<Folder> m_folders;
  std::map<std::pair<dev_t, ino_t>, std::string> m_links;  // first path of files with several names
  Buffer m_headers, m_block;
  OpenFile m_file;  // open while its content is given
  std::string m_file_path;
  std::uint64_t m_left = 0;
  std::size_t m_padding = 0, m_entries = 0;
  bool m_ended = false;
  std::optional<Error> m_error;
  GapList m_gaps;
};

class Rootfs final : public Source {
 public:
  Result<std::vector<model::Image>> read(const Reference& reference, AcquireContext& context,
                                         LayerSink& sink) const override {
    OpenFile root(::open(reference.rest.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!root)
      return make_error(errno == ENOENT || errno == ENOTDIR ? ErrorCode::not_found : ErrorCode::io, "rootfs-open",
                        errno == ENOTDIR ? "this is no folder" : std::strerror(errno), reference.rest);
    context.progress.stage("walking the folder");
    model::Image image;
    image.reference = "rootfs:" + reference.rest;
    image.source = "rootfs";
    image.gaps.push_back(acquire_gap("config-missing", "config",
                                     "a folder has no config, so what it starts and as whom is not known",
                                     model::GapEffect::note));
    model::LayerRef layer;
    layer.key = "rootfs:" + reference.rest;
    layer.media_type = "application/vnd.oci.image.layer.v1.tar";
    LayerInfo info;
    info.key = layer.key;
    info.media_type = layer.media_type;
    info.repeatable = true;
    image.layers.push_back(std::move(layer));
    RootfsStream stream(std::move(root), context);
    auto fed = sink.feed(std::move(info), stream);
    if (!fed && fed.error().code == ErrorCode::cancelled) return std::move(fed).error();
    for (auto& gap : stream.gaps().take()) image.gaps.push_back(std::move(gap));
    if (!fed) image.gaps.push_back(gap_of(fed.error(), "rootfs"));
    std::vector<model::Image> images;
    images.push_back(std::move(image));
    return images;
  }
};

const util::Registered<Rootfs> registered{
    {.id = "rootfs", .version = 1, .summary = "An unpacked root file system", .example = "rootfs:/mnt/root"}};

}  // namespace
}  // namespace hullcheck::acquire
