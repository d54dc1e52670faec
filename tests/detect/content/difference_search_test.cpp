#include "detect/content/difference_search.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace hullcheck::detect {
namespace {

std::string differences(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i + 1 < text.size(); ++i) out += static_cast<char>(text[i] ^ text[i + 1]);
  return out;
}

std::vector<PatternHit> search(const DifferenceSearch& search, const std::string& text) {
  std::vector<PatternHit> hits;
  EXPECT_TRUE(search.search(as_bytes(text), 1000, hits));
  std::sort(hits.begin(), hits.end());
  return hits;
}

TEST(DifferenceSearch, FindsEveryKeyAtEveryPlace) {
  const std::string first = "sixteen byte one", second = "another of these!!";
  const DifferenceSearch both({differences(first), differences(second)});
  for (std::size_t before = 0; before < 40; ++before) {
    for (const unsigned key : {0U, 1U, 0x5aU, 0xffU}) {
      std::string text = std::string(before, '\0') + first + "..." + second;
      for (char& c : text) c = static_cast<char>(static_cast<unsigned char>(c) ^ key);
      const std::vector<PatternHit> expected = {{before, 0}, {before + 19, 1}};
      ASSERT_EQ(search(both, text), expected) << before << " " << key;
    }
  }
}

TEST(DifferenceSearch, CutPatternsAreNotFound) {
  const std::string text = "sixteen byte one";
  const DifferenceSearch one({differences(text)});
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_TRUE(search(one, text.substr(0, size)).empty()) << size;
    EXPECT_TRUE(search(one, text.substr(text.size() - size)).empty()) << size;
  }
}

TEST(DifferenceSearch, AgreesWithLookingEverywhere) {
  std::mt19937 random(11);
  const DifferenceSearch both({std::string(8, '\0'), std::string("\1\0\1\0\1\0\1\0\1", 9)});
  for (int round = 0; round < 300; ++round) {
    std::string text;
    while (text.size() < 200)
      text += random() % 12 == 0 ? static_cast<char>(random()) : static_cast<char>(random() % 2);
    std::vector<PatternHit> expected;
    const std::string all = differences(text);
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all.compare(i, 8, std::string(8, '\0')) == 0) expected.push_back({i, 0});
      if (all.compare(i, 9, std::string("\1\0\1\0\1\0\1\0\1", 9)) == 0) expected.push_back({i, 1});
    }
    const auto hits = search(both, text);
    // Patterns that overlap themselves are found at least once in each run of them; every hit is a true one.
    for (const PatternHit& hit : hits)
      ASSERT_TRUE(std::find(expected.begin(), expected.end(), hit) != expected.end());
    ASSERT_EQ(hits.empty(), expected.empty());
  }
}

TEST(DifferenceSearch, SaysWhenThereWereMore) {
  const DifferenceSearch zeros({std::string(8, '\0')});
  std::vector<PatternHit> hits;
  EXPECT_FALSE(zeros.search(as_bytes(std::string(1000, 'a')), 5, hits));
  EXPECT_EQ(hits.size(), 5U);
  const DifferenceSearch none({});
  EXPECT_TRUE(none.search(as_bytes(std::string("abc")), 5, hits));
}

}  // namespace
}  // namespace hullcheck::detect
