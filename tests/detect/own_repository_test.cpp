// Our own files are known at their own place with their own content, and nowhere else.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "detect/own_files.hpp"
#include "util/bytes.hpp"
#include "util/digest.hpp"

namespace hullcheck::detect {
namespace {

layers::Sha256 digest_of(std::string_view text) {
  util::Hasher hasher(util::Hash::sha256);
  hasher.update(as_bytes(text));
  const Buffer raw = hasher.finish();
  layers::Sha256 digest{};
  std::copy(raw.begin(), raw.end(), digest.begin());
  return digest;
}

TEST(OwnRepository, AFileIsKnownAtItsPlaceWithItsContent) {
  std::ifstream in(std::string(HULLCHECK_TEST_DATA) + "/lint/folders_test.py", std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  ASSERT_FALSE(text.empty());
  const layers::Sha256 digest = digest_of(text);
  EXPECT_EQ(own_repository("tests/lint/folders_test.py", digest), "");
  EXPECT_EQ(own_repository("opt/a/hullcheck/tests/lint/folders_test.py", digest), "opt/a/hullcheck");
  EXPECT_FALSE(own_repository("tests/lint/other_test.py", digest));
  EXPECT_FALSE(own_repository("opt/folders_test.py", digest));
  EXPECT_FALSE(own_repository("lint/folders_test.py", digest));
  EXPECT_FALSE(own_repository("tests/lint/folders_test.py", digest_of(text + " ")));
  EXPECT_FALSE(own_repository("", digest));
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += "x/";
  EXPECT_FALSE(own_repository(deep + "tests/lint/folders_test.py", digest));
}

}  // namespace
}  // namespace hullcheck::detect
