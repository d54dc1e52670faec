// The ELF reader. Numbers outside of the file read as zero, and every loop is bounded by the limits or by the bytes.
#include "formats/elf.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace hullcheck::formats {
namespace {

constexpr std::size_t k_ident = 16;
constexpr std::string_view k_magic =
    "\x7f"
    "ELF";
constexpr std::string_view k_go_magic = "\xff Go buildinf:";
constexpr std::size_t k_go_alignment = 16;

template <class Integer>
Integer number(Bytes bytes, std::uint64_t offset, bool big_endian) {
  return (big_endian ? read_be<Integer>(bytes, offset) : read_le<Integer>(bytes, offset)).value_or(0);
}

// No more than the file holds from `offset` on.
Bytes clamped(Bytes file, std::uint64_t offset, std::uint64_t size) {
  if (offset >= file.size()) return {};
  return file.subspan(static_cast<std::size_t>(offset),
                      static_cast<std::size_t>(std::min<std::uint64_t>(size, file.size() - offset)));
}

}  // namespace

Result<ElfHeader> ElfHeader::read(Bytes head) {
  if (!as_text(head).starts_with(k_magic))
    return make_error(ErrorCode::malformed, "elf-malformed", "there is no ELF header");
  if (head.size() < k_ident) return make_error(ErrorCode::truncated, "elf-truncated", "the ELF header is cut off");
  ElfHeader header;
  if (head[4] < 1 || head[4] > 2 || head[5] < 1 || head[5] > 2)
    return make_error(ErrorCode::malformed, "elf-malformed", "the ELF header names no known class or byte order");
  header.is_64 = head[4] == 2;
  header.big_endian = head[5] == 2;
  header.os_abi = head[7];
  if (head.size() < header.size())
    return make_error(ErrorCode::truncated, "elf-truncated", "the ELF header is cut off");
  const bool big = header.big_endian;
  header.type = number<std::uint16_t>(head, 16, big);
  header.machine = number<std::uint16_t>(head, 18, big);
  const std::uint64_t rest = header.is_64 ? 52 : 40;  // of the halves behind e_flags
  if (header.is_64) {
    header.entry = number<std::uint64_t>(head, 24, big);
    header.segment_offset = number<std::uint64_t>(head, 32, big);
    header.section_offset = number<std::uint64_t>(head, 40, big);
  } else {
    header.entry = number<std::uint32_t>(head, 24, big);
    header.segment_offset = number<std::uint32_t>(head, 28, big);
    header.section_offset = number<std::uint32_t>(head, 32, big);
  }
  header.segment_size = number<std::uint16_t>(head, rest + 2, big);
  header.segment_count = number<std::uint16_t>(head, rest + 4, big);
  header.section_size = number<std::uint16_t>(head, rest + 6, big);
  header.section_count = number<std::uint16_t>(head, rest + 8, big);
  header.name_section = number<std::uint16_t>(head, rest + 10, big);
  return header;
}

std::uint16_t ElfFile::u16(std::uint64_t offset) const {
  return number<std::uint16_t>(m_file, offset, m_header.big_endian);
}
std::uint32_t ElfFile::u32(std::uint64_t offset) const {
  return number<std::uint32_t>(m_file, offset, m_header.big_endian);
}
std::uint64_t ElfFile::u64(std::uint64_t offset) const {
  return number<std::uint64_t>(m_file, offset, m_header.big_endian);
}

Result<ElfFile> ElfFile::open(Bytes file, const ElfLimits& limits) {
  ElfFile elf;
  elf.m_header = TRY(ElfHeader::read(file));
  elf.m_file = file;
  elf.m_limits = limits;
  elf.read_segments();
  elf.read_sections();
  elf.read_dynamic();
  return elf;
}

void ElfFile::read_segments() {
  const std::size_t least = m_header.is_64 ? 56 : 32;
  if (m_header.segment_count == 0) return;
  m_segments_broken = m_header.segment_size < least;
  if (m_segments_broken) return;
  const std::size_t count = std::min<std::size_t>(m_header.segment_count, m_limits.segments);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t at = m_header.segment_offset + i * m_header.segment_size;
    if (!slice(m_file, at, least)) {
      m_segments_broken = true;
      return;
    }
    ElfSegment segment;
    segment.type = u32(at);
    if (m_header.is_64) {
      segment.flags = u32(at + 4);
      segment.offset = u64(at + 8);
      segment.address = u64(at + 16);
      segment.file_size = u64(at + 32);
      segment.memory_size = u64(at + 40);
    } else {
      segment.offset = u32(at + 4);
      segment.address = u32(at + 8);
      segment.file_size = u32(at + 16);
      segment.memory_size = u32(at + 20);
      segment.flags = u32(at + 24);
    }
    m_segments.push_back(segment);
  }
}

void ElfFile::read_sections() {
  const std::size_t least = m_header.is_64 ? 64 : 40;
  if (m_header.section_offset == 0) return;
  m_sections_broken = m_header.section_size < least || !slice(m_file, m_header.section_offset, least);
  if (m_sections_broken) return;
  // A count that does not fit its field stands in the first section, and so does the number of the names' section.
  std::uint64_t count = m_header.section_count;
  std::uint64_t names = m_header.name_section;
  if (count == 0) count = word(m_header.section_offset + (m_header.is_64 ? 32 : 20));
  if (names == 0xffff) names = u32(m_header.section_offset + (m_header.is_64 ? 40 : 24));
  count = std::min<std::uint64_t>(count, m_limits.sections);
  std::vector<std::uint32_t> name_offsets;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t at = m_header.section_offset + i * m_header.section_size;
    if (!slice(m_file, at, least)) {
      m_sections_broken = true;
      break;
    }
    ElfSection section;
    name_offsets.push_back(u32(at));
    section.type = u32(at + 4);
    const std::uint64_t width = m_header.is_64 ? 8 : 4;
    section.flags = word(at + 8);
    section.address = word(at + 8 + width);
    section.offset = word(at + 8 + 2 * width);
    section.size = word(at + 8 + 3 * width);
    section.link = u32(at + 8 + 4 * width);
    m_sections.push_back(section);
  }
  if (names >= m_sections.size()) return;
  const Bytes strings = content(m_sections[names]);
  for (std::size_t i = 0; i < m_sections.size(); ++i) m_sections[i].name = text_at(strings, name_offsets[i]);
}

std::string_view ElfFile::text_at(Bytes strings, std::uint64_t offset) const {
  if (offset >= strings.size()) return {};
  const std::string_view text = as_text(strings).substr(offset, m_limits.name_bytes);
  return text.substr(0, text.find('\0'));
}

const ElfSection* ElfFile::section(std::string_view name) const {
  for (const ElfSection& section : m_sections)
    if (section.name == name) return &section;
  return nullptr;
}

Bytes ElfFile::content(const ElfSection& section) const {
  if (section.type == ElfSection::k_no_bits) return {};
  return clamped(m_file, section.offset, section.size);
}

Bytes ElfFile::content(const ElfSegment& segment) const { return clamped(m_file, segment.offset, segment.file_size); }

std::optional<std::uint64_t> ElfFile::offset_of(std::uint64_t address) const {
  for (const ElfSegment& segment : m_segments)
    if (segment.type == ElfSegment::k_load && address >= segment.address &&
        address - segment.address < segment.file_size)
      return segment.offset + (address - segment.address);
  return std::nullopt;
}

std::string_view ElfFile::interpreter() const {
  for (const ElfSegment& segment : m_segments)
    if (segment.type == ElfSegment::k_interpreter) return text_at(content(segment), 0);
  return {};
}

struct ElfFile::DynamicTable {
  std::uint64_t strings = 0, strings_size = 0, symbols = 0, hash = 0, gnu_hash = 0;
  std::uint64_t shared_name = 0;
  std::vector<std::uint64_t> needed;
};

void ElfFile::read_dynamic() {
  enum Tag : std::uint64_t {
    end = 0,
    needed = 1,
    hash = 4,
    strings = 5,
    symbols = 6,
    strings_size = 10,
    name = 14,
    gnu_hash = 0x6ffffef5
  };
  const auto segment = std::find_if(m_segments.begin(), m_segments.end(),
                                    [](const ElfSegment& one) { return one.type == ElfSegment::k_dynamic; });
  if (segment == m_segments.end()) return;
  m_dynamic = true;
  DynamicTable table;
  const std::uint64_t width = m_header.is_64 ? 8 : 4;
  const std::uint64_t size = content(*segment).size();
  for (std::uint64_t i = 0; i < m_limits.dynamic_entries && (i + 1) * 2 * width <= size; ++i) {
    const std::uint64_t at = segment->offset + i * 2 * width;
    const std::uint64_t value = word(at + width);
    const std::uint64_t tag = word(at);
    if (tag == end) break;
    switch (tag) {
      case needed: table.needed.push_back(value); break;
      case hash: table.hash = value; break;
      case strings: table.strings = value; break;
      case symbols: table.symbols = value; break;
      case strings_size: table.strings_size = value; break;
      case name: table.shared_name = value; break;
      case gnu_hash: table.gnu_hash = value; break;
      default: break;
    }
  }
  const auto strings_at = offset_of(table.strings);
  if (!strings_at) return;
  const Bytes text = clamped(m_file, *strings_at, table.strings_size);
  for (const std::uint64_t offset : table.needed) m_needed.push_back(text_at(text, offset));
  if (table.shared_name != 0) m_shared_name = text_at(text, table.shared_name);
  read_symbols(table);
}

// The table of symbols says nowhere how long it is: the hash tables do, else the strings follow it in every linker's
// output.
std::uint64_t ElfFile::count_symbols(const DynamicTable& table) const {
  if (const auto at = table.hash != 0 ? offset_of(table.hash) : std::nullopt) return u32(*at + 4);
  if (const auto at = table.gnu_hash != 0 ? offset_of(table.gnu_hash) : std::nullopt) {
    const std::uint64_t buckets = std::min<std::uint64_t>(u32(*at), m_limits.symbols);
    const std::uint64_t first = u32(*at + 4);
    const std::uint64_t bloom = std::uint64_t{u32(*at + 8)} * (m_header.is_64 ? 8 : 4);
    const std::uint64_t bucket_table = *at + 16 + bloom;
    const std::uint64_t chains = bucket_table + 4 * buckets;
    std::uint64_t last = 0;
    for (std::uint64_t i = 0; i < buckets; ++i) last = std::max<std::uint64_t>(last, u32(bucket_table + 4 * i));
    if (last < first) return first;
    for (std::uint64_t steps = 0; steps < m_limits.symbols; ++steps, ++last) {
      const auto link = slice(m_file, chains + 4 * (last - first), 4);
      if (!link || (u32(chains + 4 * (last - first)) & 1U) != 0) break;
    }
    return last + 1;
  }
  const std::uint64_t entry = m_header.is_64 ? 24 : 16;
  return table.strings > table.symbols ? (table.strings - table.symbols) / entry : 0;
}

void ElfFile::read_symbols(const DynamicTable& table) {
  const auto at = offset_of(table.symbols);
  const auto strings_at = offset_of(table.strings);
  if (!at || !strings_at) return;
  const Bytes text = clamped(m_file, *strings_at, table.strings_size);
  const std::uint64_t entry = m_header.is_64 ? 24 : 16;
  const std::uint64_t count = std::min<std::uint64_t>(count_symbols(table), m_limits.symbols);
  for (std::uint64_t i = 1; i < count; ++i) {
    const std::uint64_t place = *at + i * entry;
    if (!slice(m_file, place, entry)) break;
    ElfSymbol symbol;
    symbol.name = text_at(text, u32(place));
    const std::uint8_t info = m_file[static_cast<std::size_t>(place + (m_header.is_64 ? 4 : 12))];
    symbol.binding = static_cast<std::uint8_t>(info >> 4U);
    symbol.type = static_cast<std::uint8_t>(info & 15U);
    symbol.defined = u16(place + (m_header.is_64 ? 6 : 14)) != 0;
    symbol.value = m_header.is_64 ? u64(place + 8) : u32(place + 4);
    symbol.size = m_header.is_64 ? u64(place + 16) : u32(place + 8);
    if (!symbol.name.empty()) m_symbols.push_back(symbol);
  }
}

void ElfFile::add_notes(Bytes table, std::vector<ElfNote>& out) const {
  const auto padded = [](std::uint64_t size) { return (size + 3) & ~std::uint64_t{3}; };
  for (std::uint64_t at = 0; out.size() < m_limits.notes;) {
    if (!slice(table, at, 12)) return;
    const bool big = m_header.big_endian;
    const std::uint64_t owner_size = number<std::uint32_t>(table, at, big);
    const std::uint64_t size = number<std::uint32_t>(table, at + 4, big);
    const auto owner = slice(table, at + 12, owner_size);
    const auto content = slice(table, at + 12 + padded(owner_size), size);
    if (!owner || !content) return;
    std::string_view name = as_text(*owner);
    name = name.substr(0, std::min(name.find('\0'), m_limits.name_bytes));
    out.push_back({name, number<std::uint32_t>(table, at + 8, big), *content});
    at += 12 + padded(owner_size) + padded(size);
  }
}

std::vector<ElfNote> ElfFile::notes() const {
  std::vector<ElfNote> all;
  for (const ElfSegment& segment : m_segments)
    if (segment.type == ElfSegment::k_note) add_notes(content(segment), all);
  if (!all.empty()) return all;
  for (const ElfSection& section : m_sections)
    if (section.type == ElfSection::k_note) add_notes(content(section), all);
  return all;
}

std::optional<std::uint64_t> ElfFile::go_build_info() const {
  const auto offset_in = [&](Bytes part) -> std::optional<std::uint64_t> {
    for (std::size_t at = 0; at + k_go_magic.size() <= part.size(); at += k_go_alignment)
      if (as_text(part.subspan(at)).starts_with(k_go_magic))
        return static_cast<std::uint64_t>(part.data() - m_file.data()) + at;
    return std::nullopt;
  };
  if (const ElfSection* section = this->section(".go.buildinfo"))
    if (const auto found = offset_in(content(*section))) return found;
  // Without sections it stands near the start of the first data segment.
  for (const ElfSegment& segment : m_segments) {
    if (segment.type != ElfSegment::k_load || (segment.flags & ElfSegment::k_write) == 0) continue;
    const Bytes part = content(segment);
    if (const auto found = offset_in(part.first(std::min<std::size_t>(part.size(), 1 << 20)))) return found;
  }
  return std::nullopt;
}

std::uint64_t ElfFile::end_of_program() const {
  const auto sum = [](std::uint64_t a, std::uint64_t b) { return a + b < a ? UINT64_MAX : a + b; };
  std::uint64_t end = m_header.size();
  const auto reach = [&](std::uint64_t place) { end = std::max(end, place); };
  reach(sum(m_header.segment_offset, std::uint64_t{m_header.segment_size} * m_header.segment_count));
  if (!m_sections.empty())
    reach(sum(m_header.section_offset, std::uint64_t{m_header.section_size} * m_sections.size()));
  for (const ElfSegment& segment : m_segments) reach(sum(segment.offset, segment.file_size));
  for (const ElfSection& section : m_sections)
    if (section.type != ElfSection::k_no_bits) reach(sum(section.offset, section.size));
  return end;
}

std::uint64_t end_of_library(Bytes head) {
  ElfLimits limits;
  limits.segments = 64;
  limits.sections = limits.symbols = limits.dynamic_entries = 0;
  const auto elf = ElfFile::open(head, limits);
  if (!elf || elf->header().type != static_cast<std::uint16_t>(ElfType::shared) || elf->header().entry != 0) return 0;
  if (elf->segments_broken()) return 0;
  std::uint64_t end = 0;
  for (const ElfSegment& segment : elf->segments()) {
    if (segment.type == ElfSegment::k_interpreter || segment.offset > UINT64_MAX - segment.file_size) return 0;
    end = std::max(end, segment.offset + segment.file_size);
  }
  return end;
}

double entropy_of(Bytes bytes, std::size_t most) {
  if (bytes.empty()) return 0;
  std::array<std::uint32_t, 256> counts{};
  // Whole blocks, so that neighbouring bytes are both seen.
  constexpr std::size_t k_block = 4096;
  const std::size_t blocks = (bytes.size() + k_block - 1) / k_block;
  const std::size_t step = std::max<std::size_t>(1, blocks / std::max<std::size_t>(1, most / k_block));
  std::size_t total = 0;
  for (std::size_t block = 0; block < blocks; block += step) {
    const Bytes part = bytes.subspan(block * k_block, std::min(k_block, bytes.size() - block * k_block));
    for (const std::uint8_t byte : part) ++counts[byte];
    total += part.size();
  }
  double entropy = 0;
  for (const std::uint32_t count : counts) {
    if (count == 0) continue;
    const double share = static_cast<double>(count) / static_cast<double>(total);
    entropy -= share * std::log2(share);
  }
  return entropy;
}

}  // namespace hullcheck::formats
