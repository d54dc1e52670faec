// gzip (RFC 1952, any number of members), zstd (RFC 8878, any number of frames), xz, bzip2 and plain bytes as one stream.
// gzip runs on ISA-L, which leaves the upper halves of the AVX registers dirty and so slows OpenSSL's SHA-256 by a
// quarter: every inflate call is followed by vzeroupper (see bench/README.md for the figures).
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "formats/byte_stream.hpp"

namespace hullcheck::formats {

enum class Compression : std::uint8_t { none, gzip, zstd, xz, bzip2 };
std::string_view to_string(Compression compression);
// By magic number; needs the first six bytes. What matches nothing is `none`.
Compression detect_compression(Bytes head);

struct DecompressLimits {
  std::uint64_t output_bytes = 64ULL << 30;  // error "decompressed-size-limit"
  // Output over input, once past `ratio_grace` bytes of output: a layer of zeros may be large, a bomb is larger.
  std::uint64_t ratio = 1100;  // gzip cannot exceed 1032, the others can; error "decompress-ratio-limit"
  std::uint64_t ratio_grace = 1ULL << 30;
  std::uint64_t zstd_window = 128ULL << 20;  // error "zstd-window-limit"
};

// Looks at the first block of `input` and returns the stream of plain bytes.
// Trailing bytes after the last gzip member or zstd frame are an error ("trailing-garbage") unless they are zeros.
// `input` is borrowed and must outlive the result.
Result<std::unique_ptr<ByteStream>> decompress(ByteStream& input, const DecompressLimits& limits,
                                               Compression* found = nullptr);

}  // namespace hullcheck::formats
