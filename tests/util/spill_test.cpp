#include "util/spill.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <string>

namespace hullcheck::util {
namespace {

constexpr std::uint64_t k_plenty = 1 << 30;

TEST(Spill, SmallStaysInMemory) {
  Spill spill(100, 0);
  ASSERT_TRUE(spill.append(as_bytes("hello ")));
  ASSERT_TRUE(spill.append(as_bytes("world")));
  EXPECT_EQ(as_text(*spill.view()), "hello world");
  spill.clear();
  EXPECT_TRUE(spill.view()->empty());
}

TEST(Spill, WhatIsExpectedMayBeWrong) {
  for (const std::uint64_t expected : {0U, 10U, 90U, 5000U}) {
    Spill spill(100, 1U << 20);
    spill.expect(expected);
    ASSERT_TRUE(spill.append(Buffer(60, 1)).ok());
    ASSERT_TRUE(spill.append(Buffer(60, 2)).ok());
    const Bytes view = spill.view().value();
    EXPECT_EQ(view.size(), 120U);
    EXPECT_EQ(view[59], 1);
    EXPECT_EQ(view[60], 2);
  }
}

TEST(Spill, LargeComesBackWhole) {
  Spill spill(1000, k_plenty);
  std::string all;
  for (int i = 0; i < 5000; ++i) {
    const std::string part = std::to_string(i) + ",";
    ASSERT_TRUE(spill.append(as_bytes(part)));
    all += part;
  }
  EXPECT_EQ(as_text(*spill.view()), all);
  EXPECT_GE(Spill::peak_on_disk(), all.size());
}

TEST(Spill, MayGrowAfterALook) {
  Spill spill(10, k_plenty);
  const std::string part(10'000, 'p');
  std::string all;
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(spill.append(as_bytes(part)));
    all += part;
    EXPECT_EQ(as_text(*spill.view()), all);
  }
  spill.clear();
  ASSERT_TRUE(spill.append(as_bytes("again")));
  EXPECT_EQ(as_text(*spill.view()), "again");
}

// As files of the temporary folder count, which a view is made of.
std::size_t resident_file_pages() {
  std::ifstream statm("/proc/self/statm");
  std::size_t all = 0, resident = 0, shared = 0;
  statm >> all >> resident >> shared;
  return shared;
}

TEST(Spill, WhatIsForgottenTakesNoMemoryAndComesBack) {
  constexpr std::size_t k_pages = 4096;
  Spill spill(10, k_plenty);
  ASSERT_TRUE(spill.append(Buffer(k_pages * 4096, 'x')));
  const Bytes view = *spill.view();
  const auto sum = [&] { return std::accumulate(view.begin(), view.end(), std::uint64_t{0}); };
  const std::uint64_t all = sum();
  const std::size_t before = resident_file_pages();
  spill.forget(view.first(view.size() / 2));
  EXPECT_LT(resident_file_pages() + k_pages / 4, before);
  EXPECT_EQ(sum(), all);
}

TEST(Spill, WhatIsNoPartOfItIsNotForgotten) {
  Spill small(100, k_plenty), large(10, k_plenty);
  ASSERT_TRUE(small.append(as_bytes("hello")));
  ASSERT_TRUE(large.append(Buffer(100'000, 'x')));
  ASSERT_TRUE(large.view());
  Buffer other(100'000, 'y');
  small.forget(*small.view());
  large.forget(other);
  large.forget({});
  EXPECT_EQ(as_text(*small.view()), "hello");
  EXPECT_EQ(other, Buffer(100'000, 'y')) << "memory loses what it is made to forget";
}

TEST(Spill, AllTogetherHaveALimit) {
  Spill first(10, 3000), second(10, 3000);
  ASSERT_TRUE(first.append(Buffer(2000)));
  const auto full = second.append(Buffer(2000));
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().name, "spill-limit");
  second.clear();
  first.clear();
  EXPECT_TRUE(second.append(Buffer(2000))) << "what is cleared is free again";
}

TEST(Spill, NoPlaceForFilesIsAnError) {
  ASSERT_EQ(::setenv("TMPDIR", "/nowhere/at/all", 1), 0);
  Spill spill(10, k_plenty);
  EXPECT_EQ(spill.append(Buffer(100)).error().name, "spill-failed");
  ::unsetenv("TMPDIR");
  spill.clear();
  EXPECT_TRUE(spill.append(Buffer(100)));
}

TEST(Spill, LeavesNoFileBehind) {
  std::string folder = (std::filesystem::temp_directory_path() / "hullcheck-spill-XXXXXX").string();
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  ASSERT_EQ(::setenv("TMPDIR", folder.c_str(), 1), 0);
  Spill spill(10, k_plenty);
  EXPECT_TRUE(spill.append(Buffer(100'000)));
  EXPECT_TRUE(std::filesystem::is_empty(folder)) << "not even while it is used";
  ::unsetenv("TMPDIR");
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace hullcheck::util
