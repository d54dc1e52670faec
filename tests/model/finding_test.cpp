#include "model/finding.hpp"

#include <gtest/gtest.h>

#include "model/scan_result.hpp"

namespace hullcheck::model {
namespace {

TEST(FindingId, IsStableAndHasItsForm) {
  const auto id = finding_id("M07", "usr/bin/x", "sha256:00", "sha256:11");
  EXPECT_EQ(id, finding_id("M07", "usr/bin/x", "sha256:00", "sha256:11"));
  EXPECT_EQ(id.size(), 19U);
  EXPECT_EQ(id.substr(0, 3), "HC-");
  EXPECT_EQ(id.find_first_not_of("0123456789abcdef", 3), std::string::npos);
  // Known value: findings that people have written into policy files must keep their ids.
  EXPECT_EQ(finding_id("a", "b", "c", "d"), "HC-bb754a3324bf1758");
}

TEST(FindingId, PartsDoNotRunIntoEachOther) {
  EXPECT_NE(finding_id("a", "bc", "", ""), finding_id("ab", "c", "", ""));
  EXPECT_NE(finding_id("a", "", "b", ""), finding_id("a", "b", "", ""));
}

TEST(Verdict, ExitCodes) {
  EXPECT_EQ(exit_code(Verdict::safe), 0);
  EXPECT_EQ(exit_code(Verdict::unsafe), 1);
  EXPECT_EQ(exit_code(Verdict::unknown), 2);
}

}  // namespace
}  // namespace hullcheck::model
