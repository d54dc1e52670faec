#include "support/libarchive_tar.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <memory>

namespace hullcheck::test {
namespace {

std::string text(const char* value) { return value == nullptr ? std::string() : std::string(value); }

char type_of(archive_entry* entry) {
  if (archive_entry_hardlink(entry) != nullptr) return 'h';
  switch (archive_entry_filetype(entry)) {
    case AE_IFDIR: return 'd';
    case AE_IFLNK: return 'l';
    case AE_IFCHR: return 'c';
    case AE_IFBLK: return 'b';
    case AE_IFIFO: return 'p';
    default: return 'f';
  }
}

OtherMember member_of(archive_entry* entry) {
  OtherMember member;
  member.name = text(archive_entry_pathname(entry));
  member.type = type_of(entry);
  member.link = text(member.type == 'h' ? archive_entry_hardlink(entry) : archive_entry_symlink(entry));
  member.mode = archive_entry_perm(entry);
  member.uid = static_cast<std::uint64_t>(archive_entry_uid(entry));
  member.gid = static_cast<std::uint64_t>(archive_entry_gid(entry));
  member.size = static_cast<std::uint64_t>(archive_entry_size(entry));
  member.mtime = archive_entry_mtime(entry);
  if (member.type == 'c' || member.type == 'b') {
    member.device_major = static_cast<std::uint32_t>(archive_entry_rdevmajor(entry));
    member.device_minor = static_cast<std::uint32_t>(archive_entry_rdevminor(entry));
  }
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  archive_entry_xattr_reset(entry);
  while (archive_entry_xattr_next(entry, &name, &value, &size) == ARCHIVE_OK)
    member.xattrs.emplace_back(text(name), std::string(static_cast<const char*>(value), size));
  std::sort(member.xattrs.begin(), member.xattrs.end());
  return member;
}

}  // namespace

OtherArchive read_with_libarchive(std::string_view bytes) {
  const std::unique_ptr<archive, decltype(&archive_read_free)> reader(archive_read_new(), &archive_read_free);
  archive_read_support_format_tar(reader.get());
  OtherArchive result;
  if (archive_read_open_memory(reader.get(), bytes.data(), bytes.size()) != ARCHIVE_OK) {
    result.error = text(archive_error_string(reader.get()));
    return result;
  }
  while (true) {
    archive_entry* entry = nullptr;
    const int code = archive_read_next_header(reader.get(), &entry);
    if (code == ARCHIVE_EOF) return result;
    if (code != ARCHIVE_OK && code != ARCHIVE_WARN) {
      result.error = text(archive_error_string(reader.get()));
      return result;
    }
    result.members.push_back(member_of(entry));
    auto& member = result.members.back();
    member.content.resize(member.size);  // a hole at the end is not given, so the zeros stay
    const auto size = archive_read_data(reader.get(), member.content.data(), member.content.size());
    if (size < 0) {
      result.error = text(archive_error_string(reader.get()));
      return result;
    }
  }
}

}  // namespace hullcheck::test
