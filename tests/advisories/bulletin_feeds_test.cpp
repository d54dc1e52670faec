// Amazon and Fedora (updateinfo), Gentoo, Arch, Photon; EPSS and NVD.
#include <gtest/gtest.h>

#include "support/memory_transport.hpp"
#include "support/tar_writer.hpp"
#include "util/digest.hpp"

namespace hullcheck::advisories {
namespace {

using model::Severity;
using model::VulnerabilityStatus;
using test::CollectingWriter;

constexpr const char* k_updateinfo = R"(<updates>
 <update type="security"><id>ALAS2023-2023-001</id><title>Amazon: medium priority update for x</title>
  <issued date="2023-02-17 18:00"/><updated date="2023-02-20 18:00"/><severity>Medium</severity>
  <references><reference id="CVE-2023-2" type="cve"/><reference id="CVE-2023-1" type="cve"/></references>
  <pkglist><collection><name>core</name>
   <package arch="x86_64" epoch="0" name="x" release="1.amzn2023" version="2.0"/>
   <package arch="aarch64" epoch="0" name="x" release="1.amzn2023" version="2.0"/>
   <package arch="src" epoch="0" name="x" release="1.amzn2023" version="2.0"/>
   <package arch="x86_64" epoch="3" name="x-libs" release="1.amzn2023" version="2.0"/></collection>
   <collection><module name="nodejs" stream="18"/>
   <package arch="noarch" epoch="1" name="npm" release="1.module" version="9"/></collection></pkglist></update>
 <update type="bugfix"><id>FEDORA-1</id><references><reference title="2 - nothing"/></references>
  <pkglist><collection><package arch="x86_64" name="y" version="1" release="1"/></collection></pkglist></update>
 <update type="bugfix"><id>FEDORA-2</id>
  <references><reference title="CVE-2024-12345 y: crash [fedora-all]" type="bugzilla"/></references>
  <pkglist><collection><package arch="x86_64" name="y" version="1" release="1"/></collection></pkglist></update>
</updates>)";

struct Repository {
  explicit Repository(const std::string& base, const std::string& digest = {}) {
    const std::string sum = digest.empty() ? util::sha256_hex(as_bytes(std::string(k_updateinfo))) : digest;
    download.put(base + "repodata/repomd.xml",
                 "<repomd><data type='primary'><location href='repodata/primary.xml.gz'/></data>"
                 "<data type='updateinfo'><checksum type='sha256'>00</checksum><open-checksum type='sha256'>" +
                     sum + "</open-checksum><location href='repodata/updateinfo.xml.gz'/></data></repomd>");
    download.put(base + "repodata/updateinfo.xml.gz", k_updateinfo);
  }
  Result<void> run(const char* feed, const std::string& url, const std::string& subject) {
    SourceRow row;
    row.url = url;
    row.subject = subject;
    return FeedRegistry::find(feed)->instance->update(row, download, writer);
  }
  test::MemoryDocuments download;
  CollectingWriter writer;
};

TEST(Amazon, MirrorListRepositoryAndBulletins) {
  Repository repository("https://cdn.example/guids/abc/x86_64/");
  repository.download.put("https://cdn.example/mirror.list", "\nftp://x\nhttp://cdn.example/guids/abc/x86_64\n");
  const auto result = repository.run("amazon", "https://cdn.example/mirror.list", "Amazon Linux:2023");
  ASSERT_TRUE(result.ok()) << result.error().describe();
  const auto& rows = repository.writer.rows;
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[0].id, "ALAS2023-2023-001");
  EXPECT_EQ(rows[0].covers, (std::vector<std::string>{"CVE-2023-1", "CVE-2023-2"}));
  EXPECT_EQ(rows[0].package, "npm");
  EXPECT_EQ(rows[0].ranges.at(0).fixed, "1:9-1.module");
  EXPECT_EQ(rows[0].extra.at(0), std::pair(std::string("module"), std::string("nodejs:18")));
  EXPECT_EQ(rows[1].package, "x");
  EXPECT_EQ(rows[1].ranges.at(0).fixed, "2.0-1.amzn2023");
  EXPECT_EQ(rows[1].severity, Severity::medium);
  EXPECT_EQ(rows[1].severity_source, "amazon");
  EXPECT_EQ(rows[1].published, "2023-02-17");
  EXPECT_EQ(rows[2].ranges.at(0).fixed, "3:2.0-1.amzn2023");
  EXPECT_EQ(rows[3].id, "FEDORA-2") << "a bug fix that names a flaw counts, one that names none does not";
}

TEST(Amazon, ListsWithoutAMirrorAndForeignDocumentsFail) {
  for (const std::string list : {"", "ftp://x\n", "https://user@evil.example/\n", "<html>"}) {
    Repository repository("https://cdn.example/");
    repository.download.put("https://cdn.example/mirror.list", list);
    EXPECT_FALSE(repository.run("amazon", "https://cdn.example/mirror.list", "x").ok()) << list;
  }
}

TEST(Fedora, FlawsComeFromTitlesOfReferences) {
  Repository repository("https://f.example/41/");
  ASSERT_TRUE(repository.run("fedora", "https://f.example/41/", "Fedora:41").ok());
  EXPECT_EQ(repository.writer.rows.back().covers, std::vector<std::string>{"CVE-2024-12345"});
  EXPECT_EQ(repository.writer.rows.back().ecosystem, "Fedora:41");
}

TEST(Fedora, ADocumentOtherThanPromisedFails) {
  Repository repository("https://f.example/41/", std::string(64, '0'));
  EXPECT_EQ(repository.run("fedora", "https://f.example/41/", "Fedora:41").error().name, "feed-digest");
  EXPECT_TRUE(repository.writer.rows.empty());
}

CollectingWriter read(const char* feed, Bytes bytes, const std::string& subject) {
  CollectingWriter writer;
  const auto result = test::run_feed(feed, subject, bytes, writer);
  EXPECT_TRUE(result.ok()) << result.error().describe();
  return writer;
}

TEST(Gentoo, BulletinsOfAnArchive) {
  test::TarWriter tar;
  tar.file("glsa-master/metadata.xml", "<x/>");
  tar.file("glsa-master/glsa-202401-01.xml",
           R"(<!DOCTYPE glsa SYSTEM "http://www.example.org/dtd/glsa.dtd"><glsa id="202401-01"><title>X: flaws</title>
           <announced>2024-01-02</announced><revised count="1">2024-01-03</revised>
           <affected><package name="net-misc/x" arch="*"><unaffected range="ge">3.0</unaffected>
           <unaffected range="rge">2.4-r1</unaffected><vulnerable range="lt">3.0</vulnerable></package></affected>
           <impact type="high"><p>Text</p></impact><references><uri link="u">CVE-2023-1</uri></references></glsa>)");
  tar.file("glsa-master/glsa-202401-02.xml", "<glsa id=");
  const auto archive = tar.finish();
  const auto writer = read("gentoo", as_bytes(archive), "Gentoo");
  ASSERT_EQ(writer.rows.size(), 1U);
  EXPECT_EQ(writer.rows[0].id, "GLSA-202401-01");
  EXPECT_EQ(writer.rows[0].covers, std::vector<std::string>{"CVE-2023-1"});
  EXPECT_EQ(writer.rows[0].ranges.at(0).fixed, "3.0");
  EXPECT_EQ(writer.rows[0].extra.at(0).second, "ge 3.0 rge 2.4-r1");
  EXPECT_EQ(writer.rows[0].severity, Severity::high);
  EXPECT_EQ(writer.bad.size(), 1U);
}

TEST(Arch, GroupsAndTheirStatus) {
  const auto writer = read("arch", as_bytes(std::string(R"([
    {"name":"AVG-1","packages":["a","lib32-a"],"status":"Fixed","severity":"High","affected":"1-1","fixed":"1-2",
     "issues":["CVE-2024-2","CVE-2024-1"],"type":"denial of service"},
    {"name":"AVG-2","packages":["b"],"status":"Vulnerable","severity":"Unknown","affected":"1-1","fixed":null,"issues":[]},
    {"name":"AVG-3","packages":["c"],"status":"Not affected","severity":"Low","fixed":null,"issues":["CVE-2024-3"]},
    {"packages":7}])")),
                           "Arch Linux");
  ASSERT_EQ(writer.rows.size(), 4U);
  EXPECT_EQ(writer.rows[1].package, "lib32-a");
  EXPECT_EQ(writer.rows[0].covers.at(0), "CVE-2024-1");
  EXPECT_EQ(writer.rows[0].ranges.at(0).fixed, "1-2");
  EXPECT_EQ(writer.rows[0].severity, Severity::high);
  EXPECT_EQ(writer.rows[2].severity, Severity::unrated);
  EXPECT_EQ(writer.rows[2].ranges.at(0).fixed, "");
  EXPECT_EQ(writer.rows[3].status, VulnerabilityStatus::not_affected);
  EXPECT_EQ(writer.bad.size(), 1U);
}

TEST(Photon, FixedOpenAndNotAffected) {
  const auto writer = read("photon", as_bytes(std::string(R"([
    {"cve_id":"CVE-2024-1","pkg":"x","cve_score":9.8,"aff_ver":"all versions before 2-1.ph5 are vulnerable","res_ver":"2-1.ph5"},
    {"cve_id":"CVE-2024-2","pkg":"x","cve_score":5.0,"aff_ver":"1-1.ph5","res_ver":"NA"},
    {"cve_id":"CVE-2024-3","pkg":"x","cve_score":0.0,"aff_ver":"NA","res_ver":"NA","status":"Not Affected"},
    {"cve_id":"CVE-2024-4"}])")),
                           "Photon OS:5.0");
  ASSERT_EQ(writer.rows.size(), 3U);
  EXPECT_EQ(writer.rows[0].ranges.at(0).fixed, "2-1.ph5");
  EXPECT_EQ(writer.rows[0].severity, Severity::critical);
  EXPECT_EQ(writer.rows[1].ranges.at(0).last_affected, "1-1.ph5");
  EXPECT_EQ(writer.rows[2].status, VulnerabilityStatus::not_affected);
  EXPECT_EQ(writer.bad.size(), 1U);
}

TEST(Epss, LinesOfFlawsAndShares) {
  const auto writer = read("epss",
                           as_bytes(std::string("#model_version:v1,score_date:2026-08-01T00:00:00Z\r\n"
                                                "cve,epss,percentile\r\nCVE-2024-1,0.00043,0.08\r\n"
                                                "CVE-2024-2,1.5,0.08\nCVE-2024-3\nx,0,0\n")),
                           "");
  ASSERT_EQ(writer.rows.size(), 1U);
  EXPECT_EQ(writer.rows[0].ecosystem, "EPSS");
  EXPECT_EQ(writer.rows[0].package, "CVE-2024-1");
  EXPECT_EQ(writer.rows[0].extra.at(0).second, "0.00043");
  EXPECT_EQ(writer.newest, "2026-08-01");
  EXPECT_EQ(writer.bad.size(), 3U);
}

TEST(Nvd, PrimaryMetricsFirstAndRejectedOnesNever) {
  const auto writer = read("nvd", as_bytes(std::string(R"({"timestamp":"2026-08-01T00:00:00.000","vulnerabilities":[
    {"cve":{"id":"CVE-2024-1","published":"2024-01-02T00:00:00","vulnStatus":"Analyzed",
     "descriptions":[{"lang":"es","value":"no"},{"lang":"en","value":"A flaw"}],"metrics":{"cvssMetricV31":[
     {"type":"Secondary","cvssData":{"vectorString":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}},
     {"type":"Primary","cvssData":{"vectorString":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N"}}]}}},
    {"cve":{"id":"CVE-2024-2","vulnStatus":"Rejected","metrics":{}}},{"cve":{"id":"CVE-2024-3","metrics":{}}},
    {"cve":{}}]})")),
                           "");
  ASSERT_EQ(writer.rows.size(), 1U);
  EXPECT_EQ(writer.rows[0].ecosystem, "NVD");
  EXPECT_EQ(writer.rows[0].package, "CVE-2024-1");
  EXPECT_DOUBLE_EQ(writer.rows[0].cvss_score, 5.3);
  EXPECT_EQ(writer.rows[0].severity, Severity::medium);
  EXPECT_EQ(writer.rows[0].title, "A flaw");
  EXPECT_EQ(writer.bad.size(), 1U);
}

TEST(BulletinFeeds, ForeignEmptyAndCutDocumentsFail) {
  for (const char* feed : {"gentoo", "arch", "photon", "epss", "nvd", "fedora", "amazon"})
    for (const std::string text : {"", "<html></html>", "{}", "[]", "[{", "<updates/>", "\x1f\x8b"}) {
      CollectingWriter writer;
      EXPECT_FALSE(test::run_feed(feed, "x", as_bytes(text), writer).ok()) << feed << " " << text;
    }
}

}  // namespace
}  // namespace hullcheck::advisories
