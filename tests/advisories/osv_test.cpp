// The OSV feed: each behaviour as the smallest document that shows it.
#include <gtest/gtest.h>

#include "support/memory_transport.hpp"
#include "support/zip_builder.hpp"

namespace hullcheck::advisories {
namespace {

using test::CollectingWriter;
using test::deflated;
using test::make_zip;

CollectingWriter read(const std::string& json) {
  CollectingWriter writer;
  const auto result = test::run_feed("osv", "PyPI", make_zip({deflated("A-1.json", json)}), writer);
  EXPECT_TRUE(result.ok()) << result.error().describe();
  return writer;
}

Advisory one(const std::string& json) {
  auto writer = read(json);
  EXPECT_EQ(writer.rows.size(), 1U);
  return writer.rows.empty() ? Advisory{} : writer.rows.front();
}

std::string record(const std::string& members) {
  return R"({"id":"GHSA-1","modified":"2024-05-01T00:00:00Z","affected":[{"package":{"ecosystem":"PyPI","name":"p"},)" +
         members + "]}";
}

TEST(Osv, RangesPairTheirEvents) {
  const auto row = one(record(
      R"("ranges":[{"type":"GIT","events":[{"introduced":"0"},{"fixed":"abc"}]},{"type":"SEMVER","events":[
        {"introduced":"0"},{"fixed":"1.2"},{"introduced":"2.0"},{"last_affected":"2.4"},{"introduced":"3"}]}]})"));
  ASSERT_EQ(row.ranges.size(), 3U);
  EXPECT_EQ(row.ranges[0].introduced, "");
  EXPECT_EQ(row.ranges[0].fixed, "1.2");
  EXPECT_EQ(row.ranges[1].introduced, "2.0");
  EXPECT_EQ(row.ranges[1].last_affected, "2.4");
  EXPECT_EQ(row.ranges[2].introduced, "3");
  EXPECT_EQ(row.ranges[2].fixed, "");
}

// A bound before its start made a range without an end: every later version had the flaw.
TEST(Osv, EventsNeedNotBeInOrder) {
  const auto row = one(record(R"("ranges":[{"type":"SEMVER","events":[{"fixed":"1.2"},{"introduced":"0"}]},
      {"type":"SEMVER","events":[{"fixed":"3.1"},{"introduced":"3.0"},{"last_affected":"2.4"},{"introduced":"2.0"}]}]})"));
  ASSERT_EQ(row.ranges.size(), 3U);
  EXPECT_EQ(row.ranges[0].introduced + " " + row.ranges[0].fixed, " 1.2");
  EXPECT_EQ(row.ranges[1].introduced + " " + row.ranges[1].last_affected, "2.0 2.4");
  EXPECT_EQ(row.ranges[2].introduced + " " + row.ranges[2].fixed, "3.0 3.1");
}

TEST(Osv, GitHubsNamesAreKeptWithTheirCve) {
  const auto names = [](const std::string& aliases) {
    std::vector<std::string> list;
    for (const auto& row : read(record(R"("ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]})")
                                    .insert(1, R"("aliases":[)" + aliases + "],"))
                               .rows)
      if (row.ecosystem == "Aliases") list.push_back(row.package + " " + row.aliases.at(0));
    return list;
  };
  EXPECT_EQ(names(R"("CVE-2024-1","PYSEC-1")"), std::vector<std::string>{"GHSA-1 CVE-2024-1"});
  EXPECT_TRUE(names(R"("PYSEC-1")").empty());
  EXPECT_TRUE(names(R"("CVE-2024-1","CVE-2024-2")").empty()) << "of which of them is not said";
}

TEST(Osv, CommitsOnlyIsNoRow) {
  EXPECT_TRUE(read(record(R"("ranges":[{"type":"GIT","events":[{"introduced":"0"}]}]})")).rows.empty());
}

TEST(Osv, VersionListsAreKept) {
  EXPECT_EQ(one(record(R"("versions":["1.0","1.1"]})")).versions, (std::vector<std::string>{"1.0", "1.1"}));
}

TEST(Osv, WithdrawnVanishesAndNullIsNotWithdrawn) {
  const std::string affected =
      R"("affected":[{"package":{"ecosystem":"Go","name":"m"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]}]})";
  EXPECT_TRUE(read(R"({"id":"GO-1","withdrawn":"2024-01-01T00:00:00Z",)" + affected).rows.empty());
  EXPECT_EQ(read(R"({"id":"GO-1","withdrawn":null,)" + affected).rows.size(), 1U);
}

TEST(Osv, BulletinCoversItsFlawsAndIsRatedByItsSummary) {
  const auto row = one(
      R"({"id":"ALSA-2024:1","summary":"Important: postgresql:16 security update","related":["CVE-2024-2","CVE-2024-1"],
      "affected":[{"package":{"ecosystem":"AlmaLinux:8","name":"postgresql"},"ranges":[{"type":"ECOSYSTEM","events":[
      {"introduced":"0"},{"fixed":"16.6-1.module_el8"}]}]}]})");
  EXPECT_EQ(row.covers, (std::vector<std::string>{"CVE-2024-1", "CVE-2024-2"}));
  EXPECT_TRUE(row.aliases.empty());
  EXPECT_EQ(row.severity, model::Severity::high);
  EXPECT_EQ(row.severity_source, "almalinux");
  ASSERT_EQ(row.extra.size(), 1U);
  EXPECT_EQ(row.extra[0].second, "postgresql:16");
}

TEST(Osv, BugFixBulletinWithoutAFlawIsNoRow) {
  EXPECT_TRUE(
      read(R"({"id":"ALBA-1","summary":"x bug fix","affected":[{"package":{"ecosystem":"AlmaLinux:8","name":"x"},
      "versions":["1"]}]})")
          .rows.empty());
}

TEST(Osv, VendorsWordBeatsTheVector) {
  const auto row = one(
      R"({"id":"GHSA-2","severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
      "database_specific":{"severity":"MODERATE"},"affected":[{"package":{"ecosystem":"npm","name":"x"},"versions":["1"]}]})");
  EXPECT_EQ(row.severity, model::Severity::medium);
  EXPECT_EQ(row.severity_source, "github");
  EXPECT_DOUBLE_EQ(row.cvss_score, 9.8);
}

TEST(Osv, VectorAloneGivesTheBandAndVersion3IsPreferred) {
  const auto row = one(
      R"({"id":"PYSEC-2","severity":[{"type":"CVSS_V2","score":"AV:N/AC:L/Au:N/C:C/I:C/A:C"},
      {"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N"},
      {"type":"CVSS_V4","score":"CVSS:4.0/AV:N/AC:L"}],"affected":[{"package":{"ecosystem":"PyPI","name":"x"},"versions":["1"]}]})");
  EXPECT_EQ(row.severity, model::Severity::medium);
  EXPECT_DOUBLE_EQ(row.cvss_score, 6.1);
}

TEST(Osv, UbuntuWordStandsAmongTheVectors) {
  const auto row = one(
      R"({"id":"UBUNTU-CVE-2024-1","upstream":["CVE-2024-1"],"severity":[{"type":"Ubuntu","score":"low"}],
      "affected":[{"package":{"ecosystem":"Ubuntu:22.04:LTS","name":"x"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"}]}]}]})");
  EXPECT_EQ(row.severity, model::Severity::low);
  EXPECT_EQ(row.aliases, std::vector<std::string>{"CVE-2024-1"});
}

TEST(Osv, MalwareIsFlagged) {
  const auto row =
      one(R"({"id":"MAL-2024-1","affected":[{"package":{"ecosystem":"npm","name":"x"},"versions":["1"]}]})");
  ASSERT_EQ(row.extra.size(), 1U);
  EXPECT_EQ(row.extra[0].first, "malware");
}

TEST(Osv, BrokenDocumentIsCountedAndTheRestRead) {
  CollectingWriter writer;
  const auto zip = make_zip({deflated("a.json", "<html>"), deflated("b.json", R"({"no":"id"})"),
                             deflated("c.json", std::string(200, '[') + std::string(200, ']')),
                             deflated("readme.txt", "x"), deflated("d.json", record(R"("versions":["1"]})"))});
  EXPECT_TRUE(test::run_feed("osv", "PyPI", zip, writer).ok());
  EXPECT_EQ(writer.rows.size(), 1U);
  ASSERT_EQ(writer.bad.size(), 3U);
  EXPECT_EQ(writer.bad[0].name, "feed-malformed");
  EXPECT_EQ(writer.bad[2].name, "feed-nesting-limit");
}

TEST(Osv, FieldsOfOtherTypesAreAsGoodAsAbsent) {
  for (
      const char* json :
      {"[]", "7", "\"x\"", R"({"id":7})", R"({"id":"A-1","affected":7})", R"({"id":"A-1","affected":[7,[],{}]})",
       R"({"id":"A-1","affected":[{"package":7}]})",
       R"({"id":"A-1","aliases":{"a":1},"affected":[{"package":{"name":1}}]})",
       R"({"id":"A-1","affected":[{"package":{"ecosystem":"a","name":"b"},"ranges":[{"type":"SEMVER","events":[7,{"introduced":7}]}]}]})"})
    read(json);
}

TEST(Osv, WhatIsNoArchiveFailsTheSource) {
  for (const std::string text : {"", "<html>busy</html>", "PK"}) {
    CollectingWriter writer;
    EXPECT_FALSE(test::run_feed("osv", "PyPI", as_bytes(text), writer).ok());
  }
  auto zip = make_zip({deflated("a.json", record(R"("versions":["1"]})"))});
  zip.resize(zip.size() - 1);
  CollectingWriter writer;
  EXPECT_EQ(test::run_feed("osv", "PyPI", zip, writer).error().name, "zip-truncated");
}

TEST(Osv, BombFailsTheSource) {
  auto member = deflated("a.json", std::string(1 << 20, ' '));
  member.size = 17 << 20;
  CollectingWriter writer;
  EXPECT_EQ(test::run_feed("osv", "PyPI", make_zip({member}), writer).error().name, "zip-entry-size-limit");
}

}  // namespace
}  // namespace hullcheck::advisories
