// Where the directory of a zip archive and the data that it speaks of disagree. Readers differ in which of the two
// they believe (a stream can only be read by the data), so such an archive is one thing to a scanner and another to
// the program that runs it. Nothing that writes archives in good faith does any of these.
#include <fmt/format.h>

#include <algorithm>

#include "formats/zip.hpp"

namespace hullcheck::formats {
namespace {

constexpr std::uint32_t k_local_signature = 0x04034b50;
constexpr unsigned k_size_follows = 8;
constexpr std::size_t k_local_size = 30, k_end_size = 22;
constexpr std::string_view k_local_bytes("PK\3\4", 4), k_end_bytes("PK\5\6", 4);
// Written by hands that count in 16 bits and have no zip64.
constexpr std::uint64_t k_counter = 65536;

std::string of_header(Bytes archive, const ZipEntry& entry) {
  const std::uint64_t at = entry.header_offset;
  if (read_le<std::uint32_t>(archive, at) != k_local_signature) return "the directory points to no entry";
  const auto flags = read_le<std::uint16_t>(archive, at + 6), method = read_le<std::uint16_t>(archive, at + 8),
             size = read_le<std::uint16_t>(archive, at + 26);
  const auto packed = read_le<std::uint32_t>(archive, at + 18);
  const auto name = slice(archive, at + k_local_size, size.value_or(0));
  if (!flags || !method || !packed || !size || !name) return "an entry ends after the archive";
  if (as_text(*name) != entry.name) return "the directory and the entry itself give it different names";
  if (*method != entry.method || ((*flags & 1U) != 0) != entry.encrypted)
    return "the directory and the entry itself do not agree on how it is packed";
  // Zero where the size was not known when it was written, all ones where it stands elsewhere.
  const bool told = *packed != 0 && *packed != 0xffffffffU && (*flags & k_size_follows) == 0;
  if (told && *packed != entry.compressed_size) return "the directory and the entry itself do not agree on its size";
  return {};
}

// Local headers between the entries that the directory names.
bool has_hidden_entry(Bytes archive, const std::vector<ZipEntry>& entries, std::uint64_t directory) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> used;  // first and last byte of each entry
  for (const ZipEntry& entry : entries) {
    const auto name = read_le<std::uint16_t>(archive, entry.header_offset + 26),
               extra = read_le<std::uint16_t>(archive, entry.header_offset + 28);
    used.emplace_back(entry.header_offset, entry.header_offset + k_local_size + name.value_or(0) + extra.value_or(0) +
                                               std::min<std::uint64_t>(entry.compressed_size, archive.size()));
  }
  used.emplace_back(directory, directory);
  std::sort(used.begin(), used.end());
  std::uint64_t free = 0;
  for (const auto& [from, to] : used) {
    // Before the first one a program may stand that unpacks the rest; it has such bytes somewhere.
    const std::string_view between = from > free ? as_text(archive.subspan(free, from - free)) : std::string_view();
    if (free == 0 ? between.starts_with(k_local_bytes) : between.find(k_local_bytes) != std::string_view::npos)
      return true;
    free = std::max(free, std::min<std::uint64_t>(to, directory));
  }
  return false;
}

// The end-of-directory record that counts lies in the comment of an earlier one.
bool has_other_end(Bytes archive, std::uint64_t end) {
  const std::string_view before = as_text(archive.subspan(0, end));
  for (std::size_t at = before.find(k_end_bytes, end > 0xffff ? end - 0xffff : 0); at != std::string_view::npos;
       at = before.find(k_end_bytes, at + 1))
    if (at + k_end_size + read_le<std::uint16_t>(archive, at + 20).value_or(0) >= end + k_end_size) return true;
  return false;
}

}  // namespace

std::string ZipArchive::contradiction() const {
  if (m_told % k_counter != m_entries.size() % k_counter)
    return fmt::format("the directory holds {} entries and its end speaks of {}", m_entries.size(), m_told);
  if (has_other_end(m_archive, m_end)) return "it ends in two directories, one inside the other's comment";
  const Bytes archive = m_archive.subspan(m_base);
  for (const ZipEntry& entry : m_entries)
    if (std::string text = of_header(archive, entry); !text.empty())
      return text + " (" + std::string(entry.name.substr(0, 200)) + ")";
  if (m_base > 0 && as_text(m_archive.subspan(0, 4)) == k_local_bytes) return "another archive stands before it";
  if (has_hidden_entry(archive, m_entries, m_directory - m_base))
    return "it holds entries that its directory leaves out";
  return {};
}

}  // namespace hullcheck::formats
