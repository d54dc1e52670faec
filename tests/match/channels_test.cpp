// Streams, modules, channels and repositories: which of a distribution's statements are about a package of an image.
// Hand-checked, found and not found.
#include <gtest/gtest.h>

#include <set>

#include "advisories/redhat_stream.hpp"
#include "match/match_fixture.hpp"
#include "match/redhat_streams.hpp"
#include "support/tar_writer.hpp"

namespace hullcheck::match {
namespace {

using Strings = std::vector<std::string>;
using model::VulnerabilityStatus;

model::Package rpm(const std::string& name, const std::string& version, const std::string& source = "",
                   const std::string& modularity = "") {
  model::Package result;
  result.type = "rpm";
  result.name = name;
  result.version = version;
  result.architecture = "x86_64";
  result.source_name = source.empty() ? name : source;
  result.source_version = version;
  result.modularity = modularity;
  result.database_path = "var/lib/rpm/rpmdb.sqlite";
  result.layer = 0;
  return result;
}
model::Package deb(const std::string& name, const std::string& version) {
  model::Package result = rpm(name, version);
  result.type = "deb";
  result.architecture = "amd64";
  return result;
}

// {"id", "affected": [{package, ranges}]} of OSV; several flaws are a bulletin's.
std::string osv(const std::string& id, const std::string& ecosystem, const std::string& name,
                const std::string& fixed, const std::string& more = "") {
  return R"({"id":")" + id + "\"" + (more.empty() ? "" : "," + more) + R"(,"affected":[{"package":{"ecosystem":")" +
         ecosystem + R"(","name":")" + name + R"("},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"})" +
         (fixed.empty() ? "" : R"(,{"fixed":")" + fixed + "\"}") + "]}]}]}";
}

class Channels : public MatchFixture {
 protected:
  // "CVE-2024-1", with what fixes it: "CVE-2024-1 1.2-3"
  Strings found_in(std::vector<model::Package> packages) {
    m_inventory.packages = std::move(packages);
    Strings list;
    m_last = run();
    for (const auto& v : m_last.vulnerabilities)
      list.push_back(v.advisory + (v.fixed_version.empty() ? "" : " " + v.fixed_version));
    return list;
  }

  Matches m_last;
};

// A VEX document: openssl-libs fixed in the main stream, in EUS 9.2 and in a product on top; and what is not.
std::string vex(const std::string& flaw, const std::string& statements) {
  const auto product = [](const std::string& id, const std::string& cpe) {
    return R"({"category":"product_name","product":{"name":")" + id + R"(","product_id":")" + id +
           R"(","product_identification_helper":{"cpe":")" + cpe + "\"}}}";
  };
  const auto build = [](const std::string& version) {
    return R"({"category":"product_version","product":{"name":"b","product_id":"openssl-libs-1:)" + version +
           R"(.x86_64","product_identification_helper":{"purl":"pkg:rpm/redhat/openssl-libs@)" + version +
           R"(?arch=x86_64&epoch=1"}}})";
  };
  std::string relations;
  for (const std::string stream : {"MAIN", "EUS", "OCP", "rhel9"})
    for (const std::string component : {"openssl-libs-1:3.0.7-27.el9.x86_64", "openssl-libs-1:3.0.7-18.el9_2.x86_64",
                                        "openssl-libs-1:3.0.7-18.rhaos4.16.el9.x86_64", "openssl"})
      relations += std::string(relations.empty() ? "" : ",") + R"({"product_reference":")" + component +
                   R"(","relates_to_product_reference":")" + stream + R"(","full_product_name":{"product_id":")" +
                   stream + ":" + component + "\"}}";
  return R"({"document":{"tracking":{"status":"final"}},"product_tree":{"branches":[)" +
         product("MAIN", "cpe:/o:redhat:enterprise_linux:9::baseos") + "," +
         product("rhel9", "cpe:/o:redhat:enterprise_linux:9") + "," +
         product("EUS", "cpe:/o:redhat:rhel_eus:9.2::baseos") + "," +
         product("OCP", "cpe:/a:redhat:openshift:4.16::el9") + "," + build("3.0.7-27.el9") + "," +
         build("3.0.7-18.el9_2") + "," + build("3.0.7-18.rhaos4.16.el9") +
         R"(,{"category":"product_version","product":{"name":"openssl","product_id":"openssl",
             "product_identification_helper":{"purl":"pkg:rpm/redhat/openssl?arch=src"}}}],"relationships":[)" +
         relations + R"(]},"vulnerabilities":[{"cve":")" + flaw + R"(","product_status":{)" + statements + "}}]}";
}
const std::string k_main_fix = R"("MAIN:openssl-libs-1:3.0.7-27.el9.x86_64")";
const std::string k_eus_fix = R"("EUS:openssl-libs-1:3.0.7-18.el9_2.x86_64")";
const std::string k_ocp_fix = R"("OCP:openssl-libs-1:3.0.7-18.rhaos4.16.el9.x86_64")";

class RedHatStreams : public Channels {
 protected:
  RedHatStreams() {
    test::TarWriter tar;
    const auto add = [&](const std::string& flaw, const std::string& statements) {
      tar.file("2024/" + flaw + ".json", vex(flaw, statements));
    };
    add("CVE-2024-1", R"("fixed":[)" + k_main_fix + "," + k_eus_fix + "]");
    add("CVE-2024-2", R"("fixed":[)" + k_main_fix + "]");
    add("CVE-2024-3", R"("fixed":[)" + k_eus_fix + R"(],"known_affected":["rhel9:openssl"])");
    add("CVE-2024-4", R"("known_affected":["rhel9:openssl"])");
    add("CVE-2024-5", R"("fixed":[)" + k_ocp_fix + "]");
    add("CVE-2024-6", R"("fixed":[)" + k_main_fix + R"(],"known_not_affected":["EUS:openssl"])");
    const std::string url = "https://vex.example/";
    m_update.sources.push_back({"redhat", "redhat", url, "Red Hat", "", 1});
    m_transport.put(url + "changes.csv", "\"2024/cve-2024-1.json\",\"2024-01-01T05:00:00+00:00\"\n");
    m_transport.put(url + "archive_latest.txt", "csaf_vex_2024-01-02.tar.zst\n");
    m_transport.put(url + "csaf_vex_2024-01-02.tar.zst", tar.finish());
    distribution("rhel", "9.2");
  }
  void sets(Strings list) { m_inventory.distribution.content_sets = std::move(list); }
};

TEST_F(RedHatStreams, WithoutContentSetsTheMainStreamCounts) {
  EXPECT_EQ(found_in({rpm("openssl-libs", "1:3.0.7-18.el9_2", "openssl")}),
            (Strings{"CVE-2024-1 1:3.0.7-27.el9", "CVE-2024-2 1:3.0.7-27.el9", "CVE-2024-3", "CVE-2024-4",
                     "CVE-2024-6 1:3.0.7-27.el9"}));
  EXPECT_EQ(found_in({rpm("openssl-libs", "1:3.0.7-27.el9", "openssl")}), (Strings{"CVE-2024-3", "CVE-2024-4"}));
  sets({"rhel-9-for-x86_64-baseos-rpms", "ubi-9-appstream-rpms"});
  EXPECT_EQ(found_in({rpm("openssl-libs", "1:3.0.7-27.el9", "openssl")}), (Strings{"CVE-2024-3", "CVE-2024-4"}));
}

TEST_F(RedHatStreams, AnImageOfExtendedUpdatesByItsOwnFixes) {
  for (const Strings& list : {Strings{"rhel-9-for-x86_64-baseos-eus-rpms"},
                              Strings{"rhel-9-for-x86_64-baseos-eus-rpms__9_DOT_2", "other"}}) {
    sets(list);
    EXPECT_EQ(found_in({rpm("openssl-libs", "1:3.0.7-18.el9_2", "openssl")}),
              (Strings{"CVE-2024-2 1:3.0.7-27.el9", "CVE-2024-4"}))
        << "fixed there, or not affected there; what has no statement of the stream is as in the main one";
    EXPECT_EQ(found_in({rpm("openssl-libs", "1:3.0.7-16.el9_2", "openssl")}),
              (Strings{"CVE-2024-1 1:3.0.7-18.el9_2", "CVE-2024-2 1:3.0.7-27.el9", "CVE-2024-3 1:3.0.7-18.el9_2",
                       "CVE-2024-4"}));
  }
  // A build for a later minor release is none of the stream's.
  EXPECT_EQ(found_in({rpm("openssl-libs", "1:3.0.7-24.el9_4", "openssl")}),
            (Strings{"CVE-2024-1 1:3.0.7-27.el9", "CVE-2024-2 1:3.0.7-27.el9", "CVE-2024-3", "CVE-2024-4",
                     "CVE-2024-6 1:3.0.7-27.el9"}));
  // Another minor release: nothing is known of its stream.
  distribution("rhel", "9.0");
  sets({"rhel-9-for-x86_64-baseos-eus-rpms"});
  EXPECT_EQ(found_in({rpm("openssl-libs", "1:3.0.7-18.el9_0", "openssl")}).size(), 5U);
}

TEST_F(RedHatStreams, ProductsOnTopByRepositoryAndByCpe) {
  const auto package = rpm("openssl-libs", "1:3.0.7-17.rhaos4.16.el9", "openssl");
  const auto has = [&](const Strings& list) {
    return std::find(list.begin(), list.end(), "CVE-2024-5 1:3.0.7-18.rhaos4.16.el9") != list.end();
  };
  EXPECT_FALSE(has(found_in({package})));
  m_inventory.distribution.cpes = {"cpe:/a:redhat:openshift:4.16::el9"};
  EXPECT_TRUE(has(found_in({package})));
  m_inventory.distribution.cpes = {"cpe:/a:redhat:openshift:4.15::el9"};
  EXPECT_FALSE(has(found_in({package})));
  m_inventory.distribution.cpes.clear();
  sets({"rhocp-4.16-for-rhel-9-x86_64-rpms"});
  EXPECT_FALSE(has(found_in({package}))) << "nobody says what the repository is of";
  source("redhat-repositories", "redhat-repositories", "",
         R"({"data":{"rhocp-4.16-for-rhel-9-x86_64-rpms":{"cpes":["cpe:/a:redhat:openshift:4.16::el9","x"]}}})");
  EXPECT_TRUE(has(found_in({package})));
}

TEST(RedHatStream, KeysOfProducts) {
  using advisories::redhat_ecosystem;
  EXPECT_EQ(redhat_ecosystem("cpe:/o:redhat:enterprise_linux:9::baseos"), "Red Hat:9");
  EXPECT_EQ(redhat_ecosystem("cpe:/o:redhat:enterprise_linux:8.4"), "Red Hat:8");
  EXPECT_EQ(redhat_ecosystem("cpe:2.3:o:redhat:enterprise_linux:9:*:baseos:*:*:*:*:*"), "Red Hat:9");
  EXPECT_EQ(redhat_ecosystem("enterprise_linux:9::appstream"), "Red Hat:9");
  EXPECT_EQ(redhat_ecosystem("cpe:/a:redhat:rhel_eus:9.2::appstream"), "Red Hat:eus:9.2");
  EXPECT_EQ(redhat_ecosystem("cpe:/o:redhat:enterprise_linux_eus:10.0"), "Red Hat:eus:10.0");
  EXPECT_EQ(redhat_ecosystem("cpe:/o:redhat:rhel_els:7"), "Red Hat:els:7");
  EXPECT_EQ(redhat_ecosystem("cpe:/a:redhat:openshift:4.16::el9"), "Red Hat:openshift:4.16:el9");
  for (const char* none : {"", "cpe:/o:microsoft:windows:10", "cpe:/o:redhat:enterprise_linux", "cpe:/o:redhat",
                           "cpe:/a:redhat:a b:1", "cpe:/o:redhat:enterprise_linux:-"})
    EXPECT_FALSE(redhat_ecosystem(none)) << none;
  EXPECT_EQ(advisories::redhat_ecosystems("cpe:/a:redhat:openshift:4.16::el9"),
            (Strings{"Red Hat:openshift:4.16:el9", "Red Hat:openshift:4.16", "Red Hat:openshift:4"}));
  model::Distribution distribution;
  distribution.id = "rhel";
  distribution.version_id = "8.6";
  distribution.cpes = {"cpe:/o:redhat:rhel_eus:8.1::baseos", "cpe:/o:redhat:rhel_eus:8.6::baseos",
                       "cpe:/o:redhat:enterprise_linux:8::baseos"};
  distribution.content_sets = {"rhel-8-for-x86_64-baseos-aus-rpms", "rhel-7-server-els-rpms"};
  EXPECT_EQ(redhat_streams(distribution), (Strings{"Red Hat:eus:8.6", "Red Hat:aus:8.6", "Red Hat:els:8"}));
}

TEST_F(Channels, UbuntuWithAndWithoutPro) {
  const std::string main = "Ubuntu:20.04:LTS", pro = "Ubuntu:Pro:20.04:LTS";
  feed_osv("Ubuntu",
           {osv("UBUNTU-CVE-2024-1", main, "openssl", "1.1.1f-1ubuntu2.22", R"("upstream":["CVE-2024-1"])"),
            osv("UBUNTU-CVE-2024-2", pro, "openssl", "1.1.1f-1ubuntu2.24+esm1", R"("upstream":["CVE-2024-2"])"),
            R"({"id":"UBUNTU-CVE-2024-3","upstream":["CVE-2024-3"],"affected":[
                        {"package":{"ecosystem":"Ubuntu:20.04:LTS","name":"openssl"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"}]}]},
                        {"package":{"ecosystem":"Ubuntu:Pro:20.04:LTS","name":"openssl"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1.1.1f-1ubuntu2.24+esm2"}]}]}]})",
            osv("UBUNTU-CVE-2024-4", "Ubuntu:Pro:FIPS-updates:20.04:LTS", "openssl", "1.1.1f-1ubuntu2.fips.23",
                R"("upstream":["CVE-2024-4"])")});
  distribution("ubuntu", "20.04");
  EXPECT_EQ(found_in({deb("openssl", "1.1.1f-1ubuntu2.16")}),
            (Strings{"CVE-2024-1 1.1.1f-1ubuntu2.22", "CVE-2024-2", "CVE-2024-3"}));
  EXPECT_EQ(m_last.vulnerabilities[0].status, VulnerabilityStatus::affected);
  EXPECT_EQ(m_last.vulnerabilities[1].status, VulnerabilityStatus::will_not_fix);
  EXPECT_NE(m_last.vulnerabilities[1].title.find("fixed by 1.1.1f-1ubuntu2.24+esm1 in Ubuntu Pro only"),
            std::string::npos);
  EXPECT_EQ(m_last.vulnerabilities[2].status, VulnerabilityStatus::will_not_fix);
  EXPECT_EQ(found_in({deb("openssl", "1.1.1f-1ubuntu2.24")}), (Strings{"CVE-2024-2", "CVE-2024-3"}));
  distribution("ubuntu", "20.04", "Ubuntu 20.04 LTS (ESM)");
  EXPECT_EQ(found_in({deb("openssl", "1.1.1f-1ubuntu2.24")}),
            (Strings{"CVE-2024-2 1.1.1f-1ubuntu2.24+esm1", "CVE-2024-3 1.1.1f-1ubuntu2.24+esm2"}));
  EXPECT_EQ(m_last.vulnerabilities[0].status, VulnerabilityStatus::affected);
  EXPECT_EQ(found_in({deb("openssl", "1.1.1f-1ubuntu2.24+esm2")}), Strings{});
  distribution("ubuntu", "20.04");
  EXPECT_EQ(found_in({deb("openssl", "1.1.1f-1ubuntu2.24+esm1")}), Strings{"CVE-2024-3 1.1.1f-1ubuntu2.24+esm2"})
      << "a build of Pro's in an image that does not say that it has Pro";
  EXPECT_EQ(found_in({deb("openssl", "1.1.1f-1ubuntu2.fips.7")}), Strings{"CVE-2024-4 1.1.1f-1ubuntu2.fips.23"});
  EXPECT_EQ(found_in({deb("openssl", "1.1.1f-1ubuntu2.fips.23")}), Strings{});
  distribution("ubuntu", "23.10");
  EXPECT_EQ(found_in({deb("openssl", "1.1.1f-1ubuntu2.16")}), Strings{});
}

TEST_F(Channels, SuseModulesServicePacksAndLongTermSupport) {
  const auto bulletin = [](const std::string& number, const std::string& product, const std::string& name,
                           const std::string& fixed) {
    return osv("SUSE-SU-2024:" + number, product, name, fixed, R"("upstream":["CVE-2024-)" + number + "\"]");
  };
  feed_osv("SUSE",
           {bulletin("1", "SUSE:Linux Enterprise Module for Basesystem 15 SP5", "openssl-1_1", "1.1.1l-150500.17.9"),
            bulletin("2", "SUSE:Linux Enterprise Module for Basesystem 15 SP4", "openssl-1_1", "1.1.1l-150400.7.9"),
            bulletin("3", "SUSE:Linux Enterprise Server 15 SP5", "openssl-1_1", "1.1.1l-150500.17.5"),
            bulletin("4", "SUSE:Linux Enterprise Server 15 SP5-LTSS", "openssl-1_1", "1.1.1l-150500.17.20"),
            bulletin("5", "SUSE:Linux Enterprise Server for SAP Applications 15 SP5", "openssl-1_1", "9"),
            bulletin("6", "SUSE:Linux Enterprise Micro 5.5", "openssl-1_1", "1.1.1l-150500.17.9")});
  const auto openssl = rpm("libopenssl1_1", "1.1.1l-150500.17.6.1", "openssl-1_1");
  distribution("sles", "15.5");
  EXPECT_EQ(found_in({openssl}), (Strings{"CVE-2024-1 1.1.1l-150500.17.9", "CVE-2024-4"}));
  EXPECT_EQ(m_last.vulnerabilities[1].status, VulnerabilityStatus::will_not_fix);
  EXPECT_NE(m_last.vulnerabilities[1].title.find("SUSE LTSS"), std::string::npos);
  EXPECT_EQ(found_in({openssl, rpm("SLES-LTSS-release", "15.5-1")}),
            (Strings{"CVE-2024-1 1.1.1l-150500.17.9", "CVE-2024-4 1.1.1l-150500.17.20"}));
  distribution("sles", "15.4");
  EXPECT_EQ(found_in({rpm("libopenssl1_1", "1.1.1l-150400.7.1", "openssl-1_1")}),
            Strings{"CVE-2024-2 1.1.1l-150400.7.9"});
  EXPECT_EQ(found_in({rpm("libopenssl1_1", "1.1.1l-150400.7.9", "openssl-1_1")}), Strings{});
  distribution("sle-micro", "5.5");
  EXPECT_EQ(found_in({openssl}), Strings{"CVE-2024-6 1.1.1l-150500.17.9"});
  distribution("opensuse-leap", "15.5");
  EXPECT_EQ(found_in({openssl}), Strings{});
}

std::string updateinfo(const std::string& id, const std::string& flaw, const std::string& name,
                       const std::string& version, const std::string& release) {
  return R"(<updates><update type="security"><id>)" + id + "</id><references><reference type=\"cve\" id=\"" + flaw +
         R"("/></references><pkglist><collection><package name=")" + name + R"(" version=")" + version +
         R"(" release=")" + release + R"(" epoch="0" arch="x86_64"/></collection></pkglist></update></updates>)";
}

// A repository of updates: its index and the one document.
class Repositories : public Channels {
 protected:
  void repository(const std::string& name, const char* feed, const std::string& subject,
                  const std::string& document) {
    const std::string base = "https://" + std::to_string(m_update.sources.size()) + ".example/r/";
    const bool listed = std::string_view(feed) == "amazon";
    const std::string url = listed ? base + "mirror.list" : base;
    m_update.sources.push_back({name, feed, url, subject, "", 1});
    if (listed) m_transport.put(url, base + "\n");
    m_transport.put(base + "repodata/repomd.xml",
                    R"(<repomd><data type="updateinfo"><location href="repodata/updateinfo.xml"/></data></repomd>)");
    m_transport.put(base + "repodata/updateinfo.xml", document);
  }
};

TEST_F(Repositories, AmazonsReleasesAndExtras) {
  repository("amazon/2", "amazon", "Amazon Linux:2",
             updateinfo("ALAS2-2024-1", "CVE-2024-1", "postgresql", "9.2.24", "9.amzn2"));
  repository("amazon/2-extras/postgresql14", "amazon", "Amazon Linux:2",
             updateinfo("ALAS2POSTGRESQL14-2024-2", "CVE-2024-2", "postgresql", "14.11", "1.amzn2"));
  repository("amazon/2-extras/docker", "amazon", "Amazon Linux:2",
             updateinfo("ALAS2DOCKER-2024-3", "CVE-2024-3", "docker", "25.0.3", "1.amzn2"));
  repository(
      "amazon/2-extras/corretto8", "amazon", "Amazon Linux:2",
      updateinfo("ALAS2CORRETTO8-2024-4", "CVE-2024-4", "java-1.8.0-amazon-corretto", "1.8.0_402.b08", "1.amzn2"));
  repository("amazon/2023", "amazon", "Amazon Linux:2023",
             updateinfo("ALAS2023-2024-5", "CVE-2024-5", "postgresql15", "15.6", "1.amzn2023"));
  repository("amazon/1", "amazon", "Amazon Linux:1",
             updateinfo("ALAS-2024-6", "CVE-2024-6", "postgresql92", "9.2.24", "8.amzn1"));
  distribution("amzn", "2");
  EXPECT_EQ(found_in({rpm("postgresql", "9.2.24-8.amzn2")}), Strings{"CVE-2024-1 9.2.24-9.amzn2"})
      << "not those of PostgreSQL 14";
  EXPECT_EQ(found_in({rpm("postgresql", "9.2.24-9.amzn2")}), Strings{});
  EXPECT_EQ(found_in({rpm("postgresql", "14.3-1.amzn2")}), Strings{"CVE-2024-2 14.11-1.amzn2"});
  EXPECT_EQ(found_in({rpm("postgresql", "14.11-1.amzn2")}), Strings{});
  EXPECT_EQ(found_in({rpm("docker", "20.10.25-1.amzn2.0.4")}), Strings{"CVE-2024-3 25.0.3-1.amzn2"});
  EXPECT_EQ(found_in({rpm("java-1.8.0-amazon-corretto", "1:1.8.0_392.b08-1.amzn2")}), Strings{}) << "by its epoch";
  EXPECT_EQ(found_in({rpm("java-1.8.0-amazon-corretto", "1.8.0_392.b08-1.amzn2")}),
            Strings{"CVE-2024-4 1.8.0_402.b08-1.amzn2"});
  for (const char* version : {"2023", "2023.5.20240708", "2022"}) {
    distribution("amzn", version);
    EXPECT_EQ(found_in({rpm("postgresql15", "15.4-1.amzn2023"), rpm("postgresql92", "9.2.1-1.amzn1")}),
              Strings{"CVE-2024-5 15.6-1.amzn2023"})
        << version;
  }
  for (const char* version : {"2018.03", "2017.09"}) {
    distribution("amzn", version);
    EXPECT_EQ(found_in({rpm("postgresql92", "9.2.1-1.amzn1"), rpm("postgresql15", "15.4-1.amzn2023")}),
              Strings{"CVE-2024-6 9.2.24-8.amzn1"})
        << version;
  }
}

TEST_F(Repositories, FedorasReleaseIsItsOwn) {
  repository("fedora/40", "fedora", "Fedora:40",
             updateinfo("FEDORA-2024-1", "CVE-2024-1", "openssl", "3.2.1", "3.fc40"));
  repository("fedora/41", "fedora", "Fedora:41",
             updateinfo("FEDORA-2024-2", "CVE-2024-1", "openssl", "3.2.2", "1.fc41"));
  distribution("fedora", "40");
  EXPECT_EQ(found_in({rpm("openssl", "3.2.1-2.fc40")}), Strings{"CVE-2024-1 3.2.1-3.fc40"});
  EXPECT_EQ(found_in({rpm("openssl", "3.2.1-3.fc40")}), Strings{});
  distribution("fedora", "41");
  EXPECT_EQ(found_in({rpm("openssl", "3.2.1-3.fc40")}), Strings{"CVE-2024-1 3.2.2-1.fc41"});
}

std::string oracle_definition(const std::string& flaw, const std::string& name, const std::string& fixed) {
  return "<oval_definitions><definitions><definition id='d' class='patch'><metadata><title>ELSA-2024-1: x</title>"
         "<reference source='elsa' ref_id='ELSA-2024-" +
         flaw.substr(9) + "'/><reference source='CVE' ref_id='" + flaw +
         "'/></metadata><criteria operator='AND'><criterion test_ref='t1' comment='Oracle Linux 8 is installed'/>"
         "<criteria operator='OR'><criteria operator='AND'><criterion test_ref='t2' comment='Oracle Linux arch is "
         "x86_64'/>"
         "<criteria operator='AND'><criterion test_ref='t3' comment='" +
         name + " is earlier than " + fixed +
         "'/><criterion test_ref='t4' comment='x is signed with the Oracle Linux 8 key'/></criteria></criteria>"
         "</criteria></criteria></definition></definitions><tests><rpminfo_test id='t1'><object object_ref='o1'/>"
         "</rpminfo_test><rpminfo_test id='t3'><object object_ref='o3'/><state "
         "state_ref='s3'/></rpminfo_test></tests>"
         "<objects><rpminfo_object id='o1'><name>oraclelinux-release</name></rpminfo_object><rpminfo_object "
         "id='o3'><name>" +
         name + "</name></rpminfo_object></objects><states><rpminfo_state id='s3'><evr operation='less than'>" +
         fixed + "</evr></rpminfo_state></states></oval_definitions>";
}

TEST_F(Channels, OraclesLivePatchesAndValidatedBuildsAreStreamsOfTheirOwn) {
  source("oracle/1", "oracle", "Oracle Linux", oracle_definition("CVE-2024-1", "openssl-libs", "1:1.1.1k-12.el8_9"));
  source("oracle/2", "oracle", "Oracle Linux",
         oracle_definition("CVE-2024-2", "openssl-libs", "2:1.1.1k-14.ksplice1.el8_9"));
  source("oracle/3", "oracle", "Oracle Linux",
         oracle_definition("CVE-2024-3", "openssl-libs", "10:1.1.1k-14.0.1.el8_9_fips"));
  distribution("ol", "8.9");
  EXPECT_EQ(found_in({rpm("openssl-libs", "1:1.1.1k-9.el8_7")}), Strings{"CVE-2024-1 1:1.1.1k-12.el8_9"});
  EXPECT_EQ(found_in({rpm("openssl-libs", "1:1.1.1k-12.el8_9")}), Strings{});
  EXPECT_EQ(found_in({rpm("openssl-libs", "2:1.1.1k-9.ksplice1.el8_7")}),
            Strings{"CVE-2024-2 2:1.1.1k-14.ksplice1.el8_9"});
  EXPECT_EQ(found_in({rpm("openssl-libs", "10:1.1.1k-12.0.1.el8_9_fips")}),
            Strings{"CVE-2024-3 10:1.1.1k-14.0.1.el8_9_fips"});
  EXPECT_EQ(found_in({rpm("openssl-libs", "10:1.1.1k-14.0.1.el8_9_fips")}), Strings{});
  auto arm = rpm("openssl-libs", "1:1.1.1k-9.el8_7");
  arm.architecture = "aarch64";
  EXPECT_EQ(found_in({arm}), Strings{}) << "the bulletin is about builds for x86_64";
}

TEST_F(Channels, RockyAndAlmaModules) {
  for (const auto& [id, prefix, ecosystem] :
       {std::tuple("rocky", "RLSA-", "Rocky Linux:8"), std::tuple("almalinux", "ALSA-", "AlmaLinux:8")}) {
    m_update.sources.clear();
    feed_osv(std::string(ecosystem).substr(0, std::string(ecosystem).find(':')),
             {osv(std::string(prefix) + "2024:1", ecosystem, "nodejs", "1:18.19.1-1.module_el8.9.0+3735+e2e4a2c1",
                  R"("summary":"Important: nodejs:18 security update","related":["CVE-2024-1"])"),
              osv(std::string(prefix) + "2024:2", ecosystem, "httpd", "2.4.37-64.module_el8.9.0+3650+5e7d7d0c",
                  R"("summary":"Important: httpd:2.4 security update","related":["CVE-2024-2"])"),
              osv(std::string(prefix) + "2024:3", ecosystem, "curl", "7.61.1-33.el8_9.5",
                  R"("summary":"Moderate: curl security update","related":["CVE-2024-3"])")});
    distribution(id, "8.9");
    EXPECT_EQ(found_in({rpm("nodejs", "1:18.17.1-1.module_el8.8.0+1+a", "", "nodejs:18:8080020230101:a")}),
              Strings{"CVE-2024-1 1:18.19.1-1.module_el8.9.0+3735+e2e4a2c1"});
    EXPECT_EQ(found_in({rpm("nodejs", "1:16.20.2-3.module_el8.9.0+1+a", "", "nodejs:16:8090020240101:a")}),
              Strings{});
    EXPECT_EQ(found_in({rpm("nodejs", "1:18.17.1-1.el8")}), Strings{}) << "of no module";
    EXPECT_EQ(found_in({rpm("curl", "7.61.1-30.el8_8.3")}), Strings{"CVE-2024-3 7.61.1-33.el8_9.5"});
    EXPECT_EQ(found_in({rpm("curl", "7.61.1-33.el8_9.5")}), Strings{});
    EXPECT_EQ(found_in({rpm("httpd", "2.4.37-56.module_el8.8.0+1+a", "", "httpd:2.4:8080020230101:a")}),
              Strings{"CVE-2024-2 2.4.37-64.module_el8.9.0+3650+5e7d7d0c"});
  }
}

TEST_F(Channels, PhotonAndAzureLinuxByRelease) {
  source(
      "photon/5.0", "photon", "Photon OS:5.0",
      R"([{"cve_id":"CVE-2024-1","pkg":"openssl","cve_score":7.5,"aff_ver":"all versions before 3.0.9-2.ph5 are vulnerable","res_ver":"3.0.9-2.ph5"},
             {"cve_id":"CVE-2024-2","pkg":"openssl","cve_score":7.5,"aff_ver":"","res_ver":"NA","status":"Not Affected"}])");
  source("photon/4.0", "photon", "Photon OS:4.0",
         R"([{"cve_id":"CVE-2024-3","pkg":"openssl","cve_score":7.5,"res_ver":"3.0.9-9.ph4"}])");
  distribution("photon", "5.0");
  EXPECT_EQ(found_in({rpm("openssl-libs", "3.0.9-1.ph5", "openssl")}), Strings{"CVE-2024-1 3.0.9-2.ph5"});
  EXPECT_EQ(found_in({rpm("openssl-libs", "3.0.9-2.ph5", "openssl")}), Strings{});
}

model::Package of_type(const char* type, const std::string& name, const std::string& version,
                       const std::string& source = "") {
  model::Package result = rpm(name, version, source);
  result.type = type;
  return result;
}

// The flaw: their archives were loaded, and nobody looked into them.
TEST_F(Channels, RelativesOfAlpineByTheirOwnArchives) {
  struct Row {
    const char *id, *version, *ecosystem, *elsewhere;
  };
  for (const auto& [id, version, ecosystem, elsewhere] :
       {Row{"alpaquita", "stream", "Alpaquita:stream", "Alpaquita:23"},
        Row{"alpaquita", "23", "Alpaquita:23", "Alpaquita:stream"},
        Row{"bellsoft-hardened-containers", "25", "BellSoft Hardened Containers:25", "Alpaquita:25"},
        Row{"cleanstart", "", "CleanStart", "Alpine:v3.20"}, Row{"minimos", "20240101", "MinimOS", "Wolfi"}}) {
    m_update.sources.clear();
    feed_osv(std::string(ecosystem).substr(0, std::string(ecosystem).find(':')),
             {osv("X-1", ecosystem, "curl", "8.9-r1", R"("upstream":["CVE-2024-1"])"),
              osv("X-2", elsewhere, "curl", "9.9-r1", R"("upstream":["CVE-2024-2"])"),
              osv("X-3", ecosystem, "libcurl", "8.9-r3", R"("upstream":["CVE-2024-3","CVE-2024-4"])")});
    distribution(id, version);
    EXPECT_EQ(found_in({of_type("apk", "libcurl", "8.9-r0", "curl")}),
              (Strings{"CVE-2024-1 8.9-r1", "CVE-2024-3 8.9-r3", "CVE-2024-4 8.9-r3"}))
        << id;
    EXPECT_EQ(found_in({of_type("apk", "libcurl", "8.9-r3", "curl")}), Strings{}) << id;
    const auto unassessed = [](const auto& gap) { return gap.id == "no-advisories-for-distribution"; };
    EXPECT_TRUE(std::none_of(m_last.gaps.begin(), m_last.gaps.end(), unassessed)) << id;
  }
}

TEST_F(Channels, DockersHardenedImagesAndEcho) {
  feed_osv(
      "Docker Hardened Images",
      {osv("DHI-1", "Docker Hardened Images:Debian:13", "coreutils", "9.7-3+dhi4", R"("upstream":["CVE-2024-1"])"),
       osv("DHI-2", "Docker Hardened Images:Debian:12", "coreutils", "9.7-3+dhi9", R"("upstream":["CVE-2024-2"])"),
       osv("DHI-3", "Docker Hardened Images:Alpine:3.22", "coreutils", "9.11-r1", R"("upstream":["CVE-2024-3"])")});
  feed_osv("Debian", {osv("DEBIAN-CVE-2024-1", "Debian:13", "coreutils", "", R"("upstream":["CVE-2024-1"])"),
                      osv("DEBIAN-CVE-2024-5", "Debian:13", "coreutils", "", R"("upstream":["CVE-2024-5"])")});
  feed_osv("Alpine",
           {osv("ALPINE-CVE-2024-6", "Alpine:v3.22", "coreutils", "9.12-r0", R"("upstream":["CVE-2024-6"])")});
  feed_osv("Echo", {osv("ECHO-1", "Echo", "coreutils", "9.7-3+e2", R"("upstream":["CVE-2024-7"])")});
  distribution("dhi", "13");
  EXPECT_EQ(found_in({deb("coreutils", "9.7-3+dhi3")}), (Strings{"CVE-2024-1 9.7-3+dhi4", "CVE-2024-5"}));
  EXPECT_EQ(found_in({deb("coreutils", "9.7-3+dhi4")}), Strings{"CVE-2024-5"}) << "Docker's word on its own build";
  distribution("dhi", "3.22");
  EXPECT_EQ(found_in({of_type("apk", "coreutils", "9.11-r0")}),
            (Strings{"CVE-2024-3 9.11-r1", "CVE-2024-6 9.12-r0"}));
  distribution("echo", "");
  EXPECT_EQ(found_in({deb("coreutils", "9.7-3+e1")}), Strings{"CVE-2024-7 9.7-3+e2"});
  EXPECT_EQ(found_in({deb("coreutils", "9.7-3+e2")}), Strings{});
}

// The flaw: what other registries of a language have was kept under a key of its own, where nobody looked.
TEST_F(Channels, RegistriesOfALanguageShareItsNames) {
  feed_osv("Packagist", {osv("DRUPAL-CORE-2024-1", "Packagist:https://packages.drupal.org/8", "drupal/core", "10.2.2",
                             R"("aliases":["CVE-2024-1"])")});
  feed_osv("Maven", {osv("GHSA-1", "Maven:https://repo.example/releases", "org.example:a", "2.0",
                         R"("aliases":["CVE-2024-2"])")});
  feed_osv("opam", {osv("OSEC-2024-1", "opam", "tls", "1.0.0~beta2", R"("aliases":["CVE-2024-3"])")});
  EXPECT_EQ(found_in({of_type("composer", "drupal/core", "10.2.1")}), Strings{"CVE-2024-1 10.2.2"});
  EXPECT_EQ(found_in({of_type("maven", "org.example:a", "1.9")}), Strings{"CVE-2024-2 2.0"});
  EXPECT_EQ(found_in({of_type("opam", "tls", "1.0.0~beta1")}), Strings{"CVE-2024-3 1.0.0~beta2"});
  EXPECT_EQ(found_in({of_type("opam", "tls", "1.0.0")}), Strings{});
}

}  // namespace
}  // namespace hullcheck::match
