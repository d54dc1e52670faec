#include "inventory/readers/elf_parts.hpp"

#include <algorithm>

namespace hullcheck::inventory {
namespace {

constexpr std::uint32_t k_load = 1, k_write = 2, k_no_bits = 8;
constexpr std::uint64_t k_most_segments = 256, k_most_sections = 4096, k_longest_name = 256;

}  // namespace

std::optional<ElfParts> ElfParts::open(Bytes file) {
  if (file.size() < 52 || as_text(file.first(4)) !=
                              "\x7f"
                              "ELF")
    return std::nullopt;
  if (file[4] < 1 || file[4] > 2 || file[5] < 1 || file[5] > 2) return std::nullopt;
  ElfParts parts;
  parts.m_file = file;
  parts.m_64 = file[4] == 2;
  parts.m_big = file[5] == 2;
  parts.read_segments();
  return parts;
}

std::optional<std::uint64_t> ElfParts::read_pointer(Bytes bytes, std::uint64_t offset) const {
  if (m_64) return read<std::uint64_t>(bytes, offset);
  const auto value = read<std::uint32_t>(bytes, offset);
  return value ? std::optional<std::uint64_t>(*value) : std::nullopt;
}

void ElfParts::read_segments() {
  const std::uint64_t table = read_pointer(m_file, m_64 ? 32 : 28).value_or(0);
  const std::uint64_t entry = read<std::uint16_t>(m_file, m_64 ? 54 : 42).value_or(0);
  const std::uint64_t count = read<std::uint16_t>(m_file, m_64 ? 56 : 44).value_or(0);
  if (entry < (m_64 ? 56U : 32U)) return;
  for (std::uint64_t i = 0; i < std::min(count, k_most_segments); ++i) {
    const auto header = slice(m_file, table + i * entry, entry);
    if (!header) return;
    if (read<std::uint32_t>(*header, 0) != k_load) continue;
    Segment segment{};
    segment.offset = read_pointer(*header, m_64 ? 8 : 4).value_or(0);
    segment.address = read_pointer(*header, m_64 ? 16 : 8).value_or(0);
    segment.size = read_pointer(*header, m_64 ? 32 : 16).value_or(0);
    if (segment.offset >= m_file.size()) continue;
    segment.size = std::min<std::uint64_t>(segment.size, m_file.size() - segment.offset);
    m_segments.push_back(segment);
    if ((read<std::uint32_t>(*header, m_64 ? 4 : 24).value_or(0) & k_write) != 0)
      m_writable.push_back(*slice(m_file, segment.offset, segment.size));
  }
}

std::optional<Bytes> ElfParts::at_address(std::uint64_t address, std::uint64_t size) const {
  for (const Segment& segment : m_segments) {
    if (address < segment.address || address - segment.address >= segment.size) continue;
    const std::uint64_t inside = address - segment.address;
    if (size > segment.size - inside) return std::nullopt;
    return slice(m_file, segment.offset + inside, size);
  }
  return std::nullopt;
}

std::optional<Bytes> ElfParts::section(std::string_view name) const {
  const std::uint64_t table = read_pointer(m_file, m_64 ? 40 : 32).value_or(0);
  const std::uint64_t entry = read<std::uint16_t>(m_file, m_64 ? 58 : 46).value_or(0);
  const std::uint64_t count = read<std::uint16_t>(m_file, m_64 ? 60 : 48).value_or(0);
  const std::uint64_t names_index = read<std::uint16_t>(m_file, m_64 ? 62 : 50).value_or(0);
  if (table == 0 || entry < (m_64 ? 64U : 40U)) return std::nullopt;
  const auto content = [&](std::uint64_t index) -> std::optional<Bytes> {
    const auto header = slice(m_file, table + index * entry, entry);
    if (!header || read<std::uint32_t>(*header, 4) == k_no_bits) return std::nullopt;
    return slice(m_file, read_pointer(*header, m_64 ? 24 : 16).value_or(0),
                 read_pointer(*header, m_64 ? 32 : 20).value_or(0));
  };
  const auto names = content(names_index);
  if (!names) return std::nullopt;
  for (std::uint64_t i = 0; i < std::min(count, k_most_sections); ++i) {
    const auto header = slice(m_file, table + i * entry, entry);
    if (!header) return std::nullopt;
    const std::uint32_t at = read<std::uint32_t>(*header, 0).value_or(0);
    if (at >= names->size()) continue;
    const std::string_view text = as_text(*names).substr(at, k_longest_name);
    if (text.substr(0, text.find('\0')) == name) return content(i);
  }
  return std::nullopt;
}

}  // namespace hullcheck::inventory
