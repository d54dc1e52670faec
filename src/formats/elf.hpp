// ELF files (System V gABI, chapters 4 and 5) held in memory: 32 and 64 bit, both byte orders.
//
// Hostile: every offset, size and count is the file's own claim. Tables may lie outside the file, overlap, refer to
// each other in circles or name more items than there are bytes; sections and segments may tell different stories. A
// part that cannot be read is empty and said to be broken; only a header that is none is an error. What the loader
// uses (segments, the dynamic table) is preferred to what only tools use (sections).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "util/bytes.hpp"
#include "util/result.hpp"

namespace hullcheck::formats {

enum class ElfType : std::uint16_t { none = 0, relocatable = 1, executable = 2, shared = 3, core = 4 };

struct ElfHeader {
  bool is_64 = false;
  bool big_endian = false;
  std::uint8_t os_abi = 0;
  std::uint16_t type = 0;  // ElfType or a number of a processor or system
  std::uint16_t machine = 0;
  std::uint64_t entry = 0;
  std::uint64_t segment_offset = 0, section_offset = 0;
  std::uint16_t segment_size = 0, segment_count = 0, section_size = 0, section_count = 0, name_section = 0;

  std::size_t size() const { return is_64 ? 64 : 52; }
  // From the first bytes of a file. "elf-truncated" or "elf-malformed".
  static Result<ElfHeader> read(Bytes head);
};

struct ElfSegment {
  static constexpr std::uint32_t k_load = 1, k_dynamic = 2, k_interpreter = 3, k_note = 4;
  static constexpr std::uint32_t k_execute = 1, k_write = 2, k_read = 4;
  std::uint32_t type = 0;
  std::uint32_t flags = 0;
  std::uint64_t offset = 0, address = 0, file_size = 0, memory_size = 0;
};

struct ElfSection {
  static constexpr std::uint32_t k_dynamic_symbols = 11, k_note = 7, k_no_bits = 8;
  std::string_view name;  // borrowed from the file
  std::uint32_t type = 0;
  std::uint64_t flags = 0, address = 0, offset = 0, size = 0;
  std::uint32_t link = 0;
};

struct ElfSymbol {
  std::string_view name;  // borrowed from the file
  std::uint64_t value = 0, size = 0;
  std::uint8_t binding = 0, type = 0;
  bool defined = false;  // exported by this file; false: imported from another

  static constexpr std::uint8_t k_function = 2, k_indirect_function = 10;
};

struct ElfNote {
  std::string_view owner;
  std::uint32_t type = 0;
  Bytes content;
};

struct ElfLimits {
  std::size_t segments = 4096;
  std::size_t sections = 65536;
  std::size_t dynamic_entries = 4096;
  std::size_t symbols = 200'000;
  std::size_t notes = 1024;
  std::size_t name_bytes = 1024;  // of a symbol or section; a longer one is cut
};

// Borrows the file's bytes. Immutable after open().
class ElfFile {
 public:
  // "elf-truncated" or "elf-malformed" for what has no ELF header; all else that is wrong makes `broken` parts.
  static Result<ElfFile> open(Bytes file, const ElfLimits& limits = {});

  const ElfHeader& header() const { return m_header; }
  Bytes bytes() const { return m_file; }
  const std::vector<ElfSegment>& segments() const { return m_segments; }
  const std::vector<ElfSection>& sections() const { return m_sections; }  // empty where there are none
  // The header names a table of segments or sections that is not in the file.
  bool segments_broken() const { return m_segments_broken; }
  bool sections_broken() const { return m_sections_broken; }

  const ElfSection* section(std::string_view name) const;
  Bytes content(const ElfSection& section) const;  // the part of it that is in the file
  Bytes content(const ElfSegment& segment) const;
  // Where the loader would find an address in the file.
  std::optional<std::uint64_t> offset_of(std::uint64_t address) const;

  // Of the dynamic table, in its order.
  const std::vector<std::string_view>& needed() const { return m_needed; }  // DT_NEEDED
  std::string_view shared_name() const { return m_shared_name; }            // DT_SONAME
  std::string_view interpreter() const;                                     // PT_INTERP
  bool dynamic() const { return m_dynamic; }
  const std::vector<ElfSymbol>& dynamic_symbols() const { return m_symbols; }

  std::vector<ElfNote> notes() const;
  // Where Go's linker put the block that names the toolchain and the modules ("\xff Go buildinf:"), if anywhere.
  std::optional<std::uint64_t> go_build_info() const;
  // The end of the last segment or table: what follows is no part of the program.
  std::uint64_t end_of_program() const;

 private:
  struct DynamicTable;
  void read_segments();
  void read_sections();
  void read_dynamic();
  void read_symbols(const DynamicTable& table);
  std::uint64_t count_symbols(const DynamicTable& table) const;
  std::string_view text_at(Bytes strings, std::uint64_t offset) const;
  std::uint16_t u16(std::uint64_t offset) const;
  std::uint32_t u32(std::uint64_t offset) const;
  std::uint64_t u64(std::uint64_t offset) const;
  std::uint64_t word(std::uint64_t offset) const { return m_header.is_64 ? u64(offset) : u32(offset); }
  void add_notes(Bytes table, std::vector<ElfNote>& out) const;

  Bytes m_file;
  ElfLimits m_limits;
  ElfHeader m_header;
  std::vector<ElfSegment> m_segments;
  std::vector<ElfSection> m_sections;
  std::vector<ElfSymbol> m_symbols;
  std::vector<std::string_view> m_needed;
  std::string_view m_shared_name;
  bool m_segments_broken = false, m_sections_broken = false, m_dynamic = false;
};

// Where a library ends by its segments, from the first bytes of the file; 0 for what can be started (it has an entry
// or an interpreter) and what is no library. What is appended to a library does not count.
std::uint64_t end_of_library(Bytes head);

// Bits a byte, 0 to 8. Looks at no more than `most` bytes, spread evenly.
double entropy_of(Bytes bytes, std::size_t most = 1 << 20);

}  // namespace hullcheck::formats
