// Lists of words: those that share first byte and length with one are none.
#include "detect/scripts/name_set.hpp"

#include <gtest/gtest.h>

#include <string>

namespace hullcheck::detect {
namespace {

TEST(FixedWords, HasItsWordsAndNoOthers) {
  static constexpr FixedWords k_words({"eval", "exec", "x"});
  static_assert(k_words.has("eval") && !k_words.has("even"));
  EXPECT_TRUE(k_words.has("x"));
  for (const std::string_view other : {"", "e", "eva", "evals", "exeC", "y", "xx"}) EXPECT_FALSE(k_words.has(other));
  EXPECT_FALSE(k_words.has("x" + std::string(64, 'x')));  // lengths are known as far as 64
}

TEST(NameSet, HasWhatWasPutInto) {
  NameSet names;
  EXPECT_FALSE(names.has("run"));
  EXPECT_FALSE(names.has(""));
  EXPECT_TRUE(names.insert("run"));
  EXPECT_FALSE(names.insert("run"));
  EXPECT_TRUE(names.has("run"));
  EXPECT_FALSE(names.has("ran"));
  EXPECT_EQ(names.size(), 1U);
}

}  // namespace
}  // namespace hullcheck::detect
