// ELF programs packed by UPX, read by their structure, whatever was done to the names in them.
//
// A packed program is: ELF header and two or three program headers; l_info (checksum, "UPX!", size, version, format)
// and p_info (program id, size of the original, block size); then blocks, each with a b_info of 12 bytes (plain size,
// packed size, method, filter, the filter's byte, unused), all numbers in the machine's order. The first block holds
// the original's ELF and program headers, the next ones its segments, and after the loader's code what lay between
// and behind them. The last 36 bytes repeat the name with sums of everything.
//
// Every name and sum may be overwritten without the program ceasing to run, and that is what is done to make
// unpacking tools refuse. The sizes may not be, as the loader uses them: so the first block is looked for by sizes
// that fit and is proved by what it unpacks to, an ELF header. Method numbers are tried first and the other methods
// after them.
//
// Hostile: sizes are bounded by the file and by the limits, and unpacking gives back what came out before damage.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "util/bytes.hpp"
#include "util/result.hpp"

namespace hullcheck::formats {

struct UpxLimits {
  std::uint64_t output_bytes = 256ULL << 20;  // "upx-size-limit"
  std::size_t search_bytes = 64 << 10;        // the first block begins no later than this
  std::size_t attempts = 64;                  // places where a first block is tried
  std::size_t blocks = 4096;                  // "upx-blocks-limit"
};

struct UpxProgram {
  Buffer content;        // the original, as far as it came out
  bool complete = true;  // false: a block could not be unpacked, or a limit was hit (`trouble` says which)
  std::string trouble;   // name of the error
  std::string method;    // "NRV2B", "NRV2D", "NRV2E", "LZMA", "deflate"
  bool magic = false;    // "UPX!" stands where UPX puts it
  bool notices = false;  // "$Info: This file is packed with the UPX" stands in it
  std::size_t blocks = 0;
};

// "upx-not-found" when nothing in the file unpacks to an ELF header. The caller has seen that `file` is ELF.
Result<UpxProgram> unpack_upx(Bytes file, const UpxLimits& limits = {});

// By its program headers alone, the shape of a UPX-packed ELF program: no section headers, at most a handful of
// program headers, and memory to be filled that the file does not hold.
bool has_packed_shape(Bytes file);

// One block of UPX's, filled to the last byte; false for data of another method.
bool unpack_upx_block(std::uint8_t method, Bytes input, std::span<std::uint8_t> output);

// Programs for Windows (PE). The name, then how the one block is packed and its sizes (32 bytes), then the block:
// what the loader lays out in memory, without headers. As above the name may be gone; the sizes may not.
// "upx-not-found" when nothing in the file unpacks.
Result<UpxProgram> unpack_upx_pe(Bytes file, const UpxLimits& limits = {});

// The first section is to be filled and takes no bytes of the file, the second one is packed.
struct PackedSections {
  bool shape = false;
  bool named = false;  // "UPX0"
  Bytes packed;        // as far as `file` holds it
};
PackedSections packed_sections(Bytes file);

}  // namespace hullcheck::formats
