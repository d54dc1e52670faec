#include "util/seeded_hash.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace hullcheck::util {
namespace {

TEST(SeededHash, IsAFunctionOfTextAndNumber) {
  EXPECT_EQ(seeded_hash("name", 7), seeded_hash(std::string("na") + "me", 7));
  EXPECT_NE(seeded_hash("name", 7), seeded_hash("name", 8));
  EXPECT_NE(seeded_hash("a"), seeded_hash(std::string("a\0", 2)));
  EXPECT_NE(seeded_hash(""), seeded_hash(std::string(1, '\0')));
}

TEST(SeededHash, SpreadsWhatDiffersLittle) {
  std::set<std::uint64_t> low;
  for (int i = 0; i < 4096; ++i) low.insert(seeded_hash("file" + std::to_string(i), 1) & 0xffff);
  EXPECT_GT(low.size(), 3800U);
  low.clear();
  for (std::uint64_t i = 0; i < 4096; ++i) low.insert(seeded_hash("same", i) & 0xffff);
  EXPECT_GT(low.size(), 3800U);
}

}  // namespace
}  // namespace hullcheck::util
