// Debian tracker, secdb and KEV.
#include <gtest/gtest.h>

#include "support/memory_transport.hpp"

namespace hullcheck::advisories {
namespace {

using model::Severity;
using model::VulnerabilityStatus;
using test::CollectingWriter;

CollectingWriter read(const char* feed, const std::string& json, const std::string& subject = "") {
  CollectingWriter writer;
  const auto result = test::run_feed(feed, subject, as_bytes(json), writer);
  EXPECT_TRUE(result.ok()) << result.error().describe();
  return writer;
}

std::string flaw(const std::string& release) { return R"({"glibc":{"CVE-2024-1":{"releases":{)" + release + "}}}}"; }

TEST(Debian, ResolvedFlawIsAffectedBelowItsFix) {
  const auto writer = read("debian", flaw(R"("bookworm":{"status":"resolved","fixed_version":"2.36-9+deb12u4",
      "urgency":"not yet assigned"})"));
  ASSERT_EQ(writer.rows.size(), 1U);
  EXPECT_EQ(writer.rows[0].ecosystem, "Debian:12");
  EXPECT_EQ(writer.rows[0].package, "glibc");
  EXPECT_EQ(writer.rows[0].ranges[0].fixed, "2.36-9+deb12u4");
  EXPECT_EQ(writer.rows[0].severity, Severity::unrated);
  EXPECT_EQ(writer.rows[0].severity_source, "");
  EXPECT_EQ(writer.notes.size(), 1U) << "a copy without open flaws says so";
}

TEST(Debian, VersionZeroIsNotAffected) {
  const auto writer = read("debian", flaw(R"("bookworm":{"status":"resolved","fixed_version":"0","urgency":"low"})"));
  ASSERT_EQ(writer.rows.size(), 1U);
  EXPECT_EQ(writer.rows[0].status, VulnerabilityStatus::not_affected);
  EXPECT_EQ(writer.rows[0].ranges.at(0).fixed, "");
}

struct OpenCase {
  const char* members;
  VulnerabilityStatus status;
  Severity severity;
};
class DebianOpen : public testing::TestWithParam<OpenCase> {};
TEST_P(DebianOpen, StatusAndSeverity) {
  const auto writer = read("debian", flaw(std::string(R"("trixie":{)") + GetParam().members + "}"));
  ASSERT_EQ(writer.rows.size(), 1U);
  EXPECT_EQ(writer.rows[0].status, GetParam().status);
  EXPECT_EQ(writer.rows[0].severity, GetParam().severity);
  EXPECT_EQ(writer.rows[0].ranges[0].fixed, "");
  EXPECT_TRUE(writer.notes.empty()) << "this copy knows open flaws";
}
INSTANTIATE_TEST_SUITE_P(All, DebianOpen,
                         testing::Values(OpenCase{R"("status":"open","urgency":"not yet assigned")",
                                                  VulnerabilityStatus::affected, Severity::unrated},
                                         OpenCase{R"("status":"open","urgency":"high**")",
                                                  VulnerabilityStatus::affected, Severity::high},
                                         OpenCase{R"("status":"open","urgency":"unimportant")",
                                                  VulnerabilityStatus::unimportant, Severity::negligible},
                                         OpenCase{R"("status":"open","urgency":"end-of-life")",
                                                  VulnerabilityStatus::end_of_life, Severity::unrated},
                                         OpenCase{R"("status":"open","urgency":"low","nodsa_reason":"ignored")",
                                                  VulnerabilityStatus::will_not_fix, Severity::low},
                                         OpenCase{R"("status":"open","urgency":"medium","nodsa_reason":"postponed")",
                                                  VulnerabilityStatus::deferred, Severity::medium},
                                         OpenCase{R"("status":"undetermined","urgency":"not yet assigned")",
                                                  VulnerabilityStatus::under_investigation, Severity::unrated}));

TEST(Debian, WhatIsNoTrackerFails) {
  for (const std::string text : {"", "<html>", "[]", "{}", R"({"a":{"b":{"releases":{}}}})", R"({"a":{)"}) {
    CollectingWriter writer;
    EXPECT_FALSE(test::run_feed("debian", "", as_bytes(text), writer).ok()) << text;
  }
}

TEST(Secdb, IdsAndTheirNames) {
  const auto writer = read("alpine", R"json({"packages":[{"pkg":{"name":"x","secfixes":{
      "1-r0":["CVE-2019-5060 TALOS-2019-0844","CVE-2018-14469 (IKEv1)","CVE 2018-16859","GHSA-jjjh-jjxp-wpff",
              "wnpa-sec-2017-18","CVE-2020-1 CVE-2020-2","???"],
      "0":["CVE-2019-9"],"2-r0":null}}}]})json",
                           "Alpine:v3.10");
  std::vector<std::string> ids;
  for (const auto& row : writer.rows) {
    EXPECT_EQ(row.ecosystem, "Alpine:v3.10");
    const bool never = row.id == "CVE-2019-9";
    EXPECT_EQ(row.ranges.at(0).fixed, never ? "" : "1-r0");
    EXPECT_EQ(row.status, never ? VulnerabilityStatus::not_affected : VulnerabilityStatus::affected);
    ids.push_back(row.id);
  }
  EXPECT_EQ(ids, (std::vector<std::string>{"CVE-2019-5060", "CVE-2018-14469", "CVE-2018-16859", "GHSA-jjjh-jjxp-wpff",
                                           "wnpa-sec-2017-18", "CVE-2020-1", "CVE-2020-2", "CVE-2019-9"}));
  EXPECT_EQ(writer.rows[0].aliases, std::vector<std::string>{"TALOS-2019-0844"});
  EXPECT_EQ(writer.bad.size(), 1U);
}

// Each flaw of Wolfi's came twice, as CVE and under GitHub's name.
TEST(Secdb, GitHubsNamesAreNoFlawsOfTheirOwn) {
  const auto writer = read("alpine", R"json({"packages":[{"pkg":{"name":"zlib","secfixes":{
      "1.3-r1":["CVE-2023-45853","GHSA-mq29-j5xf-cjwr"],"1.2-r1":["CVE-2018-1","CVE-2022-2","GHSA-a1-b","GHSA-c2-d"],
      "1.1-r0":["GHSA-e3-f"],"1.0-r0":["CVE-2017-1","GHSA-g4-h","GHSA-i5-j"]}}}]})json",
                           "Wolfi");
  std::vector<std::string> rows;
  for (const auto& row : writer.rows)
    rows.push_back(row.id + (row.aliases.empty() ? "" : " = " + row.aliases[0]) +
                   (row.extra.empty() ? "" : " " + row.extra[0].first));
  EXPECT_EQ(rows, (std::vector<std::string>{"CVE-2023-45853 = GHSA-mq29-j5xf-cjwr", "CVE-2018-1", "CVE-2022-2",
                                            "GHSA-a1-b twin", "GHSA-c2-d twin", "GHSA-e3-f", "CVE-2017-1",
                                            "GHSA-g4-h", "GHSA-i5-j"}));
}

TEST(Secdb, EmptyListsAreFineAndOtherDocumentsAreNot) {
  EXPECT_TRUE(read("alpine", R"({"packages":[]})").rows.empty());
  EXPECT_TRUE(read("alpine", R"({"packages":null})").rows.empty());
  for (const std::string text : {"{}", "[]", "<html>", R"({"packages":7})"}) {
    CollectingWriter writer;
    EXPECT_FALSE(test::run_feed("alpine", "", as_bytes(text), writer).ok()) << text;
  }
}

TEST(Kev, EntriesAndRansomware) {
  const auto writer = read("kev", R"({"dateReleased":"2025-08-25T17:04:19Z","vulnerabilities":[
      {"cveID":"CVE-2025-1","dateAdded":"2025-08-25","dueDate":"2025-09-15","knownRansomwareCampaignUse":"Known"},
      {"cveID":"CVE-2025-2","dateAdded":"2025-08-24","knownRansomwareCampaignUse":"Unknown"},{"cveID":7}]})");
  ASSERT_EQ(writer.exploited.size(), 2U);
  EXPECT_TRUE(writer.exploited.at("CVE-2025-1").ransomware);
  EXPECT_FALSE(writer.exploited.at("CVE-2025-2").ransomware);
  EXPECT_EQ(writer.exploited.at("CVE-2025-1").since, "2025-08-25");
  EXPECT_EQ(writer.bad.size(), 1U);
  CollectingWriter none;
  EXPECT_FALSE(test::run_feed("kev", "", as_bytes(R"({"vulnerabilities":[]})"), none).ok());
}

}  // namespace
}  // namespace hullcheck::advisories
