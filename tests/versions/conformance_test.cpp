#include "versions/conformance.hpp"

#include <gtest/gtest.h>

namespace hullcheck::versions {
namespace {

TEST(ConformanceTable, ReadsRowsBlankLinesAndComments) {
  const auto rows = parse_table("# heading\n\n1.0 < 2.0\n\t 1 = 1.0 \r\n  # indented\n2 > 1");
  ASSERT_TRUE(rows.ok());
  ASSERT_EQ(rows->size(), 3u);
  EXPECT_EQ((*rows)[0].line, 3u);
  EXPECT_EQ((*rows)[0].left, "1.0");
  EXPECT_EQ((*rows)[0].relation, '<');
  EXPECT_EQ((*rows)[0].right, "2.0");
  EXPECT_EQ((*rows)[1].line, 4u);
  EXPECT_EQ((*rows)[1].text, "1 = 1.0");
  EXPECT_EQ((*rows)[2].relation, '>');
}

TEST(ConformanceTable, VersionsMayHoldOddCharacters) {
  const auto rows = parse_table("1.2.3.# = 1.2.3.1\na=b<c < >=\n1.\xCE\xB1 = 1.\xCE\xB2\n");
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ((*rows)[0].left, "1.2.3.#");
  EXPECT_EQ((*rows)[1].left, "a=b<c");
  EXPECT_EQ((*rows)[1].right, ">=");
  EXPECT_EQ((*rows)[2].right, "1.\xCE\xB2");
}

TEST(ConformanceTable, EmptyTableHasNoRows) {
  EXPECT_TRUE(parse_table("").value().empty());
  EXPECT_TRUE(parse_table("\n\n# only words").value().empty());
}

TEST(ConformanceTable, NamesTheFirstLineThatIsNoRow) {
  for (const std::string_view line : {"1.0", "1.0 <", "< 1.0", "1.0<2.0", "1.0 <2.0", "1.0 <= 2.0", "1.0 == 2.0",
                                      "1.0 < 2.0 3.0", "1.0 < 2.0 # why", "a 1.0 < 2.0", "<", "1.0 ! 2.0"}) {
    const auto rows = parse_table("1 < 2\n" + std::string(line) + "\n");
    ASSERT_FALSE(rows.ok()) << line;
    EXPECT_EQ(rows.error().name, "versions-table-line");
    EXPECT_NE(rows.error().message.find("line 2 "), std::string::npos) << rows.error().message;
  }
}

TEST(ConformanceTable, HasLimits) {
  EXPECT_EQ(parse_table("1 < 2\n1 < 3\n", {.rows = 1}).error().name, "versions-table-limit");
  EXPECT_TRUE(parse_table("1 < 2\n# more\n", {.rows = 1}).ok());
  EXPECT_EQ(parse_table("1.0.0 < 2.0.0\n", {.line_bytes = 8}).error().name, "versions-table-limit");
}

TEST(ConformanceCheck, CountsRowsAndReportsMisses) {
  const auto report = check_table("dpkg", "1.0 < 2.0\n\n1.0 < 1.0~rc1\n1 = 1-0\n1.0 = 1.1\n");
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->rows, 4u);
  ASSERT_EQ(report->misses.size(), 2u);
  EXPECT_EQ(report->misses[0].line, 3u);
  EXPECT_EQ(report->misses[0].text, "1.0 < 1.0~rc1");
  EXPECT_EQ(report->misses[0].forward, '>');
  EXPECT_EQ(report->misses[0].backward, '<');
  EXPECT_EQ(report->misses[1].describe(), "line 5: 1.0 = 1.1: got <, and > the other way round");
}

// Right one way and wrong the other: only trying both directions finds it.
class Lopsided final : public Comparator {
 public:
  std::strong_ordering compare(std::string_view, std::string_view) const override {
    return std::strong_ordering::less;
  }
  bool valid(std::string_view) const override { return false; }
};

TEST(ConformanceCheck, TriesBothDirectionsAndNeverAsksForValidity) {
  const auto rows = parse_table("1 < 2\n");
  const auto report = check_rows(Lopsided(), rows.value());
  ASSERT_EQ(report.misses.size(), 1u);
  EXPECT_EQ(report.misses[0].forward, '<');
  EXPECT_EQ(report.misses[0].backward, '<');
}

TEST(ConformanceCheck, UnknownSchemeIsNamed) {
  const auto report = check_table("nothing", "1 < 2\n");
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().name, "unknown-version-scheme");
}

TEST(ConformanceCheck, BrokenLineStopsTheCheck) {
  EXPECT_EQ(check_table("dpkg", "2 < 1\nnonsense\n").error().name, "versions-table-line");
}

}  // namespace
}  // namespace hullcheck::versions
