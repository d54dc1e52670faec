#include "detect/content/content_scan.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "detect/assess.hpp"

namespace hullcheck::detect {
namespace {

// Reports every hit with what it was shown.
class Echo final : public Detector {
 public:
  explicit Echo(std::vector<Literal> literals) : m_literals(std::move(literals)) {}
  std::vector<Literal> literals() const override { return m_literals; }
  void confirm(const Hit& hit, EvidenceSink& out) const override {
    Evidence seen;
    seen.rule = "T01";
    seen.offset = hit.offset;
    seen.line = hit.line();
    const auto before = std::min<std::size_t>(hit.position, 3);
    const auto after = std::min<std::size_t>(hit.window.size() - hit.position, 8);
    seen.text = fmt::format("{}:{}:{}", hit.literal, hit.offset,
                            as_text(hit.window.subspan(hit.position - before, before + after)));
    seen.values = {{"path", std::string(hit.file.path())},
                   {"head", std::string(as_text(hit.file.head).substr(0, 8))},
                   {"before", std::to_string(hit.position)},
                   {"after", std::to_string(hit.window.size() - hit.position)}};
    out.add(std::move(seen));
  }

 private:
  std::vector<Literal> m_literals;
};

struct Fixture {
  Echo first{{{"needle", false}, {"Cased", true}}};
  Echo second{{{"CASED", true}, {"needle", false}, {"need", false}}};
  LiteralScan scan{{{"first", 1, &first}, {"second", 1, &second}}, ""};
};

// Feeds `text` as the layer's walk does: windows of `fresh` new bytes, each after the overlap.
std::vector<Evidence> run(layers::ContentScan::Worker& worker, std::string_view text, std::size_t fresh,
                          std::uint64_t promised = 0) {
  layers::Entry entry;
  entry.path = "usr/bin/x";
  entry.size = promised != 0 ? promised : text.size();
  entry.content = layers::ContentKind::text;
  worker.begin({entry, as_bytes(text.substr(0, 4096))});
  for (std::size_t at = 0; at < text.size(); at += fresh) {
    const std::size_t seen = std::min(at, layers::k_window_overlap);
    worker.window(as_bytes(text.substr(at - seen, seen + fresh)), at - seen, seen);
  }
  const Buffer record = worker.end();
  if (record.empty()) return {};
  auto evidence = decode_evidence(record);
  EXPECT_TRUE(evidence.ok());
  return std::move(evidence).value();
}

std::string spread(std::size_t size, const std::vector<std::size_t>& places) {
  std::string text(size, '.');
  for (std::size_t i = 79; i < size; i += 80) text[i] = '\n';
  text.replace(0, 8, "the head");
  for (const std::size_t place : places) text.replace(place, 6, "needle");
  return text;
}

TEST(LiteralScan, SharesLiteralsBetweenDetectors) {
  const Fixture fixture;
  const auto worker = fixture.scan.worker();
  const auto all = run(*worker, "a needle..\nand cAsEd", 1 << 20);
  ASSERT_EQ(all.size(), 5U);
  EXPECT_EQ(all[0].text, "0:2:a needle..");
  EXPECT_EQ(all[1].text, "1:15:nd cAsEd");
  EXPECT_EQ(all[1].line, 2U);
  EXPECT_EQ(all[1].value("path"), "usr/bin/x");
  EXPECT_EQ(all[2].text, "2:2:a needle..");
  EXPECT_EQ(all[3].text, "1:2:a needle..");
  EXPECT_EQ(all[4].text, "0:15:nd cAsEd");
}

TEST(LiteralScan, NothingFoundIsNoRecord) {
  const Fixture fixture;
  const auto worker = fixture.scan.worker();
  EXPECT_TRUE(run(*worker, "hay", 10).empty());
  EXPECT_TRUE(run(*worker, "", 10).empty());
}

TEST(LiteralScan, KeepsNothingFromTheFileBefore) {
  const Fixture fixture;
  const auto worker = fixture.scan.worker();
  EXPECT_FALSE(run(*worker, "needle", 10).empty());
  EXPECT_TRUE(run(*worker, "hay", 10).empty());
}

TEST(LiteralScan, HitsAreGivenOnceWhereverWindowsEnd) {
  const Fixture fixture;
  const auto worker = fixture.scan.worker();
  const std::string text = spread(40000, {10, 2047, 2048, 4090, 8190, 10000, 20475, 20481, 39990});
  // A place may hold two overlapping words; the later one wins, and both splits must see the same.
  const auto expected = run(*worker, text, 39999);
  ASSERT_GE(expected.size(), 8U * 3U);
  for (const std::size_t fresh : {1001, 2048, 4096, 4097, 8192, 10003, 20480}) {
    const auto all = run(*worker, text, fresh);
    ASSERT_EQ(encode_evidence(all), encode_evidence(expected)) << fresh;
  }
}

TEST(LiteralScan, ShowsHalfTheOverlapOnEitherSide) {
  const Fixture fixture;
  const auto worker = fixture.scan.worker();
  const auto all = run(*worker, spread(40000, {10000, 39990}), 8192);
  ASSERT_EQ(all.size(), 6U);
  EXPECT_EQ(all[0].value("before"), "2048");
  EXPECT_EQ(all[0].value("after"), "2048");
  EXPECT_EQ(all[0].value("head"), "the head");
  EXPECT_EQ(all[0].line, 0U) << "a window that does not start the file has no line numbers";
  EXPECT_EQ(all[1].value("after"), "10");
}

TEST(LiteralScan, ShowsTheWholeOfASmallFile) {
  const Fixture fixture;
  const auto worker = fixture.scan.worker();
  const auto all = run(*worker, spread(40000, {10000}), 1 << 20);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].value("before"), "10000");
  EXPECT_EQ(all[0].value("after"), "30000");
  EXPECT_EQ(all[0].line, 126U);
}

TEST(LiteralScan, HitsAtTheEndOfATruncatedFileAreNotLost) {
  const Fixture fixture;
  const auto worker = fixture.scan.worker();
  const std::string text = spread(20000, {19990});
  EXPECT_EQ(run(*worker, text, 8192, 1000000).size(), 3U);
  EXPECT_EQ(run(*worker, "needle", 8192, 1000000).size(), 3U);
}

TEST(LiteralScan, FileMadeOfLiteralsIsBoundedAndSaysSo) {
  const Fixture fixture;
  const auto worker = fixture.scan.worker();
  std::string text;
  while (text.size() < 200000) text += "needle ";
  const auto all = run(*worker, text, 1 << 20);
  const auto limit =
      std::count_if(all.begin(), all.end(), [](const Evidence& e) { return e.rule == k_hit_limit_rule; });
  EXPECT_EQ(limit, 2);
  EXPECT_LE(all.size(), 2 * EvidenceSink::k_most_per_rule + 2);
  EXPECT_TRUE(run(*worker, "nothing", 100).empty());
}

TEST(LiteralScan, FingerprintCoversIdVersionAndLiterals) {
  const Echo echo({{"needle", false}});
  const Echo other({{"needle", true}});
  const std::string base = LiteralScan({{"a", 1, &echo}}, "").fingerprint();
  EXPECT_EQ(base, LiteralScan({{"a", 1, &echo}}, "").fingerprint());
  EXPECT_NE(base, LiteralScan({{"b", 1, &echo}}, "").fingerprint());
  EXPECT_NE(base, LiteralScan({{"a", 2, &echo}}, "").fingerprint());
  EXPECT_NE(base, LiteralScan({{"a", 1, &other}}, "").fingerprint());
}

TEST(LiteralScan, ProcessWideScanIsOne) { EXPECT_EQ(&content_scan(""), &content_scan("")); }

}  // namespace
}  // namespace hullcheck::detect
