// Scores as published with the specifications' examples and by NVD.
#include "advisories/cvss.hpp"

#include <gtest/gtest.h>

#include <string>

namespace hullcheck::advisories {
namespace {

struct Case {
  const char* vector;
  double score;
};
class Cvss : public testing::TestWithParam<Case> {};
TEST_P(Cvss, BaseScore) {
  const auto score = cvss_base_score(GetParam().vector);
  ASSERT_TRUE(score.has_value()) << GetParam().vector;
  EXPECT_DOUBLE_EQ(*score, GetParam().score) << GetParam().vector;
}
INSTANTIATE_TEST_SUITE_P(All, Cvss,
                         testing::Values(Case{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0},
                                         Case{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8},
                                         Case{"CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1},
                                         Case{"CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 6.4},
                                         Case{"CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", 3.1},
                                         Case{"CVSS:3.0/AV:P/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:N", 4.6},
                                         Case{"CVSS:3.1/AV:L/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H/E:P/RL:O", 6.7},
                                         Case{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0},
                                         Case{"AV:N/AC:L/Au:N/C:C/I:C/A:C", 10.0},
                                         Case{"AV:N/AC:L/Au:N/C:N/I:N/A:C", 7.8},
                                         Case{"(AV:L/AC:H/Au:N/C:C/I:C/A:C)", 6.2},
                                         Case{"AV:N/AC:M/Au:N/C:N/I:P/A:N", 4.3}));

constexpr const char* k_none = "/SC:N/SI:N/SA:N";
struct Case4 {
  const char* base;
  const char* rest;
  double score;
};
class Cvss4 : public testing::TestWithParam<Case4> {};
TEST_P(Cvss4, Score) {
  const std::string vector = std::string("CVSS:4.0/") + GetParam().base + GetParam().rest;
  const auto score = cvss_base_score(vector);
  ASSERT_TRUE(score.has_value()) << vector;
  EXPECT_DOUBLE_EQ(*score, GetParam().score) << vector;
}
// From the examples that FIRST publishes with version 4.0.
INSTANTIATE_TEST_SUITE_P(All, Cvss4,
                         testing::Values(Case4{"AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H", k_none, 7.3},
                                         Case4{"AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H", k_none, 7.7},
                                         Case4{"AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H", "/SC:N/SI:N/SA:N/E:U", 5.2},
                                         Case4{"AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:L/VA:L", k_none, 8.3},
                                         Case4{"AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:L/VA:L",
                                               "/SC:N/SI:N/SA:N/CR:H/IR:L/AR:L", 8.1},
                                         Case4{"AV:L/AC:L/AT:N/PR:N/UI:A/VC:L/VI:N/VA:N", k_none, 4.6},
                                         Case4{"AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N", k_none, 8.7},
                                         Case4{"AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H", k_none, 9.3},
                                         Case4{"AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H", "/SC:H/SI:H/SA:H", 10.0},
                                         Case4{"AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N", k_none, 0.0}));

TEST(CvssVector, VersionFourIsStrict) {
  const std::string good = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N";
  EXPECT_TRUE(cvss_base_score(good + "/S:P/AU:Y/R:A/V:D/RE:L/U:Red").has_value()) << "supplemental metrics";
  EXPECT_TRUE(cvss_base_score(good + "/MSI:S").has_value());
  for (const char* more : {"/AV:L", "/SI:S", "/E:Z", "/MSC:S", "/x"})
    EXPECT_FALSE(cvss_base_score(good + more).has_value()) << more;
  EXPECT_EQ(cvss_band(good, 9.3), model::Severity::critical);
}

TEST(CvssVector, IncompleteOrContradictoryHasNoScore) {
  for (const char* vector : {"", "CVSS:3.1/", "CVSS:3.1/AV:N", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H",
                             "CVSS:4.0/AV:N/AC:L", "CVSS:3.1/AV:N/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
                             "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "////", "()"})
    EXPECT_FALSE(cvss_base_score(vector).has_value()) << vector;
}

TEST(CvssVector, Bands) {
  EXPECT_EQ(cvss_band("CVSS:3.1/", 9.0), model::Severity::critical);
  EXPECT_EQ(cvss_band("CVSS:3.1/", 0.0), model::Severity::negligible);
  EXPECT_EQ(cvss_band("AV:N", 10.0), model::Severity::high) << "version 2 has no critical";
  EXPECT_EQ(cvss_band("CVSS:3.1/", -1), model::Severity::unrated);
}

}  // namespace
}  // namespace hullcheck::advisories
