#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "policy/policy.hpp"

namespace hullcheck::policy {
namespace {

struct Broken {
  std::string_view name, yaml, place, message;
};

TEST(PolicyFile, MistakesNameLineAndColumn) {
  const Broken cases[] = {
      {"unknown key", "version: 1\nignroe: 2\n", "p.yaml:2:1", "unknown key \"ignroe\""},
      {"unknown key of a rule", "rules:\n  - action: warn\n    serverity: high\n", "p.yaml:3:5",
       "unknown key \"serverity\""},
      {"repeated key", "failOn: high\nfailOn: low\n", "p.yaml:2:1", "stands here twice"},
      {"version", "version: 2\n", "p.yaml:1:10", "version 1"},
      {"no action", "rules:\n  - kinds: [check]\n", "p.yaml:2:5", "needs an action"},
      {"ignore without reason", "rules:\n  - {action: ignore, ids: [M01]}\n", "p.yaml:2:5", "needs a reason"},
      {"ignore with blank reason", "rules:\n  - {action: ignore, reason: '  '}\n", "p.yaml:2:5", "needs a reason"},
      {"action", "rules:\n  - action: allow\n", "p.yaml:2:13", "none of stop, warn, ignore"},
      {"kind", "rules:\n  - {action: warn, kinds: [cve]}\n", "p.yaml:2:28", "none of vulnerability"},
      {"severity", "failOn: unrated\n", "p.yaml:1:9", "none of negligible"},
      {"date", "rules:\n  - {action: warn, expires: 2026-02-30}\n", "p.yaml:2:29", "takes a date"},
      {"date with time", "rules:\n  - {action: warn, expires: 2026-02-20T00:00:00Z}\n", "p.yaml:2:29",
       "takes a date"},
      {"share without its sign", "mostUnattributed: 0.2\n", "p.yaml:1:19", "percentage"},
      {"share above all", "mostUnattributed: 101%\n", "p.yaml:1:19", "percentage"},
      {"bytes without a unit", "mostUnattributedBytes: 30\n", "p.yaml:1:24", "whole size"},
      {"bytes of no known unit", "mostUnattributedBytes: 30 MiB\n", "p.yaml:1:24", "whole size"},
      {"bytes without a number", "mostUnattributedBytes: MB\n", "p.yaml:1:24", "whole size"},
      {"files with a sign", "mostUnattributedFiles: -1\n", "p.yaml:1:24", "number of files"},
      {"excess", "unattributed: ignore\n", "p.yaml:1:15", "none of warn, unknown, stop"},
      {"days", "rules:\n  - {action: warn, olderThanDays: -1}\n", "p.yaml:2:35", "number of days"},
      {"star in the middle", "rules:\n  - {action: warn, ids: ['CVE-*-1']}\n", "p.yaml:2:26", "at the end only"},
      {"empty list", "rules:\n  - {action: warn, ids: []}\n", "p.yaml:2:25", "a list of values"},
      {"list for a word", "failOn: [high]\n", "p.yaml:1:9", "one value"},
      {"rules as a mapping", "rules: {action: warn}\n", "p.yaml:1:8", "takes a list"},
      {"gap that has a remedy", "accept:\n  - {gap: no-advisory-database, reason: x, expires: 2026-12-31}\n",
       "p.yaml:2:11", "cannot be accepted"},
      {"acceptance without a day", "accept:\n  - {gap: third-party-packages, reason: x}\n", "p.yaml:2:5",
       "needs gap"},
      {"acceptance without a reason", "accept:\n  - {gap: third-party-packages, expires: 2026-12-31, reason: ' '}\n",
       "p.yaml:2:5", "needs gap"},
      {"acceptance of anything", "accept:\n  - {reason: x, expires: 2026-12-31}\n", "p.yaml:2:5", "needs gap"},
      {"accept as a word", "accept: all\n", "p.yaml:1:9", "takes a list"},
      {"no mapping", "- a\n", "p.yaml:1:1", "one mapping"},
      {"two documents", "version: 1\n---\nversion: 1\n", "p.yaml", "one mapping"},
      {"comma first, which yaml-cpp never finishes", ",version: 1\n", "p.yaml", ""},
      {"syntax", "rules: [\n", "p.yaml:", ""},
  };
  for (const Broken& row : cases) {
    const auto policy = parse(row.yaml, "p.yaml");
    ASSERT_FALSE(policy.ok()) << row.name;
    EXPECT_EQ(policy.error().name, "policy-malformed") << row.name;
    EXPECT_EQ(policy.error().subject.substr(0, row.place.size()), row.place) << row.name;
    EXPECT_NE(policy.error().message.find(row.message), std::string::npos)
        << row.name << ": " << policy.error().message;
  }
}

TEST(PolicyFile, EmptyFileIsAMistake) {
  for (const char* yaml : {"", "# nothing\n", "null\n"}) EXPECT_FALSE(parse(yaml, "p.yaml").ok());
}

TEST(PolicyFile, ExampleOfTheDocumentationLoads) {
  std::ifstream in(HULLCHECK_TEST_DATA "/../docs/policy.md");
  const std::string text(std::istreambuf_iterator<char>(in), {});
  const std::string fence = "```yaml\n";
  const auto start = text.find(fence);
  ASSERT_NE(start, std::string::npos);
  const auto policy =
      parse(text.substr(start + fence.size(), text.find("```\n", start + fence.size()) - start - fence.size()),
            "team.yaml");
  ASSERT_TRUE(policy.ok()) << policy.error().describe();
  EXPECT_EQ(policy->name, "team.yaml");
  ASSERT_EQ(policy->accepted.size(), 1U);
  EXPECT_EQ(policy->accepted[0].subjects, std::vector<std::string>{"Docker"});
  ASSERT_EQ(policy->rules.size(), 5U);
  EXPECT_DOUBLE_EQ(policy->most_unattributed, 0.3);
  EXPECT_EQ(policy->most_unattributed_bytes, 50'000'000U);
  EXPECT_EQ(policy->most_unattributed_files, 100U);
  EXPECT_EQ(policy->unattributed, Excess::unknown);
  EXPECT_EQ(policy->fail_on, model::Severity::high);
  const Rule& first = policy->rules[0];
  EXPECT_EQ(first.name, "team.yaml/accepted-until-rebuild");
  EXPECT_EQ(first.action, Action::ignore);
  EXPECT_EQ(first.ids, std::vector<std::string>{"CVE-2025-27363"});
  EXPECT_EQ(first.expires, std::chrono::sys_days(std::chrono::year{2026} / 12 / 31));
  EXPECT_EQ(policy->rules[1].name, "team.yaml/rules[1]");
  EXPECT_EQ(policy->rules[1].older_than_days, 30);
  EXPECT_EQ(policy->rules[3].level, model::ThreatLevel::risky);
  EXPECT_EQ(policy->rules[4].known_exploited, true);
}

TEST(PolicyFile, DeepNestingIsAnErrorAndNoCrash) {
  EXPECT_FALSE(parse("rules: " + std::string(100'000, '['), "p.yaml").ok());
  EXPECT_FALSE(parse(std::string(100'000, '{'), "p.yaml").ok());
}

TEST(PolicyFile, TooLarge) { EXPECT_EQ(parse(std::string(2 << 20, '#'), "p.yaml").error().code, ErrorCode::limit); }

TEST(PolicyFile, AbsentFileSaysSo) { EXPECT_EQ(load("/nonexistent/policy.yaml").error().code, ErrorCode::not_found); }

}  // namespace
}  // namespace hullcheck::policy
