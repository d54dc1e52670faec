// Packages of languages and programs against OSV records: names, versions, malware, what nobody covers.
#include "match/language.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "advisories/package_key.hpp"
#include "match/match_fixture.hpp"

namespace hullcheck::match {
namespace {

using model::GapEffect;

model::Package package(const char* type, const char* name, const char* version, const char* path = "app/file") {
  model::Package result;
  result.type = type;
  result.name = name;
  result.version = version;
  result.database_path = path;
  result.layer = 0;
  return result;
}

std::string record(const std::string& id, const std::string& ecosystem, const std::string& name,
                   const std::string& introduced, const std::string& fixed, const std::string& versions = "") {
  const std::string ranges = fixed.empty() && introduced.empty()
                                 ? ""
                                 : R"("ranges":[{"type":"ECOSYSTEM","events":[{"introduced":")" + introduced + "\"}" +
                                       (fixed.empty() ? "" : R"(,{"fixed":")" + fixed + "\"}") + "]}],";
  return R"({"id":")" + id +
         R"(","modified":"2026-01-01T00:00:00Z","summary":"s","affected":[{"package":{"ecosystem":")" + ecosystem +
         R"(","name":")" + name + R"("},)" + ranges + R"("versions":[)" + versions + "]}]}";
}

class LanguageMatch : public MatchFixture {
 protected:
  static std::vector<std::string> gaps(const Matches& matches) {
    std::vector<std::string> list;
    for (const auto& gap : matches.gaps)
      list.push_back(gap.id + " " + gap.subject + " " + std::string(to_string(gap.effect)));
    return list;
  }
  using Strings = std::vector<std::string>;
};

TEST_F(LanguageMatch, EachTypeByItsEcosystemAndOrdering) {
  feed_osv("npm", {record("GHSA-npm", "npm", "@s/a", "0", "1.2.0")});
  feed_osv("PyPI", {record("PYSEC-1", "PyPI", "Typing.Extensions", "0", "2.0")});
  feed_osv("Maven", {record("GHSA-maven", "Maven", "org.x:y", "2.0", "2.15.0")});
  feed_osv("Go", {record("GO-1", "Go", "golang.org/x/net", "0", "0.17.0"),
                  record("GO-2", "Go", "stdlib", "1.22.0-0", "1.22.1")});
  feed_osv("crates.io", {record("RUSTSEC-1", "crates.io", "time", "0", "0.2.23")});
  feed_osv("RubyGems", {record("GHSA-gem", "RubyGems", "rack", "0", "2.2.4")});
  feed_osv("Packagist", {record("GHSA-php", "Packagist", "twig/twig", "0", "1.44.7")});
  feed_osv("NuGet", {record("GHSA-nuget", "NuGet", "Newtonsoft.Json", "0", "13.0.1")});
  m_inventory.packages = {package("npm", "@s/a", "1.1.9"),
                          package("npm", "@s/a", "1.2.0"),
                          package("npm", "@s/a", "v1.2.0", "app/other"),
                          package("pypi", "typing_extensions", "2.0rc1"),
                          package("maven", "org.x:y", "2.14.1"),
                          package("maven", "org.x:y", "2.0-beta9"),
                          package("golang", "golang.org/x/net", "v0.16.0"),
                          package("golang", "golang.org/x/net", "v0.17.1-0.20231010000000-abcdefabcdef"),
                          package("golang", "stdlib", "1.22.0-rc.1"),
                          package("cargo", "time", "0.1.43"),
                          package("gem", "rack", "2.2.3"),
                          package("composer", "Twig/twig", "v1.35.0"),
                          package("nuget", "newtonsoft.json", "12.0.1")};
  const Matches matches = run();
  EXPECT_EQ(found(matches), (Strings{"@s/a GHSA-npm", "Twig/twig GHSA-php", "golang.org/x/net GO-1",
                                     "newtonsoft.json GHSA-nuget", "org.x:y GHSA-maven", "rack GHSA-gem",
                                     "stdlib GO-2", "time RUSTSEC-1", "typing_extensions PYSEC-1"}));
  EXPECT_EQ(gaps(matches), Strings{});
  EXPECT_EQ(matches.packages_assessed, 13U);
}

// As SemVer "1.25.3-1" is before 1.25.3: a flaw that 1.25.3 fixed was reported for every build of it.
TEST_F(LanguageMatch, BitnamisRevisionIsNoPrerelease) {
  feed_osv("Bitnami", {record("BIT-nginx-1", "Bitnami", "nginx", "0", "1.25.3"),
                       record("BIT-nginx-2", "Bitnami", "nginx", "1.25.3", "1.25.4"),
                       record("BIT-redis-1", "Bitnami", "redis", "0", "7.0.0")});
  m_inventory.packages = {package("bitnami", "nginx", "1.25.3-1"), package("bitnami", "redis", "7.0.0-rc2-3")};
  EXPECT_EQ(found(run()), (Strings{"nginx BIT-nginx-2", "redis BIT-redis-1"}));
  m_inventory.packages = {package("bitnami", "nginx", "1.25.4-0"), package("bitnami", "redis", "7.0.0")};
  EXPECT_EQ(found(run()), Strings{});
}

TEST_F(LanguageMatch, MalwareIsAThreatAndNoVulnerability) {
  feed_osv("npm", {record("MAL-2024-1", "npm", "lodahs", "0", ""), record("MAL-2024-2", "npm", "shop", "0", ""),
                   record("MAL-2024-3", "npm", "taken-over", "", "", "\"6.6.6\"")});
  m_inventory.packages = {package("npm", "lodahs", "1.0.0", "app/node_modules/lodahs/package.json"),
                          package("npm", "taken-over", "6.6.5", "app/node_modules/taken-over/package.json"),
                          package("npm", "shop", "1.0.0", "app/package.json")};
  model::Package declared = package("npm", "taken-over", "6.6.6", "app/package-lock.json");
  declared.declared_only = true;
  m_inventory.declared = {declared};
  const Matches matches = run();
  EXPECT_EQ(found(matches), Strings{});
  ASSERT_EQ(matches.threats.size(), 1U);
  const model::Finding& threat = matches.threats[0];
  EXPECT_EQ(threat.rule, "L01");
  EXPECT_EQ(threat.kind, model::FindingKind::threat);
  EXPECT_EQ(threat.level, model::ThreatLevel::malicious);
  EXPECT_EQ(threat.severity, model::Severity::critical);
  EXPECT_EQ(threat.confidence, 99U);
  EXPECT_EQ(threat.locations.at(0).path, "app/node_modules/lodahs/package.json");
  EXPECT_EQ(threat.locations.at(0).layer, "sha256:layer");
  EXPECT_NE(threat.evidence.at(0).find("MAL-2024-1"), std::string::npos);
  ASSERT_EQ(matches.warnings.size(), 1U);
  EXPECT_EQ(matches.warnings[0].level, model::ThreatLevel::risky);
  EXPECT_EQ(matches.warnings[0].locations.at(0).path, "app/package-lock.json");
}

TEST_F(LanguageMatch, WhatIsOnlyDeclaredRaisesNothing) {
  feed_osv("Go", {record("GO-1", "Go", "a", "0", "")});
  model::Package wish = package("golang", "a", "v1.0.0");
  wish.declared_only = true;
  model::Package other = package("gem", "rack", "not a version");
  other.declared_only = true;
  m_inventory.declared = {wish, other};
  const Matches matches = run();
  EXPECT_EQ(found(matches), Strings{});
  EXPECT_EQ(gaps(matches), Strings{});
  EXPECT_EQ(matches.packages_assessed, 0U);
}

TEST_F(LanguageMatch, EcosystemWithoutDataIsANamedGap) {
  feed_osv("Go", {record("GO-1", "Go", "a", "0", "")});
  m_inventory.packages = {package("gem", "rack", "2.2.3"), package("luarocks", "cjson", "2.1-1"),
                          package("maven", "app", "1.0"), package("golang", "b", "v1.0.0")};
  EXPECT_EQ(gaps(run()), (Strings{"archive-without-group maven note", "ecosystem-without-advisories luarocks unknown",
                                  "no-advisories-for-distribution RubyGems unknown"}));
}

TEST_F(LanguageMatch, ProgramsByTheRecordsOfTheirMakers) {
  feed_osv("Bitnami", {record("BIT-nginx-1", "Bitnami", "nginx", "0.6.18", "1.20.1"),
                       record("BIT-java-1", "Bitnami", "java", "8.0.0", "8.0.300"),
                       record("BIT-ruby-1", "Bitnami", "ruby", "3.1.0", "3.1.4"),
                       record("BIT-postgresql-1", "Bitnami", "postgresql", "15.0.0", "15.21.0")});
  model::Package inside = package("generic", "zlib", "1.2.13");
  inside.source_name = "nginx";
  m_inventory.packages = {package("generic", "nginx", "1.18.0"),   package("generic", "openjdk", "8.0.292"),
                          package("generic", "ruby", "3.1.2p20"),  package("generic", "postgresql", "15.20"),
                          package("generic", "busybox", "1.35.0"), inside};
  const Matches matches = run();
  EXPECT_EQ(found(matches),
            (Strings{"nginx BIT-nginx-1", "openjdk BIT-java-1", "postgresql BIT-postgresql-1", "ruby BIT-ruby-1"}));
  EXPECT_EQ(gaps(matches),
            (Strings{"library-without-advisories generic note", "program-without-advisories generic unknown"}));
  EXPECT_EQ(matches.packages_assessed, 4U);
}

// PEAR's own packages are published for Composer too; extensions are published nowhere.
TEST_F(LanguageMatch, PearGoesByPackagist) {
  feed_osv("Packagist", {record("GHSA-1", "Packagist", "pear/archive_tar", "0", "1.4.12")});
  m_inventory.packages = {package("pear", "pear.php.net/Archive_Tar", "1.4.10"),
                          package("pear", "pear.php.net/Console_Getopt", "1.4.3"),
                          package("pear", "pecl.php.net/redis", "5.3.7")};
  const Matches matches = run();
  EXPECT_EQ(found(matches), Strings{"pear.php.net/Archive_Tar GHSA-1"});
  EXPECT_EQ(gaps(matches), Strings{"ecosystem-without-advisories pear unknown"});
  EXPECT_EQ(matches.packages_assessed, 2U);
}

// libwebp does not say which version it is. That is said of it once, and weighs as much as the program it is in.
TEST_F(LanguageMatch, LibrariesOfUnknownVersionAreNamed) {
  feed_osv("Bitnami", {record("BIT-nginx-1", "Bitnami", "nginx", "0.6.18", "1.20.1")});
  model::Package inside = package("generic", "libwebp", ""), alone = package("generic", "libxml2", "");
  inside.source_name = "nginx";
  inside.database_path = "usr/sbin/web";
  alone.database_path = "opt/a.so";
  m_inventory.packages = {inside, alone};
  Matches matches = run();
  EXPECT_EQ(gaps(matches),
            (Strings{"library-of-unknown-version libwebp note", "library-of-unknown-version libxml2 unknown"}));
  EXPECT_THAT(matches.gaps.back().reason, ::testing::HasSubstr("in 1 file, such as /opt/a.so"));
  EXPECT_EQ(matches.packages_assessed, 0U);

  inside.source_name.clear();
  inside.database_path = "opt/b.so";
  m_inventory.packages.push_back(inside);
  EXPECT_EQ(gaps(run()),
            (Strings{"library-of-unknown-version libwebp unknown", "library-of-unknown-version libxml2 unknown"}));
}

// 1.20.1-3 is the third packaging of 1.20.1, no pre-release of it: the flaw that 1.20.1 fixed is gone.
TEST_F(LanguageMatch, TheRevisionOfABitnamiPackageIsNoPreRelease) {
  feed_osv("Bitnami", {record("BIT-nginx-1", "Bitnami", "nginx", "0.6.18", "1.20.1"),
                       record("BIT-redis-1", "Bitnami", "redis", "0", "7.0.5-2"),
                       record("BIT-etcd-1", "Bitnami", "etcd", "0", "3.5.0")});
  m_inventory.packages = {package("bitnami", "nginx", "1.20.1-3"), package("bitnami", "redis", "7.0.5-1"),
                          package("bitnami", "redis", "7.0.5-10", "other"),
                          package("bitnami", "etcd", "3.5.0-rc.1-2")};
  EXPECT_EQ(found(run()), (Strings{"etcd BIT-etcd-1", "redis BIT-redis-1"}));
}

TEST_F(LanguageMatch, ACrateOfTheBuildersOwnIsNotTheOneOfThatName) {
  feed_osv("crates.io", {record("RUSTSEC-1", "crates.io", "app", "0", "")});
  model::Package own = package("cargo", "app", "0.1.0");
  own.vendor = "local";
  model::Package crate = package("cargo", "app", "0.1.0", "other");
  crate.vendor = "crates.io";
  m_inventory.packages = {own, crate};
  EXPECT_EQ(found(run()), Strings{"app RUSTSEC-1"});
}

TEST_F(LanguageMatch, PlaceInsideAnArchiveIsTheLocation) {
  feed_osv("Maven", {record("GHSA-1", "Maven", "a:b", "0", "")});
  model::Package inner = package("maven", "a:b", "1", "app.jar");
  inner.inner_path = "BOOT-INF/lib/b-1.jar";
  m_inventory.packages = {inner};
  const Matches matches = run();
  ASSERT_EQ(matches.vulnerabilities.size(), 1U);
  EXPECT_EQ(matches.vulnerabilities[0].location.path, "app.jar!/BOOT-INF/lib/b-1.jar");
  EXPECT_EQ(matches.vulnerabilities[0].purl, "pkg:maven/a/b@1");
}

TEST(PackageKey, OneSpellingForEachEcosystem) {
  EXPECT_EQ(advisories::package_key("PyPI", "Zope.Interface__x"), "zope-interface-x");
  EXPECT_EQ(advisories::package_key("npm", "JSONStream"), "JSONStream");
  EXPECT_EQ(advisories::package_key("NuGet", "Newtonsoft.Json"), "newtonsoft.json");
  EXPECT_EQ(advisories::package_key("Packagist", "Laravel/Framework"), "laravel/framework");
  EXPECT_EQ(advisories::package_key("SwiftURL", "https://github.com/Apple/swift-nio.git"),
            "github.com/apple/swift-nio");
  EXPECT_EQ(advisories::package_key("Go", "github.com/Masterminds/sprig"), "github.com/Masterminds/sprig");
}

}  // namespace
}  // namespace hullcheck::match
