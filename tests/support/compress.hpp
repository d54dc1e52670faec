// Compressed data for tests, with control over what ordinary tools hide: header fields, stored blocks, frame kinds.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace hullcheck::test {

struct GzipOptions {
  int level = 1;           // of ISA-L: 0 to 3
  std::size_t stored = 0;  // not 0: blocks of this many bytes without compression (at most 65535)
  std::string extra = {}, name = {}, comment = {};
  bool header_crc = false;
};
// One member.
std::string gzip(std::string_view plain, const GzipOptions& options = {});

struct ZstdOptions {
  int level = 3;
  int window_log = 0;  // 0: as the level says
  bool checksum = true;
  bool content_size = true;
};
// One frame.
std::string zstd(std::string_view plain, const ZstdOptions& options = {});
std::string zstd_skippable(std::string_view content);

// Text that compresses about as well as programs do, the same for the same seed.
std::string sample_text(std::size_t size, std::uint32_t seed = 1);
// Bytes that do not compress.
std::string noise(std::size_t size, std::uint32_t seed = 1);

}  // namespace hullcheck::test
