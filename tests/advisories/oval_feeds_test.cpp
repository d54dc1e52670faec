// Azure Linux, Oracle, SUSE and Ubuntu: what each says in OVAL.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "advisories/oval.hpp"
#include "support/memory_transport.hpp"

namespace hullcheck::advisories {
namespace {

using model::Severity;
using model::VulnerabilityStatus;
using test::CollectingWriter;

CollectingWriter read(const char* feed, const std::string& text, const std::string& subject) {
  CollectingWriter writer;
  const auto result = test::run_feed(feed, subject, as_bytes(text), writer);
  EXPECT_TRUE(result.ok()) << result.error().describe();
  return writer;
}

std::string document(const std::string& definitions, const std::string& rest) {
  return "<oval_definitions xmlns:l=\"u\"><generator><timestamp>2024-10-10T12:04:24Z</timestamp></generator>"
         "<definitions>" +
         definitions + "</definitions>" + rest + "</oval_definitions>";
}
std::string rpm_test(const std::string& n, const std::string& name, const std::string& state) {
  return "<l:rpminfo_test id='t" + n + "'><l:object object_ref='o" + n + "'/>" +
         (state.empty() ? "" : "<l:state state_ref='s" + n + "'/>") + "</l:rpminfo_test>" +
         "<l:rpminfo_object id='o" + n + "'><l:name>" + name + "</l:name></l:rpminfo_object>" +
         "<l:rpminfo_state id='s" + n + "'>" + state + "</l:rpminfo_state>";
}
std::string below(const std::string& evr) { return "<l:evr operation='less than'>" + evr + "</l:evr>"; }

std::string azure(const std::string& patchable, const std::string& state) {
  return document(
      "<definition class='vulnerability' id='d'><metadata><title>CVE-2024-1 affecting x</title>"
      "<reference ref_id='CVE-2024-1' ref_url='https://nvd.example/1' source='CVE'/><patchable>" +
          patchable +
          "</patchable><advisory_date>2024-07-23T22:05:39Z</advisory_date>"
          "<severity>High</severity></metadata><criteria operator='AND'>"
          "<criterion comment='Package x is earlier than 2-1' test_ref='t1'/></criteria></definition>",
      "<tests/>" + rpm_test("1", "x", state));
}

TEST(AzureLinux, FixedOpenAndNotApplicable) {
  auto writer = read("azurelinux", azure("true", below("0:2-1.azl3")), "Azure Linux:3");
  ASSERT_EQ(writer.rows.size(), 1U);
  EXPECT_EQ(writer.rows[0].id, "CVE-2024-1");
  EXPECT_EQ(writer.rows[0].ecosystem, "Azure Linux:3");
  EXPECT_EQ(writer.rows[0].package, "x");
  EXPECT_EQ(writer.rows[0].ranges.at(0).fixed, "0:2-1.azl3");
  EXPECT_EQ(writer.rows[0].severity, Severity::high);
  EXPECT_EQ(writer.rows[0].severity_source, "azurelinux");
  EXPECT_EQ(writer.newest, "2024-10-10T12:04:24Z");

  writer =
      read("azurelinux", azure("false", "<l:evr operation='less than or equal'>0:2-1.cm1</l:evr>"), "Azure Linux:1");
  EXPECT_EQ(writer.rows.at(0).ranges.at(0).fixed, "");
  EXPECT_EQ(writer.rows.at(0).ranges.at(0).last_affected, "0:2-1.cm1");

  writer = read("azurelinux", azure("Not Applicable", below("0:2-1.azl3")), "Azure Linux:3");
  EXPECT_EQ(writer.rows.at(0).status, VulnerabilityStatus::not_affected);
}

TEST(AzureLinux, TheWholeSharedDocumentsLoad) {
  for (const auto& [name, least] : {std::pair("azurelinux-3.0", 1200U), std::pair("cbl-mariner-1.0", 2200U)}) {
    std::ifstream file(std::string(HULLCHECK_SHARED) +
                           "/feeds/raw.githubusercontent.com/microsoft/AzureLinuxVulnerabilityData/main/" + name +
                           "-oval.xml",
                       std::ios::binary);
    if (!file) GTEST_SKIP() << "no shared material";
    std::stringstream text;
    text << file.rdbuf();
    const auto writer = read("azurelinux", text.str(), "Azure Linux:3");
    EXPECT_GE(writer.rows.size(), least);
    EXPECT_TRUE(writer.bad.empty());
  }
}

std::string oracle(const std::string& inner) {
  return document(
      "<definition class='patch' id='d'><metadata><title>ELSA-2024-1: x security update</title>"
      "<reference ref_id='ELSA-2024-1' ref_url='https://linux.example/ELSA-2024-1.html' source='elsa'/>"
      "<reference ref_id='CVE-2024-2' source='CVE'/><reference ref_id='CVE-2024-1' source='CVE'/>"
      "<advisory><severity>IMPORTANT</severity><issued date='2024-02-01'/></advisory></metadata>"
      "<criteria operator='AND'><criterion comment='Oracle Linux 8 is installed' test_ref='t1'/>" +
          inner + "</criteria></definition>",
      rpm_test("1", "oraclelinux-release", "<l:version operation='pattern match'>^8</l:version>") +
          rpm_test("2", "x", below("0:1-2.el8")) + rpm_test("3", "x", "<l:signature_keyid>k</l:signature_keyid>") +
          rpm_test("4", "oraclelinux-release", "<l:arch>x86_64</l:arch>") +
          rpm_test("5", "x", below("0:1-2.module+el8")));
}

TEST(Oracle, ReleaseArchitectureAndSignature) {
  const auto writer = read("oracle",
                           oracle("<criteria operator='OR'><criteria operator='AND'>"
                                  "<criterion comment='Oracle Linux arch is x86_64' test_ref='t4'/>"
                                  "<criteria operator='OR'><criteria operator='AND'>"
                                  "<criterion comment='x is earlier than 0:1-2.el8' test_ref='t2'/>"
                                  "<criterion comment='x is signed with the Oracle key' test_ref='t3'/>"
                                  "</criteria></criteria></criteria></criteria>"),
                           "Oracle Linux");
  ASSERT_EQ(writer.rows.size(), 1U);
  const auto& row = writer.rows[0];
  EXPECT_EQ(row.id, "ELSA-2024-1");
  EXPECT_EQ(row.covers, (std::vector<std::string>{"CVE-2024-1", "CVE-2024-2"}));
  EXPECT_EQ(row.ecosystem, "Oracle Linux:8");
  EXPECT_EQ(row.ranges.at(0).fixed, "0:1-2.el8");
  EXPECT_EQ(row.severity, Severity::high);
  ASSERT_EQ(row.extra.size(), 1U);
  EXPECT_EQ(row.extra[0], std::pair(std::string("arch"), std::string("x86_64")));
}

TEST(Oracle, ModulesAreNamed) {
  const auto writer =
      read("oracle",
           oracle("<criterion comment='Module postgresql:12 is enabled' test_ref='t9'/>"
                  "<criteria operator='OR'><criterion comment='x is earlier' test_ref='t5'/></criteria>"),
           "Oracle Linux");
  ASSERT_EQ(writer.rows.size(), 1U);
  EXPECT_EQ(writer.rows[0].extra.at(0), std::pair(std::string("module"), std::string("postgresql:12")));
}

TEST(SuseOval, EveryReleaseOfAnAlternativeGetsItsRow) {
  const auto writer = read(
      "suse-oval",
      document("<definition class='vulnerability' id='d'><metadata><title>CVE-2024-1</title>"
               "<reference ref_id='SUSE CVE-2024-1' source='SUSE CVE'/>"
               "<advisory><severity>Moderate</severity></advisory></metadata>"
               "<criteria operator='OR'><criteria operator='AND'><criteria operator='OR'>"
               "<criterion comment='SUSE Linux Enterprise Server 15 SP4 is installed' test_ref='t1'/>"
               "<criterion comment='SUSE Linux Enterprise Server 15 SP5 is installed' test_ref='t1'/></criteria>"
               "<criteria operator='OR'><criterion comment='x-1-2 is installed' test_ref='t2'/>"
               "<criterion comment='y is affected' test_ref='t3'/>"
               "<criterion comment='z is not affected' test_ref='t4'/></criteria></criteria></criteria></definition>",
               rpm_test("1", "sles-release", "<l:version operation='equals'>15.4</l:version>") +
                   rpm_test("2", "x", below("0:1-2")) +
                   rpm_test("3", "y", "<l:version operation='greater than'>0</l:version>") +
                   rpm_test("4", "z", below("0:0-0"))),
      "SUSE");
  ASSERT_EQ(writer.rows.size(), 6U);
  EXPECT_EQ(writer.rows[0].ecosystem, "SUSE:Linux Enterprise Server 15 SP4");
  EXPECT_EQ(writer.rows[1].ecosystem, "SUSE:Linux Enterprise Server 15 SP5");
  EXPECT_EQ(writer.rows[0].severity, Severity::medium);
  EXPECT_EQ(writer.rows[2].ranges.at(0).fixed, "") << "affected without a fix";
  EXPECT_EQ(writer.rows[2].status, VulnerabilityStatus::affected);
  EXPECT_EQ(writer.rows[4].status, VulnerabilityStatus::not_affected);
}

TEST(UbuntuOval, SourcePackageAndStatusAreInTheComment) {
  const auto one = [](const std::string& words, const std::string& state) {
    return document(
        "<definition class='vulnerability' id='d'><metadata><title>CVE-2024-1 on Ubuntu 22.04</title>"
        "<reference ref_id='CVE-2024-1' source='CVE'/><advisory><severity>Low</severity></advisory>"
        "</metadata><criteria><extend_definition comment='Ubuntu 22.04 (jammy) is installed'/>"
        "<criterion comment='(CVE-2024-1) openssl package in jammy " +
            words +
            "' test_ref='t1'/>"
            "</criteria></definition>",
        "<l:dpkginfo_test id='t1'><l:object object_ref='o1'/>" +
            std::string(state.empty() ? "" : "<l:state state_ref='s1'/>") +
            "</l:dpkginfo_test><l:dpkginfo_object id='o1'><l:name var_ref='v1'/></l:dpkginfo_object>"
            "<constant_variable id='v1'><value>libssl3</value><value>openssl</value></constant_variable>"
            "<l:dpkginfo_state id='s1'>" +
            state + "</l:dpkginfo_state>");
  };
  auto writer =
      read("ubuntu-oval", one("was vulnerable but has been fixed", below("0:3.0.2-0ubuntu1.15")), "Ubuntu:22.04:LTS");
  ASSERT_EQ(writer.rows.size(), 1U);
  EXPECT_EQ(writer.rows[0].package, "openssl");
  EXPECT_EQ(writer.rows[0].ranges.at(0).fixed, "0:3.0.2-0ubuntu1.15");
  EXPECT_EQ(writer.rows[0].severity, Severity::low);
  EXPECT_EQ(writer.rows[0].status, VulnerabilityStatus::affected);
  const std::pair<const char*, VulnerabilityStatus> words[] = {
      {"is affected and needs fixing.", VulnerabilityStatus::affected},
      {"is affected, but a decision has been made to defer addressing it.", VulnerabilityStatus::deferred},
      {"is affected and will not be fixed.", VulnerabilityStatus::will_not_fix},
      {"may be affected and needs evaluation.", VulnerabilityStatus::under_investigation},
  };
  for (const auto& [text, status] : words) {
    writer = read("ubuntu-oval", one(text, ""), "Ubuntu:22.04:LTS");
    ASSERT_EQ(writer.rows.size(), 1U) << text;
    EXPECT_EQ(writer.rows[0].status, status) << text;
    EXPECT_EQ(writer.rows[0].ranges.at(0).fixed, "") << text;
  }
}

TEST(Oval, WhatIsNoneFails) {
  for (const char* feed : {"azurelinux", "oracle", "suse-oval", "ubuntu-oval"})
    for (const std::string text : {"", "<html>", "<a/>", "<oval_definitions/>", "{}",
                                   "<!DOCTYPE a [<!ENTITY x 'y'>]><oval_definitions>&x;</oval_definitions>"}) {
      CollectingWriter writer;
      EXPECT_FALSE(test::run_feed(feed, "x", as_bytes(text), writer).ok()) << feed << text;
    }
}

TEST(Oval, CriteriaDeeperThanAnyRealOneAreRefused) {
  std::string deep;
  for (int i = 0; i < 500; ++i) deep += "<criteria operator='AND'>";
  std::string newest;
  const std::string text = "<oval_definitions><definitions><definition id='d'>" + deep;
  EXPECT_EQ(each_oval_definition(as_bytes(text), newest, [](const OvalDefinition&) {}).error().name,
            "xml-depth-limit");
}

TEST(Oval, NegatedTestsAndReferencesToNothingSayNothing) {
  const auto writer = read("azurelinux",
                           document("<definition class='vulnerability' id='d'><metadata>"
                                    "<reference ref_id='CVE-2024-1'/></metadata><criteria operator='AND'>"
                                    "<criterion negate='true' comment='x' test_ref='t1'/>"
                                    "<criterion comment='nothing' test_ref='t77'/></criteria></definition>",
                                    rpm_test("1", "x", below("1"))),
                           "Azure Linux:3");
  EXPECT_TRUE(writer.rows.empty());
  EXPECT_EQ(writer.bad.size(), 1U);
}

}  // namespace
}  // namespace hullcheck::advisories
