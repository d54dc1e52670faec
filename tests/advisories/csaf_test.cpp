// Red Hat and SUSE VEX: statements by product, and trees with their list of changes.
#include "advisories/csaf.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/memory_transport.hpp"
#include "support/tar_writer.hpp"

namespace hullcheck::advisories {
namespace {

using model::Severity;
using model::VulnerabilityStatus;
using test::CollectingWriter;

constexpr const char* k_base = "https://vex.example/vex/";

std::string redhat_document(const std::string& flaw, const std::string& evr, const std::string& status = "final") {
  return R"({"document":{"category":"csaf_vex","tracking":{"status":")" + status +
         R"(","initial_release_date":"2023-09-01T00:00:00+00:00","current_release_date":"2024-01-01T00:00:00+00:00"}},
  "product_tree":{"branches":[{"category":"vendor","name":"Red Hat","branches":[
    {"category":"product_name","name":"RHEL","product":{"name":"Red Hat Enterprise Linux 9","product_id":"BaseOS-9",
      "product_identification_helper":{"cpe":"cpe:/o:redhat:enterprise_linux:9::baseos"}}},
    {"category":"product_name","product":{"name":"RHEL 9","product_id":"red_hat_enterprise_linux_9",
      "product_identification_helper":{"cpe":"cpe:/o:redhat:enterprise_linux:9"}}},
    {"category":"product_name","product":{"name":"EUS","product_id":"EUS-9.2",
      "product_identification_helper":{"cpe":"cpe:/a:redhat:rhel_eus:9.2::appstream"}}},
    {"category":"product_version","product":{"name":"x","product_id":"x-bin",
      "product_identification_helper":{"purl":"pkg:rpm/redhat/x-libs@)" +
         evr + R"(?arch=x86_64&epoch=1"}}},
    {"category":"product_version","product":{"name":"x","product_id":"x-bin-arm",
      "product_identification_helper":{"purl":"pkg:rpm/redhat/x-libs@)" +
         evr + R"(?arch=aarch64&epoch=1"}}},
    {"category":"product_version","product":{"name":"x","product_id":"x-src",
      "product_identification_helper":{"purl":"pkg:rpm/redhat/x@)" +
         evr + R"(?arch=src&epoch=1"}}},
    {"category":"product_version","product":{"name":"y","product_id":"y",
      "product_identification_helper":{"purl":"pkg:rpm/redhat/y?arch=src"}}},
    {"category":"product_version","product":{"name":"m","product_id":"nodejs:18:9020",
      "product_identification_helper":{"purl":"pkg:rpmmod/redhat/nodejs@18:9020:abc"}}},
    {"category":"product_version","product":{"name":"img","product_id":"img",
      "product_identification_helper":{"purl":"pkg:oci/ubi9"}}}]}],
   "relationships":[
    {"product_reference":"x-bin","relates_to_product_reference":"BaseOS-9","full_product_name":{"product_id":"BaseOS-9:x-bin"}},
    {"product_reference":"x-bin-arm","relates_to_product_reference":"BaseOS-9","full_product_name":{"product_id":"BaseOS-9:x-bin-arm"}},
    {"product_reference":"x-src","relates_to_product_reference":"BaseOS-9","full_product_name":{"product_id":"BaseOS-9:x-src"}},
    {"product_reference":"x-bin","relates_to_product_reference":"EUS-9.2","full_product_name":{"product_id":"EUS-9.2:x-bin"}},
    {"product_reference":"nodejs:18:9020","relates_to_product_reference":"BaseOS-9","full_product_name":{"product_id":"BaseOS-9:nodejs"}},
    {"product_reference":"x-bin","relates_to_product_reference":"BaseOS-9:nodejs","full_product_name":{"product_id":"BaseOS-9:nodejs:x-bin"}},
    {"product_reference":"img","relates_to_product_reference":"BaseOS-9","full_product_name":{"product_id":"BaseOS-9:img"}},
    {"product_reference":"y","relates_to_product_reference":"red_hat_enterprise_linux_9","full_product_name":{"product_id":"red_hat_enterprise_linux_9:y"}},
    {"product_reference":"z","relates_to_product_reference":"red_hat_enterprise_linux_9","full_product_name":{"product_id":"red_hat_enterprise_linux_9:z"}},
    {"product_reference":"postgresql:12/postgresql","relates_to_product_reference":"red_hat_enterprise_linux_9","full_product_name":{"product_id":"red_hat_enterprise_linux_9:postgresql:12/postgresql"}}]},
  "vulnerabilities":[{"cve":")" +
         flaw + R"(","title":"x: overflow",
   "product_status":{"fixed":["BaseOS-9:x-bin","BaseOS-9:x-bin-arm","BaseOS-9:x-src","EUS-9.2:x-bin","BaseOS-9:img","BaseOS-9:nodejs:x-bin","?"],
    "known_affected":["red_hat_enterprise_linux_9:y","red_hat_enterprise_linux_9:postgresql:12/postgresql"],
    "known_not_affected":["red_hat_enterprise_linux_9:z"]},
   "remediations":[{"category":"vendor_fix","product_ids":["BaseOS-9:x-bin"],"url":"https://access.example/errata/RHSA-2023:5363"},
    {"category":"no_fix_planned","details":"Will not fix","product_ids":["red_hat_enterprise_linux_9:y"]},
    {"category":"none_available","details":"Fix deferred","product_ids":["red_hat_enterprise_linux_9:postgresql:12/postgresql"]}],
   "scores":[{"cvss_v3":{"vectorString":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"},"products":["BaseOS-9:x-bin"]}],
   "threats":[{"category":"impact","details":"Important","product_ids":["BaseOS-9:x-bin"]}]}]})";
}

Result<void> run(const char* feed, test::MemoryDocuments& download, CollectingWriter& writer) {
  SourceRow row;
  row.url = k_base;
  return FeedRegistry::find(feed)->instance->update(row, download, writer);
}

std::string archive(const std::vector<std::pair<std::string, std::string>>& files) {
  test::TarWriter tar;
  for (const auto& [name, text] : files) tar.file(name, text);
  return tar.finish();
}

TEST(RedHat, StatementsByStream) {
  test::MemoryDocuments download;
  download.put(std::string(k_base) + "changes.csv", "\"2023/cve-2023-1.json\",\"2024-01-01T05:00:00+00:00\"\n");
  download.put(std::string(k_base) + "archive_latest.txt", "csaf_vex_2024-01-02.tar.zst\n");
  download.put(std::string(k_base) + "csaf_vex_2024-01-02.tar.zst",
               archive({{"2023/cve-2023-1.json", redhat_document("CVE-2023-1", "2.0-1.el9")},
                        {"2023/cve-2023-2.json", "{"},
                        {"2023/cve-2023-3.json", redhat_document("CVE-2023-3", "1", "withdrawn")}}));
  CollectingWriter writer;
  const auto result = run("redhat", download, writer);
  ASSERT_TRUE(result.ok()) << result.error().describe();
  EXPECT_EQ(writer.bad.size(), 1U);
  ASSERT_EQ(writer.rows.size(), 6U) << "architectures are one row; source and image are none";
  const auto& fixed = writer.rows[0];
  EXPECT_EQ(fixed.id, "CVE-2023-1");
  EXPECT_EQ(fixed.aliases, std::vector<std::string>{"RHSA-2023:5363"});
  EXPECT_EQ(fixed.ecosystem, "Red Hat:9");
  EXPECT_EQ(fixed.package, "x-libs");
  EXPECT_EQ(fixed.ranges.at(0).fixed, "1:2.0-1.el9");
  EXPECT_EQ(fixed.severity, Severity::high) << "the vendor's word, not the band of the score";
  EXPECT_DOUBLE_EQ(fixed.cvss_score, 9.8);
  EXPECT_EQ(writer.rows[1].ecosystem, "Red Hat:eus:9.2");
  EXPECT_EQ(writer.rows[2].extra.at(0), std::pair(std::string("module"), std::string("nodejs:18")));
  EXPECT_EQ(writer.rows[3].package, "y");
  EXPECT_EQ(writer.rows[3].status, VulnerabilityStatus::will_not_fix);
  EXPECT_EQ(writer.rows[4].package, "postgresql");
  EXPECT_EQ(writer.rows[4].extra.at(0).second, "postgresql:12");
  EXPECT_EQ(writer.rows[4].status, VulnerabilityStatus::deferred);
  EXPECT_EQ(writer.rows[5].package, "z");
  EXPECT_EQ(writer.rows[5].status, VulnerabilityStatus::not_affected);
  EXPECT_EQ(download.cursor, "2024-01-02T00:00:00") << "what changed after the archive is for the next time";
  EXPECT_FALSE(writer.replaced);
}

TEST(RedHat, OnlyWhatChangedIsFetchedTheNextTime) {
  test::MemoryDocuments download;
  download.cursor = "2024-01-02T00:00:00";
  download.put(std::string(k_base) + "changes.csv",
               "\"2023/cve-2023-9.json\",\"2024-01-03T05:00:00+00:00\"\n"
               "\"2023/cve-2023-8.json\",\"2024-01-03T04:00:00+00:00\"\n"
               "\"../../evil.json\",\"2024-01-03T04:00:00+00:00\"\n"
               "\"2023/cve-2023-1.json\",\"2024-01-01T05:00:00+00:00\"\n");
  download.put(std::string(k_base) + "deletions.csv", "\"2022/cve-2022-7.json\",\"2024-01-03T05:00:00+00:00\"\n");
  download.put(std::string(k_base) + "2023/cve-2023-9.json", redhat_document("CVE-2023-9", "3.0-1.el9"));
  CollectingWriter writer;
  const auto result = run("redhat", download, writer);
  ASSERT_TRUE(result.ok()) << result.error().describe();
  EXPECT_EQ(writer.rows.at(0).id, "CVE-2023-9");
  ASSERT_TRUE(writer.replaced);
  EXPECT_EQ(*writer.replaced, (std::set<std::string>{"CVE-2022-7", "CVE-2023-9"}))
      << "of the document that is not there the old rows stay";
  EXPECT_EQ(writer.bad.size(), 1U);
  EXPECT_EQ(download.cursor, "2024-01-03T05:00:00+00:00");
}

// The whole update was thrown away for want of this list: what had changed was not seen until there was one.
TEST(RedHat, AMirrorWithoutAListOfDeletionsIsStillRead) {
  test::MemoryDocuments download;
  download.cursor = "2024-01-02T00:00:00";
  download.put(std::string(k_base) + "changes.csv", "\"2023/cve-2023-9.json\",\"2024-01-03T05:00:00+00:00\"\n");
  download.put(std::string(k_base) + "2023/cve-2023-9.json", redhat_document("CVE-2023-9", "3.0-1.el9"));
  CollectingWriter writer;
  ASSERT_TRUE(run("redhat", download, writer).ok());
  EXPECT_EQ(*writer.replaced, std::set<std::string>{"CVE-2023-9"});
}

TEST(RedHat, EmptyListsAndForeignDocumentsFail) {
  for (const std::string list : {"", "<html>", "a,b\n"}) {
    test::MemoryDocuments download;
    download.put(std::string(k_base) + "changes.csv", list);
    CollectingWriter writer;
    EXPECT_FALSE(run("redhat", download, writer).ok()) << list;
  }
}

TEST(SuseCsaf, NamesAndVersionsOfProductIds) {
  test::MemoryDocuments download;
  download.put(std::string(k_base) + "changes.csv", "\"cve-2024-1.json\",\"2024-05-01T05:00:00Z\"\n");
  download.put("https://vex.example/vex.tar.bz2", archive({{"csaf-vex/cve-2024-1.json", R"({"document":{},
   "product_tree":{"branches":[{"name":"SUSE Linux Enterprise Server 15 SP4","product":{"name":"SUSE Linux Enterprise Server 15 SP4",
     "product_id":"SUSE Linux Enterprise Server 15 SP4"}},{"name":"x","product":{"name":"libx1-1.2-150400.7.1","product_id":"libx1-1.2-150400.7.1"}},
     {"name":"y","product":{"name":"y","product_id":"y"}}],
   "relationships":[{"product_reference":"libx1-1.2-150400.7.1","relates_to_product_reference":"SUSE Linux Enterprise Server 15 SP4",
     "full_product_name":{"product_id":"SLES:libx1"}},{"product_reference":"y","relates_to_product_reference":"SUSE Linux Enterprise Server 15 SP4",
     "full_product_name":{"product_id":"SLES:y"}}]},
   "vulnerabilities":[{"cve":"CVE-2024-1","product_status":{"recommended":["SLES:libx1"],"known_affected":["SLES:y"]}}]})"}}));
  CollectingWriter writer;
  const auto result = run("suse-csaf", download, writer);
  ASSERT_TRUE(result.ok()) << result.error().describe();
  ASSERT_EQ(writer.rows.size(), 2U);
  EXPECT_EQ(writer.rows[0].ecosystem, "SUSE:Linux Enterprise Server 15 SP4");
  EXPECT_EQ(writer.rows[0].package, "libx1");
  EXPECT_EQ(writer.rows[0].ranges.at(0).fixed, "1.2-150400.7.1");
  EXPECT_EQ(writer.rows[1].package, "y");
  EXPECT_EQ(writer.rows[1].ranges.at(0).fixed, "");
}

// The flaw: a package with its fix installed stayed affected, for SUSE lists it as such without a version beside the
// fix; and ids without a relationship were passed over.
TEST(SuseCsaf, AFixSpeaksForWhatIsListedAsAffectedToo) {
  test::MemoryDocuments download;
  download.put(std::string(k_base) + "changes.csv", "\"cve-2024-1.json\",\"2024-05-01T05:00:00Z\"\n");
  download.put("https://vex.example/vex.tar.bz2", archive({{"csaf-vex/cve-2024-1.json", R"({"document":{},
   "product_tree":{"branches":[{"category":"vendor","name":"SUSE","branches":[{"category":"product_name","name":"SUSE Linux Enterprise Server 15 SP5",
     "product":{"product_id":"SUSE Linux Enterprise Server 15 SP5","product_identification_helper":{"cpe":"cpe:/o:suse:sles:15:sp5"}}},
     {"category":"product_name","name":"openSUSE Leap 15.6","product":{"product_id":"openSUSE Leap 15.6"}}]}]},
   "vulnerabilities":[{"cve":"CVE-2024-1","product_status":{
     "known_affected":["SUSE Linux Enterprise Server 15 SP5:libx1","SUSE Linux Enterprise Server 15 SP5:x-devel","openSUSE Leap 15.6:libx1"],
     "known_not_affected":["SUSE Linux Enterprise Server 15 SP5:libx0","Other product 1:libx0"],
     "recommended":["SUSE Linux Enterprise Server 15 SP5:libx1-1.1.1l-150500.15.4","SUSE Linux Enterprise Server 15 SP5:libx1-32bit-1.1.1l-150500.15.4"]},
     "scores":[{"cvss_v3":{"baseScore":7.5,"vectorString":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H","version":"3.1"},"products":["SUSE Linux Enterprise Server 15 SP5:libx1"]}],
     "threats":[{"category":"impact","details":"important"}]}]})"}}));
  CollectingWriter writer;
  ASSERT_TRUE(run("suse-csaf", download, writer).ok());
  std::vector<std::string> rows;
  for (const auto& row : writer.rows)
    rows.push_back(row.ecosystem + " " + row.package + " " + std::string(to_string(row.status)) + " " +
                   row.ranges.at(0).fixed);
  std::sort(rows.begin(), rows.end());
  EXPECT_EQ(rows,
            (std::vector<std::string>{"SUSE:Linux Enterprise Server 15 SP5 libx0 not_affected ",
                                      "SUSE:Linux Enterprise Server 15 SP5 libx1 affected 1.1.1l-150500.15.4",
                                      "SUSE:Linux Enterprise Server 15 SP5 libx1-32bit affected 1.1.1l-150500.15.4",
                                      "SUSE:Linux Enterprise Server 15 SP5 x-devel affected ",
                                      "openSUSE:Leap 15.6 libx1 affected "}));
  for (const auto& row : writer.rows)
    if (row.status == model::VulnerabilityStatus::affected) {
      EXPECT_EQ(row.severity, model::Severity::high);
    }
}

}  // namespace
}  // namespace hullcheck::advisories
