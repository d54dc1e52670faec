// Decodes a header block: v7, ustar, star and GNU layouts (POSIX.1-2017 pax, section "ustar Interchange Format"; the
// GNU tar manual, "Basic Tar Format").
// Hostile: every number may be garbage, negative or too large, and the layout is told by eight bytes anyone can
// write.
#include "formats/tar_header.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>

namespace hullcheck::formats {
namespace {

struct Field {
  std::size_t offset, size;
};
constexpr Field k_name{0, 100}, k_mode{100, 8}, k_uid{108, 8}, k_gid{116, 8}, k_size{124, 12}, k_mtime{136, 12},
    k_checksum{148, 8}, k_link{157, 100}, k_magic{257, 8}, k_major{329, 8}, k_minor{337, 8}, k_prefix{345, 155},
    k_star_prefix{345, 131}, k_star_trailer{508, 4}, k_gnu_atime{345, 12}, k_gnu_ctime{357, 12};
constexpr std::size_t k_type = 156;

constexpr std::string_view k_posix_magic{"ustar\0", 6}, k_gnu_magic{"ustar  \0", 8}, k_star_mark{"tar\0", 4};

Bytes get(TarBlock block, Field field) { return Bytes(block).subspan(field.offset, field.size); }

struct TypeRow {
  char flag;
  TarType type;
};
constexpr TypeRow k_types[] = {
    {'0', TarType::file},      {'\0', TarType::file},   {'7', TarType::file},        {'S', TarType::file},
    {'1', TarType::hard_link}, {'2', TarType::symlink}, {'3', TarType::char_device}, {'4', TarType::block_device},
    {'5', TarType::directory}, {'6', TarType::fifo},
};

TarType type_of(char flag) {
  for (const auto& row : k_types)
    if (row.flag == flag) return row.type;
  return TarType::other;
}

bool is_blank(std::uint8_t byte) { return byte == ' ' || byte == 0; }

std::optional<std::uint64_t> octal(Bytes field) {
  std::size_t at = 0;
  while (at < field.size() && is_blank(field[at])) ++at;
  std::uint64_t value = 0;
  for (; at < field.size() && !is_blank(field[at]); ++at) {
    if (field[at] < '0' || field[at] > '7' || value > k_tar_largest >> 3) return std::nullopt;
    value = value * 8 + (field[at] - '0');
  }
  // A NUL ends the text and what follows it is nobody's; a space must be followed by blanks only.
  if (at < field.size() && field[at] == ' ')
    if (!std::all_of(field.begin() + static_cast<std::ptrdiff_t>(at), field.end(), is_blank)) return std::nullopt;
  return value;
}

// Two's complement, most significant byte first; the top bit is the mark and no part of the number.
std::optional<std::int64_t> base_256(Bytes field) {
  const std::uint8_t inversion = field[0] & 0x40 ? 0xff : 0;
  std::uint64_t value = (field[0] ^ inversion) & 0x3f;
  for (const std::uint8_t byte : field.subspan(1)) {
    if (value > k_tar_largest >> 8) return std::nullopt;
    value = value << 8 | static_cast<std::uint8_t>(byte ^ inversion);
  }
  const auto result = static_cast<std::int64_t>(value);
  return inversion != 0 ? -1 - result : result;
}

// Every pair of 16-bit lanes takes at most 2 * 255 from each of the 64 words, so no lane overflows.
std::uint32_t sum_of_bytes(TarBlock block) {
  constexpr std::uint64_t k_low = 0x00ff00ff00ff00ff;
  std::uint64_t lanes = 0;
  for (std::size_t at = 0; at < k_tar_block; at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, block.data() + at, 8);
    lanes += (word & k_low) + (word >> 8 & k_low);
  }
  return static_cast<std::uint32_t>((lanes & 0xffff) + (lanes >> 16 & 0xffff) + (lanes >> 32 & 0xffff) +
                                    (lanes >> 48));
}

std::uint32_t high_bytes(Bytes bytes) {
  return static_cast<std::uint32_t>(
      std::count_if(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b > 127; }));
}

// GNU headers have times where ustar has the prefix. Go before 1.8 wrote a prefix there all the same, and layers that
// Docker made in those years still lie in registries: what is no pair of numbers but is text is taken as one.
std::string_view gnu_prefix(TarBlock block) {
  for (const Field time : {k_gnu_atime, k_gnu_ctime}) {
    const Bytes field = get(block, time);
    if (field[0] == 0 || tar_signed_number(field)) continue;
    const std::string_view text = tar_text(get(block, k_prefix));
    const bool ascii =
        std::all_of(text.begin(), text.end(), [](char c) { return static_cast<std::uint8_t>(c) < 128; });
    return ascii ? text : std::string_view();
  }
  return {};
}

struct Layout {
  bool devices = false;
  std::string_view prefix;
};

Layout layout_of(TarBlock block) {
  const std::string_view magic = as_text(get(block, k_magic));
  if (magic == k_gnu_magic) return {true, gnu_prefix(block)};
  if (!magic.starts_with(k_posix_magic)) return {};
  const bool star = as_text(get(block, k_star_trailer)) == k_star_mark;
  return {true, tar_text(get(block, star ? k_star_prefix : k_prefix))};
}

template <class Integer>
Result<void> number(TarBlock block, Field field, const char* name, Integer& to) {
  const auto value = tar_number(get(block, field));
  if (!value) return tar_header_error(fmt::format("the {} is no valid number", name));
  to = static_cast<Integer>(*value);
  return {};
}

}  // namespace

Error tar_header_error(std::string message) {
  return make_error(ErrorCode::malformed, "tar-header", std::move(message));
}

bool is_zero_block(TarBlock block) {
  std::uint64_t any = 0;
  for (std::size_t at = 0; at < k_tar_block; at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, block.data() + at, 8);
    any |= word;
  }
  return any == 0;
}

bool has_tar_checksum(TarBlock block) {
  const auto wanted = octal(get(block, k_checksum));
  if (!wanted) return false;
  // The field itself counts as eight spaces.
  std::uint32_t sum = sum_of_bytes(block) + 8 * ' ';
  for (const std::uint8_t byte : get(block, k_checksum)) sum -= byte;
  if (*wanted == sum) return true;
  const std::uint32_t high = high_bytes(block) - high_bytes(get(block, k_checksum));
  return static_cast<std::int64_t>(*wanted) == static_cast<std::int64_t>(sum) - 256 * static_cast<std::int64_t>(high);
}

bool is_gnu_header(TarBlock block) { return as_text(get(block, k_magic)) == k_gnu_magic; }

std::optional<std::int64_t> tar_signed_number(Bytes field) {
  if (field[0] & 0x80) return base_256(field);
  const auto value = octal(field);
  if (!value || *value > k_tar_largest) return std::nullopt;
  return static_cast<std::int64_t>(*value);
}

std::optional<std::uint64_t> tar_number(Bytes field) {
  const auto value = tar_signed_number(field);
  if (!value || *value < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*value);
}

std::string_view tar_text(Bytes field) {
  const std::string_view text = as_text(field);
  return text.substr(0, text.find('\0'));
}

Result<void> read_tar_header(TarBlock block, TarEntry& entry) {
  entry.raw_type = static_cast<char>(block[k_type]);
  entry.type = type_of(entry.raw_type);
  entry.sparse = false;
  entry.xattrs.clear();
  std::uint64_t mode = 0;
  TRY(number(block, k_mode, "mode", mode));
  entry.mode = mode & 07777;
  TRY(number(block, k_uid, "user", entry.uid));
  TRY(number(block, k_gid, "group", entry.gid));
  TRY(number(block, k_size, "size", entry.size));
  const auto mtime = tar_signed_number(get(block, k_mtime));
  if (!mtime) return tar_header_error("the time is no valid number");
  entry.mtime = *mtime;

  const Layout layout = layout_of(block);
  entry.name.assign(layout.prefix);
  if (!layout.prefix.empty()) entry.name.push_back('/');
  entry.name.append(tar_text(get(block, k_name)));
  entry.link.clear();
  if (entry.type == TarType::symlink || entry.type == TarType::hard_link)
    entry.link.assign(tar_text(get(block, k_link)));
  entry.device_major = entry.device_minor = 0;
  if (!layout.devices) return {};
  TRY(number(block, k_major, "device number", entry.device_major));
  TRY(number(block, k_minor, "device number", entry.device_minor));
  return {};
}

}  // namespace hullcheck::formats
