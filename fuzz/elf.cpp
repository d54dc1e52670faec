// The ELF reader: any bytes are a file or a named error, and nothing that it gives lies outside of them.
#include "formats/elf.hpp"

#include <cstdlib>

namespace {

using namespace hullcheck;

void inside(Bytes file, Bytes part) {
  if (!part.empty() && (part.data() < file.data() || part.data() + part.size() > file.data() + file.size()))
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes file(data, size);
  formats::ElfLimits limits;
  limits.symbols = 1000;
  limits.sections = 500;
  const auto elf = formats::ElfFile::open(file, limits);
  if (!elf.ok()) return 0;
  for (const auto& segment : elf->segments()) inside(file, elf->content(segment));
  for (const auto& section : elf->sections()) {
    inside(file, elf->content(section));
    inside(file, as_bytes(section.name));
  }
  for (const auto& symbol : elf->dynamic_symbols()) inside(file, as_bytes(symbol.name));
  for (const auto name : elf->needed()) inside(file, as_bytes(name));
  for (const auto& note : elf->notes()) inside(file, note.content);
  if (const auto info = elf->go_build_info(); info && *info >= size) std::abort();
  if (elf->dynamic_symbols().size() > limits.symbols) std::abort();
  static_cast<void>(elf->interpreter());
  static_cast<void>(elf->end_of_program());
  static_cast<void>(formats::entropy_of(file));
  return 0;
}
