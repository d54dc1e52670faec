#include "formats/elf.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "support/compress.hpp"
#include "support/elf_writer.hpp"
#include "support/upx_writer.hpp"

namespace hullcheck::formats {
namespace {

bool has(const ElfFile& elf, std::string_view name, bool defined) {
  const auto& symbols = elf.dynamic_symbols();
  return std::any_of(symbols.begin(), symbols.end(),
                     [&](const ElfSymbol& one) { return one.name == name && one.defined == defined; });
}

TEST(Elf, EveryClassAndByteOrder) {
  for (const bool wide : {false, true})
    for (const bool big : {false, true}) {
      SCOPED_TRACE(wide * 2 + big);
      test::LibraryOptions options;
      options.defines = {"first", "second"};
      options.imports = {"third"};
      options.needed = {"libc.so.6", "libm.so.6"};
      options.shared_name = "libx.so.1";
      options.is_64 = wide;
      options.big_endian = big;
      const std::string file = test::make_library(options);
      const auto elf = ElfFile::open(as_bytes(file));
      ASSERT_TRUE(elf.ok());
      EXPECT_EQ(elf->header().is_64, wide);
      EXPECT_EQ(elf->header().big_endian, big);
      EXPECT_EQ(elf->header().type, 3);
      EXPECT_EQ(elf->segments().size(), 2U);
      EXPECT_EQ(elf->sections().size(), 2U);
      EXPECT_TRUE(elf->dynamic());
      EXPECT_EQ(elf->needed(), (std::vector<std::string_view>{"libc.so.6", "libm.so.6"}));
      EXPECT_EQ(elf->shared_name(), "libx.so.1");
      EXPECT_EQ(elf->dynamic_symbols().size(), 3U);
      EXPECT_TRUE(has(*elf, "first", true) && has(*elf, "second", true) && has(*elf, "third", false));
      EXPECT_EQ(elf->dynamic_symbols()[0].type, ElfSymbol::k_function);
      EXPECT_EQ(elf->end_of_program(), file.size());
    }
}

// Our own program: what the linker of this machine writes, with GNU's hash table, notes and sections.
TEST(Elf, ThisProgram) {
  std::ifstream in("/proc/self/exe", std::ios::binary);
  const std::string file((std::istreambuf_iterator<char>(in)), {});
  ASSERT_GT(file.size(), 1000U);
  const auto elf = ElfFile::open(as_bytes(file));
  ASSERT_TRUE(elf.ok());
  EXPECT_FALSE(elf->segments_broken() || elf->sections_broken());
  EXPECT_NE(elf->section(".text"), nullptr);
  EXPECT_EQ(elf->section(".no-such"), nullptr);
  EXPECT_NE(std::find(elf->needed().begin(), elf->needed().end(), "libc.so.6"), elf->needed().end());
  EXPECT_TRUE(elf->interpreter().starts_with("/"));
  const auto notes = elf->notes();
  EXPECT_TRUE(std::any_of(notes.begin(), notes.end(), [](const ElfNote& note) { return note.owner == "GNU"; }));
  EXPECT_TRUE(has(*elf, "memcpy", false) || has(*elf, "memmove", false) || has(*elf, "strlen", false));
  EXPECT_EQ(elf->go_build_info(), std::nullopt);
  EXPECT_GT(entropy_of(elf->content(*elf->section(".text"))), 5.0);
}

TEST(Elf, SymbolsWithoutSections) {
  test::LibraryOptions options;
  options.defines = {"readdir"};
  options.sections = false;
  const std::string file = test::make_library(options);
  const auto elf = ElfFile::open(as_bytes(file));
  ASSERT_TRUE(elf.ok());
  EXPECT_TRUE(elf->sections().empty());
  EXPECT_FALSE(elf->sections_broken());
  EXPECT_TRUE(has(*elf, "readdir", true));
}

TEST(Elf, EveryCutIsSafe) {
  test::LibraryOptions options;
  options.defines = {"a", "b"};
  options.needed = {"libc.so.6"};
  const std::string file = test::make_library(options);
  for (std::size_t size = 0; size < file.size(); ++size) {
    const Buffer cut(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size));
    const auto elf = ElfFile::open(cut);
    EXPECT_EQ(elf.ok(), size >= 64) << size;
    if (elf.ok()) continue;
    EXPECT_TRUE(elf.error().name == "elf-truncated" || elf.error().name == "elf-malformed");
  }
}

TEST(Elf, EveryByteMayLie) {
  test::LibraryOptions options;
  options.defines = {"a", "b"};
  options.needed = {"libc.so.6"};
  const std::string file = test::make_library(options);
  for (std::size_t i = 0; i < file.size(); ++i)
    for (const int value : {0x00, 0x01, 0x7f, 0xff}) {
      Buffer lie(file.begin(), file.end());
      lie[i] = static_cast<std::uint8_t>(value);
      const auto elf = ElfFile::open(lie);
      if (!elf.ok()) continue;
      EXPECT_LE(elf->dynamic_symbols().size(), ElfLimits{}.symbols);
      static_cast<void>(elf->notes());
      static_cast<void>(elf->go_build_info());
      static_cast<void>(elf->end_of_program());
    }
}

TEST(Elf, TablesOutsideTheFileAreBroken) {
  std::string file = test::make_elf("x");
  file.replace(40, 8, std::string(7, '\xff') + '\x7f');  // sections
  EXPECT_TRUE(ElfFile::open(as_bytes(file))->sections_broken());
  file = test::make_elf("x");
  file.replace(32, 8, std::string(7, '\xff') + '\x7f');  // segments
  EXPECT_TRUE(ElfFile::open(as_bytes(file))->segments_broken());
}

TEST(Elf, GoBuildInfoWithoutSections) {
  std::string file =
      test::make_elf(std::string(8, '\0') + std::string("\xff Go buildinf:\x08\x02", 16), {.sections = false});
  // Its only segment becomes writable.
  file[64 + 4] = 6;
  const auto elf = ElfFile::open(as_bytes(file));
  ASSERT_TRUE(elf.ok());
  EXPECT_EQ(elf->go_build_info(), 128U);
}

TEST(Elf, Entropy) {
  EXPECT_EQ(entropy_of({}), 0);
  EXPECT_EQ(entropy_of(as_bytes(std::string(5000, 'x'))), 0);
  EXPECT_NEAR(entropy_of(as_bytes("abababab")), 1, 1e-9);
  EXPECT_GT(entropy_of(as_bytes(test::noise(100'000))), 7.9);
  EXPECT_GT(entropy_of(as_bytes(test::noise(5'000'000))), 7.9);
}

}  // namespace
}  // namespace hullcheck::formats
