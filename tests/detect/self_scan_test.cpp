// A scanner in an image must not be taken for what it looks for: the literals of the detectors may not stand in our
// own program in a form that they find.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "detect/assess.hpp"
#include "detect/content/content_scan.hpp"
#include "detect/content/hidden_literal.hpp"
#include "detect/image_builder.hpp"

namespace hullcheck::detect {
namespace {

TEST(HiddenLiteral, GivesBackTheText) {
  constexpr auto k_hidden = hide("some words\x00\xff");
  EXPECT_EQ(k_hidden.reveal(), std::string("some words\x00\xff", 12));
  EXPECT_EQ(std::string(k_hidden.bytes.begin(), k_hidden.bytes.end()).find("words"), std::string::npos);
  EXPECT_EQ(hide("").reveal(), "");
}

std::string slurp(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(SelfScan, OurProgramIsNoThreat) {
  // Beside the folder of this test program; absent when only tests were built.
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  const auto program = self.parent_path().parent_path() / "hullcheck";
  if (error || !std::filesystem::exists(program, error)) GTEST_SKIP() << "hullcheck-not-built";
  const std::string content = slurp(program);
  ASSERT_GT(content.size(), 100000U);

  ImageBuilder image;
  image.file("usr/bin/hullcheck", std::string_view(content).substr(0, 4096), 0755);
  layers::Entry entry;
  entry.path = "usr/bin/hullcheck";
  entry.size = content.size();
  entry.mode = 0755;
  entry.content = layers::ContentKind::elf;
  const auto worker = content_scan("").worker();
  worker->begin({entry, as_bytes(std::string_view(content).substr(0, 4096))});
  for (std::size_t at = 0; at < content.size(); at += layers::k_window_size) {
    const std::size_t seen = std::min(at, layers::k_window_overlap);
    worker->window(as_bytes(std::string_view(content).substr(at - seen, seen + layers::k_window_size)), at - seen,
                   seen);
  }
  if (Buffer record = worker->end(); !record.empty()) image.record(layers::k_content_section, std::move(record));
  const Assessment found = image.assess();
  for (const auto& finding : found.threats) ADD_FAILURE() << finding.rule << ": " << finding.evidence.front();
  for (const auto& finding : found.secrets) EXPECT_EQ(finding.level, model::ThreatLevel::none) << finding.rule;
  EXPECT_EQ(find_rule(found.warnings, "M07"), nullptr);
  EXPECT_EQ(find_rule(found.warnings, "M02"), nullptr);
}

}  // namespace
}  // namespace hullcheck::detect
