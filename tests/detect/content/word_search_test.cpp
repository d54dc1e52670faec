// Words at every place of a text, short and long, alone and among others.
#include "detect/content/word_search.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace hullcheck::detect {
namespace {

const std::vector<std::string_view> k_words = {"eval", "`", "qx", "base64", "os.system", "system(", "$_", "eva"};

TEST(WordSearch, FindsWordsAtEveryPlace) {
  const WordSearch search(k_words);
  for (std::size_t i = 0; i < k_words.size(); ++i)
    for (std::size_t before = 0; before < 8; ++before)
      for (std::size_t after = 0; after < 4; ++after) {
        const std::string text = std::string(before, '-') + std::string(k_words[i]) + std::string(after, '-');
        WordSearch::Found expected;
        for (std::size_t k = 0; k < k_words.size(); ++k)
          expected[k] = k_words[i].find(k_words[k]) != std::string_view::npos;
        EXPECT_EQ(search.find(text), expected) << text;
      }
}

TEST(WordSearch, FindsWordsAtEveryPlaceOfLongTexts) {
  const WordSearch search({"eval", "base64", "os.system", "abcd", "bcde"});
  for (std::size_t before = 0; before < 40; ++before)
    for (std::size_t after = 0; after < 24; ++after) {
      const std::string around = std::string(before, 'a') + "abcde" + std::string(after, 'e');
      EXPECT_EQ(search.find(around), WordSearch::Found(0b11000)) << around;
      const std::string cut = std::string(before, 'a') + "abce" + std::string(after, 'e');
      EXPECT_TRUE(search.find(cut).none()) << cut;
    }
}

TEST(WordSearch, PartsOfWordsAreNone) {
  const WordSearch search(k_words);
  EXPECT_TRUE(search.find("ev al bas e64 os.syste syste m( q x $ _").none());
  EXPECT_TRUE(search.find("").none());
  EXPECT_TRUE(search.find("e").none());
  EXPECT_TRUE(search.find("bas").none());
}

TEST(WordSearch, TheFirstOfTwoThatShareTheirRarestBytesDoesNotHideTheOther) {
  const WordSearch search({"a$_GET[", "b$_GET[", "$_GET as"});
  const WordSearch::Found found = search.find("b$_GET[ $_GET as");
  EXPECT_FALSE(found[0]);
  EXPECT_TRUE(found[1]);
  EXPECT_TRUE(found[2]);
}

TEST(WordSearch, CutAtTheEndIsNone) {
  const WordSearch search({"base64", "os.system"});
  for (std::size_t length = 0; length < 9; ++length)
    EXPECT_EQ(search.find(std::string("os.system").substr(0, length)).any(), false) << length;
  EXPECT_TRUE(search.find("os.system")[1]);
}

}  // namespace
}  // namespace hullcheck::detect
