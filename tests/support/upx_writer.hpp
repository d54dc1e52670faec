// Packs an ELF file as UPX does, for tests: same structure, same compression (libucl, liblzma), and in place of the
// loader's code bytes that do nothing. What comes out cannot run.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace hullcheck::test {

enum class UpxMethod : std::uint8_t {
  nrv2b_32 = 2,
  nrv2b_8 = 3,
  nrv2b_16 = 4,
  nrv2d_32 = 5,
  nrv2d_8 = 6,
  nrv2d_16 = 7,
  nrv2e_32 = 8,
  nrv2e_8 = 9,
  nrv2e_16 = 10,
  lzma = 14,
};

struct UpxOptions {
  UpxMethod method = UpxMethod::nrv2b_32;
  std::size_t block = 1 << 20;
  std::string magic = "UPX!";  // four bytes, in both places where it stands
  bool notices = true;
  bool method_bytes = true;  // false: the blocks do not name their method
  bool program_size = true;  // false: p_info is zeroed
};

// Whether this build has the compressors (libucl-dev).
bool can_pack_upx();
// `elf` is a little-endian 64-bit program with its program headers behind its header.
std::string pack_upx(std::string_view elf, const UpxOptions& options = {});

// A program for Windows with the sections of UPX around `content`, which the first is to be filled with.
std::string pack_upx_pe(std::string_view content, const UpxOptions& options = {}, std::string_view section = "UPX");

// A .lzma file.
std::string lzma_alone(std::string_view plain);

// A small ELF program of one or more segments around `content`; with a section table unless told otherwise.
struct ElfOptions {
  bool sections = true;
  std::size_t segments = 1;
  std::size_t padding = 4096;  // zeros behind the content
};
std::string make_elf(std::string_view content, const ElfOptions& options = {});

}  // namespace hullcheck::test
