// PE programs packed by UPX. The header before the block: name (4), version, format, method, level, two sums (4
// each), plain size, packed size, size of the file (4 each), filter, its byte, one more, sum of the header.
#include <algorithm>
#include <array>
#include <string_view>

#include "formats/upx.hpp"

namespace hullcheck::formats {
namespace {

constexpr std::size_t k_header = 32;
constexpr std::uint32_t k_least_packed = 64;
constexpr std::string_view k_magic = "UPX!";

struct Method {
  std::uint8_t number;
  const char* name;
};
// What UPX uses for these formats.
constexpr std::array<Method, 5> k_methods{{{2, "NRV2B"}, {5, "NRV2D"}, {8, "NRV2E"}, {14, "LZMA"}, {15, "deflate"}}};

struct Header {
  std::uint8_t method = 0;
  std::uint32_t plain = 0, packed = 0;
};

// Sizes that add up: nothing grows by packing, and the data lies in the file.
bool read_header(Bytes file, std::size_t at, const UpxLimits& limits, Header& header) {
  if (!slice(file, at, k_header)) return false;
  header.method = file[at + 6];
  header.plain = read_le<std::uint32_t>(file, at + 16).value_or(0);
  header.packed = read_le<std::uint32_t>(file, at + 20).value_or(0);
  return header.packed >= k_least_packed && header.packed < header.plain && header.plain <= limits.output_bytes &&
         header.packed <= file.size() - at - k_header;
}

}  // namespace

Result<UpxProgram> unpack_upx_pe(Bytes file, const UpxLimits& limits) {
  const std::size_t last = std::min(file.size(), limits.search_bytes);
  std::size_t attempts = 0;
  std::uint64_t tried = 0;
  for (std::size_t at = 64; at + k_header < last && attempts < limits.attempts; at += 4) {
    Header header;
    if (!read_header(file, at, limits, header)) continue;
    const bool magic = as_text(file.subspan(at, 4)) == k_magic;
    const Bytes input = file.subspan(at + k_header, header.packed);
    for (const Method& method : k_methods) {
      // Numbers that merely look like sizes: only what the header says itself is worth a try.
      if (!magic && method.number != header.method) continue;
      ++attempts;
      tried += header.plain;
      if (tried > limits.output_bytes) break;
      UpxProgram program;
      program.content.resize(header.plain);
      if (!unpack_upx_block(method.number, input, program.content)) continue;
      program.method = method.name;
      program.magic = magic;
      program.notices = true;  // there are none in this format
      program.blocks = 1;
      return program;
    }
  }
  return make_error(ErrorCode::not_found, "upx-not-found", "no block of the program unpacks");
}

PackedSections packed_sections(Bytes file) {
  constexpr std::size_t k_section = 40;
  PackedSections found;
  if (!as_text(file).starts_with("MZ")) return found;
  const std::uint64_t at = read_le<std::uint32_t>(file, 0x3c).value_or(0);
  const auto mark = slice(file, at, 4);
  if (!mark || read_le<std::uint32_t>(*mark, 0) != 0x4550U) return found;
  const std::uint64_t table = at + 24 + read_le<std::uint16_t>(file, at + 20).value_or(0);
  if (read_le<std::uint16_t>(file, at + 6).value_or(0) < 2 || !slice(file, table, 2 * k_section)) return found;
  const auto u32 = [&](std::uint64_t offset) { return read_le<std::uint32_t>(file, table + offset).value_or(0); };
  const std::string_view name = as_text(*slice(file, table, 8));
  found.named = name.starts_with("UPX0");
  found.shape = u32(16) == 0 && u32(8) >= 4096 && u32(k_section + 16) > 0;
  const std::uint64_t offset = u32(k_section + 20);
  if (offset < file.size())
    found.packed =
        file.subspan(static_cast<std::size_t>(offset),
                     std::min<std::size_t>(u32(k_section + 16), file.size() - static_cast<std::size_t>(offset)));
  return found;
}

}  // namespace hullcheck::formats
