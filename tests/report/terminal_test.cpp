// Each file of cases/ is the expected report: SAMPLE-WIDTH[-FLAG…].txt, with the samples of
// support/sample_results.cpp
// ("all" for every one under a wrapper) and the flags "quiet" and "color". HULLCHECK_REWRITE=1 writes them anew; a
// new case is an empty file with such a name.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "report/report.hpp"
#include "support/sample_results.hpp"
#include "util/text.hpp"

namespace hullcheck::report {
namespace {

namespace fs = std::filesystem;

class Text final : public Output {
 public:
  void write(std::string_view text) override { content += text; }
  Result<void> finish() override { return {}; }
  std::string content;
};

std::string printed(const std::string& sample, const ReportOptions& options, std::string_view format = "terminal") {
  ReportInput input;
  input.target = sample;
  input.wrapped = sample == "all";
  for (test::Sample& each : test::sample_results()) {
    if (sample != "all" && each.name != sample) continue;
    input.verdict = std::max(input.verdict, each.result.verdict);
    input.results.push_back(std::move(each.result));
  }
  Text out;
  ReportRegistry::find(format)->instance->write(input, options, out);
  return out.content;
}

std::vector<fs::path> cases() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(HULLCHECK_TEST_DATA "/report/cases"))
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

class TerminalCase : public testing::TestWithParam<fs::path> {};

TEST_P(TerminalCase, PrintsWhatTheFileHolds) {
  std::istringstream name(GetParam().stem().string());
  std::string sample, part;
  std::getline(name, sample, '-');
  ReportOptions options;
  while (std::getline(name, part, '-')) {
    if (part == "quiet")
      options.quiet = true;
    else if (part == "color")
      options.color = options.hyperlinks = true;
    else
      options.width = std::atoi(part.c_str());
  }
  const std::string text = printed(sample, options);
  ASSERT_FALSE(text.empty()) << "no such sample";
  if (std::getenv("HULLCHECK_REWRITE") != nullptr) {
    std::ofstream(GetParam(), std::ios::binary) << text;
    GTEST_SKIP() << "rewritten";
  }
  std::ifstream in(GetParam(), std::ios::binary);
  EXPECT_EQ(text, std::string(std::istreambuf_iterator<char>(in), {}));
}

INSTANTIATE_TEST_SUITE_P(Files, TerminalCase, testing::ValuesIn(cases()), [](const auto& case_info) {
  std::string name = case_info.param.stem().string();
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

// On a terminal of eight bits a character, bytes of UTF-8 can be C1 commands: U+30DB holds 0x9b, which begins one.
TEST(Terminal, BytesOfNamesReachedTerminalsOfOtherEncodings) {
  model::ScanResult result;
  result.target = "a";
  result.verdict = model::Verdict::unsafe;
  result.reasons = {{model::Verdict::unsafe, "Reverse shell in /opt/\u30db31m, run through Cmd → /x…", "x"}};
  ReportOptions options;
  options.ascii = true;
  options.width = 100;
  Text out;
  ReportRegistry::find("terminal")->instance->write({"a", result.verdict, {result}, false}, options, out);
  EXPECT_EQ(std::count_if(out.content.begin(), out.content.end(), [](char c) { return (c & 0x80) != 0; }), 0);
  EXPECT_NE(out.content.find("/opt/\\u{30db}31m, run through Cmd -> /x..."), std::string::npos) << out.content;
}

TEST(Terminal, NothingOfAnImageReachesTheTerminalRaw) {
  for (const int width : {20, 40, 60, 100, 200}) {
    ReportOptions options;
    options.width = width;
    const std::string text = printed("hostile", options);
    for (std::size_t at = 0; at < text.size();) {
      const util::CodePoint point = util::decode_utf8(std::string_view(text).substr(at));
      ASSERT_TRUE(point.valid);
      ASSERT_TRUE(point.value == '\n' || (point.value >= 0x20 && (point.value < 0x7f || point.value > 0x9f)));
      ASSERT_NE(point.value, char32_t{0x202e});
      at += point.size;
    }
    EXPECT_EQ(text.find("\nSAFE"), std::string::npos) << "an image must not be able to forge the answer";
  }
}

TEST(Terminal, LongPathFilledTheScreen) {
  ReportInput input;
  input.results.push_back(test::sample_results().front().result);
  model::ScanResult& result = input.results.front();
  const std::string path = "opt/" + std::string(65'000, 'a') + "/end.sh";
  result.reasons = {{model::Verdict::unsafe, "Reverse shell in " + path + ", run through " + path, "x"}};
  result.coverage.gaps = {{"name-too-long", "layers", path, "too long", model::GapEffect::unknown}};
  ReportOptions options;
  options.quiet = true;
  Text out;
  ReportRegistry::find("terminal")->instance->write(input, options, out);
  EXPECT_LT(std::count(out.content.begin(), out.content.end(), '\n'), 16) << out.content;
  EXPECT_NE(out.content.find("end.sh"), std::string::npos) << "the end of a path tells more than its middle";
}

TEST(Terminal, FirstLineIsTheAnswer) {
  for (const auto& [sample, word] : {std::pair{"safe", "SAFE  "}, {"unknown", "UNKNOWN  "}, {"unsafe", "UNSAFE  "}})
    EXPECT_EQ(printed(sample, {}).substr(0, std::string_view(word).size()), word);
}

TEST(Terminal, NeverANumberForWhatWasNotAssessed) {
  const std::string text = printed("empty", {});
  EXPECT_EQ(text.find("none"), std::string::npos) << text;
  EXPECT_EQ(text.find("0 vulnerabilities"), std::string::npos);
  EXPECT_NE(text.find("vulnerabilities  not assessed"), std::string::npos);
  EXPECT_NE(printed("unknown", {}).find("vulnerabilities  not assessed: no advisory database"), std::string::npos);
}

TEST(Terminal, ProseAndTablesKeepTheWidth) {
  for (const int width : {40, 60, 80, 100, 160, 200}) {
    ReportOptions options;
    options.width = width;
    std::istringstream lines(printed("unsafe", options));
    std::string line;
    while (std::getline(lines, line)) {
      const bool whole = line.find("RUN ") != std::string::npos || line.find("sha256:") != std::string::npos ||
                         line.find("registry.example") != std::string::npos;  // kept in one piece on purpose
      if (!whole) {
        EXPECT_LE(util::display_width(line), static_cast<std::size_t>(width)) << line;
      }
    }
  }
}

TEST(Terminal, NextStepsUseTheCommandThatWasCalled) {
  ReportOptions options;
  options.command = "scripts/run";
  EXPECT_NE(printed("unknown", options).find("      scripts/run db update\n"), std::string::npos);
}

TEST(Reports, SameInputSameBytes) {
  for (const auto& entry : ReportRegistry::all())
    EXPECT_EQ(printed("all", {}, entry.descriptor.id), printed("all", {}, entry.descriptor.id))
        << entry.descriptor.id;
}

TEST(Reports, DeterministicOpenVexHadTheTimeOfDay) {
  ReportOptions options;
  options.deterministic = true;
  for (const auto& format : ReportRegistry::all()) {
    ReportInput input;
    input.results.push_back(test::sample_results().front().result);
    input.results.front().scanned_at = "2026-08-05T10:00:00Z";
    Text first, second;
    format.instance->write(input, options, first);
    input.results.front().scanned_at = "2026-08-05T10:00:01Z";
    format.instance->write(input, options, second);
    EXPECT_EQ(first.content, second.content) << format.descriptor.id;
  }
}

// Code scanning of GitHub reads this name only, and hashes source lines where it is absent.
TEST(Reports, SarifFingerprintHadAnotherName) {
  const std::string sarif = printed("unsafe", {}, "sarif");
  const auto count = [&](std::string_view word) {
    std::size_t number = 0;
    for (auto at = sarif.find(word); at != std::string::npos; at = sarif.find(word, at + 1)) ++number;
    return number;
  };
  EXPECT_GT(count("\"ruleIndex\""), 0U);
  EXPECT_EQ(count("\"primaryLocationLineHash\": \"HC-"), count("\"ruleIndex\""));
}

TEST(Reports, DeterministicHasNoTimes) {
  ReportOptions options;
  options.deterministic = true;
  EXPECT_EQ(printed("safe", options).find("\n  time"), std::string::npos);
  EXPECT_NE(printed("safe", options, "json").find("\"timings\": []"), std::string::npos);
}

}  // namespace
}  // namespace hullcheck::report
