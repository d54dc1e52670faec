#include "match/flaws.hpp"

#include <gtest/gtest.h>

namespace hullcheck::match {
namespace {

using advisories::Advisory;

const versions::Comparator& semver() { return *versions::ComparatorRegistry::find("semver")->instance; }

Advisory advisory(const char* id, std::vector<std::string> aliases = {}, std::vector<std::string> covers = {}) {
  Advisory result;
  result.id = id;
  result.aliases = std::move(aliases);
  result.covers = std::move(covers);
  return result;
}

std::vector<std::string> ids(const std::vector<Advisory>& advisories) {
  std::vector<AffectingAdvisory> affecting;
  for (const auto& entry : advisories) affecting.push_back({&entry, ""});
  std::vector<std::string> list;
  for (const auto& flaw : collapse(affecting, semver())) {
    std::string text = flaw.id;
    for (const auto& alias : flaw.aliases) text += " " + alias;
    list.push_back(text);
  }
  return list;
}
using List = std::vector<std::string>;

TEST(Collapse, AliasesOfEveryKind) {
  EXPECT_EQ(ids({advisory("GHSA-1", {"CVE-1"}), advisory("GO-1", {"CVE-1", "GHSA-1"})}), List{"CVE-1 GHSA-1 GO-1"});
  EXPECT_EQ(ids({advisory("PYSEC-1", {"GHSA-1"}), advisory("GHSA-1")}), List{"GHSA-1 PYSEC-1"});
  EXPECT_EQ(ids({advisory("GHSA-1"), advisory("CVE-1", {"GHSA-1"})}), List{"CVE-1 GHSA-1"});
  EXPECT_EQ(ids({advisory("CVE-2"), advisory("CVE-1")}), (List{"CVE-1", "CVE-2"}));
}

TEST(Collapse, SharedBulletinDoesNotMakeTwoFlawsOne) {
  EXPECT_EQ(ids({advisory("CVE-1", {"XSA-1"}), advisory("CVE-2", {"XSA-1"})}), (List{"CVE-1 XSA-1", "CVE-2 XSA-1"}));
  EXPECT_EQ(ids({advisory("ALSA-1", {}, {"CVE-1", "CVE-2"})}), (List{"CVE-1 ALSA-1", "CVE-2 ALSA-1"}));
  EXPECT_EQ(ids({advisory("ALSA-9")}), List{"ALSA-9"});
}

struct RangeCase {
  advisories::Range range;
  const char* version;
  Affected expected;
};
class Assess : public testing::TestWithParam<RangeCase> {};
TEST_P(Assess, Range) {
  Advisory entry;
  entry.ranges = {GetParam().range};
  EXPECT_EQ(assess(entry, GetParam().version, semver()).affected, GetParam().expected);
}
INSTANTIATE_TEST_SUITE_P(All, Assess,
                         testing::Values(RangeCase{{"", "1.2.0", ""}, "1.1.9", Affected::yes},
                                         RangeCase{{"", "1.2.0", ""}, "1.2.0", Affected::no},
                                         RangeCase{{"1.0.0", "", "1.5.0"}, "1.5.0", Affected::yes},
                                         RangeCase{{"1.0.0", "", "1.5.0"}, "1.5.1", Affected::no},
                                         RangeCase{{"1.0.0", "", ""}, "0.9.0", Affected::no},
                                         RangeCase{{"1.0.0", "", ""}, "99.0.0", Affected::yes},
                                         RangeCase{{"", "", ""}, "0.0.1", Affected::yes},
                                         RangeCase{{"", "??", ""}, "0.0.1", Affected::unreadable}));

TEST(AssessVersions, ListedVersionIsAffectedWhateverTheRangesSay) {
  Advisory entry;
  entry.versions = {"1.0.0"};
  entry.ranges = {{"2.0.0", "3.0.0", ""}};
  EXPECT_EQ(assess(entry, "1.0.0", semver()).affected, Affected::yes);
  EXPECT_EQ(assess(entry, "1.0.1", semver()).affected, Affected::no);
  EXPECT_EQ(assess(entry, "2.5.0", semver()).fixed_version, "3.0.0");
}

// A listed 1.0.0 was not found as 1.0, which is the same version.
TEST(AssessVersions, AnotherSpellingOfAListedVersion) {
  const auto& python = *versions::ComparatorRegistry::find("pep440")->instance;
  Advisory entry;
  entry.versions = {"1.0.0", "2.0rc1", "odd one"};
  EXPECT_EQ(assess(entry, "1.0", python).affected, Affected::yes);
  EXPECT_EQ(assess(entry, "2.0.0-RC.1", python).affected, Affected::yes);
  EXPECT_EQ(assess(entry, "1.0.post1", python).affected, Affected::no);
}

TEST(Collapse, ThePublishersWordComesBeforeAGenericOne) {
  Advisory vendor = advisory("CVE-1"), generic = advisory("DEBIAN-CVE-1", {"CVE-1"});
  vendor.severity = model::Severity::low;
  vendor.severity_source = "debian";
  generic.severity = model::Severity::critical;
  generic.severity_source = "osv";
  generic.cvss_score = 9.8;
  const auto flaws = collapse({{&generic, ""}, {&vendor, ""}}, semver());
  ASSERT_EQ(flaws.size(), 1U);
  EXPECT_EQ(flaws[0].advisory, &vendor);
  EXPECT_EQ(flaws[0].scored, &generic) << "the score is the other's";
  vendor.severity = model::Severity::unrated;
  EXPECT_EQ(collapse({{&generic, ""}, {&vendor, ""}}, semver())[0].advisory, &generic);
}

TEST(Collapse, AFixElsewhereIsNoFixHereUnlessThereIsNone) {
  const Advisory ordinary = advisory("CVE-1"), extended = advisory("USN-1", {"CVE-1"});
  auto flaws = collapse({{&ordinary, ""}, {&extended, "1.2.0", "Pro"}}, semver());
  ASSERT_EQ(flaws.size(), 1U);
  EXPECT_EQ(flaws[0].fixed_version, "");
  EXPECT_EQ(flaws[0].channel, "Pro");
  EXPECT_EQ(flaws[0].channel_version, "1.2.0");
  flaws = collapse({{&ordinary, "1.1.0"}, {&extended, "1.2.0", "Pro"}}, semver());
  EXPECT_EQ(flaws[0].fixed_version, "1.1.0");
  EXPECT_EQ(flaws[0].channel, "");
}

}  // namespace
}  // namespace hullcheck::match
