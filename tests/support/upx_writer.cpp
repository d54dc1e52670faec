#include "support/upx_writer.hpp"

#include <lzma.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <vector>

#ifdef HULLCHECK_HAVE_UCL
#include <ucl/ucl.h>
#endif

namespace hullcheck::test {
namespace {

template <class Integer>
void put(std::string& out, Integer value) {
  for (std::size_t i = 0; i < sizeof value; ++i) out += static_cast<char>(value >> (8 * i) & 0xffU);
}
template <class Integer>
Integer get(std::string_view bytes, std::size_t at) {
  Integer value = 0;
  for (std::size_t i = sizeof value; i-- > 0;)
    value = static_cast<Integer>(value << 8U | static_cast<unsigned char>(bytes[at + i]));
  return value;
}

std::string lzma(std::string_view plain) {
  lzma_options_lzma options{};
  lzma_lzma_preset(&options, 6);
  options.lc = 3, options.lp = 0, options.pb = 2;
  const lzma_filter filters[] = {{LZMA_FILTER_LZMA1, &options}, {LZMA_VLI_UNKNOWN, nullptr}};
  std::string packed(plain.size() + plain.size() / 2 + 1024, '\0');
  std::size_t size = 0;
  if (lzma_raw_buffer_encode(filters, nullptr, reinterpret_cast<const std::uint8_t*>(plain.data()), plain.size(),
                             reinterpret_cast<std::uint8_t*>(packed.data()), &size, packed.size()) != LZMA_OK)
    throw std::runtime_error("lzma");
  packed.resize(size);
  return std::string{static_cast<char>((3 + 0) << 3 | 2), static_cast<char>(0 << 4 | 3)} + packed;
}

#ifdef HULLCHECK_HAVE_UCL
std::string ucl(std::string_view plain, UpxMethod method) {
  const auto number = static_cast<unsigned>(method);
  std::string packed(plain.size() + plain.size() / 8 + 256, '\0');
  auto size = static_cast<ucl_uint>(packed.size());
  ucl_compress_config_t config;
  config.bb_endian = 0;
  config.max_offset = config.max_match = config.s_level = config.h_level = config.p_level = UCL_UINT_MAX;
  config.c_flags = UCL_UINT_MAX;
  config.m_size = UCL_UINT_MAX;
  config.bb_size = number % 3 == 2 ? 32 : number % 3 == 0 ? 8 : 16;
  const auto run = [&](auto function) {
    return function(reinterpret_cast<const ucl_bytep>(plain.data()), static_cast<ucl_uint>(plain.size()),
                    reinterpret_cast<ucl_bytep>(packed.data()), &size, nullptr, 7, &config, nullptr);
  };
  ucl_init();
  const int code = number <= 4   ? run(ucl_nrv2b_99_compress)
                   : number <= 7 ? run(ucl_nrv2d_99_compress)
                                 : run(ucl_nrv2e_99_compress);
  if (code != UCL_E_OK) throw std::runtime_error("ucl");
  packed.resize(size);
  return packed;
}
#endif

std::string compress(std::string_view plain, UpxMethod method) {
  if (method == UpxMethod::lzma) return lzma(plain);
#ifdef HULLCHECK_HAVE_UCL
  return ucl(plain, method);
#else
  throw std::runtime_error("built without libucl");
#endif
}

class Packer {
 public:
  explicit Packer(const UpxOptions& options) : m_options(options) {}

  void block(std::string_view plain) {
    std::string packed = compress(plain, m_options.method);
    if (packed.size() >= plain.size()) packed = plain;
    put<std::uint32_t>(out, static_cast<std::uint32_t>(plain.size()));
    put<std::uint32_t>(out, static_cast<std::uint32_t>(packed.size()));
    out += m_options.method_bytes ? static_cast<char>(m_options.method) : '\0';
    out.append(3, '\0');
    out += packed;
  }
  void blocks(std::string_view plain) {
    for (std::size_t at = 0; at < plain.size(); at += m_options.block) block(plain.substr(at, m_options.block));
  }

  std::string out;

 private:
  const UpxOptions& m_options;
};

}  // namespace

bool can_pack_upx() {
#ifdef HULLCHECK_HAVE_UCL
  return true;
#else
  return false;
#endif
}

std::string pack_upx_pe(std::string_view content, const UpxOptions& options, std::string_view section) {
  const std::string packed = compress(content, options.method);
  std::string file = "MZ" + std::string(58, '\0');
  put<std::uint32_t>(file, 0x80);
  file.resize(0x80);
  put<std::uint32_t>(file, 0x4550), put<std::uint16_t>(file, 0x8664), put<std::uint16_t>(file, 3);
  file.append(12, '\0');
  put<std::uint16_t>(file, 240), put<std::uint16_t>(file, 0x22);
  put<std::uint16_t>(file, 0x20b);
  file.append(238, '\0');
  const auto header = [&](std::string name, std::uint32_t memory, std::uint32_t size, std::uint32_t offset) {
    name.resize(8);
    file += name;
    put<std::uint32_t>(file, memory), put<std::uint32_t>(file, 0x1000), put<std::uint32_t>(file, size);
    put<std::uint32_t>(file, offset);
    file.append(12, '\0');
    put<std::uint32_t>(file, 0xe0000040);
  };
  header(std::string(section) + "0", static_cast<std::uint32_t>(content.size() | 4096U), 0, 0x400);
  header(std::string(section) + "1", 0x10000, static_cast<std::uint32_t>(packed.size()), 0x400);
  header(".rsrc", 512, 512, static_cast<std::uint32_t>(0x400 + packed.size()));
  file.resize(0x3e0);
  file += options.magic;
  file += '\x0d', file += '\x24', file += static_cast<char>(options.method), file += '\x09';
  put<std::uint32_t>(file, 0), put<std::uint32_t>(file, 0);
  put<std::uint32_t>(file, static_cast<std::uint32_t>(content.size()));
  put<std::uint32_t>(file, static_cast<std::uint32_t>(packed.size()));
  put<std::uint32_t>(file, static_cast<std::uint32_t>(content.size())), put<std::uint32_t>(file, 0);
  return file + packed + std::string(512, '\0');
}

std::string pack_upx(std::string_view elf, const UpxOptions& options) {
  const auto segments = get<std::uint16_t>(elf, 56);
  const std::size_t header = 64 + std::size_t{56} * segments;
  Packer packer(options);
  // ELF header, two segments: one with all of the file, one that is only memory to be filled.
  std::string front = std::string(
                          "\x7f"
                          "ELF\x02\x01\x01",
                          7) +
                      std::string(9, '\0');
  put<std::uint16_t>(front, 2), put<std::uint16_t>(front, 62), put<std::uint32_t>(front, 1);
  put<std::uint64_t>(front, 0x400100), put<std::uint64_t>(front, 64), put<std::uint64_t>(front, 0);
  put<std::uint32_t>(front, 0), put<std::uint16_t>(front, 64), put<std::uint16_t>(front, 56);
  put<std::uint16_t>(front, 2), put<std::uint16_t>(front, 0), put<std::uint16_t>(front, 0);
  put<std::uint16_t>(front, 0);
  const auto segment = [&](std::uint32_t flags, std::uint64_t file, std::uint64_t memory) {
    put<std::uint32_t>(front, 1), put<std::uint32_t>(front, flags), put<std::uint64_t>(front, 0);
    put<std::uint64_t>(front, 0x400000), put<std::uint64_t>(front, 0x400000);
    put<std::uint64_t>(front, file), put<std::uint64_t>(front, memory), put<std::uint64_t>(front, 4096);
  };
  segment(5, 4096, 4096);
  segment(6, 4096, std::max<std::uint64_t>(elf.size() * 2, 1 << 20));
  put<std::uint32_t>(front, 0x12345678), front += options.magic;  // l_info
  put<std::uint16_t>(front, 0x0a00), front += '\x0d', front += '\x16';
  put<std::uint32_t>(front, 0);  // p_info
  put<std::uint32_t>(front, options.program_size ? static_cast<std::uint32_t>(elf.size()) : 0);
  put<std::uint32_t>(front, options.program_size ? static_cast<std::uint32_t>(options.block) : 0);
  packer.out = front;
  packer.block(elf.substr(0, header));
  std::size_t end = header;
  for (std::size_t i = 0; i < segments; ++i) {
    const std::size_t at = 64 + 56 * i;
    const auto offset = get<std::uint64_t>(elf, at + 8), size = get<std::uint64_t>(elf, at + 32);
    const std::uint64_t from = std::max<std::uint64_t>(offset, header);
    if (from < offset + size) packer.blocks(elf.substr(from, offset + size - from));
    end = std::max<std::size_t>(end, offset + size);
  }
  // The loader: a jump, its notices, code.
  packer.out += "\xe8\x00\x00\x00\x00\x55\x53\x51";
  if (options.notices)
    packer.out +=
        "$Info: This file is packed with the UPX executable packer http://upx.sf.net $\n"
        "$Id: UPX 4.23 Copyright (C) 1996-2024 the UPX Team. All Rights Reserved. $\n";
  packer.out.append(600, '\x90');
  packer.out.resize((packer.out.size() + 3) / 4 * 4, '\0');
  if (end < elf.size()) packer.blocks(elf.substr(end));  // what lies behind the segments
  put<std::uint32_t>(packer.out, 0);
  packer.out += options.magic;
  packer.out.append(4, '\0');
  packer.out += options.magic + std::string(28, '\x0d');
  put<std::uint32_t>(packer.out, static_cast<std::uint32_t>(front.size()));
  // The first segment is the file.
  std::string size;
  put<std::uint64_t>(size, packer.out.size());
  packer.out.replace(64 + 32, 8, size).replace(64 + 40, 8, size);
  return packer.out;
}

std::string make_elf(std::string_view content, const ElfOptions& options) {
  const std::size_t header = 64 + 56 * options.segments;
  const std::string body = std::string(content) + std::string(options.padding, '\0');
  const std::size_t end = header + body.size();
  std::string elf = std::string(
                        "\x7f"
                        "ELF\x02\x01\x01",
                        7) +
                    std::string(9, '\0');
  put<std::uint16_t>(elf, 2), put<std::uint16_t>(elf, 62), put<std::uint32_t>(elf, 1);
  put<std::uint64_t>(elf, 0x400000 + header), put<std::uint64_t>(elf, 64);
  put<std::uint64_t>(elf, options.sections ? end : 0);
  put<std::uint32_t>(elf, 0), put<std::uint16_t>(elf, 64), put<std::uint16_t>(elf, 56);
  put<std::uint16_t>(elf, static_cast<std::uint16_t>(options.segments)), put<std::uint16_t>(elf, 64);
  put<std::uint16_t>(elf, options.sections ? 2 : 0), put<std::uint16_t>(elf, 0);
  const std::size_t share = end / options.segments;
  for (std::size_t i = 0; i < options.segments; ++i) {
    const std::size_t from = share * i, to = i + 1 == options.segments ? end : share * (i + 1);
    put<std::uint32_t>(elf, 1), put<std::uint32_t>(elf, 5), put<std::uint64_t>(elf, from);
    put<std::uint64_t>(elf, 0x400000 + from), put<std::uint64_t>(elf, 0x400000 + from);
    put<std::uint64_t>(elf, to - from), put<std::uint64_t>(elf, to - from), put<std::uint64_t>(elf, 4096);
  }
  elf += body;
  if (options.sections) elf.append(128, '\0');
  return elf;
}

std::string lzma_alone(std::string_view plain) {
  std::string header("\x5d\0\0\x80\0", 5);
  return header + std::string(8, '\xff') + lzma(plain).substr(2);
}

}  // namespace hullcheck::test
