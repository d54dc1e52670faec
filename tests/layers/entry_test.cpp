#include "layers/entry.hpp"

#include <gtest/gtest.h>

namespace hullcheck::layers {
namespace {

using namespace std::string_literals;

TEST(CanonicalPath, LeavesCanonicalOnesAlone) {
  for (const char* const path : {"", "a", "usr/bin/env", "a b/ü", "...", "..a/b.."}) {
    const CanonicalPath result = canonical_path(path);
    EXPECT_EQ(result.path, path);
    EXPECT_EQ(result.flags, 0);
    EXPECT_TRUE(is_canonical_path(path)) << path;
  }
}

TEST(CanonicalPath, DropsWhatNamesNothing) {
  for (const char* const path : {"./a/b", "a//b", "a/./b", "a/b/", "a/b/.", ".//a///b//"}) {
    EXPECT_EQ(canonical_path(path).path, "a/b") << path;
    EXPECT_EQ(canonical_path(path).flags, 0) << path;
    EXPECT_FALSE(is_canonical_path(path)) << path;
  }
  for (const char* const path : {".", "./", "./.", "//./"}) EXPECT_EQ(canonical_path(path).path, "") << path;
}

TEST(CanonicalPath, AbsoluteNamesAreMarked) {
  EXPECT_EQ(canonical_path("/etc/passwd").path, "etc/passwd");
  EXPECT_EQ(canonical_path("/etc/passwd").flags, k_absolute_name);
  EXPECT_EQ(canonical_path("/").path, "");
  EXPECT_FALSE(is_canonical_path("/etc"));
}

TEST(CanonicalPath, ParentPartsAreMarkedAndStopAtTheRoot) {
  const auto expect = [](std::string_view raw, std::string_view path, std::uint8_t flags) {
    EXPECT_EQ(canonical_path(raw).path, path) << raw;
    EXPECT_EQ(canonical_path(raw).flags, flags) << raw;
  };
  expect("a/../b", "b", k_parent_name);
  expect("a/b/../../c", "c", k_parent_name);
  expect("../../etc/shadow", "etc/shadow", k_parent_name);
  expect("/../x", "x", k_absolute_name | k_parent_name);
  expect("a/b/..", "a", k_parent_name);
  expect("a/..", "", k_parent_name);
  expect("ab/c/../d", "ab/d", k_parent_name);
  EXPECT_FALSE(is_canonical_path("a/../b"));
}

TEST(CanonicalPath, LongOnesTakeLinearTime) {
  std::string raw;
  for (int i = 0; i < 200'000; ++i) raw += "a/";
  for (int i = 0; i < 200'000; ++i) raw += "../";
  EXPECT_EQ(canonical_path(raw + "x").path, "x");
}

TEST(Path, NameAndParent) {
  EXPECT_EQ(base_name("usr/bin/env"), "env");
  EXPECT_EQ(base_name("env"), "env");
  EXPECT_EQ(base_name(""), "");
  EXPECT_EQ(parent_path("usr/bin/env"), "usr/bin");
  EXPECT_EQ(parent_path("env"), "");
}

std::string pe() {
  std::string head(0x100, '\0');
  head.replace(0, 2, "MZ");
  head[0x3c] = '\x80';
  head.replace(0x80, 4, "PE\0\0"s);
  return head;
}

TEST(ClassifyContent, ByMagic) {
  const std::pair<std::string, ContentKind> rows[] = {
      {"", ContentKind::empty},
      {"hello\n", ContentKind::text},
      {"a\0b"s, ContentKind::binary},
      {"\x7f"
       "ELF\2\1\1"s,
       ContentKind::elf},
      {"#!/bin/sh\n", ContentKind::script},
      {"PK\3\4rest"s, ContentKind::zip},
      {"PK\5\6"s, ContentKind::zip},
      {"\x1f\x8b\x08\0"s, ContentKind::gzip},
      {"\x28\xb5\x2f\xfd"s, ContentKind::zstd},
      {"\xfd"
       "7zXZ\0"s,
       ContentKind::xz},
      {"BZh91AY", ContentKind::bzip2},
      {"SQLite format 3\0"s, ContentKind::sqlite},
      {"\0asm\1"s, ContentKind::wasm},
      {"\xca\xfe\xba\xbe\0\0\0\x34"s, ContentKind::java_class},
      {"\xca\xfe\xba\xbe\0\0\0\2"s, ContentKind::macho},
      {"\xcf\xfa\xed\xfe"s, ContentKind::macho},
      {std::string(257, 'a') + "ustar", ContentKind::tar},
      {pe(), ContentKind::pe},
      {"MZ is how some prose begins", ContentKind::text},
  };
  for (const auto& [head, kind] : rows) EXPECT_EQ(to_string(classify_content(head)), to_string(kind)) << head;
}

TEST(ClassifyContent, EveryPrefixIsFine) {
  const std::string head = pe();
  for (std::size_t i = 0; i <= head.size(); ++i) (void)classify_content(std::string_view(head).substr(0, i));
  EXPECT_EQ(classify_content(std::string(4096, 'x') + '\0'), ContentKind::text) << "only the first 4 KiB count";
}

}  // namespace
}  // namespace hullcheck::layers
