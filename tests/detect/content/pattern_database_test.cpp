#include "detect/content/pattern_database.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

namespace hullcheck::detect {
namespace {

const std::vector<Pattern> k_patterns = {
    {"stratum+", false}, {"donate-level", true}, {"aaaa", false}, {"aaAA", true}};

std::vector<PatternHit> search(const PatternDatabase& database, std::string_view text) {
  PatternDatabase::Scratch scratch(database);
  std::vector<PatternHit> hits;
  EXPECT_TRUE(database.search(as_bytes(text), scratch, 100000, hits));
  return hits;
}

// A folder of the test's own, gone at its end.
struct Folder {
  std::filesystem::path path;
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "hullcheck-test-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
};

std::string slurp(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(PatternDatabase, FindsAllWithTheirPlaces) {
  const PatternDatabase database(k_patterns, "");
  EXPECT_TRUE(database.uses_library());
  const std::vector<PatternHit> expected = {{0, 0}, {9, 1}, {22, 2}, {22, 3}, {23, 3}};
  EXPECT_EQ(search(database, "stratum+ DoNaTe-LeVeL aaaaA STRATUM+"), expected);
}

TEST(PatternDatabase, AgreesWithComparingEverywhere) {
  const PatternDatabase database(k_patterns, "");
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::string text;
    while (text.size() < 300) {
      const auto pick = random() % 6;
      if (pick < 4)
        text += k_patterns[pick].bytes.substr(0, 1 + random() % 12);
      else
        text += static_cast<char>(random());
    }
    std::vector<PatternHit> slow;
    ASSERT_TRUE(database.search_slowly(as_bytes(text), 100000, slow));
    ASSERT_EQ(search(database, text), slow);
  }
}

TEST(PatternDatabase, SaysWhenThereWereMore) {
  const PatternDatabase database(k_patterns, "");
  PatternDatabase::Scratch scratch(database);
  std::vector<PatternHit> hits;
  EXPECT_FALSE(database.search(as_bytes(std::string(1000, 'a')), scratch, 10, hits));
  EXPECT_EQ(hits.size(), 10U);
  EXPECT_FALSE(database.search_slowly(as_bytes(std::string(1000, 'a')), 10, hits));
  EXPECT_TRUE(database.search(as_bytes("nothing"), scratch, 10, hits));
  EXPECT_TRUE(hits.empty());
}

TEST(PatternDatabase, WithoutPatternsFindsNothing) {
  const PatternDatabase database({}, "");
  EXPECT_TRUE(search(database, "stratum+").empty());
}

TEST(PatternDatabase, IsKeptAndReadBack) {
  const Folder folder;
  const auto inner = folder.path / "cache" / "patterns";
  const PatternDatabase first(k_patterns, inner.string());
  EXPECT_FALSE(first.from_cache());
  const auto file = inner / PatternDatabase::cache_file_name(k_patterns);
  struct stat info {};
  ASSERT_EQ(::stat(file.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
  ASSERT_EQ(::stat(inner.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700U);
  const PatternDatabase second(k_patterns, inner.string());
  EXPECT_TRUE(second.from_cache());
  EXPECT_EQ(search(second, "xx stratum+ donate-level"), search(first, "xx stratum+ donate-level"));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(inner), {}), 1);
}

// A scan of the machine that hullcheck runs on came to its own cache, and called it a miner.
TEST(PatternDatabase, KeptFileHoldsNoPatternInClear) {
  const Folder folder;
  const std::vector<Pattern> patterns = {{"a rather long pattern to find", false},
                                         {"another of the same kind", true}};
  const PatternDatabase kept(patterns, folder.path.string());
  const std::string file = slurp(folder.path / PatternDatabase::cache_file_name(patterns));
  ASSERT_FALSE(file.empty());
  for (const Pattern& pattern : patterns)
    for (std::size_t i = 0; i + 8 <= pattern.bytes.size(); ++i)
      EXPECT_EQ(file.find(std::string(pattern.bytes).substr(i, 8)), std::string::npos) << pattern.bytes;
}

TEST(PatternDatabase, OtherPatternsHaveAnotherFile) {
  auto other = k_patterns;
  other[0].caseless = true;
  EXPECT_NE(PatternDatabase::cache_file_name(k_patterns), PatternDatabase::cache_file_name(other));
}

TEST(PatternDatabase, DamagedFileIsCompiledAnew) {
  const Folder folder;
  { const PatternDatabase made(k_patterns, folder.path.string()); }
  const auto file = folder.path / PatternDatabase::cache_file_name(k_patterns);
  const std::string good = slurp(file);
  const auto rewrite = [&](const std::string& bytes) { std::ofstream(file, std::ios::binary) << bytes; };
  for (const std::size_t at : {std::size_t{0}, std::size_t{9}, std::size_t{80}, good.size() / 2, good.size() - 1}) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    rewrite(bad);
    const PatternDatabase database(k_patterns, folder.path.string());
    EXPECT_FALSE(database.from_cache()) << at;
    EXPECT_EQ(search(database, "stratum+").size(), 1U);
    EXPECT_EQ(slurp(file), good) << "the damaged file is replaced";
  }
  rewrite(good.substr(0, good.size() / 2));
  EXPECT_FALSE(PatternDatabase(k_patterns, folder.path.string()).from_cache());
}

TEST(PatternDatabase, FileThatOthersMayWriteIsNotTrusted) {
  const Folder folder;
  { const PatternDatabase made(k_patterns, folder.path.string()); }
  const auto file = folder.path / PatternDatabase::cache_file_name(k_patterns);
  ASSERT_EQ(::chmod(file.c_str(), 0666), 0);
  EXPECT_FALSE(PatternDatabase(k_patterns, folder.path.string()).from_cache());
}

TEST(PatternDatabase, UnusableFolderDoesNotMatter) {
  const PatternDatabase database(k_patterns, "/proc/no-such-folder");
  EXPECT_EQ(search(database, "stratum+").size(), 1U);
}

}  // namespace
}  // namespace hullcheck::detect
