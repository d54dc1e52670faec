#include "formats/upx.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "formats/elf.hpp"
#include "formats/inflate.hpp"
#include "formats/nrv.hpp"
#include "formats/xz.hpp"

namespace hullcheck::formats {
namespace {

constexpr std::size_t k_info = 12;
constexpr std::size_t k_program_info = 12;
constexpr std::size_t k_most_header = 64 << 10;  // of the original's ELF and program headers
constexpr std::size_t k_least_header = 52;
constexpr std::size_t k_gap = 1 << 20;  // the loader's code between two runs of blocks
constexpr std::string_view k_magic = "UPX!";
constexpr std::uint8_t k_first_method = 2, k_last_method = 15;

struct Method {
  std::uint8_t number;
  const char* name;
};
constexpr std::array<Method, 11> k_methods{{{2, "NRV2B"},
                                            {8, "NRV2E"},
                                            {5, "NRV2D"},
                                            {14, "LZMA"},
                                            {3, "NRV2B"},
                                            {9, "NRV2E"},
                                            {6, "NRV2D"},
                                            {4, "NRV2B"},
                                            {10, "NRV2E"},
                                            {7, "NRV2D"},
                                            {15, "deflate"}}};

struct Block {
  std::uint64_t offset = 0;  // of the b_info
  std::uint32_t plain = 0, packed = 0;
  std::uint8_t method = 0;
  std::uint64_t end() const { return offset + k_info + packed; }
};

bool unpack_nrv(std::uint8_t number, Bytes input, std::span<std::uint8_t> output) {
  constexpr std::array<NrvVariant, 3> k_variants{NrvVariant::nrv2b, NrvVariant::nrv2d, NrvVariant::nrv2e};
  constexpr std::array<NrvBits, 3> k_bits{NrvBits::by_32, NrvBits::by_8, NrvBits::by_16};
  const unsigned at = number - 2U;
  const NrvResult result = decompress_nrv(k_variants[at / 3], k_bits[at % 3], input, output);
  return result.ended && result.written == output.size() && result.consumed == input.size();
}

// UPX's two bytes of properties, then the stream.
bool unpack_lzma(Bytes input, std::span<std::uint8_t> output) {
  if (input.size() < 3) return false;
  LzmaProperties properties;
  properties.position = input[0] & 7U;
  properties.literal_position = input[1] >> 4U;
  properties.literal_context = input[1] & 15U;
  if (static_cast<unsigned>(input[0] >> 3U) != properties.literal_context + properties.literal_position) return false;
  return decompress_raw_lzma(properties, input.subspan(2), output);
}

bool unpack_with(std::uint8_t method, Bytes input, std::span<std::uint8_t> output) {
  if (method >= 2 && method <= 10) return unpack_nrv(method, input, output);
  if (method == 14) return unpack_lzma(input, output);
  return method == 15 && inflate_raw(input, output) == output.size();
}

class Unpacker {
 public:
  Unpacker(Bytes file, const ElfHeader& header, const UpxLimits& limits)
      : m_file(file), m_header(header), m_limits(limits) {}

  Result<UpxProgram> run() {
    const auto first = find_first();
    if (!first) return make_error(ErrorCode::not_found, "upx-not-found", "no block unpacks to an ELF header");
    place_segments();
    m_program.magic = as_text(m_file.subspan(0, first->offset)).find(k_magic) != std::string_view::npos;
    m_program.notices = as_text(m_file).find("$Info: This file is packed") != std::string_view::npos;
    follow(first->end());
    return std::move(m_program);
  }

 private:
  std::uint32_t u32(std::uint64_t at) const {
    return (m_header.big_endian ? read_be<std::uint32_t>(m_file, at) : read_le<std::uint32_t>(m_file, at))
        .value_or(0);
  }

  // Sizes that add up: nothing grows by packing, and the data lies in the file.
  std::optional<Block> block_at(std::uint64_t at) const {
    if (!slice(m_file, at, k_info)) return std::nullopt;
    const Block block{at, u32(at), u32(at + 4), m_file[static_cast<std::size_t>(at + 8)]};
    const bool sane = block.plain > 0 && block.packed > 0 && block.packed <= block.plain &&
                      slice(m_file, at + k_info, block.packed).has_value();
    return sane ? std::optional(block) : std::nullopt;
  }

  Bytes data(const Block& block) const {
    return m_file.subspan(static_cast<std::size_t>(block.offset + k_info), block.packed);
  }

  bool unpack(const Block& block, std::span<std::uint8_t> output) {
    const Bytes input = data(block);
    if (block.packed == block.plain) {
      std::copy(input.begin(), input.end(), output.begin());
      return true;
    }
    // What the block names, what worked before, then all others.
    if (try_method(block.method, input, output)) return true;
    if (m_method != 0) return m_method != block.method && unpack_with(m_method, input, output);
    return std::any_of(k_methods.begin(), k_methods.end(), [&](const Method& method) {
      return method.number != block.method && try_method(method.number, input, output);
    });
  }

  bool try_method(std::uint8_t number, Bytes input, std::span<std::uint8_t> output) {
    const auto known = std::find_if(k_methods.begin(), k_methods.end(),
                                    [&](const Method& method) { return method.number == number; });
    if (known == k_methods.end() || !unpack_with(number, input, output)) return false;
    m_method = number;
    m_program.method = known->name;
    return true;
  }

  // An ELF header with the program headers that it promises, for the same machine.
  bool is_original(Bytes plain) const {
    const auto header = ElfHeader::read(plain);
    if (!header || header->is_64 != m_header.is_64 || header->big_endian != m_header.big_endian) return false;
    return header->machine == m_header.machine && header->segment_count > 0;
  }

  std::optional<Block> find_first() {
    const std::uint64_t start = m_header.size();
    const std::uint64_t last = std::min<std::uint64_t>(m_file.size(), m_limits.search_bytes);
    std::size_t attempts = 0;
    for (std::uint64_t at = start; at + k_info < last && attempts < m_limits.attempts; at += 4) {
      const auto block = block_at(at);
      if (!block || block->plain < k_least_header || block->plain > k_most_header) continue;
      ++attempts;
      Buffer plain(block->plain);
      m_method = 0;
      if (!unpack(*block, plain) || !is_original(plain)) continue;
      // p_info, where it says something possible.
      const std::uint64_t size = at >= start + k_program_info ? u32(at - 8) : 0;
      m_promised = size >= plain.size() && size <= m_limits.output_bytes ? size : 0;
      m_program.content = std::move(plain);
      m_program.blocks = 1;
      return block;
    }
    return std::nullopt;
  }

  // Where the segments of the original go, in the order in which their blocks stand.
  void place_segments() {
    const auto elf = ElfFile::open(m_program.content);
    if (!elf) return;
    m_used = m_program.content.size();
    for (const ElfSegment& segment : elf->segments()) {
      if (segment.type != ElfSegment::k_load || segment.file_size == 0) continue;
      std::uint64_t from = segment.offset, size = segment.file_size;
      if (from < m_used) {
        const std::uint64_t there = std::min(size, m_used - from);
        from += there;
        size -= there;
      }
      if (size > 0 && size <= m_limits.output_bytes && from <= m_limits.output_bytes - size)
        m_places.push_back({from, size});
    }
  }

  void stop(const char* trouble) {
    m_program.complete = false;
    m_program.trouble = trouble;
  }

  // False when the block does not unpack, or a limit says so.
  bool append(const Block& block) {
    if (m_total + block.plain > m_limits.output_bytes) {
      stop("upx-size-limit");
      return false;
    }
    if (m_program.blocks >= m_limits.blocks) {
      stop("upx-blocks-limit");
      return false;
    }
    // A size is only a claim, and memory for it has to be filled: what fails counts too.
    m_attempted += block.plain;
    if (m_attempted > m_limits.output_bytes + m_total) return false;
    m_plain.resize(block.plain);
    if (!unpack(block, m_plain)) return false;
    ++m_program.blocks;
    m_total += block.plain;
    write(m_plain);
    return true;
  }

  // Into the segments in turn; what belongs to none goes to the end.
  void write(Bytes plain) {
    while (!plain.empty() && m_place < m_places.size()) {
      Place& place = m_places[m_place];
      const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(plain.size(), place.size));
      if (m_program.content.size() < place.offset + part) m_program.content.resize(place.offset + part);
      std::copy_n(plain.begin(), part, m_program.content.begin() + static_cast<std::ptrdiff_t>(place.offset));
      place.offset += part;
      place.size -= part;
      plain = plain.subspan(part);
      if (place.size == 0) ++m_place;
    }
    m_program.content.insert(m_program.content.end(), plain.begin(), plain.end());
  }

  // Blocks one after the other, then the loader's code, then the blocks of what lay between the segments.
  void follow(std::uint64_t at) {
    m_total = m_program.content.size();
    at = follow_run(at);
    if (!m_program.complete) return;
    if (m_promised == 0 || m_total < m_promised)
      if (const auto next = find_run(at)) follow_run(*next);
    if (m_program.complete && m_place < m_places.size()) stop("upx-truncated");
  }

  bool settled() const { return m_promised != 0 && m_total >= m_promised; }

  std::uint64_t follow_run(std::uint64_t at) {
    while (!settled()) {
      const auto block = block_at(at);
      if (!block || !append(*block)) break;
      at = block->end();
    }
    return at;
  }

  // Between code anything may look like sizes: only what unpacks is a block.
  std::optional<std::uint64_t> find_run(std::uint64_t from) {
    std::size_t attempts = 0;
    for (std::uint64_t at = from & ~std::uint64_t{3}; at < from + k_gap && attempts < m_limits.attempts; at += 4) {
      const auto block = block_at(at);
      if (!block || block->packed == block->plain || block->plain > m_limits.output_bytes) continue;
      if (block->method < k_first_method || block->method > k_last_method) continue;
      ++attempts;
      if (append(*block)) return block->end();
      if (!m_program.complete) break;
    }
    return std::nullopt;
  }

  struct Place {
    std::uint64_t offset, size;
  };

  Bytes m_file;
  ElfHeader m_header;
  UpxLimits m_limits;
  UpxProgram m_program;
  std::uint8_t m_method = 0;
  std::uint64_t m_promised = 0, m_total = 0, m_attempted = 0, m_used = 0;
  std::size_t m_place = 0;
  std::vector<Place> m_places;
  Buffer m_plain;
};

}  // namespace

bool unpack_upx_block(std::uint8_t method, Bytes input, std::span<std::uint8_t> output) {
  return unpack_with(method, input, output);
}

Result<UpxProgram> unpack_upx(Bytes file, const UpxLimits& limits) {
  const ElfHeader header = TRY(ElfHeader::read(file));
  return Unpacker(file, header, limits).run();
}

bool has_packed_shape(Bytes file) {
  const auto header = ElfHeader::read(file);
  if (!header || header->section_count != 0 || header->section_offset != 0) return false;
  return header->segment_count > 0 && header->segment_count <= 8;
}

}  // namespace hullcheck::formats
