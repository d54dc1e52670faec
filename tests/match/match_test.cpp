#include "match/match.hpp"

#include <gtest/gtest.h>

#include "match/match_fixture.hpp"
#include "support/tar_writer.hpp"

namespace hullcheck::match {
namespace {

using advisories::Database;
using model::GapEffect;

model::Package package(const char* type, const char* name, const char* version, const char* source = "",
                       const char* source_version = "") {
  model::Package result;
  result.type = type;
  result.name = name;
  result.version = version;
  result.architecture = "amd64";
  result.source_name = *source != '\0' ? source : name;
  result.source_version = *source_version != '\0' ? source_version : version;
  result.database_path = "var/lib/dpkg/status";
  result.layer = 0;
  return result;
}

// With the sources that most cases need.
class MatchTest : public MatchFixture {
 protected:
  MatchTest() {
    m_update.sources = {{"debian", "debian", "https://debian.example", "Debian", "", 1},
                        {"alpine/main", "alpine", "https://alpine.example", "Alpine:v3.21", "", 1},
                        {"wolfi", "alpine", "https://wolfi.example", "Wolfi", "", 1},
                        {"osv/AlmaLinux", "osv", "https://alma.example", "AlmaLinux", "", 1},
                        {"kev", "kev", "https://kev.example", "", "", 1}};
    m_transport.put("https://kev.example",
                    R"({"vulnerabilities":[{"cveID":"CVE-2024-1","dateAdded":"2024-05-01"}]})");
    distribution("debian", "12");
  }

  void tracker(const std::string& packages) { m_transport.put("https://debian.example", "{" + packages + "}"); }
  static std::string flaw(const std::string& id, const std::string& members, const char* release = "bookworm") {
    return "\"" + id + R"(":{"releases":{")" + release + "\":{" + members + "}}}";
  }

  void open() {
    auto report = advisories::update(m_update, m_transport, util::no_progress(), {});
    ASSERT_TRUE(report.ok() && report->written);
    auto database = Database::open(m_update.database);
    ASSERT_TRUE(database.ok());
    m_database.emplace(std::move(database).value());
  }
  using MatchFixture::run;
  Matches run() {
    if (!m_database) open();
    return MatchFixture::run(&*m_database);
  }
  static bool has_gap(const Matches& matches, std::string_view id, GapEffect effect = GapEffect::unknown) {
    return std::any_of(matches.gaps.begin(), matches.gaps.end(),
                       [&](const auto& gap) { return gap.id == id && gap.effect == effect; });
  }
  std::optional<Database> m_database;
};

TEST_F(MatchTest, DebianComparesTheSourceVersion) {
  tracker("\"glibc\":{" +
          flaw("CVE-2024-1", R"("status":"resolved","fixed_version":"2.36-9+deb12u4","urgency":"low")") + "}");
  // The binary's own version is higher (a rebuild); the source's decides.
  m_inventory.packages = {package("deb", "libc6", "2.36-9+deb12u9+b1", "glibc", "2.36-9+deb12u3"),
                          package("deb", "libc-bin", "2.36-9+deb12u4", "glibc"), package("deb", "glibc-x", "1")};
  const auto matches = run();
  EXPECT_EQ(found(matches), std::vector<std::string>{"libc6 CVE-2024-1"});
  EXPECT_EQ(matches.packages_assessed, 3U);
  const auto& v = matches.vulnerabilities.at(0);
  EXPECT_EQ(v.fixed_version, "2.36-9+deb12u4");
  EXPECT_EQ(v.severity, model::Severity::low);
  EXPECT_EQ(v.severity_source, "debian");
  EXPECT_TRUE(v.known_exploited);
  EXPECT_EQ(v.known_exploited_since, "2024-05-01");
  EXPECT_EQ(v.link, "https://security-tracker.debian.org/tracker/CVE-2024-1");
  EXPECT_EQ(v.location.layer, "sha256:layer");
  EXPECT_EQ(v.location.path, "var/lib/dpkg/status");
  EXPECT_EQ(v.ecosystem, "Debian:12");
  EXPECT_EQ(v.id.substr(0, 3), "HC-");
  EXPECT_TRUE(has_gap(matches, "advisory-note", GapEffect::note));
  EXPECT_TRUE(std::none_of(matches.gaps.begin(), matches.gaps.end(),
                           [](const auto& gap) { return gap.effect == GapEffect::unknown; }));
}

TEST_F(MatchTest, NeededSourcesAreThoseOfThePackages) {
  tracker("\"x\":{" + flaw("CVE-2024-9", R"("status":"resolved","fixed_version":"1")") + "}");
  m_inventory.packages = {package("deb", "x", "2")};
  const auto matches = run();
  for (const auto& source : matches.database.sources)
    EXPECT_EQ(source.needed, source.name == "debian") << source.name;
}

TEST_F(MatchTest, UnimportantIsAStatus) {
  tracker("\"x\":{" + flaw("CVE-2024-2", R"("status":"open","urgency":"unimportant")") + "}");
  m_inventory.packages = {package("deb", "x", "1")};
  const auto matches = run();
  ASSERT_EQ(matches.vulnerabilities.size(), 1U);
  EXPECT_EQ(matches.vulnerabilities[0].status, model::VulnerabilityStatus::unimportant);
  EXPECT_EQ(matches.vulnerabilities[0].fixed_version, "");
}

TEST_F(MatchTest, UnreadableVersionIsAGapAndNotSilence) {
  tracker("\"x\":{" + flaw("CVE-2024-2", R"("status":"resolved","fixed_version":"2")") + "}");
  m_inventory.packages = {package("deb", "x", "not a version!")};
  const auto matches = run();
  EXPECT_TRUE(matches.vulnerabilities.empty());
  EXPECT_TRUE(has_gap(matches, "package-version-unreadable"));
  EXPECT_EQ(matches.packages_assessed, 0U);
}

TEST_F(MatchTest, UnreadableAdvisoryIsAGap) {
  tracker("\"x\":{" + flaw("CVE-2024-2", R"("status":"resolved","fixed_version":"no version!")") + "}");
  m_inventory.packages = {package("deb", "x", "1")};
  EXPECT_TRUE(has_gap(run(), "advisory-version-unreadable"));
}

TEST_F(MatchTest, NoDatabaseNamesTheCommand) {
  m_inventory.packages = {package("deb", "x", "1")};
  const auto matches = run(nullptr);
  ASSERT_TRUE(has_gap(matches, "no-advisory-database"));
  EXPECT_NE(matches.gaps.back().reason.find("hullcheck db update"), std::string::npos);
  EXPECT_FALSE(matches.database.present);
}

TEST_F(MatchTest, StaleAndAbsentSourcesOnlyMatterWhenNeeded) {
  tracker("\"x\":{" + flaw("CVE-2024-2", R"("status":"resolved","fixed_version":"2")") + "}");
  m_inventory.packages = {package("deb", "x", "3")};
  open();
  m_options.now = k_today + std::chrono::days(5);
  EXPECT_FALSE(has_gap(run(), "advisory-source-stale"));
  m_options.now += std::chrono::seconds(1);
  EXPECT_TRUE(has_gap(run(), "advisory-source-stale"));
  distribution("alpine", "3.21.0");
  m_inventory.packages = {package("apk", "musl", "1.2-r0")};
  EXPECT_TRUE(has_gap(run(), "advisory-source-absent"));
  EXPECT_FALSE(has_gap(run(), "advisory-source-stale"));
}

TEST_F(MatchTest, DistributionWithoutAdvisoriesIsNamed) {
  tracker("\"x\":{" + flaw("CVE-2024-2", R"("status":"resolved","fixed_version":"2")") + "}");
  distribution("altlinux", "p10");
  m_inventory.packages = {package("rpm", "bash", "5-alt1"), package("rpm", "zlib", "1-alt1")};
  auto matches = run();
  EXPECT_TRUE(has_gap(matches, "no-advisories-for-distribution"));
  EXPECT_EQ(matches.packages_assessed, 0U);
  distribution("debian", "13");
  m_inventory.packages = {package("deb", "x", "1")};
  EXPECT_TRUE(has_gap(run(), "no-advisories-for-distribution")) << "the tracker has nothing about trixie here";
  distribution("", "");
  EXPECT_TRUE(has_gap(run(), "unknown-distribution"));
}

TEST_F(MatchTest, EndOfLifeIsAGapFromTheDayAfter) {
  tracker("\"x\":{" + flaw("CVE-2024-2", R"("status":"resolved","fixed_version":"2")", "bullseye") + "}");
  distribution("debian", "11");
  m_inventory.packages = {package("deb", "x", "3")};
  EXPECT_TRUE(has_gap(run(), "end-of-life"));
  m_options.now = std::chrono::sys_days(std::chrono::year{2026} / 8 / 31) + std::chrono::hours(23);
  EXPECT_FALSE(has_gap(run(), "end-of-life"));
}

TEST_F(MatchTest, AlpineByOriginAndVersionZero) {
  distribution("alpine", "3.21.0");
  m_transport.put(
      "https://alpine.example",
      R"({"packages":[{"pkg":{"name":"openssl","secfixes":{"3.3.1-r1":["CVE-2024-1","CVE-2024-3 XSA-1"],"0":["CVE-2024-4"]}}}]})");
  m_inventory.packages = {package("apk", "libcrypto3", "3.3.1-r0", "openssl"),
                          package("apk", "libssl3", "3.3.1-r1", "openssl")};
  const auto matches = run();
  EXPECT_EQ(found(matches), (std::vector<std::string>{"libcrypto3 CVE-2024-1", "libcrypto3 CVE-2024-3"}));
  EXPECT_EQ(matches.vulnerabilities[1].aliases, std::vector<std::string>{"XSA-1"});
  EXPECT_EQ(matches.vulnerabilities[0].severity, model::Severity::unrated);
}

TEST_F(MatchTest, GitHubsNamesInWolfiAreCountedUnderTheirCve) {
  distribution("wolfi", "20230201");
  m_transport.put("https://wolfi.example", R"({"packages":[{"pkg":{"name":"app","secfixes":{
    "2.0-r1":["CVE-2024-1","CVE-2024-2","GHSA-aaa-1","GHSA-bbb-2"],"2.0-r2":["GHSA-ccc-3"],"2.0-r3":["GHSA-ddd-4"]}}}]})");
  m_transport.put(
      "https://alma.example",
      test::make_zip({test::deflated("a.json", R"({"id":"GHSA-aaa-1","aliases":["CVE-2024-1"],"affected":[
      {"package":{"ecosystem":"Go","name":"x"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]}]})"),
                      test::deflated("b.json", R"({"id":"GO-3","aliases":["CVE-2024-3","GHSA-ccc-3"],"affected":[
      {"package":{"ecosystem":"Go","name":"x"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]}]})")}));
  m_inventory.packages = {package("apk", "app", "1.0-r0")};
  const auto matches = run();
  EXPECT_EQ(found(matches),
            (std::vector<std::string>{"app CVE-2024-1", "app CVE-2024-2", "app CVE-2024-3", "app GHSA-ddd-4"}));
  EXPECT_EQ(matches.vulnerabilities[0].aliases, std::vector<std::string>{"GHSA-aaa-1"});
  EXPECT_EQ(matches.vulnerabilities[2].aliases, std::vector<std::string>{"GHSA-ccc-3"});
}

TEST_F(MatchTest, BulletinGivesOneFindingPerFlaw) {
  distribution("almalinux", "8.10");
  m_transport.put(
      "https://alma.example",
      test::make_zip({test::deflated("a.json", R"({"id":"ALSA-2024:1","summary":"Important: openssl security update",
      "related":["CVE-2024-1","CVE-2024-2"],"affected":[{"package":{"ecosystem":"AlmaLinux:8","name":"openssl-libs"},
      "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1:1.1.1k-9.el8"}]}]}]})"),
                      test::deflated("b.json", R"({"id":"ALSA-2024:2","summary":"Moderate: openssl security update",
      "related":["CVE-2024-2"],"affected":[{"package":{"ecosystem":"AlmaLinux:8","name":"openssl-libs"},
      "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1:1.1.1k-12.el8"}]}]}]})")}));
  m_inventory.packages = {package("rpm", "openssl-libs", "1:1.1.1k-6.el8")};
  auto matches = run();
  EXPECT_EQ(found(matches), (std::vector<std::string>{"openssl-libs CVE-2024-1", "openssl-libs CVE-2024-2"}));
  EXPECT_EQ(matches.vulnerabilities[1].aliases, (std::vector<std::string>{"ALSA-2024:1", "ALSA-2024:2"}));
  EXPECT_EQ(matches.vulnerabilities[1].fixed_version, "1:1.1.1k-12.el8") << "whole only with the later fix";
  EXPECT_EQ(matches.vulnerabilities[1].severity, model::Severity::high);
  EXPECT_TRUE(matches.vulnerabilities[0].known_exploited);
  m_inventory.packages = {package("rpm", "openssl-libs", "1:1.1.1k-9.el8")};
  EXPECT_EQ(found(run()), std::vector<std::string>{"openssl-libs CVE-2024-2"});
}

TEST_F(MatchTest, ModuleStreamsDoNotMix) {
  distribution("almalinux", "8.10");
  m_transport.put("https://alma.example",
                  test::make_zip({test::deflated(
                      "a.json", R"({"id":"ALSA-2024:1","summary":"Important: postgresql:16 security update",
      "related":["CVE-2024-1"],"affected":[{"package":{"ecosystem":"AlmaLinux:8","name":"postgresql"},
      "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"16.6-1.module_el8.10.0+1+a"}]}]}]})")}));
  auto modular = package("rpm", "postgresql", "12.1-1.module_el8.9.0+1+b");
  m_inventory.packages = {modular};
  m_inventory.packages[0].modularity = "postgresql:12:8090020240101:abc";
  EXPECT_TRUE(run().vulnerabilities.empty());
  m_inventory.packages[0].modularity = "postgresql:16:8090020240101:abc";
  EXPECT_EQ(run().vulnerabilities.size(), 1U);
  m_inventory.packages = {package("rpm", "postgresql", "10.1-1.el8")};
  EXPECT_TRUE(run().vulnerabilities.empty()) << "of no module";
}

TEST_F(MatchTest, SamePackageTwiceIsOneFinding) {
  tracker("\"x\":{" + flaw("CVE-2024-2", R"("status":"resolved","fixed_version":"2")") + "}");
  m_inventory.packages = {package("deb", "x", "1"), package("deb", "x", "1")};
  EXPECT_EQ(run().vulnerabilities.size(), 1U);
}

TEST_F(MatchTest, TheKernelsHeadersAreNotCountedAndItsImagesOnce) {
  tracker("\"linux\":{" + flaw("CVE-2024-2", R"("status":"open","urgency":"not yet assigned")") + "}");
  m_inventory.packages = {package("deb", "linux-libc-dev", "6.1-1", "linux")};
  auto matches = run();
  EXPECT_TRUE(matches.vulnerabilities.empty());
  ASSERT_EQ(matches.suppressed.size(), 1U);
  EXPECT_EQ(matches.suppressed[0].advisory, "CVE-2024-2");
  EXPECT_EQ(matches.suppressed[0].status, model::VulnerabilityStatus::not_affected);
  EXPECT_FALSE(matches.suppressed[0].reason.empty());
  EXPECT_TRUE(has_gap(matches, "kernel-headers", GapEffect::note));
  m_inventory.packages = {package("deb", "linux-image-6.1-amd64", "6.1-1", "linux"),
                          package("deb", "linux-image-amd64", "6.1-1", "linux")};
  EXPECT_EQ(run().vulnerabilities.size(), 1U);
}

// By rpm's rules 9.8rc1 would be newer than 9.8, and its flaw gone.
TEST_F(MatchTest, ArchIsJudgedByTheRulesOfPacman) {
  m_update.sources = {{"arch", "arch", "https://arch.example", "Arch Linux", "", 1}};
  m_transport.put("https://arch.example", R"([
    {"name":"AVG-1","packages":["ssh","sshd"],"status":"Fixed","severity":"High","affected":"9.8rc1-1","fixed":"9.8-1",
     "issues":["CVE-2024-1"]},
    {"name":"AVG-2","packages":["ssl"],"status":"Fixed","severity":"High","affected":"3-1","fixed":"1:1.0-2",
     "issues":["CVE-2024-2"]},
    {"name":"AVG-3","packages":["ssh"],"status":"Not affected","severity":"Low","fixed":null,"issues":["CVE-2024-3"]}])");
  distribution("arch", "");
  m_inventory.packages = {package("alpm", "ssh", "9.8rc1-1"), package("alpm", "sshd", "9.8-1"),
                          package("alpm", "ssl", "3.3.0-1"), package("deb", "ssh", "1.0-1")};
  EXPECT_EQ(found(run()), (std::vector<std::string>{"ssh CVE-2024-1", "ssl CVE-2024-2"}));
}

TEST_F(MatchTest, GentooIsJudgedByTheRulesOfPortage) {
  test::TarWriter tar;
  tar.file("glsa-master/glsa-202401-01.xml",
           R"(<glsa id="202401-01"><title>X: flaws</title><announced>2024-01-02</announced>
           <affected><package name="net-misc/x" arch="*"><unaffected range="ge">3.0_p1</unaffected>
           <unaffected range="rge">2.4-r1</unaffected><vulnerable range="lt">3.0_p1</vulnerable></package></affected>
           <impact type="high"/><references><uri link="u">CVE-2023-1</uri></references></glsa>)");
  m_update.sources = {{"gentoo", "gentoo", "https://gentoo.example", "Gentoo", "", 1}};
  m_transport.put("https://gentoo.example", tar.finish());
  distribution("gentoo", "");
  for (const auto& [version, flawed] : std::initializer_list<std::pair<const char*, bool>>{{"2.4", true},
                                                                                           {"2.4-r1", false},
                                                                                           {"2.4-r2", false},
                                                                                           {"2.5-r1", true},
                                                                                           {"3.0", true},
                                                                                           {"3.0-r7", true},
                                                                                           {"3.0_rc2", true},
                                                                                           {"3.0_p1_pre1", true},
                                                                                           {"3.0_p1", false},
                                                                                           {"3.0a", false},
                                                                                           {"3.0_p1-r2", false}}) {
    m_inventory.packages = {package("ebuild", "net-misc/x", version), package("ebuild", "dev-libs/x", version)};
    EXPECT_EQ(found(run()), flawed ? std::vector<std::string>{"net-misc/x CVE-2023-1"} : std::vector<std::string>{})
        << version;
  }
}

TEST_F(MatchTest, WhatNobodyRatesIsRatedByNvdAndWeighedByEpss) {
  tracker("\"x\":{" + flaw("CVE-2024-2", R"("status":"open","urgency":"not yet assigned")") + "},\"y\":{" +
          flaw("CVE-2024-2", R"("status":"open","urgency":"low")") + "}");
  m_update.sources.push_back({"epss", "epss", "https://epss.example", "", "", 1});
  m_update.sources.push_back({"nvd", "nvd", "https://nvd.example", "", "", 1});
  m_transport.put("https://epss.example", "cve,epss,percentile\nCVE-2024-2,0.5,0.9\n");
  m_transport.put("https://nvd.example", R"({"vulnerabilities":[{"cve":{"id":"CVE-2024-2","metrics":{"cvssMetricV31":[
      {"type":"Primary","cvssData":{"vectorString":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}]}}}]})");
  m_inventory.packages = {package("deb", "x", "1"), package("deb", "y", "1")};
  const auto matches = run();
  ASSERT_EQ(matches.vulnerabilities.size(), 2U);
  EXPECT_EQ(matches.vulnerabilities[0].severity, model::Severity::critical);
  EXPECT_EQ(matches.vulnerabilities[0].severity_source, "nvd");
  EXPECT_EQ(matches.vulnerabilities[1].severity, model::Severity::low) << "the vendor's word comes first";
  EXPECT_DOUBLE_EQ(matches.vulnerabilities[1].cvss_score, 9.8);
  EXPECT_DOUBLE_EQ(matches.exposures.at(matches.vulnerabilities[0].id).epss, 0.5);
  EXPECT_GT(matches.exposures.at(matches.vulnerabilities[0].id).risk,
            matches.exposures.at(matches.vulnerabilities[1].id).risk);
}

}  // namespace
}  // namespace hullcheck::match
