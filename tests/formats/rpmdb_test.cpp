#include "formats/rpmdb.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "support/rpm_header_writer.hpp"
#include "support/rpmdb_writer.hpp"

namespace hullcheck::formats {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using tests::numbered;
using tests::RpmRecord;
using tests::sample_package;

struct Kind {
  std::string_view name;
  Buffer (*write)(const std::vector<RpmRecord>&);
};
constexpr std::array<Kind, 8> k_kinds{{
    {"ndb", tests::write_ndb},
    {"bdb", [](const std::vector<RpmRecord>& records) { return tests::write_bdb(records); }},
    {"bdb big-endian",
     [](const std::vector<RpmRecord>& records) {
       return tests::write_bdb(records, {true, false, 512});
     }},
    {"bdb 64K",
     [](const std::vector<RpmRecord>& records) {
       return tests::write_bdb(records, {false, false, 65'536});
     }},
    {"btree",
     [](const std::vector<RpmRecord>& records) {
       return tests::write_bdb(records, {false, true, 1024});
     }},
    {"btree big-endian",
     [](const std::vector<RpmRecord>& records) {
       return tests::write_bdb(records, {true, true, 4096});
     }},
    {"sqlite", [](const std::vector<RpmRecord>& records) { return tests::write_sqlite(records); }},
    {"sqlite 512", [](const std::vector<RpmRecord>& records) { return tests::write_sqlite(records, 512, true); }},
}};

RpmdbRead read(Bytes file, const RpmdbLimits& limits = {}) {
  auto result = read_rpmdb(file, limits);
  EXPECT_TRUE(result) << result.error().describe();
  return result ? std::move(result).value() : RpmdbRead{};
}

std::vector<std::string> names(const std::vector<RpmPackage>& packages) {
  std::vector<std::string> out;
  for (const RpmPackage& package : packages) out.push_back(package.name);
  return out;
}

std::vector<std::string> problems(const RpmdbReport& report) {
  std::vector<std::string> out;
  for (const RpmdbProblem& problem : report.problems) out.push_back(problem.error.name);
  return out;
}

std::vector<RpmRecord> records_of(Bytes file) {
  std::vector<RpmRecord> records;
  const auto report = visit_rpmdb(file, {}, [&](std::uint64_t number, Bytes blob) {
    records.push_back({static_cast<std::uint32_t>(number), Buffer(blob.begin(), blob.end())});
  });
  EXPECT_TRUE(report && report->complete());
  std::sort(records.begin(), records.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
  return records;
}

Buffer shared_sample(const std::string& name) {
  const char* chosen = std::getenv("HULLCHECK_SHARED");
  const std::string folder = chosen != nullptr ? chosen : HULLCHECK_SHARED;
  std::ifstream in(folder + "/conformance/rpmdb/" + name, std::ios::binary);
  return Buffer((std::istreambuf_iterator<char>(in)), {});
}

// From nothing to a chain of many overflow pages, around every page size used above.
std::vector<RpmRecord> records_of_all_sizes() {
  std::vector<Buffer> blobs;
  for (const std::size_t size :
       {10U, 100U, 330U, 400U, 477U, 900U, 3900U, 4000U, 4061U, 4062U, 5000U, 16'400U, 65'500U, 300'000U})
    blobs.push_back(tests::big_package("package" + std::to_string(size), size));
  for (int i = 0; i < 300; ++i)
    blobs.push_back(sample_package("sample" + std::to_string(i), "1." + std::to_string(i)));
  return numbered(blobs);
}

void overwrite(Buffer& file, std::size_t at, std::initializer_list<int> bytes) {
  for (const int byte : bytes) file.at(at++) = static_cast<std::uint8_t>(byte);
}

TEST(Rpmdb, EveryKindGivesTheSameRecords) {
  const auto records = records_of_all_sizes();
  for (const Kind& kind : k_kinds) {
    const auto found = records_of(kind.write(records));
    ASSERT_EQ(found.size(), records.size()) << kind.name;
    for (std::size_t i = 0; i < records.size(); ++i) {
      ASSERT_EQ(found[i].number, records[i].number) << kind.name;
      ASSERT_TRUE(found[i].blob == records[i].blob) << kind.name << " record " << records[i].number;
    }
  }
}

TEST(Rpmdb, EveryKindGivesTheSamePackages) {
  const auto records = numbered({sample_package("zlib", "1.2"), sample_package("bash", "5.1"),
                                 sample_package("gpg-pubkey", "fd431d51", 0), sample_package("bash", "5.2")});
  for (const Kind& kind : k_kinds) {
    const RpmdbRead database = read(kind.write(records));
    EXPECT_THAT(names(database.packages), ElementsAre("bash", "bash", "zlib")) << kind.name;
    EXPECT_THAT(names(database.public_keys), ElementsAre("gpg-pubkey")) << kind.name;
    EXPECT_EQ(database.packages.at(1).version, "5.2");
    EXPECT_EQ(database.packages.at(1).files.size(), 3U);
    EXPECT_EQ(database.report.entries, 4U);
    EXPECT_TRUE(database.report.complete()) << kind.name;
  }
}

TEST(Rpmdb, KindAndWriteAheadLogAreSaid) {
  const auto records = numbered({sample_package("a", "1")});
  EXPECT_EQ(read(tests::write_ndb(records)).report.kind, RpmdbKind::ndb);
  EXPECT_EQ(read(tests::write_bdb(records)).report.kind, RpmdbKind::bdb_hash);
  EXPECT_EQ(read(tests::write_bdb(records, {false, true, 4096})).report.kind, RpmdbKind::bdb_btree);
  EXPECT_FALSE(read(tests::write_sqlite(records)).report.write_ahead_log);
  EXPECT_TRUE(read(tests::write_sqlite(records, 4096, true)).report.write_ahead_log);
  EXPECT_EQ(to_string(RpmdbKind::bdb_btree), "bdb-btree");
}

TEST(Rpmdb, EmptyDatabaseIsNoError) {
  for (const Kind& kind : k_kinds) {
    const RpmdbRead database = read(kind.write({}));
    EXPECT_TRUE(database.packages.empty() && database.report.complete()) << kind.name;
  }
}

TEST(Rpmdb, RealSamples) {
  struct Sample {
    const char* file;
    std::size_t packages;
    RpmdbKind kind;
    std::string_view one;
    std::string_view evr;
  };
  constexpr std::array<Sample, 3> k_samples{{
      {"Packages.bdb", 1, RpmdbKind::bdb_hash, "libuuid", "2.32.1-42.el8_8"},
      {"sle15-bci.Packages.db", 35, RpmdbKind::ndb, "libreadline7", ""},
      {"cbl-mariner-2.0.rpmdb.sqlite", 129, RpmdbKind::sqlite, "zlib", ""},
  }};
  for (const Sample& sample : k_samples) {
    const Buffer file = shared_sample(sample.file);
    if (file.empty()) GTEST_SKIP() << "shared rpm database " << sample.file << " is absent";
    const RpmdbRead database = read(file);
    EXPECT_EQ(database.packages.size(), sample.packages);
    EXPECT_EQ(database.report.kind, sample.kind);
    EXPECT_TRUE(database.report.complete())
        << sample.file << ": " << ::testing::PrintToString(problems(database.report));
    EXPECT_THAT(names(database.packages), Contains(std::string(sample.one)));
    for (const RpmPackage& package : database.packages) {
      EXPECT_FALSE(package.arch.empty() || package.licence.empty() || package.source_rpm.empty()) << package.name;
      EXPECT_TRUE(package.install_time.has_value() && package.has_signature) << package.name;
      for (const RpmFile& found : package.files) {
        EXPECT_EQ(found.path.front(), '/') << package.name;
        const bool regular = (found.mode & 0170000) == 0100000 && (found.flags & RpmFile::k_ghost) == 0;
        EXPECT_EQ(regular, !found.digest.empty()) << found.path;
      }
      if (package.name == sample.one && !sample.evr.empty()) {
        EXPECT_EQ(package.evr(), sample.evr);
      }
    }
  }
}

TEST(Rpmdb, RealSampleAgreesWithLibsqliteAndAllKinds) {
  const Buffer file = shared_sample("cbl-mariner-2.0.rpmdb.sqlite");
  if (file.empty()) GTEST_SKIP() << "shared rpm database cbl-mariner-2.0.rpmdb.sqlite is absent";
  const auto expected = tests::read_with_libsqlite(file);
  ASSERT_EQ(expected.size(), 129U);
  std::vector<Buffer> files{file};
  for (const Kind& kind : k_kinds) files.push_back(kind.write(expected));
  for (const Buffer& database : files) {
    const auto found = records_of(database);
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) ASSERT_TRUE(found[i].blob == expected[i].blob) << i;
  }
}

TEST(RpmdbBad, NoDatabaseAtAll) {
  EXPECT_EQ(read_rpmdb({}).error().name, "rpmdb-unknown");
  EXPECT_EQ(read_rpmdb(as_bytes("SQLite format 4")).error().name, "rpmdb-unknown");
  EXPECT_EQ(read_rpmdb(Buffer(100'000, 0)).error().name, "rpmdb-unknown");
  RpmdbLimits small;
  small.max_file_bytes = 10;
  EXPECT_EQ(read_rpmdb(Buffer(11, 0), small).error().name, "rpmdb-size-limit");
}

TEST(RpmdbBad, CutInTheMiddleKeepsWhatIsWhole) {
  const auto records = records_of_all_sizes();
  for (const Kind& kind : k_kinds) {
    const Buffer file = kind.write(records);
    const RpmdbRead database = read(Bytes(file).first(file.size() / 20 * 19));
    EXPECT_TRUE(database.report.truncated) << kind.name;
    EXPECT_FALSE(database.packages.empty()) << kind.name;
    EXPECT_LT(database.packages.size(), records.size()) << kind.name;
    EXPECT_THAT(problems(database.report), Contains("rpmdb-truncated")) << kind.name;
  }
}

// Every length: no crash, and never a silent loss.
TEST(RpmdbBad, CutAnywhereIsNeverSilent) {
  const auto records = numbered({sample_package("a", "1"), tests::big_package("b", 3000), sample_package("c", "1")});
  for (const Kind& kind : k_kinds) {
    const Buffer file = kind.write(records);
    for (std::size_t size = 0; size < file.size(); size += 7) {
      const auto database = read_rpmdb(Bytes(file).first(size));
      if (database && database->packages.size() < records.size()) {
        EXPECT_TRUE(database->report.truncated) << kind.name << " " << size;
      }
    }
  }
}

TEST(RpmdbBad, BrokenEntryIsNotedAndSkipped) {
  for (const Kind& kind : k_kinds) {
    const RpmdbRead database = read(
        kind.write(numbered({Buffer(40, 0xff), sample_package("good", "1"), sample_package("", "1"), Buffer(5, 0)})));
    EXPECT_THAT(names(database.packages), ElementsAre("good")) << kind.name;
    EXPECT_THAT(problems(database.report),
                ElementsAre("rpm-header-limit", "rpm-header-nameless", "rpm-header-truncated"))
        << kind.name;
    EXPECT_FALSE(database.report.truncated) << kind.name;
    EXPECT_EQ(database.report.problems.front().number, 1U);
  }
}

TEST(RpmdbBad, DuplicateEntries) {
  const std::vector<RpmRecord> records{
      {7, sample_package("a", "1")}, {7, sample_package("b", "1")}, {8, sample_package("a", "1")}};
  for (const Kind& kind : k_kinds) {
    if (kind.name.substr(0, 6) == "sqlite") continue;  // its keys are unique
    const RpmdbRead database = read(kind.write(records));
    EXPECT_THAT(names(database.packages), ElementsAre("a", "b")) << kind.name;
    EXPECT_THAT(problems(database.report), ElementsAre("rpmdb-duplicate-number", "rpmdb-duplicate-package"));
  }
}

TEST(RpmdbBad, ProblemsOfAReadablePackageAreReported) {
  using Tag = RpmTag;
  const Buffer blob = tests::RpmHeaderWriter()
                          .text(Tag::name, "odd")
                          .text(Tag::version, "1")
                          .text(Tag::release, "1")
                          .texts(Tag::base_names, {"x"})
                          .blob();
  const RpmdbRead database = read(tests::write_ndb(numbered({blob})));
  EXPECT_THAT(names(database.packages), ElementsAre("odd"));
  EXPECT_THAT(problems(database.report), ElementsAre("rpm-file-table"));
  EXPECT_THAT(database.report.problems.front().error.subject, ::testing::StartsWith("odd"));
}

TEST(RpmdbBad, LimitsOfTheWholeDatabase) {
  std::vector<Buffer> blobs;
  for (int i = 0; i < 10; ++i) blobs.push_back(sample_package("p" + std::to_string(i), "1", 4));
  const Buffer file = tests::write_ndb(numbered(blobs));
  RpmdbLimits limits;
  limits.max_entries = 6;
  const RpmdbRead few = read(file, limits);
  EXPECT_EQ(few.packages.size(), 6U);
  EXPECT_THAT(problems(few.report), ElementsAre("rpmdb-entry-limit"));

  limits = {};
  limits.max_files = 8;
  limits.max_problems = 3;
  const RpmdbRead fileless = read(file, limits);
  EXPECT_EQ(fileless.packages.size(), 10U);
  EXPECT_EQ(fileless.report.problems.size(), 3U);
  EXPECT_EQ(fileless.report.problems_left_out, 5U);
}

TEST(RpmdbBadNdb, LyingSlots) {
  const auto records = numbered({sample_package("a", "1"), sample_package("b", "1")});
  const Buffer good = tests::write_ndb(records);
  constexpr std::size_t k_second = 3 * 16;
  struct Case {
    std::size_t at;
    std::array<int, 4> bytes;
    std::string_view error;
  };
  const std::array<Case, 7> cases{{
      {k_second, {0, 0, 0, 0}, "ndb-slot"},
      {k_second + 8, {0xff, 0xff, 0xff, 0xff}, "ndb-blob-missing"},   // minus one
      {k_second + 12, {0xff, 0xff, 0xff, 0xff}, "ndb-blob-missing"},  // 64 GB
      {k_second + 12, {0, 0, 0, 0}, "ndb-blob-size"},
      {k_second + 12, {3, 0, 0, 0}, "ndb-blob-size"},
      {k_second + 8, {0, 1, 0, 0}, "ndb-blob-overlap"},  // the place of the first record
      {k_second + 8, {1, 0, 0, 0}, "ndb-blob-overlap"},  // among the slots
  }};
  for (const Case& item : cases) {
    Buffer file = good;
    overwrite(file, item.at, {item.bytes[0], item.bytes[1], item.bytes[2], item.bytes[3]});
    const RpmdbRead database = read(file);
    EXPECT_THAT(problems(database.report), Contains(std::string(item.error)));
    EXPECT_THAT(names(database.packages), ElementsAre("a")) << item.error;
  }
}

TEST(RpmdbBadNdb, FlippedBitInARecord) {
  Buffer file = tests::write_ndb(numbered({sample_package("a", "1"), sample_package("b", "1")}));
  file[4096 + 300] ^= 1;
  const RpmdbRead database = read(file);
  EXPECT_THAT(names(database.packages), ElementsAre("b"));
  EXPECT_THAT(problems(database.report), ElementsAre("ndb-blob-checksum"));
}

// The checksum of a broken record costs its length, so no other record may lie inside it: nested ones would cost the
// square of the file.
TEST(RpmdbBadNdb, RecordInsideABrokenOne) {
  const Buffer inner = tests::write_ndb(numbered({sample_package("inner", "1")}));
  const Buffer outer(inner.begin() + 4096, inner.end());
  Buffer file = tests::write_ndb({{9, outer}});
  overwrite(file, 3 * 16, {'S', 'l', 'o', 't', 1, 0, 0, 0, 1, 1, 0, 0, static_cast<int>(outer.size() / 16), 0, 0, 0});
  EXPECT_THAT(problems(read(file).report), Contains("ndb-blob-overlap"));
  file[file.size() - 12] ^= 1;  // the outer checksum
  EXPECT_THAT(problems(read(file).report), ElementsAre("ndb-blob-checksum", "ndb-blob-overlap"));
}

TEST(RpmdbBadNdb, FourGigabyteBlobAndSlotPages) {
  const auto records = numbered({sample_package("a", "1")});
  Buffer blob = tests::write_ndb(records);
  overwrite(blob, 4096 + 12, {0xff, 0xff, 0xff, 0xff});
  EXPECT_THAT(problems(read(blob).report), ElementsAre("ndb-blob-size"));
  Buffer pages = tests::write_ndb(records);
  overwrite(pages, 12, {0xff, 0xff, 0xff, 0xff});
  EXPECT_TRUE(read(pages).report.truncated);
  Buffer none = tests::write_ndb(records);
  overwrite(none, 12, {0, 0, 0, 0});
  EXPECT_THAT(problems(read(none).report), Not(IsEmpty()));
  Buffer version = tests::write_ndb(records);
  version[4] = 1;
  EXPECT_EQ(read_rpmdb(version).error().name, "ndb-version");
}

constexpr std::size_t k_bdb_page = 512;

// Page 1 is the first with pairs, 2 to 4 hold the first big record; next page at 16, used bytes at 22, type at 25.
Buffer bdb_with_chain() {
  return tests::write_bdb(numbered({tests::big_package("big", 1000), sample_package("small", "1", 0)}),
                          {false, false, k_bdb_page});
}

TEST(RpmdbBadBdb, CyclicOverflowPages) {
  Buffer file = bdb_with_chain();
  overwrite(file, 3 * k_bdb_page + 16, {2, 0, 0, 0});
  const RpmdbRead database = read(file);
  EXPECT_THAT(names(database.packages), ElementsAre("small"));
  EXPECT_THAT(problems(database.report), ElementsAre("bdb-chain"));
}

TEST(RpmdbBadBdb, BrokenOverflowPages) {
  struct Case {
    std::size_t at;
    int byte;
  };
  constexpr std::array<Case, 4> k_cases{{
      {3 * k_bdb_page + 25, 13},    // of another type
      {3 * k_bdb_page + 23, 0xff},  // more bytes than a page has
      {3 * k_bdb_page + 18, 0xff},  // next page outside the file
      {2 * k_bdb_page + 16, 0},     // chain ends early
  }};
  for (const Case& item : k_cases) {
    Buffer file = bdb_with_chain();
    file.at(item.at) = static_cast<std::uint8_t>(item.byte);
    const RpmdbRead database = read(file);
    EXPECT_THAT(names(database.packages), Contains("small"));
    EXPECT_THAT(problems(database.report), Contains("bdb-chain")) << item.at;
  }
}

TEST(RpmdbBadBdb, FourGigabyteRecord) {
  Buffer file = bdb_with_chain();
  // Of the pairs on page 1 the second data item is the chain's: type, three unused bytes, page, length.
  const auto at = read_le<std::uint16_t>(file, k_bdb_page + 26 + 2 * 3).value();
  ASSERT_EQ(file.at(k_bdb_page + at), 3);
  overwrite(file, k_bdb_page + at + 8, {0xff, 0xff, 0xff, 0xff});
  EXPECT_THAT(problems(read(file).report), ElementsAre("bdb-record-limit"));
}

TEST(RpmdbBadBdb, LyingPages) {
  Buffer items = bdb_with_chain();
  overwrite(items, k_bdb_page + 20, {0xff, 0xff});
  EXPECT_THAT(problems(read(items).report), Contains("bdb-page"));
  Buffer offsets = bdb_with_chain();
  overwrite(offsets, k_bdb_page + 26 + 2 * 2, {0xff, 0xff});
  EXPECT_THAT(problems(read(offsets).report), Contains("bdb-item"));
  Buffer last_page = bdb_with_chain();
  overwrite(last_page, 32, {0xff, 0xff, 0xff, 0xff});
  EXPECT_TRUE(read(last_page).report.truncated);
  EXPECT_EQ(read(last_page).packages.size(), 2U);
  Buffer page_size = bdb_with_chain();
  overwrite(page_size, 20, {0, 0, 0, 0});
  EXPECT_EQ(read_rpmdb(page_size).error().name, "bdb-page-size");
  Buffer encrypted = bdb_with_chain();
  encrypted[24] = 1;
  EXPECT_EQ(read_rpmdb(encrypted).error().name, "bdb-encrypted");
}

constexpr std::size_t k_sqlite_page = 512;

// The pages: 1 schema, then the root of Packages, whose number is found through the type of the page.
Buffer small_sqlite() {
  return tests::write_sqlite(numbered({tests::big_package("big", 3000), sample_package("small", "1", 0)}),
                             k_sqlite_page);
}

TEST(RpmdbBadSqlite, CyclicOverflowPages) {
  Buffer file = small_sqlite();
  const std::size_t pages = file.size() / k_sqlite_page;
  // Every page that begins with the number of the next one is an overflow page; turn the chain back on itself.
  std::size_t turned = 0;
  for (std::size_t page = 2; page < pages; ++page) {
    const auto next = read_be<std::uint32_t>(file, (page - 1) * k_sqlite_page).value();
    if (next != page + 1) continue;
    overwrite(file, (page - 1) * k_sqlite_page, {0, 0, 0, static_cast<int>(page)});
    ++turned;
  }
  ASSERT_GT(turned, 0U);
  const RpmdbRead database = read(file);
  EXPECT_THAT(names(database.packages), Contains("small"));
  EXPECT_THAT(problems(database.report), ElementsAre("sqlite-page"));
}

TEST(RpmdbBadSqlite, TreeThatIsACircle) {
  std::vector<Buffer> blobs;
  for (int i = 0; i < 100; ++i) blobs.push_back(sample_package("p" + std::to_string(i), "1", 0));
  Buffer file = tests::write_sqlite(numbered(blobs), k_sqlite_page);
  std::size_t turned = 0;
  for (std::size_t at = k_sqlite_page; at < file.size(); at += k_sqlite_page) {
    if (file[at] != 5) continue;
    overwrite(file, at + 8, {0, 0, 0, static_cast<int>(at / k_sqlite_page + 1)});  // the right-most child is itself
    ++turned;
  }
  ASSERT_GT(turned, 0U);
  const RpmdbRead database = read(file);
  EXPECT_GT(database.packages.size(), 0U);
  EXPECT_LT(database.packages.size(), blobs.size());
  EXPECT_THAT(problems(database.report), Contains("sqlite-page"));
}

// A page of 64 KiB whose 32,000 cells are all the same 60 KiB would be two gigabytes.
TEST(RpmdbBadSqlite, OverlappingCells) {
  Buffer file = tests::write_sqlite(numbered({tests::big_package("big", 60'000)}), 65'536);
  const std::size_t leaf = 65'536;
  ASSERT_EQ(file[leaf], 13);
  const auto cell = read_be<std::uint16_t>(file, leaf + 8).value();
  overwrite(file, leaf + 3, {4, 0});
  for (std::size_t i = 0; i < 1024; ++i) overwrite(file, leaf + 8 + 2 * i, {cell >> 8, cell & 0xff});
  std::uint64_t bytes = 0;
  const auto report = visit_rpmdb(file, {}, [&](std::uint64_t, Bytes blob) { bytes += blob.size(); });
  ASSERT_TRUE(report);
  EXPECT_LE(bytes, file.size());
  EXPECT_THAT(problems(*report), Contains("sqlite-cell"));
}

TEST(RpmdbBadSqlite, LyingHeader) {
  const auto with = [](std::size_t at, std::initializer_list<int> bytes) {
    Buffer file = small_sqlite();
    overwrite(file, at, bytes);
    return file;
  };
  EXPECT_EQ(read_rpmdb(with(16, {0, 3})).error().name, "sqlite-page-size");
  EXPECT_EQ(read_rpmdb(with(16, {0, 0})).error().name, "sqlite-page-size");
  EXPECT_EQ(read_rpmdb(with(20, {200})).error().name, "sqlite-page-size");
  EXPECT_EQ(read_rpmdb(with(56, {0, 0, 0, 2})).error().name, "sqlite-encoding");
  EXPECT_EQ(read_rpmdb(with(100, {2})).error().name, "sqlite-no-table");
  EXPECT_EQ(read_rpmdb(Bytes(with(0, {})).first(300)).error().name, "sqlite-truncated");
  EXPECT_TRUE(read(with(28, {0xff, 0xff, 0xff, 0xff})).report.truncated);
}

TEST(RpmdbBadSqlite, HugeRecordSize) {
  Buffer file = tests::write_sqlite(numbered({sample_package("a", "1", 0)}), 4096);
  const std::size_t leaf = 4096;
  ASSERT_EQ(file[leaf], 13);
  const auto cell = read_be<std::uint16_t>(file, leaf + 8).value();
  overwrite(file, leaf + cell, {0x8f, 0xff, 0xff, 0xff, 0x7f});  // 4 GB
  EXPECT_THAT(problems(read(file).report), ElementsAre("sqlite-record-limit"));
}

}  // namespace
}  // namespace hullcheck::formats
