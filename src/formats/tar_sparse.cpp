// Sparse maps (the GNU tar manual, "Storing Sparse Files": old GNU format, pax versions 0.0, 0.1 and 1.0).
// Hostile: maps without end, segments that overlap or leave the file, counts that are not kept.
#include "formats/tar_sparse.hpp"

#include <fmt/core.h>

#include <utility>

namespace hullcheck::formats {
namespace {

constexpr std::size_t k_number = 12, k_row = 2 * k_number;
constexpr std::size_t k_header_table = 386, k_header_rows = 4, k_header_more = 482, k_real_size = 483;
constexpr std::size_t k_extension_rows = 21, k_extension_more = 504;

Error limit_error(std::string message) {
  return make_error(ErrorCode::limit, "tar-sparse-limit", std::move(message));
}
Error too_many(const TarLimits& limits) {
  return limit_error(fmt::format("a sparse file has more than {} segments", limits.sparse_segments));
}

}  // namespace

SparseForm pax_sparse_form(const PaxValues& values) {
  if (values.sparse_major == "1" && values.sparse_minor == "0") return SparseForm::pax_1;
  if (values.sparse_major == "0" && (values.sparse_minor == "0" || values.sparse_minor == "1"))
    return SparseForm::pax_0;
  if (!values.sparse_major.empty() || !values.sparse_minor.empty()) return SparseForm::none;
  return values.sparse_pairs.empty() && values.sparse_map.empty() ? SparseForm::none : SparseForm::pax_0;
}

Result<void> read_gnu_segments(TarBlock block, bool extension, const TarLimits& limits,
                               std::vector<TarSegment>& segments, bool& more) {
  const std::size_t table = extension ? 0 : k_header_table, rows = extension ? k_extension_rows : k_header_rows;
  more = block[extension ? k_extension_more : k_header_more] != 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const Bytes fields = Bytes(block).subspan(table + row * k_row, k_row);
    if (fields[0] == 0) break;
    const auto offset = tar_number(fields.first(k_number)), size = tar_number(fields.last(k_number));
    if (!offset || !size) return tar_header_error("the sparse map has an invalid number");
    if (segments.size() == limits.sparse_segments) return too_many(limits);
    segments.push_back({*offset, *size});
  }
  return {};
}

Result<std::uint64_t> gnu_real_size(TarBlock block) {
  const auto size = tar_number(Bytes(block).subspan(k_real_size, k_number));
  if (!size) return tar_header_error("the real size of a sparse file is no valid number");
  return *size;
}

Result<void> read_pax_0_segments(const PaxValues& values, std::vector<TarSegment>& segments) {
  const auto& numbers = values.sparse_pairs.empty() ? values.sparse_map : values.sparse_pairs;
  if (numbers.size() % 2 != 0 || values.sparse_blocks != numbers.size() / 2)
    return tar_header_error("the sparse map has not as many segments as it says");
  for (std::size_t i = 0; i < numbers.size(); i += 2) segments.push_back({numbers[i], numbers[i + 1]});
  return {};
}

Result<bool> Pax1Map::add(TarBlock block) {
  for (const std::uint8_t byte : block) {
    if (byte >= '0' && byte <= '9') {
      if (m_number > (k_tar_largest - 9) / 10 || ++m_digits > 40)
        return tar_header_error("the sparse map has too large a number");
      m_number = m_number * 10 + (byte - '0');
      continue;
    }
    if (byte != '\n' || m_digits == 0) return tar_header_error("the sparse map is no list of numbers");
    TRY(add_number());
    if (m_numbers == m_wanted) return true;
  }
  return false;
}

Result<void> Pax1Map::add_number() {
  const std::uint64_t number = std::exchange(m_number, 0);
  m_digits = 0;
  if (m_numbers++ == 0) {
    if (number > m_limits.sparse_segments) return too_many(m_limits);
    m_wanted = 1 + 2 * number;
  } else if (m_numbers % 2 == 0) {
    segments.push_back({number, 0});
  } else {
    segments.back().size = number;
  }
  return {};
}

Result<void> check_segments(const std::vector<TarSegment>& segments, std::uint64_t real_size, std::uint64_t stored,
                            const TarLimits& limits) {
  if (real_size > limits.sparse_size)
    return limit_error(fmt::format("a sparse file has more than {} bytes", limits.sparse_size));
  std::uint64_t end = 0, sum = 0;
  for (const auto& segment : segments) {
    if (segment.offset < end || segment.offset > real_size || segment.size > real_size - segment.offset)
      return tar_header_error("the segments of a sparse file overlap or leave it");
    end = segment.offset + segment.size;
    sum += segment.size;
  }
  if (sum != stored) return tar_header_error("a sparse file stores more or fewer bytes than its map");
  return {};
}

}  // namespace hullcheck::formats
