// Programs that no package brought, against the NVD and Bitnami.
#include <gtest/gtest.h>

#include "advisories/cpe_products.hpp"
#include "match/match_fixture.hpp"

namespace hullcheck::match {
namespace {

using Strings = std::vector<std::string>;

model::Package package(const char* type, const char* name, const char* version, const char* source = "") {
  model::Package result;
  result.type = type;
  result.name = name;
  result.version = version;
  result.source_name = source;
  result.database_path = std::string("opt/") + name;
  result.layer = 0;
  return result;
}

std::string flaw(const std::string& id, const std::string& configuration) {
  return R"({"cve":{"id":")" + id +
         R"(","metrics":{"cvssMetricV31":[{"type":"Primary","cvssData":{"vectorString":
         "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}]},"configurations":[)" +
         configuration + "]}}";
}
std::string cpe(const std::string& name, const std::string& bounds = "", bool vulnerable = true) {
  return std::string(R"({"vulnerable":)") + (vulnerable ? "true" : "false") + R"(,"criteria":"cpe:2.3:)" + name +
         R"(:*:*:*:*:*:*")" + bounds + "}";
}
std::string below(const std::string& version) { return R"(,"versionEndExcluding":")" + version + "\""; }
std::string nodes(const std::string& list, const char* operation = "OR") {
  return R"({"operator":")" + std::string(operation) + R"(","nodes":[)" + list + "]}";
}
std::string any_of(const std::string& matches) { return R"({"operator":"OR","cpeMatch":[)" + matches + "]}"; }
std::string one(const std::string& matches) { return nodes(any_of(matches)); }

class ProgramMatch : public MatchFixture {
 protected:
  ProgramMatch() { distribution("debian", "12"); }
  void nvd(const Strings& flaws) {
    std::string list;
    for (const auto& text : flaws) list += (list.empty() ? "" : ",") + text;
    source("nvd/2021", "nvd", "CPE", R"({"vulnerabilities":[)" + list + "]}");
  }
  void bitnami(const std::string& record) { feed_osv("Bitnami", {record}); }
  Strings found_in(std::vector<model::Package> packages) {
    m_inventory.packages = std::move(packages);
    return found(run());
  }
};

TEST_F(ProgramMatch, UnownedOnesByTheirProducts) {
  nvd({flaw("CVE-2021-3711",
            one(cpe("a:openssl:openssl:*:*", R"(,"versionStartIncluding":"1.1.1")" + below("1.1.1l")))),
       flaw("CVE-2021-32761", one(cpe("a:redis:redis:*:*", R"(,"versionStartIncluding":"2.2")" + below("6.0.15")))),
       flaw("CVE-2023-51385", one(cpe("a:openbsd:openssh:*:*", below("9.6")) + "," + cpe("a:openbsd:openssh:9.6:-"))),
       flaw("CVE-2014-1", one(cpe("a:openbsd:openssh:9.2:p1")))});
  const Matches matches = [&] {
    m_inventory.packages = {package("generic", "openssl", "1.1.1k"),
                            package("generic", "redis", "6.0.0"),
                            package("generic", "openssh", "9.2p1"),
                            package("deb", "openssl", "1.1.1k-1"),
                            package("deb", "redis-server", "6.0.0-1", "redis"),
                            package("npm", "redis", "3.0.0"),
                            package("pypi", "redis", "3.0.0"),
                            package("golang", "openssl", "1.1.1k")};
    return run();
  }();
  EXPECT_EQ(found(matches), (Strings{"openssh CVE-2014-1", "openssh CVE-2023-51385", "openssl CVE-2021-3711",
                                     "redis CVE-2021-32761"}));
  const auto& v = matches.vulnerabilities.at(2);
  EXPECT_EQ(v.fixed_version, "1.1.1l");
  EXPECT_EQ(v.severity, model::Severity::critical);
  EXPECT_EQ(v.severity_source, "nvd");
  EXPECT_EQ(v.link, "https://nvd.nist.gov/vuln/detail/CVE-2021-3711");
  EXPECT_EQ(v.location.path, "opt/openssl");
  EXPECT_EQ(found_in({package("generic", "openssl", "1.1.1l"), package("generic", "openssl", "1.0.2u"),
                      package("generic", "redis", "6.0.15"), package("generic", "redis", "6.0.16"),
                      package("generic", "openssh", "9.6p1"), package("generic", "openssh", "9.8p1")}),
            Strings{});
}

TEST_F(ProgramMatch, LibrariesInsideProgramsToo) {
  nvd({flaw("CVE-2022-37434", one(cpe("a:zlib:zlib:*:*", R"(,"versionEndIncluding":"1.2.12")")))});
  EXPECT_EQ(found_in({package("generic", "zlib", "1.2.11", "nginx"), package("generic", "zlib", "1.2.13", "nginx")}),
            Strings{"zlib CVE-2022-37434"});
}

TEST_F(ProgramMatch, APlatformThatTheImageIsNot) {
  const std::string php = any_of(cpe("a:php:php:*:*", below("8.1.29")));
  const auto on = [&](const std::string& platform) {
    return nodes(php + "," + any_of(cpe(platform, "", false)), "AND");
  };
  nvd({flaw("CVE-2024-1", on("o:microsoft:windows:-:*")), flaw("CVE-2024-2", on("o:linux:linux_kernel:-:*")),
       flaw("CVE-2024-3", on("o:debian:debian_linux:12.0:*")), flaw("CVE-2024-4", on("o:debian:debian_linux:9.0:*")),
       flaw("CVE-2024-5", on("a:nginx:nginx:*:*")), flaw("CVE-2024-6", on("a:apache:http_server:*:*")),
       flaw("CVE-2024-7", on("h:arm:arm:-:*")), flaw("CVE-2024-8", on("o:apple:macos:*:*")),
       flaw("CVE-2024-9", on("a:tukaani:xz:5.2.4:*"))});
  m_inventory.distribution.version_id = "12";
  EXPECT_EQ(found_in({package("generic", "php", "8.1.2"), package("deb", "nginx", "1.22.1-9"),
                      package("generic", "xz", "5.2.5")}),
            (Strings{"php CVE-2024-2", "php CVE-2024-3", "php CVE-2024-5", "php CVE-2024-7"}));
}

TEST_F(ProgramMatch, ANegatedNodeTakesAnImageOut) {
  const std::string bash = any_of(cpe("a:gnu:bash:*:*", below("5.2")));
  const auto without = [&](const std::string& name) {
    return nodes(bash + R"(,{"operator":"OR","negate":true,"cpeMatch":[)" + cpe(name, "", false) + "]}", "AND");
  };
  nvd({flaw("CVE-2024-1", without("o:microsoft:windows:-:*")),
       flaw("CVE-2024-2", without("o:debian:debian_linux:*:*"))});
  EXPECT_EQ(found_in({package("generic", "bash", "5.1.16")}), Strings{"bash CVE-2024-1"});
}

TEST_F(ProgramMatch, StartsThatAreNotInTheRangeAndEditionsThatAreSold) {
  nvd({flaw("CVE-2024-1", one(cpe("a:mongodb:mongodb:*:*", R"(,"versionStartExcluding":"4.4.0")" + below("4.4.9")))),
       flaw("CVE-2024-2",
            one(R"({"vulnerable":true,"criteria":"cpe:2.3:a:mongodb:mongodb:*:*:*:*:enterprise:*:*:*"})"))});
  EXPECT_EQ(found_in({package("generic", "mongodb", "4.4.0")}), Strings{});
  EXPECT_EQ(found_in({package("generic", "mongodb", "4.4.1")}), Strings{"mongodb CVE-2024-1"});
  EXPECT_EQ(found_in({package("generic", "mongodb", "4.4.1-ent")}),
            (Strings{"mongodb CVE-2024-1", "mongodb CVE-2024-2"}));
}

// Bitnami's record of a flaw is about the same program and made for it; what it does not list is the NVD's to say.
TEST_F(ProgramMatch, BitnamisWordOnAFlawComesBeforeTheNvds) {
  bitnami(
      R"({"id":"BIT-redis-2024-1","aliases":["CVE-2024-1"],"affected":[{"package":{"ecosystem":"Bitnami","name":"redis"},
    "ranges":[{"type":"SEMVER","events":[{"introduced":"7.0.0"},{"fixed":"7.0.5"}]}]}]})");
  nvd({flaw("CVE-2024-1", one(cpe("a:redis:redis:*:*", below("7.0.5")))),
       flaw("CVE-2024-2", one(cpe("a:redis:redis:*:*", below("7.0.5"))))});
  EXPECT_EQ(found_in({package("generic", "redis", "6.0.0")}), Strings{"redis CVE-2024-2"});
  EXPECT_EQ(found_in({package("generic", "redis", "7.0.1")}), (Strings{"redis CVE-2024-1", "redis CVE-2024-2"}));
  EXPECT_EQ(found_in({package("bitnami", "redis", "6.0.0")}), Strings{})
      << "Bitnami's own packages are not the NVD's";
}

// Every flaw of a program of Bitnami's came twice, as the package's and as the program's.
TEST_F(ProgramMatch, AProgramInAPackageOfBitnamisIsThePackages) {
  bitnami(
      R"({"id":"BIT-apache-2024-1","aliases":["CVE-2024-1"],"affected":[{"package":{"ecosystem":"Bitnami","name":"apache"},
    "ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"2.4.60"}]}]}]})");
  model::Package whole = package("bitnami", "apache", "2.4.59-2"), program = package("generic", "httpd", "2.4.59");
  whole.database_path = "opt/bitnami/apache/.spdx-apache.spdx";
  program.database_path = "opt/bitnami/apache/bin/httpd";
  EXPECT_EQ(found_in({whole, program}), Strings{"apache CVE-2024-1"});
  program.version = "2.4.58";
  EXPECT_EQ(found_in({whole, program}), (Strings{"apache CVE-2024-1", "httpd CVE-2024-1"})) << "replaced";
  program.version = "2.4.59";
  program.database_path = "opt/other/httpd";
  EXPECT_EQ(found_in({whole, program}), (Strings{"apache CVE-2024-1", "httpd CVE-2024-1"})) << "another copy";
}

TEST_F(ProgramMatch, DisputedIsAStatusAndWhatIsNotKnownIsSaid) {
  nvd({R"({"cve":{"id":"CVE-2024-1","cveTags":[{"tags":["disputed"]}],"configurations":[)" +
       one(cpe("a:gnu:bash:*:*")) + "]}}"});
  m_inventory.packages = {package("generic", "bash", "5.1"), package("generic", "tini", "0.19.0")};
  const Matches matches = run();
  ASSERT_EQ(matches.vulnerabilities.size(), 1U);
  EXPECT_EQ(matches.vulnerabilities[0].status, model::VulnerabilityStatus::disputed);
  EXPECT_EQ(matches.packages_assessed, 1U);
  EXPECT_TRUE(std::any_of(matches.gaps.begin(), matches.gaps.end(), [](const auto& gap) {
    return gap.id == "program-without-advisories" && gap.reason.find("tini") != std::string::npos;
  }));
}

// The NVD spells one release of Java in three ways, and lists updates one by one.
TEST_F(ProgramMatch, JavaByItsReleases) {
  nvd({flaw("CVE-2021-2161",
            one(cpe("a:oracle:openjdk:*:*", R"(,"versionStartIncluding":"11","versionEndIncluding":"11.0.10")") +
                "," + cpe("a:oracle:openjdk:8:update282") + "," + cpe("a:oracle:openjdk:8:-"))),
       flaw("CVE-2021-2162", one(cpe("a:oracle:jdk:1.8.0:update_281") + "," + cpe("a:oracle:jre:11.0.10:*"))),
       flaw("CVE-2013-1",
            one(cpe("a:oracle:jre:*:*", R"(,"versionStartIncluding":"1.7.0","versionEndIncluding":"1.7.0_21")"))),
       flaw("CVE-2013-2", one(cpe("a:sun:jdk:1.6.0:update_45_b06")))});
  const auto java = [&](const char* version, const char* vendor = "Eclipse Adoptium") {
    auto result = package("generic", "openjdk", version);
    result.vendor = vendor;
    return found_in({result});
  };
  EXPECT_EQ(java("11.0.10"), Strings{"openjdk CVE-2021-2161"});
  EXPECT_EQ(java("11.0.11"), Strings{});
  EXPECT_EQ(java("17.0.1"), Strings{});
  EXPECT_EQ(java("8.0.282"), Strings{"openjdk CVE-2021-2161"});
  EXPECT_EQ(java("8.0.281"), Strings{});
  EXPECT_EQ(java("8.0.281", "Oracle Corporation"), Strings{"openjdk CVE-2021-2162"});
  EXPECT_EQ(java("11.0.10", "Oracle Corporation"), (Strings{"openjdk CVE-2021-2161", "openjdk CVE-2021-2162"}));
  EXPECT_EQ(java("7.0.15", "Oracle Corporation"), Strings{"openjdk CVE-2013-1"});
  EXPECT_EQ(java("7.0.25", "Oracle Corporation"), Strings{});
  EXPECT_EQ(java("6.0.45", "Oracle Corporation"), Strings{"openjdk CVE-2013-2"});
}

}  // namespace
}  // namespace hullcheck::match
