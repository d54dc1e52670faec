#include "acquire/pax_headers.hpp"

#include <fmt/core.h>
#include <sys/sysmacros.h>

#include <algorithm>

namespace hullcheck::acquire {
namespace {

std::string pax_record(std::string_view key, std::string_view value) {
  // The length counts its own digits.
  std::size_t length = key.size() + value.size() + 3, digits = 1;
  while (std::to_string(length + digits).size() > digits) ++digits;
  return fmt::format("{} {}={}\n", length + digits, key, value);
}

void put_octal(Buffer& header, std::size_t at, std::size_t width, std::uint64_t value) {
  for (std::size_t i = width - 1; i-- > 0; value >>= 3) header[at + i] = static_cast<std::uint8_t>('0' + (value & 7));
}

void put_text(Buffer& header, std::size_t at, std::size_t width, std::string_view text) {
  std::copy_n(text.data(), std::min(width, text.size()), header.begin() + static_cast<std::ptrdiff_t>(at));
}

Buffer tar_header(std::string_view name, std::string_view link, char type, const struct stat& info,
                  std::uint64_t size) {
  Buffer header(k_tar_block);
  put_text(header, 0, 100, name);
  put_octal(header, 100, 8, info.st_mode & 07777);
  put_octal(header, 108, 8, info.st_uid);
  put_octal(header, 116, 8, info.st_gid);
  put_octal(header, 124, 12, size);
  put_octal(header, 136, 12, info.st_mtime > 0 ? static_cast<std::uint64_t>(info.st_mtime) : 0);
  put_text(header, 148, 8, "        ");
  header[156] = static_cast<std::uint8_t>(type);
  put_text(header, 157, 100, link);
  put_text(header, 257, 8, std::string_view("ustar\00000", 8));
  if (type == '3' || type == '4') {
    put_octal(header, 329, 8, major(info.st_rdev));
    put_octal(header, 337, 8, minor(info.st_rdev));
  }
  std::uint32_t sum = 0;
  for (const auto byte : header) sum += byte;
  put_octal(header, 148, 7, sum);
  header[155] = ' ';
  return header;
}

void append_padded(Buffer& out, std::string_view text) {
  out.insert(out.end(), text.begin(), text.end());
  out.resize((out.size() + k_tar_block - 1) / k_tar_block * k_tar_block);
}

}  // namespace

Buffer pax_headers(const PaxMember& member) {
  constexpr std::uint64_t k_octal_7 = 07777777, k_octal_11 = 077777777777;
  std::string pax;
  if (member.path.size() > 100) pax += pax_record("path", member.path);
  if (member.link.size() > 100) pax += pax_record("linkpath", member.link);
  if (member.size > k_octal_11) pax += pax_record("size", std::to_string(member.size));
  if (member.info.st_uid > k_octal_7) pax += pax_record("uid", std::to_string(member.info.st_uid));
  if (member.info.st_gid > k_octal_7) pax += pax_record("gid", std::to_string(member.info.st_gid));
  if (member.info.st_mtime < 0) pax += pax_record("mtime", std::to_string(member.info.st_mtime));
  if (!member.capability.empty()) pax += pax_record("SCHILY.xattr.security.capability", member.capability);
  Buffer out;
  if (!pax.empty()) {
    struct stat plain {};
    plain.st_mode = 0644;
    out = tar_header("pax", "", 'x', plain, pax.size());
    append_padded(out, pax);
  }
  const Buffer header = tar_header(member.path, member.link, member.type, member.info, member.size);
  out.insert(out.end(), header.begin(), header.end());
  return out;
}

}  // namespace hullcheck::acquire
