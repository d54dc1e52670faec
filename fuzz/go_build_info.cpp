// Build information of Go programs, and the sections and segments that it is found by.
// Holds beside not crashing: the release is one of Go's, and what a file holds is found again when bytes stand
// behind.
#include "inventory/readers/go_build_info.hpp"

#include "inventory/readers/elf_parts.hpp"
#include "util/result.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hullcheck;
  const Bytes file(data, size);
  if (const auto elf = inventory::ElfParts::open(file))
    for (const char* name : {".dep-v0", ".go.buildinfo", ""})
      if (const auto section = elf->section(name)) HULLCHECK_ASSERT(section->size() <= size);
  const auto info = inventory::read_go_build_info(file);
  if (!info) return 0;
  HULLCHECK_ASSERT(info->release.find("go1") == 0 || info->release.find("devel") == 0);
  for (const auto& module : info->modules) HULLCHECK_ASSERT(!module.path.empty());
  (void)inventory::go_release_version(info->release);
  return 0;
}
