// Databases as files to carry, and what changed between two.
#include "advisories/bundle.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "advisories/builder.hpp"
#include "advisories/row.hpp"
#include "formats/decompress.hpp"
#include "formats/zstd_writer.hpp"
#include "support/temporary_folder.hpp"
#include "util/digest.hpp"
#include "util/file.hpp"
#include "util/sqlite.hpp"

namespace hullcheck::advisories {
namespace {

class BundleTest : public testing::Test {
 protected:
  // `packages` rows of "Debian:12" and "PyPI"; those whose number is below `changed` are of another day.
  std::string make(const std::string& name, int packages, int changed, bool third_source = false,
                   const std::string& built = "2026-11-01T00:00:00Z") {
    const std::string path = m_folder.path(name);
    auto builder = DatabaseBuilder::create(path);
    EXPECT_TRUE(builder.ok());
    std::vector<BuiltSource> sources(third_source ? 3 : 2);
    sources[0].stored.name = sources[0].state.name = "debian";
    sources[1].stored.name = sources[1].state.name = "osv/PyPI";
    if (third_source) {
      std::swap(sources[0], sources[2]);
      sources[0].stored.name = sources[0].state.name = "arch";
    }
    for (auto& source : sources) source.state.checked = "2026-11-01T00:00:00Z";
    for (const char* ecosystem : {"Debian:12", "PyPI"}) {
      const std::size_t source = std::string(ecosystem) == "PyPI" ? 1 : third_source ? 2 : 0;
      for (int i = 0; i < packages; ++i) {
        Advisory advisory;
        advisory.id = "CVE-2024-" + std::to_string(i);
        advisory.title = "A flaw of the package with this number: " + std::to_string(i * 7919);
        advisory.ranges.push_back({"", std::to_string(i < changed ? 2 : 1) + ".0", ""});
        char package[16];
        std::snprintf(package, sizeof package, "p%06d", i);
        EXPECT_TRUE(builder->add(ecosystem, package, source, encode_record(advisory)).ok());
      }
    }
    EXPECT_TRUE(builder->settle().ok());
    EXPECT_TRUE(builder
                    ->finish(sources, {{"CVE-2024-1", {"2024-05-01", "", true}}},
                             {{"advisory-note", "advisories", "debian", "a note", model::GapEffect::note}}, built)
                    .ok());
    builder->close();
    return path;
  }
  // The body of a bundle, without its digest.
  static Buffer body(const std::string& file) {
    const auto stream = formats::file_stream(file).value();
    const auto plain = formats::decompress(*stream, {}).value();
    Buffer out;
    for (Bytes block = plain->next().value(); !block.empty(); block = plain->next().value())
      out.insert(out.end(), block.begin(), block.end());
    out.resize(out.size() - 32);
    return out;
  }
  // A bundle of any body: its digest and its frame are right.
  static void seal(Bytes body, const std::string& file) {
    util::Hasher hasher(util::Hash::sha256);
    hasher.update(body);
    formats::ZstdWriter frame(1);
    frame.add(body);
    frame.add(hasher.finish());
    ASSERT_TRUE(util::write_file(file, frame.finish(), 0644).ok());
  }
  static std::string digest(const std::string& path) { return Database::open(path).value().state().digest; }

  test::TemporaryFolder m_folder;
};

TEST_F(BundleTest, WhatGoesOutComesIn) {
  const std::string path = make("a", 300, 0), file = m_folder.path("bundle"), copy = m_folder.path("copy");
  const auto out = export_database(path, file, Slim::no);
  ASSERT_TRUE(out.ok()) << out.error().describe();
  EXPECT_EQ(out->records, 600U);
  const auto in = import_bundle(file, copy);
  ASSERT_TRUE(in.ok()) << in.error().describe();
  EXPECT_EQ(digest(copy), digest(path));
  const auto database = Database::open(copy).value();
  EXPECT_EQ(database.state().sources.at(0).checked, "2026-11-01T00:00:00Z");
  EXPECT_EQ(database.look_up("PyPI", "p000007").value().at(0).title.substr(0, 6), "A flaw");
  EXPECT_TRUE(database.known_exploited("CVE-2024-1").value()->ransomware);
}

TEST_F(BundleTest, ASlimOneHasNoTextAndKeepsTheFacts) {
  const std::string path = make("a", 300, 0), file = m_folder.path("bundle"), slim = m_folder.path("slim");
  const auto whole = export_database(path, file, Slim::no), less = export_database(path, slim, Slim::yes);
  ASSERT_TRUE(less.ok()) << less.error().describe();
  EXPECT_LT(less->bytes, whole->bytes);
  const std::string copy = m_folder.path("copy");
  ASSERT_TRUE(import_bundle(slim, copy).ok());
  const auto rows = Database::open(copy).value().look_up("PyPI", "p000007").value();
  EXPECT_EQ(rows.at(0).title, "");
  EXPECT_EQ(rows.at(0).ranges.at(0).fixed, "1.0");
}

TEST_F(BundleTest, ADifferenceMakesTheOlderTheNewer) {
  const std::string older = make("older", 20'000, 0), newer = make("newer", 20'010, 240, true);
  const std::string file = m_folder.path("delta");
  const auto out = export_difference(older, newer, file);
  ASSERT_TRUE(out.ok()) << out.error().describe();
  EXPECT_EQ(out->records, 2U * (240 * 2 + 10)) << "gone and new ones";
  EXPECT_LT(out->bytes, 1'000'000U) << "some 500 changed records";
  ASSERT_NE(digest(older), digest(newer));
  const auto in = import_bundle(file, older);
  ASSERT_TRUE(in.ok()) << in.error().describe();
  EXPECT_EQ(digest(older), digest(newer));
  EXPECT_EQ(import_bundle(file, older).error().name, "bundle-base") << "twice is once too often";
  EXPECT_EQ(digest(older), digest(newer));
}

TEST_F(BundleTest, DamagedAndForeignFilesLeaveTheDatabase) {
  const std::string path = make("a", 50, 0), file = m_folder.path("bundle");
  ASSERT_TRUE(export_database(path, file, Slim::no).ok());
  const std::string before = digest(path);
  const Buffer good = util::read_file(file, 1 << 24).value();
  for (std::size_t at = 0; at < good.size(); at += 1 + good.size() / 60) {
    Buffer bad = good;
    bad[at] ^= 0x40;
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<const char*>(bad.data()), static_cast<long>(bad.size()));
    EXPECT_FALSE(import_bundle(file, path).ok()) << at;
  }
  for (const std::string text : {"", "x", "HCKABUN1", "SQLite format 3"}) {
    std::ofstream(file, std::ios::binary) << text;
    EXPECT_FALSE(import_bundle(file, path).ok()) << text;
  }
  EXPECT_EQ(digest(path), before);
}

TEST_F(BundleTest, WhatIsRefusedHalfwayLeavesNoUnfinishedFile) {
  const std::string path = make("a", 50, 0), newer = make("newer", 50, 9), file = m_folder.path("bundle");
  ASSERT_TRUE(export_database(newer, file, Slim::no).ok());
  const Buffer whole = body(file);
  ASSERT_TRUE(export_difference(newer, path, file).ok());
  const Buffer foreign = body(file);
  const std::string before = digest(path);
  for (std::size_t less : {std::size_t{1}, std::size_t{7}, whole.size() / 4, whole.size() / 2}) {
    seal(Bytes(whole).first(whole.size() - less), file);
    EXPECT_EQ(import_bundle(file, path).error().name, "bundle-malformed") << less;
    EXPECT_FALSE(std::filesystem::exists(path + ".new")) << less;
  }
  seal(foreign, file);
  EXPECT_EQ(import_bundle(file, path).error().name, "bundle-base");
  EXPECT_FALSE(std::filesystem::exists(path + ".new"));
  EXPECT_EQ(digest(path), before);
  seal(whole, file);
  EXPECT_TRUE(import_bundle(file, path).ok()) << "the whole body is a bundle";
  EXPECT_EQ(digest(path), digest(newer));
  EXPECT_FALSE(std::filesystem::exists(path + ".new"));
}

// `FILE.slim` stayed where the export could not be written.
TEST_F(BundleTest, AnExportThatFailsLeavesNothingBehind) {
  const std::string path = make("a", 50, 0), folder = m_folder.path("out");
  std::filesystem::create_directory(folder);
  std::filesystem::create_directory(folder + "/bundle");  // a folder stands where the file should
  for (const Slim slim : {Slim::yes, Slim::no})
    EXPECT_EQ(export_database(path, folder + "/bundle", slim).error().name, "file-unwritable");
  std::vector<std::string> left;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) left.push_back(entry.path().filename());
  EXPECT_EQ(left, std::vector<std::string>{"bundle"});
}

TEST_F(BundleTest, AFileIsReadAsAStreamOfSmallPieces) {
  const std::string path = make("a", 300, 0), file = m_folder.path("bundle"), copy = m_folder.path("copy");
  ASSERT_TRUE(export_database(path, file, Slim::no).ok());
  const Buffer bytes = util::read_file(file, 1 << 24).value();
  for (const std::size_t piece : {std::size_t{1}, std::size_t{13}, std::size_t{4096}}) {
    std::filesystem::remove(copy);
    const auto open = [&]() -> Result<std::unique_ptr<formats::ByteStream>> {
      return formats::memory_stream(bytes, piece);
    };
    const auto in = import_bundle(open, copy);
    ASSERT_TRUE(in.ok()) << in.error().describe();
    EXPECT_EQ(digest(copy), digest(path));
  }
}

// The digest was right when the file was read for the first time.
TEST_F(BundleTest, AFileThatChangesWhileItIsReadIsRefused) {
  const std::string path = make("a", 50, 0), other = make("b", 60, 7), file = m_folder.path("bundle");
  ASSERT_TRUE(export_database(path, file, Slim::no).ok());
  const Buffer first = util::read_file(file, 1 << 24).value();
  ASSERT_TRUE(export_database(other, file, Slim::no).ok());
  const Buffer second = util::read_file(file, 1 << 24).value();
  const std::string before = digest(path);
  for (const auto& [a, b] : {std::pair(&first, &second), std::pair(&second, &first)}) {
    int opened = 0;
    const auto open = [&, a = a, b = b]() -> Result<std::unique_ptr<formats::ByteStream>> {
      return formats::memory_stream(opened++ == 0 ? *a : *b);
    };
    EXPECT_FALSE(import_bundle(open, path).ok());
    EXPECT_EQ(opened, 2);
    EXPECT_EQ(digest(path), before);
  }
}

TEST_F(BundleTest, AnOlderDatabaseIsRefusedWhereThatWasAsked) {
  const std::string path = make("a", 50, 0), older = make("older", 50, 9, false, "2026-10-31T23:59:59Z"),
                    file = m_folder.path("bundle");
  const std::string before = digest(path);
  ASSERT_TRUE(export_database(older, file, Slim::no).ok());
  EXPECT_EQ(import_bundle(file, path, {.refuse_older = true}).error().name, "database-older");
  EXPECT_EQ(digest(path), before);
  EXPECT_FALSE(std::filesystem::exists(path + ".new"));
  EXPECT_TRUE(import_bundle(file, path).ok());
  EXPECT_EQ(digest(path), digest(older));
  ASSERT_TRUE(export_database(older, file, Slim::yes).ok());
  EXPECT_TRUE(import_bundle(file, path, {.refuse_older = true}).ok()) << "as old as it is no step back";
  EXPECT_TRUE(import_bundle(file, m_folder.path("fresh"), {.refuse_older = true}).ok());
}

TEST_F(BundleTest, ADamagedDatabaseIsNotExportedAsIfItWereWhole) {
  const std::string path = make("a", 50, 0);
  {
    auto connection = util::Connection::open(path, {.mode = util::OpenMode::read_write}).value();
    ASSERT_TRUE(connection.execute("DELETE FROM advisory WHERE package = 'p000007'").ok());
    ASSERT_TRUE(connection.execute("PRAGMA journal_mode=DELETE").ok());
  }
  const auto out = export_database(path, m_folder.path("bundle"), Slim::no);
  ASSERT_FALSE(out.ok());
  EXPECT_EQ(out.error().name, "database-malformed");
  EXPECT_FALSE(std::filesystem::exists(m_folder.path("bundle")));
}

TEST_F(BundleTest, ComparisonNamesWhatWasAddedRemovedAndChanged) {
  const std::string older = make("older", 3, 0), newer = make("newer", 4, 1);
  const auto changes = compare_databases(older, newer);
  ASSERT_TRUE(changes.ok()) << changes.error().describe();
  ASSERT_EQ(changes->size(), 4U);
  EXPECT_EQ(changes->at(0).kind, RecordChange::Kind::changed);
  EXPECT_EQ(changes->at(0).package, "p000000");
  EXPECT_EQ(changes->at(1).kind, RecordChange::Kind::added);
  EXPECT_EQ(changes->at(1).id, "CVE-2024-3");
  EXPECT_EQ(compare_databases(newer, older)->at(1).kind, RecordChange::Kind::removed);
  EXPECT_TRUE(compare_databases(newer, newer)->empty());
}

}  // namespace
}  // namespace hullcheck::advisories
