// The maps of sparse members: which parts of a file are stored, all between being zeros. Internal to formats/.
#pragma once

#include <cstdint>
#include <vector>

#include "formats/tar_header.hpp"
#include "formats/tar_pax.hpp"

namespace hullcheck::formats {

struct TarSegment {
  std::uint64_t offset = 0, size = 0;  // in the real file
};

enum class SparseForm : std::uint8_t { none, old_gnu, pax_0, pax_1 };
// By the pax records alone; a form that nobody has defined is none.
SparseForm pax_sparse_form(const PaxValues& values);

// Adds the segments of the table in a header (`extension` false) or in an extension block of the old GNU form, and
// says in `more` whether another extension block follows.
Result<void> read_gnu_segments(TarBlock block, bool extension, const TarLimits& limits,
                               std::vector<TarSegment>& segments, bool& more);
// The real size in a header of the old GNU form.
Result<std::uint64_t> gnu_real_size(TarBlock block);

// From the numbers of the pax forms 0.0 and 0.1.
Result<void> read_pax_0_segments(const PaxValues& values, std::vector<TarSegment>& segments);

// The text at the beginning of a member of form 1.0: a count, then offset and size of each segment, a number a line.
class Pax1Map {
 public:
  explicit Pax1Map(const TarLimits& limits) : m_limits(limits) {}
  // True when the block held the last number; the rest of it is padding.
  Result<bool> add(TarBlock block);
  std::vector<TarSegment> segments;

 private:
  Result<void> add_number();

  const TarLimits& m_limits;
  std::uint64_t m_number = 0, m_wanted = 0, m_numbers = 0;
  int m_digits = 0;
};

// In order, within the real size, and as many bytes in all as the archive stores.
Result<void> check_segments(const std::vector<TarSegment>& segments, std::uint64_t real_size, std::uint64_t stored,
                            const TarLimits& limits);

}  // namespace hullcheck::formats
