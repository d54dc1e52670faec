#include "match/end_of_life.hpp"

#include <gtest/gtest.h>

namespace hullcheck::match {
namespace {

using std::chrono::year;

std::optional<EndOfLife> of(const char* id, const char* version, const char* pretty = "") {
  model::Distribution distribution;
  distribution.id = id;
  distribution.version_id = version;
  distribution.pretty_name = pretty;
  return end_of_life(distribution);
}
std::optional<std::chrono::sys_days> date(const char* id, const char* version, const char* pretty = "") {
  const auto life = of(id, version, pretty);
  return life ? life->date : std::nullopt;
}

TEST(EndOfLifeTable, Dates) {
  EXPECT_EQ(date("debian", "11"), std::chrono::sys_days(year{2026} / 8 / 31));
  EXPECT_EQ(date("debian", "12.5"), std::chrono::sys_days(year{2028} / 6 / 30));
  EXPECT_EQ(date("alpine", "3.10.4"), std::chrono::sys_days(year{2021} / 5 / 1));
  EXPECT_EQ(date("alpine", "3.1.2"), std::chrono::sys_days(year{2016} / 11 / 1)) << "not 3.10";
  EXPECT_EQ(date("almalinux", "8.10"), std::chrono::sys_days(year{2029} / 3 / 1));
  EXPECT_EQ(date("centos", "8", "CentOS Linux 8"), std::chrono::sys_days(year{2021} / 12 / 31));
  EXPECT_EQ(date("centos", "8", "CentOS Stream 8"), std::chrono::sys_days(year{2024} / 5 / 31));
  EXPECT_EQ(date("sles", "15"), std::chrono::sys_days(year{2019} / 12 / 31));
  EXPECT_EQ(date("openeuler", "24.03", "openEuler 24.03 (LTS-SP3)"), std::chrono::sys_days(year{2027} / 12 / 31));
  EXPECT_EQ(date("openeuler", "24.03", "openEuler 24.03 (LTS)"), std::chrono::sys_days(year{2026} / 5 / 31));
  EXPECT_EQ(date("openeuler", "23.09", "openEuler 23.09"), std::chrono::sys_days(year{2024} / 3 / 31));
  EXPECT_EQ(date("openwrt", "23.05.5"), std::chrono::sys_days(year{2025} / 8 / 16));
  EXPECT_EQ(date("openwrt", "24.10.6"), std::chrono::sys_days(year{2026} / 9 / 6));
  EXPECT_EQ(date("openwrt", "25.12.0"), std::chrono::sys_days(year{2027} / 3 / 6));
  EXPECT_EQ(date("photon", "3.0"), std::chrono::sys_days(year{2025} / 10 / 2));
  EXPECT_EQ(date("photon", "4.0"), std::chrono::sys_days(year{2027} / 10 / 11));
  EXPECT_EQ(date("photon", "5.0"), std::chrono::sys_days(year{2027} / 10 / 11));
  EXPECT_EQ(date("sles", "15.5"), std::chrono::sys_days(year{2024} / 12 / 31));
}

TEST(EndOfLifeTable, RollingHasNoDateAndUnknownHasNoAnswer) {
  ASSERT_TRUE(of("wolfi", "20230201").has_value());
  EXPECT_FALSE(of("wolfi", "20230201")->date.has_value());
  EXPECT_TRUE(of("debian", "").has_value()) << "testing and unstable";
  EXPECT_TRUE(of("alpine", "3.99_alpha20260101").has_value());
  EXPECT_FALSE(of("sles", "15.99").has_value()) << "a service pack that is not in the table is not the first one";
  EXPECT_FALSE(of("openeuler", "24.03", "openEuler 24.03 (LTS-SP9)").has_value());
  EXPECT_FALSE(of("photon", "6.0").has_value());
  EXPECT_FALSE(of("bottlerocket", "1.20.3").has_value()) << "no day is announced";
  EXPECT_FALSE(of("debian", "99").has_value());
  EXPECT_FALSE(of("nonesuch", "1").has_value());
  EXPECT_FALSE(of("", "").has_value());
}

}  // namespace
}  // namespace hullcheck::match
