// The few parts of an ELF file that tell who built it: a section by its name, bytes by their address.
// Hostile: every offset, size, count and name; what does not lie in the file is not there. Counts are bounded.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "util/bytes.hpp"

namespace hullcheck::inventory {

// Programs beyond this are not read whole for what their builders recorded in them: libraries of that size hold data,
// and each would be copied to disk. What nobody accounts for counts as such in the coverage of programs.
constexpr std::uint64_t k_largest_program = 256ULL << 20;

class ElfParts {
 public:
  // Nothing for what is no ELF of 32 or 64 bits. Borrows the bytes.
  static std::optional<ElfParts> open(Bytes file);

  std::optional<Bytes> section(std::string_view name) const;
  // The bytes at an address of the running program, as far as the file holds them.
  std::optional<Bytes> at_address(std::uint64_t address, std::uint64_t size) const;
  // Where segments that may be written lie in the file: compilers put their marks there.
  const std::vector<Bytes>& writable() const { return m_writable; }

  std::uint64_t pointer_size() const { return m_64 ? 8 : 4; }
  template <class Integer>
  std::optional<Integer> read(Bytes bytes, std::uint64_t offset) const {
    return m_big ? read_be<Integer>(bytes, offset) : read_le<Integer>(bytes, offset);
  }
  std::optional<std::uint64_t> read_pointer(Bytes bytes, std::uint64_t offset) const;

 private:
  struct Segment {
    std::uint64_t address, offset, size;
  };
  void read_segments();

  Bytes m_file;
  bool m_64 = false, m_big = false;
  std::vector<Segment> m_segments;
  std::vector<Bytes> m_writable;
};

}  // namespace hullcheck::inventory
