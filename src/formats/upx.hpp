// ELF programs packed by UPX, read by their structure, whatever was done to the names in them.
//
// A packed program is: ELF header and two or three program headers; l_info (checksum, "UPX!", size, version, format)
// and p_info (program id, size of the original, block size); then blocks, each with a b_info of 12 bytes (plain size,
// packed size, method, filter, the filter's byte, unused), all numbers in the machine's order. The first block holds
// the original's ELF and program headers, the next ones its segments, and after the loader's code what lay between and
// behind them. The last 36 bytes repeat the name with sums of everything.
//
// Every name and sum may be overwritten without the program ceasing to run, and that is what is done to make unpacking
// tools refuse. The sizes may not be, as the loader uses them: so the first block is looked for by sizes that fit and
// is proved by what it unpacks to, an ELF header. Method numbers are tried first and the other methods after them.
//
// Hostile: sizes are bounded by the file and by the limits, and unpacking gives back what came out before damage.
#pragma once

#include <cstdint>
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

}  // namespace hullcheck::formats
