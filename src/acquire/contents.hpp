// The files of an image archive or an OCI layout, by name: behind it lies a folder, a seekable tar file, or what was
// kept of a stream that has gone by.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "acquire/image_builder.hpp"
#include "util/result.hpp"

namespace hullcheck::acquire {

class Contents {
 public:
  virtual ~Contents() = default;
  // A small file whole. ErrorCode::not_found where there is none; ErrorCode::limit when it is larger than `limit`.
  virtual Result<std::string> text(const std::string& name, std::size_t limit) const = 0;
  virtual Result<FoundLayer> layer(const std::string& name) const = 0;
};

// "sha256:HEX" of "blobs/sha256/HEX", "" of other names; and back ("" for what is no digest).
std::string digest_of_blob_name(std::string_view name);
std::string blob_name_of_digest(std::string_view digest);

// A member or link name without "./" and doubled slashes; "" for one that is absolute, climbs with "..", is empty or
// holds a NUL. Such members are not used for anything.
std::string clean_member_name(std::string_view raw);

// Shares the bytes of a text with the streams over it.
OpenLayer open_text(std::shared_ptr<const std::string> text);

// An open regular file, read by position from any thread.
class SharedFile {
 public:
  static Result<std::shared_ptr<const SharedFile>> open(const std::string& path);
  SharedFile(int descriptor, std::string name, std::uint64_t size);
  ~SharedFile();
  SharedFile(const SharedFile&) = delete;
  SharedFile& operator=(const SharedFile&) = delete;
  std::uint64_t size() const { return m_size; }
  const std::string& name() const { return m_name; }
  // Up to `size` bytes; less at the end of the file only.
  Result<std::size_t> read(std::uint64_t offset, std::uint8_t* to, std::size_t size) const;

 private:
  int m_descriptor;
  std::string m_name;
  std::uint64_t m_size;
};

// The bytes [offset, offset + size) of the file. Error "file-truncated" when the file ends before.
OpenLayer open_window(std::shared_ptr<const SharedFile> file, std::uint64_t offset, std::uint64_t size);
Result<std::string> read_window(const SharedFile& file, std::uint64_t offset, std::uint64_t size, std::size_t limit);

// An unpacked layout. Never leaves the folder: no symbolic link is followed below it.
Result<std::unique_ptr<Contents>> folder_contents(const std::string& path);

// The table of an archive's members. As with unpacking to a disk, a later member replaces an earlier one of the same
// name; a hard link shares what its target was at that point; a symbolic link is resolved at the end.
class ArchiveContents final : public Contents {
 public:
  struct Member {
    enum class Kind : std::uint8_t { text, fed, window, symlink, unusable } kind = Kind::unusable;
    std::string key;
    std::uint64_t size = 0;
    std::shared_ptr<const std::string> text;
    std::uint64_t offset = 0;  // of a window
    std::string target;        // of a symbolic link: a clean name
    std::string reason;        // of an unusable one
  };

  explicit ArchiveContents(std::shared_ptr<const SharedFile> file = nullptr) : m_file(std::move(file)) {}
  // A key for the bytes that come under this name now; another one each time.
  std::string new_key(const std::string& name);
  void add(const std::string& name, Member member);
  void add_hard_link(const std::string& name, const std::string& target);
  // `target` as found; a target outside the archive makes the member unusable.
  void add_symlink(const std::string& name, std::string_view target);

  Result<std::string> text(const std::string& name, std::size_t limit) const override;
  Result<FoundLayer> layer(const std::string& name) const override;

 private:
  std::string through_folder_link(const std::string& name) const;
  Result<const Member*> find(const std::string& name) const;
  std::shared_ptr<const SharedFile> m_file;
  std::map<std::string, Member> m_members;
  std::map<std::string, unsigned> m_seen;
};

}  // namespace hullcheck::acquire
