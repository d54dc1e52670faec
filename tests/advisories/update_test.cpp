#include "advisories/update.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include "support/memory_transport.hpp"
#include "support/tar_writer.hpp"
#include "support/temporary_folder.hpp"
#include "support/zip_builder.hpp"

namespace hullcheck::advisories {
namespace {

using namespace std::chrono_literals;
using test::MemoryTransport;

constexpr const char* k_debian_url = "https://tracker.example/json";
constexpr const char* k_kev_url = "https://kev.example/json";

std::string tracker(const std::string& fixed) {
  return R"({"openssl":{"CVE-2024-1":{"releases":{"bookworm":{"status":"resolved","urgency":"low","fixed_version":")" +
         fixed + R"("}}}}})";
}
constexpr const char* k_catalogue =
    R"({"dateReleased":"2024-05-05T00:00:00Z","vulnerabilities":[{"cveID":"CVE-2024-1","dateAdded":"2024-05-01"}]})";

class UpdateTest : public testing::Test {
 protected:
  UpdateTest() {
    m_options.database = m_folder.path("db");
    m_options.now = std::chrono::sys_days(std::chrono::year{2026} / 11 / 1);
    m_options.threads = 2;
    m_options.lock_wait = 50ms;
    m_options.sources = {{"debian", "debian", k_debian_url, "Debian", "", 10},
                         {"kev", "kev", k_kev_url, "", "", 1},
                         {"absent", "alpine", "https://absent.example/json", "Alpine:v3.1", "", 1}};
    m_transport.put(k_debian_url, tracker("2-1"));
    m_transport.put(k_kev_url, k_catalogue);
  }
  UpdateReport run() {
    auto report = update(m_options, m_transport, util::no_progress(), {});
    EXPECT_TRUE(report.ok()) << report.error().describe();
    return report.ok() ? std::move(report).value() : UpdateReport{};
  }
  Database open() {
    auto database = Database::open(m_options.database);
    EXPECT_TRUE(database.ok()) << database.error().describe();
    return std::move(database).value();
  }
  int open_lock() {
    const int fd = ::open((m_options.database + ".lock").c_str(), O_CREAT | O_RDWR, 0600);
    EXPECT_EQ(flock(fd, LOCK_EX), 0);
    return fd;
  }
  std::string fixed() {
    const auto rows = open().look_up("Debian:12", "openssl");
    return rows.ok() && rows->size() == 1 ? rows->front().ranges.at(0).fixed : "?";
  }

  test::TemporaryFolder m_folder;
  UpdateOptions m_options;
  MemoryTransport m_transport;
};

TEST_F(UpdateTest, RowsSourcesAndCatalogueAreThere) {
  const auto report = run();
  EXPECT_TRUE(report.written);
  EXPECT_EQ(report.count(SourceOutcome::loaded), 2U);
  EXPECT_EQ(report.count(SourceOutcome::not_mirrored), 1U);
  const auto database = open();
  EXPECT_EQ(fixed(), "2-1");
  EXPECT_TRUE(database.has_ecosystem("Debian:12"));
  EXPECT_FALSE(database.has_ecosystem("Debian:1"));
  EXPECT_EQ(database.known_exploited("CVE-2024-1").value()->since, "2024-05-01");
  EXPECT_FALSE(database.known_exploited("CVE-2024-2").value().has_value());
  ASSERT_EQ(database.state().sources.size(), 3U);
  EXPECT_EQ(database.state().sources[0].checked, "") << "never loaded";
  EXPECT_EQ(database.state().sources[1].checked, "2026-11-01T00:00:00Z");
  EXPECT_EQ(database.state().sources[2].newest_record, "2024-05-05");
  EXPECT_EQ(database.state().digest.substr(0, 7), "sha256:");
  const auto rows = database.look_up("Debian:12", "openssl").value();
  EXPECT_EQ(rows.at(0).feed, "debian");
  EXPECT_EQ(rows.at(0).severity, model::Severity::low);
}

TEST_F(UpdateTest, EqualDataGivesAnEqualDigestAtAnotherTime) {
  const auto first = run().digest;
  m_options.now += 24h;
  EXPECT_EQ(run().digest, first);
  m_transport.put(k_debian_url, tracker("2-2"));
  EXPECT_NE(run().digest, first);
}

TEST_F(UpdateTest, FailedSourceKeepsItsRowsAndIsAGap) {
  run();
  m_options.now += 24h;
  m_transport.put(k_debian_url, "<html>maintenance</html>");
  const auto report = run();
  EXPECT_EQ(report.count(SourceOutcome::failed), 1U);
  EXPECT_TRUE(report.written);
  EXPECT_EQ(fixed(), "2-1");
  const auto database = open();
  EXPECT_EQ(database.state().sources[1].checked, "2026-11-01T00:00:00Z") << "the failed check does not count";
  EXPECT_EQ(database.state().sources[2].checked, "2026-11-02T00:00:00Z");
  const auto& gaps = database.gaps();
  const auto gap =
      std::find_if(gaps.begin(), gaps.end(), [](const auto& g) { return g.id == "advisory-source-failed"; });
  ASSERT_NE(gap, gaps.end());
  EXPECT_EQ(gap->subject, "debian");
  EXPECT_EQ(gap->effect, model::GapEffect::note) << "old rows are there";
  m_transport.put(k_debian_url, tracker("2-3"));
  run();
  const auto later = open();
  for (const auto& g : later.gaps()) EXPECT_NE(g.id, "advisory-source-failed") << "gone once the source loads";
}

TEST_F(UpdateTest, FailedSourceWithoutOldRowsIsUnknown) {
  m_transport.put(k_debian_url, "[");
  run();
  const auto database = open();
  ASSERT_FALSE(database.gaps().empty());
  EXPECT_EQ(database.gaps()[0].effect, model::GapEffect::unknown);
}

TEST_F(UpdateTest, UnchangedCountsAsACheck) {
  m_transport.validator = "\"v1\"\n";
  run();
  m_options.now += 24h;
  m_transport.put(k_debian_url, "never looked at");
  const auto report = run();
  EXPECT_EQ(report.count(SourceOutcome::unchanged), 2U);
  EXPECT_EQ(fixed(), "2-1");
  const auto database = open();
  EXPECT_EQ(database.state().sources[1].checked, "2026-11-02T00:00:00Z");
  EXPECT_TRUE(database.known_exploited("CVE-2024-1").value().has_value());
}

TEST_F(UpdateTest, SelectionLeavesTheOthersAsTheyAre) {
  run();
  m_options.now += 24h;
  m_transport.put(k_debian_url, tracker("9-9"));
  m_options.feeds = {"kev"};
  const auto report = run();
  EXPECT_EQ(report.count(SourceOutcome::kept), 2U);
  EXPECT_EQ(fixed(), "2-1");
  EXPECT_EQ(open().state().sources[1].checked, "2026-11-01T00:00:00Z");
  m_options.feeds = {"nope"};
  EXPECT_EQ(update(m_options, m_transport, util::no_progress(), {}).error().name, "feed-unknown");
}

TEST_F(UpdateTest, NothingLoadedLeavesTheOldFile) {
  run();
  m_transport.put(k_debian_url, "x");
  m_transport.put(k_kev_url, "x");
  EXPECT_FALSE(run().written);
  EXPECT_EQ(fixed(), "2-1");
}

TEST_F(UpdateTest, SecondUpdateAtOnceIsBusyByName) {
  const int fd = open_lock();
  const auto refused = update(m_options, m_transport, util::no_progress(), {});
  close(fd);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().name, "database-busy");
  EXPECT_TRUE(run().written);
}

TEST_F(UpdateTest, OpenDatabaseKeepsReadingTheOldFile) {
  run();
  const auto before = open();
  m_transport.put(k_debian_url, tracker("3-1"));
  run();
  EXPECT_EQ(before.look_up("Debian:12", "openssl")->at(0).ranges[0].fixed, "2-1");
  EXPECT_EQ(fixed(), "3-1");
}

// What a kill leaves behind is replaced, and nothing else stays.
TEST_F(UpdateTest, LeftoversOfACrashDoNotGrow) {
  m_folder.write("db.new", "half a database");
  m_folder.write("db.new-journal", "half a journal");
  run();
  EXPECT_EQ(m_folder.files(), 2U) << "the database and its lock";
  EXPECT_EQ(fixed(), "2-1");
}

TEST_F(UpdateTest, BrokenOldFileIsReplaced) {
  m_folder.write("db", std::string(10000, 'x'));
  EXPECT_EQ(Database::open(m_options.database).error().name, "database-malformed");
  EXPECT_TRUE(run().written);
  EXPECT_EQ(fixed(), "2-1");
}

TEST_F(UpdateTest, HostileNamesAreOnlyData) {
  m_transport.put(k_debian_url, R"({"'; DROP TABLE advisory; --":{"CVE-\u0000\n2024-1":{"releases":{"bookworm":
      {"status":"resolved","fixed_version":"1'\u0000"}}}}})");
  run();
  const auto rows = open().look_up("Debian:12", "'; DROP TABLE advisory; --");
  ASSERT_EQ(rows->size(), 1U);
  EXPECT_EQ(rows->at(0).id, std::string("CVE-\0\n2024-1", 12));
}

TEST_F(UpdateTest, StopIsCancelledAndLeavesTheOldFile) {
  run();
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(update(m_options, m_transport, util::no_progress(), stop.get_token()).error().name, "cancelled");
  EXPECT_EQ(fixed(), "2-1");
}

TEST(Mirror, PathsStayInside) {
  EXPECT_EQ(mirror_path("https://a.example/b/c.json?x=1").value(), "a.example/b/c.json");
  for (const char* url :
       {"a/b", "https://a/../b", "https://a/%2e%2e/b", "https://a//b", "https:///b", "https://a/%00"})
    EXPECT_FALSE(mirror_path(url).ok()) << url;
}

TEST(Mirror, FolderGivesPlainAndPackedAndSaysWhatIsNotThere) {
  test::TemporaryFolder folder;
  folder.write("a.example/x", "plain");
  folder.write("a.example/b c", "decoded");
  folder.write("a.example/y.gz", "\x1f\x8b broken");
  auto transport = folder_transport(folder.path()).value();
  const auto get = [&](const char* url, std::uint64_t limit = 100) {
    return transport->fetch(url, limit, "", Packing::unpack, util::no_progress(), {});
  };
  EXPECT_EQ(as_text(get("https://a.example/x")->bytes), "plain");
  EXPECT_EQ(as_text(get("https://a.example/b%20c")->bytes), "decoded");
  EXPECT_EQ(get("https://a.example/x", 4).error().name, "feed-size-limit");
  EXPECT_EQ(get("https://a.example/z").error().name, "not-mirrored");
  EXPECT_FALSE(get("https://a.example/y").ok());
  EXPECT_NE(get("https://a.example/y").error().name, "not-mirrored");
  EXPECT_EQ(folder_transport(folder.path("none")).error().name, "mirror-absent");
}

std::string tracker_of(int packages) {
  std::string text = "{";
  for (int i = 0; i < packages; ++i)
    text += (i == 0 ? "\"p" : ",\"p") + std::to_string(i) +
            R"(":{"CVE-2024-1":{"releases":{"bookworm":{"status":"resolved","urgency":"low","fixed_version":"1"}}}})";
  return text + "}";
}

TEST_F(UpdateTest, ASourceThatShrinksByHalfKeepsItsRowsUntilThatIsAccepted) {
  m_transport.put(k_debian_url, tracker_of(10));
  run();
  m_transport.put(k_debian_url, tracker_of(5));
  auto report = run();
  EXPECT_EQ(report.count(SourceOutcome::failed), 1U);
  EXPECT_EQ(report.sources.at(1).error.name, "feed-shrunk");
  EXPECT_EQ(open().look_up("Debian:12", "p9")->size(), 1U) << "the old rows";
  bool named = false;
  const auto database = open();
  for (const auto& gap : database.gaps())
    named = named || (gap.id == "advisory-source-failed" && gap.subject == "debian");
  EXPECT_TRUE(named);
  m_options.accept_shrink = {"debian"};
  report = run();
  EXPECT_EQ(report.count(SourceOutcome::failed), 0U);
  EXPECT_TRUE(open().look_up("Debian:12", "p9")->empty());
}

TEST_F(UpdateTest, AQuarterLessIsNoShrinking) {
  m_transport.put(k_debian_url, tracker_of(12));
  run();
  m_transport.put(k_debian_url, tracker_of(9));
  EXPECT_EQ(run().count(SourceOutcome::failed), 0U);
}

TEST_F(UpdateTest, OptionalSourcesAreFetchedWhenNamedAndFromThenOn) {
  m_options.sources[0].optional = true;
  run();
  EXPECT_EQ(open().state().sources.size(), 2U) << "as if it were not in the list";
  m_options.feeds = {"debian"};
  run();
  EXPECT_EQ(fixed(), "2-1");
  m_options.feeds = {};
  m_transport.put(k_debian_url, tracker("3-1"));
  run();
  EXPECT_EQ(fixed(), "3-1");
}

std::string vex_document(const std::string& flaw, const std::string& version) {
  return R"({"document":{},"product_tree":{"branches":[{"product":{"product_id":"B","name":"B","product_identification_helper":
    {"cpe":"cpe:/o:redhat:enterprise_linux:9::baseos"}}},{"product":{"product_id":"x","product_identification_helper":
    {"purl":"pkg:rpm/redhat/x@)" +
         version + R"(?arch=x86_64"}}}],"relationships":[{"product_reference":"x",
    "relates_to_product_reference":"B","full_product_name":{"product_id":"B:x"}}]},"vulnerabilities":[{"cve":")" +
         flaw + R"(","product_status":{"fixed":["B:x"]}}]})";
}

TEST_F(UpdateTest, AListOfChangesReplacesOnlyWhatChanged) {
  const std::string base = "https://vex.example/";
  m_options.sources = {{"redhat", "redhat", base, "Red Hat", "", 1}};
  const auto tar = [](const std::string& a, const std::string& b) {
    test::TarWriter writer;
    writer.file("a.json", a).file("b.json", b);
    return writer.finish();
  };
  m_transport.put(base + "changes.csv", "\"2024/cve-2024-1.json\",\"2024-01-01T00:00:00+00:00\"\n");
  m_transport.put(base + "archive_latest.txt", "csaf_vex_2024-01-02.tar.zst");
  m_transport.put(base + "csaf_vex_2024-01-02.tar.zst",
                  tar(vex_document("CVE-2024-1", "1-1"), vex_document("CVE-2024-2", "1-1")));
  run();
  ASSERT_EQ(open().look_up("Red Hat:9", "x")->size(), 2U);
  m_transport.put(base + "changes.csv", "\"2024/cve-2024-2.json\",\"2024-01-03T00:00:00+00:00\"\n");
  m_transport.put(base + "deletions.csv", "");
  m_transport.put(base + "2024/cve-2024-2.json", vex_document("CVE-2024-2", "5-1"));
  m_transport.put(base + "csaf_vex_2024-01-02.tar.zst", "no longer");
  const auto report = run();
  EXPECT_EQ(report.count(SourceOutcome::loaded), 1U) << report.sources.at(0).error.describe();
  const auto rows = open().look_up("Red Hat:9", "x").value();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].ranges.at(0).fixed, "1-1");
  EXPECT_EQ(rows[1].ranges.at(0).fixed, "5-1");
}

}  // namespace
}  // namespace hullcheck::advisories
