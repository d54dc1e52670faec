// The rules that turn evidence into levels, on evidence made by hand.
#include <gtest/gtest.h>

#include "detect/image_builder.hpp"

namespace hullcheck::detect {
namespace {

using model::ThreatLevel;

PlacedEvidence placed(std::string rule, EvidenceClass cls, Reach reach, std::string path = "opt/x") {
  PlacedEvidence made;
  made.evidence.rule = std::move(rule);
  made.evidence.cls = cls;
  made.evidence.confidence = 70;
  made.evidence.text = "seen";
  made.path = std::move(path);
  made.reach = reach;
  made.file = {0, 0};
  if (reach == Reach::buried) made.visibility = model::Visibility::deleted;
  return made;
}

constexpr auto A = EvidenceClass::decisive;
constexpr auto B = EvidenceClass::strong;
constexpr auto C = EvidenceClass::supporting;
constexpr auto D = EvidenceClass::context;

Assessment decided(std::vector<PlacedEvidence> evidence) {
  static const ImageBuilder builder = [] {
    ImageBuilder made;
    made.file("opt/x", "x");
    made.file("opt/y", "y");
    return made;
  }();
  const layers::ImageView image = builder.view();
  return decide(image, std::move(evidence));
}

ThreatLevel worst(std::vector<PlacedEvidence> evidence) {
  const Assessment out = decided(std::move(evidence));
  if (!out.threats.empty()) return out.threats.front().level;
  return out.warnings.empty() ? ThreatLevel::none : out.warnings.front().level;
}

TEST(Decide, OneDecisiveIsMalicious) {
  EXPECT_EQ(worst({placed("B01", A, Reach::present)}), ThreatLevel::malicious);
  EXPECT_EQ(worst({placed("B01", A, Reach::start)}), ThreatLevel::malicious);
}

TEST(Decide, BuriedDecisiveIsMaliciousAndSaysWhere) {
  const Assessment out = decided({placed("B01", A, Reach::buried)});
  ASSERT_EQ(out.threats.size(), 1U);
  EXPECT_EQ(out.threats[0].level, ThreatLevel::malicious);
  EXPECT_NE(out.threats[0].title.find("shipped, then deleted"), std::string::npos);
}

// By name alone, a file that nothing runs stood before the library that every program loads.
TEST(Decide, OfEqualThreatsTheOneThatRunsComesFirst) {
  const Assessment out = decided({placed("B01", A, Reach::present, "opt/y"), placed("B15", A, Reach::start)});
  ASSERT_EQ(out.threats.size(), 2U);
  EXPECT_EQ(out.threats[0].severity, out.threats[1].severity);
  EXPECT_EQ(out.threats[0].rule, "B15");
}

// A report said that a file "runs" through nothing but its own name.
TEST(Decide, WhatNothingLeadsToHasNoWayThere) {
  const Assessment out = decided({placed("B01", A, Reach::present, "opt/y")});
  ASSERT_EQ(out.threats.size(), 1U);
  EXPECT_EQ(out.threats[0].chain, std::vector<std::string>{"/opt/y"});
  EXPECT_FALSE(model::has_way_there(out.threats[0]));
  EXPECT_TRUE(model::has_way_there(decided({placed("B01", A, Reach::start, "opt/y")}).threats.at(0)));
}

TEST(Decide, OneStrongIsSuspicious) {
  EXPECT_EQ(worst({placed("H01", B, Reach::start)}), ThreatLevel::suspicious);
  EXPECT_EQ(worst({placed("H01", B, Reach::present)}), ThreatLevel::suspicious);
  EXPECT_EQ(worst({placed("H01", B, Reach::buried)}), ThreatLevel::risky);
}

TEST(Decide, TwoStrongOfDifferentFamiliesAreMalicious) {
  EXPECT_EQ(worst({placed("H01", B, Reach::start), placed("B04", B, Reach::search_path, "usr/bin/y")}),
            ThreatLevel::malicious);
  EXPECT_EQ(worst({placed("H01", B, Reach::start), placed("H03", B, Reach::start)}), ThreatLevel::suspicious)
      << "one family does not corroborate itself";
  EXPECT_EQ(worst({placed("H01", B, Reach::start), placed("B04", B, Reach::present)}), ThreatLevel::suspicious)
      << "one of them is not on any path";
}

// "docker run IMAGE" at start uses the engine and runs what the image does not hold: one act, so one observation.
TEST(Decide, WhatSaysToBeOfAnotherFamilyIsCountedThere) {
  const auto run = [](std::string said) {
    PlacedEvidence made = placed("D02", B, Reach::start);
    made.evidence.values = {{std::string(k_payload_key), std::string(k_payload_absent)}};
    if (!said.empty()) made.evidence.values.emplace_back(std::string(k_family_key), std::move(said));
    return made;
  };
  EXPECT_EQ(worst({placed("H01", B, Reach::start), run("H")}), ThreatLevel::suspicious);
  EXPECT_EQ(worst({run("H")}), ThreatLevel::unverifiable_at_start);
  EXPECT_EQ(worst({placed("H01", B, Reach::start), run("")}), ThreatLevel::malicious);
  EXPECT_EQ(worst({placed("H01", B, Reach::start), run("H"), run("")}), ThreatLevel::malicious)
      << "another fetch in the same file is another observation";
  EXPECT_EQ(worst({placed("B04", B, Reach::start), run("H")}), ThreatLevel::malicious);
}

TEST(Decide, PackerAndMinerInOneFileAreOneFamily) {
  EXPECT_EQ(worst({placed("E02", B, Reach::start), placed("M09", B, Reach::start)}), ThreatLevel::suspicious);
  PlacedEvidence elsewhere = placed("M09", B, Reach::start, "opt/y");
  elsewhere.file = {0, 1};
  EXPECT_EQ(worst({placed("E02", B, Reach::start, "opt/x"), elsewhere}), ThreatLevel::malicious);
}

// The packer is seen in the file, the miner in what it unpacks to: still one observation.
TEST(Decide, PackerAndWhatItPacksAreOneFamily) {
  auto inner = placed("M09", B, Reach::start);
  inner.path += " (UPX)";
  inner.suffix = 6;
  EXPECT_EQ(worst({placed("E02", B, Reach::start), inner}), ThreatLevel::suspicious);
}

// A script that is stored in an archive shows in the archive's own bytes too.
TEST(Decide, CoverAndContentAreOneFinding) {
  auto inner = placed("D01", B, Reach::present);
  inner.path += "!/x.sh";
  inner.suffix = 6;
  const Assessment out = decided({placed("D01", A, Reach::start), inner});
  ASSERT_EQ(out.threats.size(), 1U);
  EXPECT_EQ(out.threats[0].level, ThreatLevel::malicious) << "the graver of the two";
  ASSERT_EQ(out.threats[0].locations.size(), 2U);
  EXPECT_EQ(out.threats[0].locations[0].path, "opt/x!/x.sh");
  EXPECT_EQ(out.threats[0].locations[1].path, "opt/x");
}

TEST(Decide, WhatOnlyTheCoverShowsStaysAFinding) {
  auto inner = placed("D01", B, Reach::present);
  inner.path += "!/x.sh";
  inner.suffix = 6;
  auto more = placed("D01", B, Reach::present);
  more.evidence.text = "seen elsewhere";
  EXPECT_EQ(decided({placed("D01", B, Reach::present), more, inner}).threats.size(), 2U);
  auto beside = inner;
  beside.path = "opt/x!/y.sh";
  EXPECT_EQ(decided({beside, inner}).threats.size(), 2U) << "two members are two places";
  auto other = placed("D01", B, Reach::present, "opt/x!");
  EXPECT_EQ(decided({other, inner}).threats.size(), 2U) << "a file whose name begins the same way";
}

TEST(Decide, ThreeSupportingFamiliesWithOneAtStartAreSuspicious) {
  EXPECT_EQ(
      worst({placed("M03", C, Reach::start), placed("D03", C, Reach::present), placed("H09", C, Reach::present)}),
      ThreatLevel::suspicious);
  EXPECT_EQ(
      worst({placed("M03", C, Reach::present), placed("D03", C, Reach::present), placed("H09", C, Reach::present)}),
      ThreatLevel::risky);
  EXPECT_EQ(worst({placed("M03", C, Reach::start), placed("M04", C, Reach::start), placed("H09", C, Reach::start)}),
            ThreatLevel::risky);
}

TEST(Decide, BuildTimeSupportsNothing) {
  auto build = placed("D03", C, Reach::present);
  build.build_time = true;
  EXPECT_EQ(worst({placed("M03", C, Reach::start), build, placed("H09", C, Reach::present)}), ThreatLevel::risky);
}

TEST(Decide, AbsentPayloadIsUnverifiable) {
  auto fetch = placed("D01", B, Reach::start);
  fetch.evidence.values.emplace_back(std::string(k_payload_key), std::string(k_payload_absent));
  EXPECT_EQ(worst({fetch}), ThreatLevel::unverifiable_at_start);
  EXPECT_EQ(worst({fetch, placed("H01", B, Reach::start)}), ThreatLevel::malicious);
}

TEST(Decide, ContextIsAWarning) { EXPECT_EQ(worst({placed("D01", D, Reach::start)}), ThreatLevel::risky); }

TEST(Decide, PrivateKeysAreSecrets) {
  const Assessment out = decided({placed("B09", B, Reach::present), placed("H01", B, Reach::start)});
  ASSERT_EQ(out.secrets.size(), 1U);
  EXPECT_EQ(out.secrets[0].kind, model::FindingKind::secret);
  ASSERT_EQ(out.threats.size(), 1U);
  EXPECT_EQ(out.threats[0].level, ThreatLevel::suspicious) << "a key corroborates no threat";
}

TEST(Decide, OneFindingForEachRulePathAndLayer) {
  auto first = placed("B01", A, Reach::present);
  first.evidence.line = 3;
  auto second = placed("B01", A, Reach::present);
  second.evidence.line = 9;
  second.evidence.text = "seen again";
  const Assessment out = decided({second, first, placed("B01", A, Reach::present, "opt/y")});
  ASSERT_EQ(out.threats.size(), 2U);
  EXPECT_EQ(out.threats[0].locations.size(), 2U);
  EXPECT_EQ(out.threats[0].locations[0].line, 3U);
  EXPECT_EQ(out.threats[0].evidence, (std::vector<std::string>{"seen", "seen again"}));
  EXPECT_NE(out.threats[0].id, out.threats[1].id);
}

TEST(Decide, OrderOfEvidenceDoesNotMatter) {
  std::vector<PlacedEvidence> evidence = {placed("M03", C, Reach::start), placed("B01", A, Reach::present),
                                          placed("D03", C, Reach::present, "a"), placed("B04", B, Reach::start, "b")};
  const Assessment one = decided(evidence);
  std::reverse(evidence.begin(), evidence.end());
  const Assessment other = decided(evidence);
  ASSERT_EQ(one.threats.size(), other.threats.size());
  for (std::size_t i = 0; i < one.threats.size(); ++i) EXPECT_EQ(one.threats[i].id, other.threats[i].id);
  EXPECT_EQ(one.threats.front().rule, "B01") << "the heaviest first";
}

TEST(Decide, DeclaredMinerStandsForAllMiningFindings) {
  auto declared = placed("M17", A, Reach::start, "config:image");
  declared.file = {};
  const Assessment out = decided(
      {placed("M01", A, Reach::start), placed("M06", A, Reach::start), declared, placed("B01", A, Reach::start)});
  ASSERT_EQ(out.threats.size(), 2U);
  EXPECT_EQ(out.threats[0].rule, "B01");
  EXPECT_EQ(out.threats[1].rule, "M17");
  EXPECT_EQ(out.threats[1].level, ThreatLevel::malicious);
  EXPECT_EQ(out.threats[1].evidence.size(), 3U);
}

}  // namespace
}  // namespace hullcheck::detect
