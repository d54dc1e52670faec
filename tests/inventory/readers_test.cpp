// The readers of language packages where a case folder would not show it: large files, versions, lying headers.
#include <gtest/gtest.h>

#include "inventory/readers/elf_parts.hpp"
#include "inventory/readers/go_build_info.hpp"
#include "inventory/readers/language.hpp"
#include "inventory/readers/lock_readers.hpp"

namespace hullcheck::inventory {
namespace {

Result<FileFacts> collect(std::string_view analyzer, std::string_view path, const std::string& content) {
  layers::Entry entry;
  entry.path = path;
  entry.size = content.size();
  entry.content = layers::ContentKind::text;
  const Bytes bytes = as_bytes(content);
  return AnalyzerRegistry::find(analyzer)->instance->collect(
      layers::FileView{{entry, bytes.first(std::min<std::size_t>(bytes.size(), 4096))}, bytes});
}

TEST(LanguageFiles, AJsonOfAHundredMegabytesIsALimitAndNoMemory) {
  const std::string large = R"({"name":"a","version":"1.0.0")" + std::string(100 << 20, ' ') + "}";
  const auto facts = collect("npm", "app/node_modules/a/package.json", large);
  ASSERT_TRUE(facts);
  EXPECT_TRUE(facts->truncated);
  EXPECT_TRUE(facts->packages.empty());
}

TEST(LanguageFiles, NumberOfPackagesIsBoundedAndSaid) {
  std::string text;
  for (std::size_t i = 0; i < k_most_language_packages + 10; ++i) text += "p" + std::to_string(i) + "==1\n";
  const auto facts = collect("lock-files", "app/requirements.txt", text);
  ASSERT_TRUE(facts);
  EXPECT_TRUE(facts->truncated);
  EXPECT_EQ(facts->packages.size(), k_most_language_packages);
}

TEST(LanguageFiles, NamesAreWords) {
  FileFacts facts;
  EXPECT_EQ(add_package(facts, "npm", "a b", "1"), nullptr);
  EXPECT_EQ(add_package(facts, "npm", "a", ""), nullptr);
  EXPECT_EQ(add_package(facts, "npm", "a\x1b[0m", "1"), nullptr);
  EXPECT_EQ(add_package(facts, "npm", std::string(k_longest_name + 1, 'a'), "1"), nullptr);
  EXPECT_NE(add_package(facts, "npm", "a", "1"), nullptr);
}

TEST(LockForms, ByNameAndByEnding) {
  EXPECT_NE(lock_form("package-lock.json"), nullptr);
  EXPECT_NE(lock_form("App.csproj"), nullptr);
  EXPECT_EQ(lock_form("package.json"), nullptr);
  EXPECT_EQ(lock_form("csproj"), nullptr);
}

TEST(GoRelease, AsSemanticVersion) {
  const std::pair<const char*, const char*> k_releases[] = {
      {"go1.21.3", "1.21.3"},
      {"go1.21", "1.21.0"},
      {"go1.22rc1", "1.22.0-rc.1"},
      {"go1.10beta2", "1.10.0-beta.2"},
      {"go1", "1.0.0"},
      {"go1.21.3 X:boringcrypto", "1.21.3"},
      {"go1.20.5-fips", "1.20.5"},
      {"devel +abc123", ""},
      {"devel go1.22-a1b2 Tue", "1.22.0"},
      {"", ""},
  };
  for (const auto& [release, version] : k_releases) EXPECT_EQ(go_release_version(release), version) << release;
}

// 64-bit little-endian headers whose every number points outside.
TEST(ElfParts, LyingOffsetsGiveNothing) {
  for (const std::size_t size : {52UL, 64UL, 200UL, 4096UL}) {
    Buffer file(size, 0xff);
    const std::string_view magic(
        "\x7f"
        "ELF\x02\x01\x01",
        7);
    std::copy(magic.begin(), magic.end(), file.begin());
    const auto elf = ElfParts::open(file);
    ASSERT_TRUE(elf) << size;
    EXPECT_FALSE(elf->section(".dep-v0"));
    EXPECT_FALSE(elf->at_address(0, 1));
    EXPECT_FALSE(elf->at_address(~0ULL, ~0ULL));
    EXPECT_TRUE(elf->writable().empty());
    EXPECT_FALSE(read_go_build_info(file));
  }
  EXPECT_FALSE(
      ElfParts::open(as_bytes("\x7f"
                              "ELF")));
}

}  // namespace
}  // namespace hullcheck::inventory
