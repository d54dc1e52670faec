// Writes the seeds of the fuzz targets for ELF and packed programs into two folders: fuzz/seeds/elf fuzz/seeds/upx.
#include <cstdio>
#include <fstream>
#include <string>

#include "support/compress.hpp"
#include "support/elf_writer.hpp"
#include "support/upx_writer.hpp"

namespace {

void write(const std::string& folder, const std::string& name, const std::string& bytes) {
  std::ofstream(folder + "/" + name, std::ios::binary) << bytes;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace hullcheck::test;
  if (argc != 3) return 1;
  const std::string elf = argv[1], upx = argv[2];
  for (int i = 0; i < 8; ++i) {
    LibraryOptions options;
    options.is_64 = (i & 1) != 0;
    options.big_endian = (i & 2) != 0;
    options.sections = (i & 4) != 0;
    options.defines = {"one", "two"};
    options.imports = {"three"};
    options.needed = {"libc.so.6"};
    options.shared_name = "x.so";
    const std::string library = make_library(options);
    write(elf, "library-" + std::to_string(i), library);
    write(elf, "cut-" + std::to_string(i), library.substr(0, library.size() / 2));
    std::string lies = library;
    for (std::size_t at = 52 + static_cast<std::size_t>(i); at < lies.size(); at += 17) lies[at] = '\xff';
    write(elf, "lies-" + std::to_string(i), lies);
  }
  write(elf, "program", make_elf("text", {.padding = 64}));
  write(elf, "no-sections", make_elf("text", {.sections = false, .padding = 64}));
  write(elf, "many-segments", make_elf("text", {.segments = 40, .padding = 64}));
  write(elf, "header-only", make_elf("", {.padding = 0}).substr(0, 64));
  const std::string original = make_elf(sample_text(3000), {.segments = 2, .padding = 512});
  for (const int method : {2, 3, 4, 5, 6, 7, 8, 9, 10, 14}) {
    UpxOptions options;
    options.method = static_cast<UpxMethod>(method);
    if (method != 14 && !can_pack_upx()) continue;
    const std::string packed = pack_upx(original, options);
    write(upx, "method-" + std::to_string(method), packed);
    write(upx, "cut-" + std::to_string(method), packed.substr(0, packed.size() * 2 / 3));
    options.magic = std::string(4, '\0');
    options.notices = options.method_bytes = options.program_size = false;
    write(upx, "bare-" + std::to_string(method), pack_upx(original, options));
  }
  return 0;
}
