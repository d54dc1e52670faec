// One layer, from bytes to facts.
#include "layers/analyse.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "support/compress.hpp"
#include "support/layers.hpp"
#include "support/streams.hpp"
#include "util/digest.hpp"

namespace hullcheck::layers {
namespace {

using test::analyse;
using test::gzip;
using test::TarAttributes;
using test::TarNames;
using test::TarSparse;
using test::TarWriter;
using test::TestCollector;
using testing::ElementsAre;
using testing::IsEmpty;

const Entry& named(const LayerFacts& facts, std::string_view path) {
  for (const Entry& entry : facts.entries)
    if (entry.path == path) return entry;
  throw std::out_of_range(std::string(path));
}

std::string sha256(std::string_view text) { return util::sha256_digest(as_bytes(text)); }

AnalyseOptions with(const Collector& collector, std::string id = "test") {
  AnalyseOptions options;
  options.sections.push_back({std::move(id), "1", &collector});
  return options;
}

// Everything that is remembered of a layer, as bytes.
std::string all_facts(const LayerFacts& facts) {
  std::string all(as_text(encode_core(facts)));
  for (const auto& [id, section] : facts.sections) all += id + std::string(as_text(encode_section(section)));
  return all;
}

// Notes each window; its record is a hash of the file as the windows showed it, and says where they were wrong.
class WindowScan final : public ContentScan {
 public:
  class Notes final : public Worker {
   public:
    void begin(const FileInfo& file) override {
      m_text.clear();
      m_trouble.clear();
      m_size = file.size();
    }
    void window(Bytes window, std::uint64_t offset, std::size_t seen) override {
      if (window.size() > k_window_size) m_trouble += " large";
      if (offset + seen != m_text.size()) m_trouble += " gap";
      if (seen != 0 && (seen != k_window_overlap || m_text.substr(offset) != as_text(window.first(seen))))
        m_trouble += " overlap";
      for (std::size_t i = 0; i < 64; ++i)
        if (window.data()[window.size() + i] != 0) m_trouble += " padding";
      m_text += as_text(window.subspan(seen));
    }
    Buffer end() override {
      if (m_text.size() != m_size) m_trouble += " size";
      const std::string record = sha256(m_text) + m_trouble;
      return m_size == 0 ? Buffer() : Buffer(record.begin(), record.end());
    }

   private:
    std::string m_text, m_trouble;
    std::uint64_t m_size = 0;
  };
  std::unique_ptr<Worker> worker() const override { return std::make_unique<Notes>(); }
  std::string fingerprint() const override { return "windows"; }
};

TEST(Analyse, EntriesAreAsTheArchiveHasThem) {
  const std::string long_name(300, 'n');
  TarWriter tar;
  tar.directory("./etc/", {.mode = 0700, .uid = 1, .gid = 2, .mtime = -3})
      .file("etc/passwd", "root\n", {.mode = 04755});
  tar.symlink("bin", "../usr//bin").hard_link("etc/again", "./etc/passwd").fifo("pipe");
  tar.char_device("dev/null", 1, 3).block_device("dev/sda", 8, 0).file("/abs", "").file("../../up", "");
  tar.file(long_name, "long", {.xattrs = {{"security.capability", "cap"}}});
  const auto outcome = analyse(tar.finish());
  const LayerFacts& facts = *outcome.facts;
  EXPECT_TRUE(facts.complete);
  ASSERT_EQ(facts.entries.size(), 10U);
  EXPECT_EQ(named(facts, "etc").type, EntryType::directory);
  EXPECT_EQ(std::tie(named(facts, "etc").mode, named(facts, "etc").uid, named(facts, "etc").gid),
            std::make_tuple(0700U, 1U, 2U));
  EXPECT_EQ(named(facts, "etc").mtime, -3);
  EXPECT_EQ(named(facts, "etc/passwd").mode, 04755U);
  EXPECT_EQ(named(facts, "etc/passwd").size, 5U);
  EXPECT_EQ(named(facts, "bin").link, "../usr//bin") << "a symbolic link is kept as found";
  EXPECT_EQ(named(facts, "etc/again").link, "etc/passwd") << "a hard link names a member";
  EXPECT_EQ(named(facts, "etc/again").type, EntryType::hard_link);
  EXPECT_EQ(named(facts, "pipe").type, EntryType::fifo);
  EXPECT_EQ(named(facts, "dev/null").type, EntryType::char_device);
  EXPECT_EQ(named(facts, "dev/sda").type, EntryType::block_device);
  EXPECT_EQ(named(facts, "abs").flags, k_absolute_name);
  EXPECT_EQ(named(facts, "up").flags, k_parent_name);
  ASSERT_NE(named(facts, long_name).xattrs, k_none);
  EXPECT_EQ(facts.xattrs[named(facts, long_name).xattrs][0].first, "security.capability");
}

// Its record is the content, and of every third file an error.
class ContentCollector final : public Collector {
 public:
  bool wants(const FileInfo& file) const override { return !file.name().ends_with('9'); }
  Result<Buffer> record(const FileView& file) const override {
    if (std::this_thread::get_id() != m_owner) ++by_helper;
    if (file.name().ends_with('3')) return make_error(ErrorCode::malformed, "test-broken", "is broken");
    return Buffer(file.bytes.begin(), file.bytes.end());
  }
  mutable std::atomic<int> by_helper{0};

 private:
  std::thread::id m_owner = std::this_thread::get_id();
};

// Files of all sizes round those that a helper is given, programs and data.
std::string many_files() {
  TarWriter tar;
  for (std::size_t i = 0; i < 4000; ++i) {
    std::size_t size = i * 7 % 3000;
    if (i % 500 == 17) size = k_window_size - 1 + i / 500;
    if (i % 1000 == 40) size = 2 * k_window_size + i;
    const std::uint32_t mode = i % 5 == 0 ? 0755 : 0644;
    tar.file("f" + std::to_string(i), (i % 7 == 0 ? "#!/bin/sh\n" : "") + test::noise(size), {.mode = mode});
    if (i % 100 == 0) tar.symlink("l" + std::to_string(i), "f0");
  }
  return tar.finish();
}

TEST(Analyse, HelpersChangeNothing) {
  const ContentCollector collector;
  const WindowScan scan;
  AnalyseOptions options = with(collector);
  options.scan = &scan;
  const std::string packed = gzip(many_files());
  const std::string cut = packed.substr(0, packed.size() / 2);
  const std::string alone = all_facts(*analyse(packed, options).facts);
  const std::string alone_cut = all_facts(*analyse(cut, options).facts);
  util::ThreadPool pool(2);
  options.helpers = &pool;
  for (int round = 0; round < 50 && (round < 3 || collector.by_helper == 0); ++round) {
    const auto outcome = analyse(packed, options);
    EXPECT_EQ(all_facts(*outcome.facts), alone);
    EXPECT_EQ(outcome.facts->sections.at("test").problems.back().name, "problems-limit");
    EXPECT_EQ(all_facts(*analyse(cut, options).facts), alone_cut);
  }
  EXPECT_GT(collector.by_helper, 0) << "nobody helped";
}

// MD5 is computed for many files together, so each digest has to find its own file.
TEST(Analyse, Md5OfManyProgramsOfMixedSizes) {
  const std::size_t sizes[] = {0,  1,        64,       3000, k_window_size + 7, (8U << 20) + 5, 3U << 20,
                               55, 7U << 20, 9U << 20, 2};
  std::vector<std::string> contents;
  for (std::size_t i = 0; i < 60; ++i) {
    const std::size_t size = i < std::size(sizes) ? sizes[i] : i * 401;
    contents.push_back(test::sample_text(size + i).substr(i, size));
  }
  TarWriter tar;
  for (std::size_t i = 0; i < contents.size(); ++i)
    tar.file("bin/" + std::to_string(i), contents[i], {.mode = 0755}).file("data/" + std::to_string(i), "no program");
  const std::string whole = tar.finish();
  for (const bool broken : {false, true}) {
    const auto outcome = analyse(broken ? whole.substr(0, whole.size() - 14'000) : whole);
    EXPECT_EQ(outcome.facts->complete, !broken);
    std::size_t compared = 0;
    for (const Entry& entry : outcome.facts->entries) {
      if (entry.digests == k_none || !entry.path.starts_with("bin/")) continue;
      const FileDigests& digests = outcome.facts->digests[entry.digests];
      util::Hasher hasher(util::Hash::md5);
      hasher.update(as_bytes(contents[std::stoul(std::string(entry.path.substr(4)))]));
      ASSERT_TRUE(digests.has_md5) << entry.path;
      EXPECT_EQ(to_hex(digests.md5), hasher.finish_hex()) << entry.path;
      ++compared;
    }
    EXPECT_EQ(compared, contents.size() - (broken ? 1 : 0));
  }
}

TEST(Analyse, GnuLongNames) {
  const std::string name(5000, 'g');
  TarWriter tar(TarNames::gnu);
  const auto outcome = analyse(tar.file(name, "x").symlink("l", name).finish());
  EXPECT_EQ(outcome.facts->entries[0].path, name);
  EXPECT_EQ(outcome.facts->entries[1].link, name);
}

TEST(Analyse, WhiteoutsNameWhatTheyRemove) {
  TarWriter tar;
  tar.whiteout("a")
      .whiteout("d/e")
      .opaque("d")
      .opaque("")
      .file("d/.wh.", "")
      .file("d/.wh..", "")
      .file("d/.wh...", "");
  tar.file(".wh..wh.plnk", "").file("x.wh.y", "");
  const auto outcome = analyse(tar.finish());
  std::vector<std::string> seen;
  for (const Entry& entry : outcome.facts->entries)
    seen.push_back(std::string(to_string(entry.type)) + " " + std::string(entry.path));
  EXPECT_THAT(seen, ElementsAre("whiteout a", "whiteout d/e", "opaque marker d", "opaque marker ", "other d/.wh.",
                                "other d/.wh..", "other d/.wh...", "other .wh..wh.plnk", "file x.wh.y"));
}

TEST(Analyse, DigestsOfPlainGzipAndZstd) {
  const std::string tar = TarWriter().file("a", test::sample_text(100'000)).finish();
  const std::string half = tar.substr(0, 50'000), rest = tar.substr(50'000);
  const std::pair<std::string, formats::Compression> blobs[] = {
      {tar, formats::Compression::none},
      {gzip(tar), formats::Compression::gzip},
      {gzip(half) + gzip(rest), formats::Compression::gzip},
      {test::zstd(tar), formats::Compression::zstd},
      {test::zstd(half) + test::zstd_skippable("x") + test::zstd(rest), formats::Compression::zstd}};
  for (const auto& [blob, compression] : blobs) {
    const auto outcome = analyse(blob);
    EXPECT_EQ(outcome.compression, compression);
    EXPECT_EQ(outcome.blob_digest, sha256(blob));
    EXPECT_EQ(outcome.diff_id, sha256(tar));
    EXPECT_EQ(outcome.facts->diff_id, sha256(tar));
    EXPECT_EQ(outcome.facts->tar_size, tar.size());
    EXPECT_EQ(outcome.blob_size, blob.size());
    EXPECT_TRUE(outcome.cacheable && outcome.facts->complete && !outcome.interrupted);

    const auto input = formats::memory_stream(as_bytes(blob), 777);
    const auto digests = digest_layer(*input, true, {}, {}, util::no_progress());
    EXPECT_EQ(digests.blob_digest, sha256(blob));
    EXPECT_EQ(digests.diff_id, sha256(tar));
    const auto again = formats::memory_stream(as_bytes(blob));
    EXPECT_EQ(digest_layer(*again, false, {}, {}, util::no_progress()).diff_id, "");
  }
}

TEST(Analyse, WhatFollowsTheArchiveCountsForTheDigests) {
  const std::string tar = TarWriter().file("a", "x").finish() + std::string(100'000, 'z');
  EXPECT_EQ(analyse(gzip(tar)).diff_id, sha256(tar));
  EXPECT_EQ(analyse(tar).diff_id, sha256(tar));
}

TEST(Analyse, FileDigestsWhereTheyAreNeeded) {
  TestCollector collector;
  collector.name = "wanted";
  collector.content = false;
  TarWriter tar;
  tar.file("data", "x")
      .file("run", "x", {.mode = 0755})
      .file("script", "#!x")
      .file("wanted", "x")
      .file("jar", "PK\3\4");
  const std::string bytes = tar.finish();
  AnalyseOptions options = with(collector);
  const auto outcome = analyse(bytes, options);
  EXPECT_EQ(named(*outcome.facts, "data").digests, k_none);
  for (const char* const path : {"run", "script", "wanted", "jar"})
    EXPECT_NE(named(*outcome.facts, path).digests, k_none) << path;
  const FileDigests& digests = outcome.facts->digests[named(*outcome.facts, "run").digests];
  EXPECT_EQ("sha256:" + to_hex(digests.sha256), sha256("x"));
  EXPECT_TRUE(digests.has_md5 && digests.has_sha1) << "nothing says which database there is";
  EXPECT_EQ(to_hex(digests.md5), "9dd4e461268c8034f5c8564e155c67a6");
  EXPECT_EQ(to_hex(digests.sha1), "11f6ad8ec52a2984abaafd7c3b516503785c2072");
  options.all_digests = true;
  EXPECT_NE(named(*analyse(bytes, options).facts, "data").digests, k_none);
}

TEST(Analyse, DigestKindFollowsThePackageDatabase) {
  const auto kinds = [](std::string_view mark) {
    const auto outcome = analyse(TarWriter().file(mark, "").file("run", "x", {.mode = 0755}).finish());
    const FileDigests& digests = outcome.facts->digests[named(*outcome.facts, "run").digests];
    return std::string(digests.has_md5 ? "md5" : "") + (digests.has_sha1 ? "sha1" : "");
  };
  EXPECT_EQ(kinds("var/lib/dpkg/status"), "md5");
  EXPECT_EQ(kinds("usr/lib/x86_64-linux-gnu/x"), "md5");
  EXPECT_EQ(kinds("lib/apk/db/installed"), "sha1");
  EXPECT_EQ(kinds("var/lib/rpm/Packages"), "");
  EXPECT_EQ(kinds("app/x"), "md5sha1");
}

TEST(Analyse, BlockSizesChangeNothing) {
  TestCollector collector;
  const WindowScan scan;
  AnalyseOptions options = with(collector);
  options.scan = &scan;
  TarWriter tar;
  tar.file("large", test::noise(k_window_size + 5000)).file("small", "x").file("edge", test::noise(k_window_size));
  tar.file("script", "#!/bin/sh\necho").sparse_file("sparse", 3'000'000, {{1'000'000, "middle"}}).whiteout("w");
  const std::string bytes = tar.finish(), packed = gzip(bytes);
  const std::string whole = all_facts(*analyse(bytes, options).facts);
  for (const std::size_t block : {std::size_t{511}, std::size_t{4096}, std::size_t{100'000}, bytes.size()}) {
    EXPECT_EQ(all_facts(*analyse(bytes, options, block).facts), whole) << block;
    EXPECT_EQ(all_facts(*analyse(packed, options, block).facts), whole) << block;
  }
}

TEST(Analyse, LargeFilesGoThroughWindowsAndWholeToCollectors) {
  const WindowScan scan;
  TestCollector collector;
  AnalyseOptions options = with(collector);
  options.scan = &scan;
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, k_window_size - 1, k_window_size, k_window_size + 1,
                                 2 * k_window_size - k_window_overlap, 2 * k_window_size, std::size_t{5'000'000}}) {
    const std::string content = test::noise(size);
    const auto outcome = analyse(TarWriter().file("f", content).finish(), options);
    const auto& sections = outcome.facts->sections;
    if (size == 0) {
      EXPECT_THAT(sections.at("detect/content").records, IsEmpty());
      continue;
    }
    EXPECT_EQ(as_text(sections.at("detect/content").records.at(0).data), sha256(content)) << size;
    EXPECT_EQ(as_text(sections.at("test").records.at(0).data), content) << size;
    const FileDigests& digests = outcome.facts->digests.at(0);
    EXPECT_EQ("sha256:" + to_hex(digests.sha256), sha256(content)) << size;
  }
}

TEST(Analyse, VeryLargeFilesSpill) {
  TestCollector collector;
  collector.only_size = true;
  const std::string content = test::noise(k_spill_above + 3'000'000);
  const auto outcome = analyse(TarWriter().file("f", content).file("g", "small").finish(), with(collector));
  const auto& records = outcome.facts->sections.at("test").records;
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(as_text(records[0].data), std::to_string(content.size()));
  EXPECT_EQ(as_text(records[1].data), "5");
  EXPECT_TRUE(outcome.cacheable);
}

TEST(Analyse, NoSpaceToSpillIsAProblemOfThisRunOnly) {
  TestCollector collector;
  ASSERT_EQ(::setenv("TMPDIR", "/nowhere/at/all", 1), 0);
  const auto outcome =
      analyse(TarWriter().file("f", std::string(k_spill_above + 3'000'000, 'x')).file("g", "small").finish(),
              with(collector));
  ::unsetenv("TMPDIR");
  const SectionFacts& section = outcome.facts->sections.at("test");
  ASSERT_EQ(section.problems.size(), 1U);
  EXPECT_EQ(section.problems[0].name, "spill-failed");
  EXPECT_EQ(section.problems[0].subject, "f");
  EXPECT_EQ(section.records.size(), 1U);
  EXPECT_FALSE(outcome.cacheable) << "another machine has room";
  EXPECT_NE(outcome.diff_id, "");
}

TEST(Analyse, CollectorsSeeHeadsOnlyWhenTheyAskForNoMore) {
  TestCollector collector;
  collector.content = false;
  const auto outcome = analyse(TarWriter().file("f", std::string(10'000, 'x')).finish(), with(collector));
  EXPECT_EQ(outcome.facts->sections.at("test").records.at(0).data.size(), 4096U);
}

TEST(Analyse, ErrorsOfCollectorsAreProblemsWithABound) {
  TestCollector collector;
  collector.broken = "bad";
  TarWriter tar;
  tar.file("good", "x");
  for (std::size_t i = 0; i < k_most_problems + 50; ++i) tar.file(std::to_string(i) + "/bad", "x");
  const auto outcome = analyse(tar.finish(), with(collector));
  const SectionFacts& section = outcome.facts->sections.at("test");
  EXPECT_EQ(section.records.size(), 1U);
  ASSERT_EQ(section.problems.size(), k_most_problems + 1);
  EXPECT_EQ(section.problems[0].entry, 1U);
  EXPECT_EQ(section.problems[0].name, "test-broken");
  EXPECT_EQ(section.problems.back().name, "problems-limit") << "what is left out is said";
  EXPECT_TRUE(outcome.facts->complete && outcome.cacheable);
}

TEST(Analyse, TruncatedArchivesKeepWhatWasRead) {
  const std::string tar = TarWriter().file("a", "x", {.mode = 0755}).file("b", std::string(5000, 'b')).finish();
  const auto in_content = analyse(tar.substr(0, 2048));
  EXPECT_FALSE(in_content.facts->complete);
  ASSERT_EQ(in_content.facts->problems.size(), 1U);
  EXPECT_EQ(in_content.facts->problems[0].name, "tar-truncated");
  EXPECT_EQ(in_content.facts->problems[0].subject, "b");
  ASSERT_EQ(in_content.facts->entries.size(), 2U);
  EXPECT_NE(in_content.facts->entries[0].digests, k_none);
  EXPECT_NE(in_content.diff_id, "") << "these are the bytes, and this is their digest";
  EXPECT_TRUE(in_content.cacheable) << "the same bytes always give it";

  const std::string packed = gzip(tar);
  const auto cut = analyse(packed.substr(0, packed.size() - 20));
  EXPECT_FALSE(cut.facts->complete);
  EXPECT_EQ(cut.diff_id, "");
  EXPECT_EQ(cut.blob_digest, sha256(packed.substr(0, packed.size() - 20)));
  EXPECT_EQ(cut.facts->problems.size(), 1U);
}

TEST(Analyse, BytesThatAreNoArchive) {
  for (const std::string& blob :
       {std::string("hello, this is no archive at all"), test::noise(5000), std::string()}) {
    const auto outcome = analyse(blob);
    EXPECT_EQ(outcome.blob_digest, sha256(blob));
    EXPECT_THAT(outcome.facts->entries, IsEmpty());
    EXPECT_EQ(outcome.facts->complete, blob.empty());
  }
  const auto xz =
      analyse(std::string("\xfd"
                          "7zXZ\0rest",
                          10));
  EXPECT_FALSE(xz.facts->complete);
  EXPECT_EQ(xz.diff_id, "");
  EXPECT_EQ(xz.facts->problems.size(), 1U);
}

TEST(Analyse, NoFlippedBitIsEverSilent) {
  const std::string blob = gzip(TarWriter().file("a", test::sample_text(3000)).symlink("l", "t").finish());
  for (std::size_t bit = 0; bit < blob.size() * 8; bit += 13) {
    std::string damaged = blob;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    const auto outcome = analyse(damaged);
    EXPECT_NE(outcome.blob_digest, sha256(blob));
    EXPECT_EQ(outcome.facts->complete, outcome.facts->problems.empty());
    EXPECT_FALSE(outcome.interrupted);
  }
}

TEST(Analyse, TroubleOfTheWorldIsNotCached) {
  const std::string tar = TarWriter().file("a", std::string(3000, 'a')).finish();
  test::FailingStream stream(tar.substr(0, 2000), make_error(ErrorCode::network, "http-stalled", "stalled"));
  util::Profile profile;
  const auto outcome = analyse_layer(stream, {}, {}, util::no_progress(), profile);
  ASSERT_TRUE(outcome.interrupted);
  EXPECT_EQ(outcome.interrupted->name, "http-stalled");
  EXPECT_FALSE(outcome.cacheable);
  EXPECT_THAT(outcome.facts->problems, IsEmpty());
  EXPECT_EQ(outcome.facts->entries.size(), 1U);
  EXPECT_EQ(outcome.blob_digest, "");
}

TEST(Analyse, TroubleBehindDamageIsNotCachedEither) {
  std::string tar = TarWriter().file("a", "").file("b", "").finish();
  tar[512] ^= 1;  // the second header's checksum is wrong
  test::FailingStream stream(tar, make_error(ErrorCode::network, "http-stalled", "stalled"), 512);
  util::Profile profile;
  const auto outcome = analyse_layer(stream, {}, {}, util::no_progress(), profile);
  EXPECT_TRUE(outcome.interrupted);
  EXPECT_FALSE(outcome.cacheable);
}

TEST(Analyse, StopsWhenAsked) {
  std::stop_source stop;
  stop.request_stop();
  const std::string tar = TarWriter().file("a", "").finish();
  const auto input = formats::memory_stream(as_bytes(tar));
  util::Profile profile;
  const auto outcome = analyse_layer(*input, {}, stop.get_token(), util::no_progress(), profile);
  ASSERT_TRUE(outcome.interrupted);
  EXPECT_EQ(outcome.interrupted->name, "stopped");
}

// Asks for the stop at its first window.
class StoppingScan final : public ContentScan {
 public:
  class Stopper final : public Worker {
   public:
    explicit Stopper(const StoppingScan& scan) : m_scan(scan) {}
    void begin(const FileInfo&) override {}
    void window(Bytes, std::uint64_t, std::size_t) override {
      ++m_scan.windows;
      m_scan.stop.request_stop();
    }
    Buffer end() override { return {}; }

   private:
    const StoppingScan& m_scan;
  };
  std::unique_ptr<Worker> worker() const override { return std::make_unique<Stopper>(*this); }
  std::string fingerprint() const override { return "stopping"; }
  mutable std::stop_source stop;
  mutable int windows = 0;
};

TEST(Analyse, HolesOfFilesAreNoTimeToWaitForAStop) {
  const StoppingScan scan;
  AnalyseOptions options;
  options.scan = &scan;
  const std::string tar = TarWriter().sparse_file("holes", 200'000'000, {{100, "begin"}}).finish();
  const auto input = formats::memory_stream(as_bytes(tar), 4096);
  util::Profile profile;
  const auto outcome = analyse_layer(*input, options, scan.stop.get_token(), util::no_progress(), profile);
  EXPECT_EQ(scan.windows, 1);
  ASSERT_TRUE(outcome.interrupted);
  EXPECT_EQ(outcome.interrupted->name, "stopped");
  EXPECT_FALSE(outcome.cacheable);
}

TEST(Analyse, BombsHitTheirLimits) {
  AnalyseOptions options;
  options.limits.decompress.ratio_grace = 1 << 20;
  options.limits.decompress.ratio = 50;
  const auto bomb = analyse(gzip(TarWriter().file("zeros", std::string(8 << 20, '\0')).finish()), options);
  ASSERT_EQ(bomb.facts->problems.size(), 1U);
  EXPECT_EQ(bomb.facts->problems[0].name, "decompress-ratio-limit");
  EXPECT_EQ(bomb.facts->entries.size(), 1U);
  EXPECT_EQ(bomb.diff_id, "");

  AnalyseOptions few;
  few.limits.tar.entries = 2;
  const auto many = analyse(TarWriter().file("a", "").file("b", "").file("c", "").finish(), few);
  ASSERT_EQ(many.facts->problems.size(), 1U);
  EXPECT_EQ(many.facts->problems[0].name, "tar-entries-limit");
}

TEST(Analyse, LongNamesHaveABudget) {
  TarWriter tar;
  for (int i = 0; i < 400; ++i) tar.file(std::to_string(i) + std::string(60'000, 'n'), "");
  const auto outcome = analyse(tar.finish());
  ASSERT_EQ(outcome.facts->problems.size(), 1U);
  EXPECT_EQ(outcome.facts->problems[0].name, "layer-names-limit");
  EXPECT_LT(outcome.facts->entries.size(), 200U);
  EXPECT_NE(outcome.diff_id, "");

  TarWriter deep;
  for (int i = 0; i < 50; ++i) {
    std::string name = std::to_string(i);
    for (int j = 0; j < 10'000; ++j) name += "/d";
    deep.file(name, "");
  }
  EXPECT_EQ(analyse(deep.finish()).facts->problems.at(0).name, "layer-names-limit") << "each folder is a node";
}

TEST(Analyse, EmptyFilesByTheHundredThousand) {
  constexpr int k_files = 200'000;
  std::string tar;
  tar.reserve(512 * (k_files + 2));
  for (int i = 0; i < k_files; ++i)
    tar += test::tar_header({.name = "d" + std::to_string(i % 1000) + "/file" + std::to_string(i)});
  const auto start = std::chrono::steady_clock::now();
  const WindowScan scan;
  AnalyseOptions options;
  options.scan = &scan;
  const auto outcome = analyse(gzip(tar), options);
  EXPECT_EQ(outcome.facts->entries.size(), std::size_t{k_files});
  EXPECT_TRUE(outcome.facts->complete);
  EXPECT_LT(outcome.facts->text.bytes(), 40U * k_files);
  auto decoded = decode_core(encode_core(*outcome.facts));
  ASSERT_TRUE(decoded);
  std::size_t seen = 0;
  ImageView({}, {std::shared_ptr<const LayerFacts>(std::move(*decoded))})
      .each_final([&](FileRef, const std::string&) { ++seen; });
  EXPECT_EQ(seen, std::size_t{k_files});
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
}

// Two collectors and a scan, of which the facts know one or the other: the result is that of a full run, bit by bit.
TEST(Analyse, MissingSectionsAreMadeAloneAndGiveTheSameFacts) {
  TestCollector first, second;
  first.name = "a";
  second.name = "b";
  second.broken = "b";
  const WindowScan scan;
  TarWriter tar;
  tar.file("x/a", "A")
      .file("x/b", "B")
      .file("plain", "p")
      .file("large", test::noise(2 * k_window_size))
      .file("y/a", "");
  const std::string bytes = tar.finish();
  AnalyseOptions options = with(first, "first");
  options.sections.push_back({"second", "1", &second});
  options.scan = &scan;
  const auto full = analyse(bytes, options);
  for (const std::string missing : {"first", "second", "detect/content"}) {
    const auto known = decode_core(encode_core(*full.facts));
    ASSERT_TRUE(known);
    (*known)->sections = full.facts->sections;
    (*known)->sections.erase(missing);
    options.known = known->get();
    first.runs = second.runs = 0;
    const auto part = analyse(bytes, options);
    EXPECT_EQ(all_facts(*part.facts), all_facts(*full.facts)) << missing;
    EXPECT_EQ(first.runs, missing == "first" ? 2U : 0U);
    EXPECT_EQ(second.runs, missing == "second" ? 1U : 0U);
  }
}

// What rules of a user's do: they look at files without changing what else is remembered of them.
class QuietCollector final : public Collector {
 public:
  bool wants(const FileInfo& file) const override { return file.name() == "wanted"; }
  bool notices(const FileInfo&) const override { return false; }
  bool wants_after_hits(const FileInfo&) const override { return true; }
  Result<Buffer> record(const FileView& file) const override {
    if (late) return make_error(ErrorCode::timeout, "test-late", "took too long");
    const std::string text = (file.scan_found ? "found " : "") + std::to_string(file.bytes.size());
    return Buffer(text.begin(), text.end());
  }
  bool late = false;
};

// Finds something in files that begin with a star.
class StarScan final : public ContentScan {
 public:
  class Stars final : public Worker {
   public:
    void begin(const FileInfo& file) override { m_star = as_text(file.head).substr(0, 1) == "*"; }
    void window(Bytes, std::uint64_t, std::size_t) override {}
    Buffer end() override { return m_star ? Buffer{1} : Buffer{}; }

   private:
    bool m_star = false;
  };
  std::unique_ptr<Worker> worker() const override { return std::make_unique<Stars>(); }
  std::string fingerprint() const override { return "stars"; }
};

TEST(Analyse, QuietCollectorsLeaveTheRestOfTheFactsAlone) {
  const QuietCollector collector;
  const StarScan scan;
  const std::string bytes = TarWriter()
                                .file("wanted", "plain")
                                .file("large/wanted", test::noise(2 * k_window_size))
                                .file("star", "*")
                                .file("large/star", "*" + test::noise(2 * k_window_size))
                                .file("other", "x")
                                .finish();
  AnalyseOptions plain;
  plain.scan = &scan;
  AnalyseOptions options = with(collector);
  options.scan = &scan;
  const auto without = analyse(bytes, plain);
  const auto outcome = analyse(bytes, options);
  EXPECT_EQ(as_text(encode_core(*outcome.facts)), as_text(encode_core(*without.facts)));
  const auto& records = outcome.facts->sections.at("test").records;
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(as_text(records[0].data), "5");
  EXPECT_EQ(as_text(records[1].data), std::to_string(2 * k_window_size));
  EXPECT_EQ(as_text(records[2].data), "found 1") << "what the scan found is looked at while it is at hand";
  // The same where the scan's section is taken over.
  options.known = without.facts.get();
  EXPECT_EQ(all_facts(*analyse(bytes, options).facts), all_facts(*outcome.facts));
}

TEST(Analyse, ARecordThatTookTooLongIsNotCached) {
  QuietCollector collector;
  collector.late = true;
  const auto outcome = analyse(TarWriter().file("wanted", "plain").finish(), with(collector));
  EXPECT_FALSE(outcome.cacheable);
  EXPECT_EQ(outcome.facts->sections.at("test").problems.at(0).name, "test-late");
}

TEST(Analyse, FingerprintsThatDifferAreMadeAgain) {
  TestCollector collector;
  const std::string bytes = TarWriter().file("a", "A").finish();
  AnalyseOptions options = with(collector);
  const auto old = analyse(bytes, options);
  options.sections[0].fingerprint = "2";
  options.known = old.facts.get();
  collector.runs = 0;
  EXPECT_EQ(analyse(bytes, options).facts->sections.at("test").fingerprint, "2");
  EXPECT_EQ(collector.runs, 1U);
}

TEST(Analyse, FactsOfAnotherLayerNeverSpeakOfEntriesThatAreNotThere) {
  TestCollector collector;
  collector.broken = "c";
  const AnalyseOptions options = with(collector);
  const auto other = analyse(TarWriter().file("a", "A").file("b", "B").file("c", "C").finish(), options);
  AnalyseOptions known = options;
  known.known = other.facts.get();
  const auto outcome = analyse(TarWriter().file("z", "Z").finish(), known);
  EXPECT_NE(outcome.diff_id, other.diff_id);
  EXPECT_EQ(outcome.facts->sections.at("test").records.size(), 1U);
  EXPECT_THAT(outcome.facts->sections.at("test").problems, IsEmpty());
}

}  // namespace
}  // namespace hullcheck::layers
