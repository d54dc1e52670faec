// Decisions, verdicts, reasons and next steps.
#include "policy/policy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/sample_results.hpp"

namespace hullcheck::policy {
namespace {

using model::Finding;
using model::FindingKind;
using model::GapEffect;
using model::ScanResult;
using model::Severity;
using model::ThreatLevel;
using model::Verdict;
using model::Vulnerability;
using model::VulnerabilityStatus;
using test::sample_finding;
using test::sample_flaw;
using testing::Contains;
using testing::HasSubstr;

constexpr auto k_now = std::chrono::sys_days{std::chrono::year{2026} / 8 / 5};

ScanResult judged(ScanResult result, const Policy& policy = built_in()) {
  apply(policy, k_now, result);
  return result;
}

ScanResult with_flaw(Vulnerability flaw, const Policy& policy = built_in()) {
  ScanResult result;
  result.vulnerabilities.push_back(std::move(flaw));
  return judged(std::move(result), policy);
}

ScanResult with_threat(ThreatLevel level, const Policy& policy = built_in()) {
  ScanResult result;
  result.threats.push_back(sample_finding(FindingKind::threat, "B01", "Reverse shell", "start.sh"));
  result.threats[0].level = level;
  return judged(std::move(result), policy);
}

Policy policy_of(std::string_view yaml) {
  auto policy = parse(yaml, "team.yaml");
  EXPECT_TRUE(policy.ok()) << (policy.ok() ? "" : policy.error().describe());
  return policy.ok() ? std::move(*policy) : Policy{};
}

TEST(BuiltIn, NothingFoundIsSafeWithAReason) {
  const ScanResult result = judged({});
  EXPECT_EQ(result.verdict, Verdict::safe);
  ASSERT_EQ(result.reasons.size(), 1U);
  EXPECT_TRUE(result.next_steps.empty());
}

struct FlawCase {
  std::string_view name;
  Severity severity;
  bool exploited;
  std::string_view fixed;
  VulnerabilityStatus status;
  std::string_view decision, trigger;
};

TEST(BuiltIn, Vulnerabilities) {
  using enum VulnerabilityStatus;
  const FlawCase cases[] = {
      {"exploited", Severity::low, true, "2", affected, "stop", "built-in/known-exploited"},
      {"exploited, no fix", Severity::unrated, true, "", affected, "stop", "built-in/known-exploited"},
      {"exploited, will not fix", Severity::high, true, "", will_not_fix, "stop", "built-in/known-exploited"},
      {"critical with a fix", Severity::critical, false, "2", affected, "stop", "built-in/critical-with-fix"},
      {"critical without", Severity::critical, false, "", affected, "warn", "built-in/rest"},
      {"high with a fix", Severity::high, false, "2", affected, "warn", "built-in/rest"},
      {"unrated", Severity::unrated, false, "2", affected, "warn", "built-in/rest"},
      {"not affected", Severity::critical, true, "2", not_affected, "warn", "built-in/rest"},
      {"unimportant", Severity::critical, true, "2", unimportant, "warn", "built-in/rest"},
      {"disputed", Severity::critical, true, "2", disputed, "warn", "built-in/rest"},
  };
  for (const FlawCase& row : cases) {
    Vulnerability flaw = sample_flaw("CVE-2026-1", "p", "1", std::string(row.fixed), row.severity);
    flaw.known_exploited = row.exploited;
    flaw.status = row.status;
    const ScanResult result = with_flaw(flaw);
    EXPECT_EQ(result.vulnerabilities[0].decision, row.decision) << row.name;
    EXPECT_EQ(result.vulnerabilities[0].trigger, row.trigger) << row.name;
    EXPECT_EQ(result.verdict, row.decision == "stop" ? Verdict::unsafe : Verdict::safe) << row.name;
  }
}

TEST(BuiltIn, ThreatLevels) {
  EXPECT_EQ(with_threat(ThreatLevel::malicious).verdict, Verdict::unsafe);
  EXPECT_EQ(with_threat(ThreatLevel::suspicious).verdict, Verdict::unknown);
  EXPECT_EQ(with_threat(ThreatLevel::unverifiable_at_start).verdict, Verdict::unknown);
}

TEST(BuiltIn, SecretsStopOnlyWhenTheyAreReal) {
  ScanResult result;
  result.secrets.push_back(sample_finding(FindingKind::secret, "private-key", "Private key", "etc/ssl/snakeoil.key"));
  EXPECT_EQ(judged(result).verdict, Verdict::safe);
  result.secrets[0].level = ThreatLevel::risky;
  EXPECT_EQ(judged(result).verdict, Verdict::unsafe);
  EXPECT_EQ(judged(result).secrets[0].trigger, "built-in/secret");
}

TEST(Verdict, UnsafeBeatsUnknownAndNeitherHidesTheOther) {
  ScanResult result;
  result.coverage.gaps = {{"layer-missing", "layers", "sha256:ab", "not there", GapEffect::unknown}};
  EXPECT_EQ(judged(result).verdict, Verdict::unknown);
  result.threats.push_back(sample_finding(FindingKind::threat, "B01", "Reverse shell", "start.sh"));
  result.threats[0].level = ThreatLevel::malicious;
  const ScanResult both = judged(result);
  EXPECT_EQ(both.verdict, Verdict::unsafe);
  ASSERT_EQ(both.reasons.size(), 2U);
  EXPECT_EQ(both.reasons[0].reference, both.threats[0].id);
  EXPECT_EQ(both.reasons[1].text, "sha256:ab: not there");
}

TEST(Verdict, NotesLeaveItAlone) {
  ScanResult result;
  result.coverage.gaps = {
      {"unfixed-not-assessed", "advisories", "Debian:12", "unfixed flaws not assessed", GapEffect::note}};
  EXPECT_EQ(judged(result).verdict, Verdict::safe);
}

TEST(Verdict, UnattributedBytes) {
  ScanResult result;
  result.coverage.executable_bytes = 1000;
  result.coverage.attributed_bytes = 800;
  result.coverage.unattributed = {"usr/local/bin/app"};
  result.coverage.unattributed_count = 1;
  const ScanResult few = judged(result);
  EXPECT_EQ(few.verdict, Verdict::safe) << "exactly the threshold is not above it";
  ASSERT_EQ(few.warnings.size(), 1U);
  EXPECT_EQ(few.warnings[0].rule, "unattributed-code");
  EXPECT_EQ(few.warnings[0].decision, "warn");

  result.coverage.attributed_bytes = 799;
  const ScanResult many = judged(result);
  EXPECT_EQ(many.verdict, Verdict::unknown);
  EXPECT_THAT(many.reasons[0].text, HasSubstr("/usr/local/bin/app"));
  EXPECT_TRUE(many.warnings.empty());
  EXPECT_EQ(judged(result, policy_of("mostUnattributed: 30%")).verdict, Verdict::safe);

  result.coverage.executable_bytes = result.coverage.attributed_bytes = 0;
  EXPECT_EQ(judged(result).verdict, Verdict::safe);
}

TEST(Verdict, UnattributedProgramsByBytesAndByNumber) {
  ScanResult result;
  result.coverage.executable_bytes = 1'000'000'000;
  result.coverage.attributed_bytes = 970'000'000;
  result.coverage.unattributed = {"opt/a", "opt/b"};
  result.coverage.unattributed_count = 2;
  EXPECT_EQ(judged(result).verdict, Verdict::safe);
  EXPECT_EQ(judged(result, policy_of("mostUnattributedBytes: 30 MB")).verdict, Verdict::safe);
  EXPECT_EQ(judged(result, policy_of("mostUnattributedBytes: 30MB\nmostUnattributedFiles: 2")).verdict,
            Verdict::safe);
  const ScanResult bytes = judged(result, policy_of("mostUnattributedBytes: 29 MB"));
  EXPECT_EQ(bytes.verdict, Verdict::unknown);
  EXPECT_THAT(bytes.reasons[0].text,
              HasSubstr("30 MB of programs belong to no package, and the policy allows 29 MB"));
  EXPECT_FALSE(bytes.next_steps.empty());
  const ScanResult files = judged(result, policy_of("mostUnattributedFiles: 1"));
  EXPECT_EQ(files.verdict, Verdict::unknown);
  EXPECT_THAT(files.reasons[0].text, HasSubstr("2 programs belong to no package, and the policy allows 1: /opt/a"));
  EXPECT_EQ(judged(result, policy_of("mostUnattributedFiles: 0\nunattributed: stop")).verdict, Verdict::unsafe);
  const ScanResult warned = judged(result, policy_of("mostUnattributedFiles: 0\nunattributed: warn"));
  EXPECT_EQ(warned.verdict, Verdict::safe);
  EXPECT_EQ(warned.warnings.size(), 1U);
  EXPECT_EQ(judged(result, policy_of("unattributed: stop")).verdict, Verdict::safe) << "nothing is exceeded";
}

TEST(Verdict, UnattributedProgramAtStartWithEvidence) {
  ScanResult result;
  result.warnings.push_back(sample_finding(FindingKind::warning, "D04", "Bare address", "opt/app"));
  result.warnings[0].level = ThreatLevel::risky;
  result.warnings[0].chain = {"Entrypoint", "/opt/app"};
  EXPECT_EQ(judged(result).verdict, Verdict::safe) << "owned by a package";
  result.warnings[0].unattributed_start = true;
  EXPECT_EQ(judged(result).verdict, Verdict::unknown);
  EXPECT_EQ(judged(result, policy_of("unattributedStart: warn")).verdict, Verdict::safe);
  EXPECT_EQ(judged(result, policy_of("rules: [{action: warn, ids: [D04]}]")).verdict, Verdict::safe);
}

TEST(Verdict, DeclaredMinersAreThePolicysChoice) {
  ScanResult result;
  result.threats.push_back(sample_finding(FindingKind::threat, "M17", "Declared miner", "usr/bin/miner"));
  result.threats[0].level = ThreatLevel::malicious;
  EXPECT_EQ(judged(result).verdict, Verdict::unsafe);
  const ScanResult allowed = judged(result, policy_of("allowDeclaredMiners: true"));
  EXPECT_EQ(allowed.verdict, Verdict::safe);
  EXPECT_EQ(allowed.threats[0].trigger, "allowDeclaredMiners");
}

TEST(Reasons, ConsequenceStoodAboveTheCause) {
  ScanResult result;
  result.coverage.gaps = {{"no-os-release", "inventory", "/etc/os-release", "no file names it", GapEffect::unknown},
                          {"layer-missing", "layers", "sha256:ab", "not there", GapEffect::unknown}};
  result.coverage.executable_bytes = 100'000'000;
  result.coverage.unattributed_count = 50;
  result = judged(std::move(result));
  ASSERT_EQ(result.reasons.size(), 3U);
  EXPECT_EQ(result.reasons[0].reference, "layer-missing");
  EXPECT_EQ(result.reasons[1].reference, "unattributed-code");
  EXPECT_EQ(result.reasons[2].reference, "no-os-release");
}

TEST(Reasons, OneFlawReadsPlainly) {
  Vulnerability flaw =
      sample_flaw("CVE-2025-27363", "libfreetype6", "2.10.4+dfsg-1", "2.10.4+dfsg-1+deb11u2", Severity::high);
  flaw.known_exploited = true;
  EXPECT_EQ(with_flaw(flaw).reasons[0].text,
            "CVE-2025-27363 in libfreetype6 2.10.4+dfsg-1 is being exploited; fixed in 2.10.4+dfsg-1+deb11u2");
}

TEST(Reasons, ManyFlawsShareALineAndPackagesOfOneSourceCountOnce) {
  ScanResult result;
  for (int i = 0; i < 5; ++i)
    for (const char* package : {"libssl3", "openssl"}) {
      result.vulnerabilities.push_back(
          sample_flaw("CVE-2026-" + std::to_string(i), package, "1", "2", Severity::critical));
      result.vulnerabilities.back().source_name = "openssl";
    }
  const ScanResult done = judged(result);
  ASSERT_EQ(done.reasons.size(), 1U);
  EXPECT_THAT(done.reasons[0].text, HasSubstr("5 critical vulnerabilities with a fix: CVE-2026-0 in libssl3, "));
}

TEST(Reasons, BuriedThreatsSaySo) {
  ScanResult result;
  result.threats.push_back(sample_finding(FindingKind::threat, "M01", "Mining pool address", "tmp/x"));
  result.threats[0].level = ThreatLevel::malicious;
  result.threats[0].locations[0].visibility = model::Visibility::deleted;
  result.threats[0].chain = {"/etc/cron.d/x:1"};
  EXPECT_EQ(judged(result).reasons[0].text,
            "Mining pool address in /tmp/x (shipped, then deleted), run through /etc/cron.d/x:1");
}

TEST(Reasons, FindingsWereRunThroughThemselves) {
  const auto text = [](const std::string& path, std::uint32_t line, std::vector<std::string> chain) {
    ScanResult result;
    result.threats.push_back(sample_finding(FindingKind::threat, "M01", "Thing", path));
    result.threats[0].level = ThreatLevel::malicious;
    result.threats[0].locations[0].line = line;
    result.threats[0].chain = std::move(chain);
    return judged(result).reasons[0].text;
  };
  EXPECT_EQ(text("etc/passwd", 2, {"/etc/passwd"}), "Thing in /etc/passwd:2");
  EXPECT_EQ(text("config:history[0]", 0, {"history[0]"}), "Thing in config:history[0]");
  EXPECT_EQ(text("start.sh", 3, {"Entrypoint", "/start.sh"}), "Thing in /start.sh:3, run through Entrypoint");
  EXPECT_EQ(text("start.sh", 0, {"Entrypoint", "/start.sh"}), "Thing in /start.sh, run through Entrypoint");
  EXPECT_EQ(text("a/start.sh", 3, {"Cmd", "/start.sh"}), "Thing in /a/start.sh:3, run through Cmd → /start.sh");
}

TEST(NextSteps, UpgradesNameThePackages) {
  const ScanResult result = with_flaw(sample_flaw("CVE-2026-1", "libc6", "1", "2", Severity::critical));
  ASSERT_EQ(result.next_steps.size(), 1U);
  EXPECT_EQ(result.next_steps[0].command,
            "RUN apt-get update && apt-get install -y --only-upgrade libc6 && rm -rf /var/lib/apt/lists/*");
}

TEST(NextSteps, NoTextOfAnImageInACommand) {
  for (const char* package : {"a;reboot", "$(reboot)", "-oDir::Etc=x", "a b", "a\nb"}) {
    const ScanResult result = with_flaw(sample_flaw("CVE-2026-1", package, "1", "2", Severity::critical));
    EXPECT_EQ(result.next_steps[0].command,
              "RUN apt-get update && apt-get upgrade -y && rm -rf /var/lib/apt/lists/*");
  }
  ScanResult result;
  result.image.source = "docker";
  result.image.reference = "x;reboot";
  result.threats.push_back(sample_finding(FindingKind::threat, "B01", "Reverse shell", "x"));
  result.threats[0].level = ThreatLevel::malicious;
  for (const model::NextStep& step : judged(result).next_steps) EXPECT_EQ(step.command, "");
}

TEST(NextSteps, DatabaseCommandOnlyWhereItHelps) {
  ScanResult result;
  result.coverage.gaps = {{"end-of-life", "advisories", "debian 11", "past its end", GapEffect::unknown}};
  EXPECT_EQ(judged(result).next_steps.size(), 1U);
  result.coverage.gaps.push_back({"no-advisory-database", "advisories", "", "there is none", GapEffect::unknown});
  EXPECT_EQ(judged(result).next_steps.back().command, "hullcheck db update");
}

TEST(Rules, FirstThatMatchesDecides) {
  const Policy policy = policy_of(
      "rules:\n"
      "  - {action: ignore, ids: [CVE-2026-1], reason: accepted}\n"
      "  - {action: stop, kinds: vulnerability, packages: ['lib*']}\n");
  Vulnerability flaw = sample_flaw("CVE-2026-1", "libx", "1", "2", Severity::critical);
  flaw.known_exploited = true;
  const ScanResult accepted = with_flaw(flaw, policy);
  EXPECT_EQ(accepted.verdict, Verdict::safe);
  EXPECT_EQ(accepted.vulnerabilities[0].decision, "ignore");
  EXPECT_EQ(accepted.vulnerabilities[0].trigger, "team.yaml/rules[0]");
  EXPECT_EQ(accepted.vulnerabilities[0].reason, "accepted");
  flaw.advisory = "CVE-2026-2";
  flaw.known_exploited = false;
  flaw.severity = Severity::low;
  EXPECT_EQ(with_flaw(flaw, policy).vulnerabilities[0].trigger, "team.yaml/rules[1]");
  flaw.aliases = {"CVE-2026-1"};
  EXPECT_EQ(with_flaw(flaw, policy).vulnerabilities[0].decision, "ignore") << "by alias";
}

TEST(Rules, Conditions) {
  const auto decision = [](std::string_view conditions, const Vulnerability& flaw) {
    return with_flaw(flaw, policy_of("rules: [{action: stop, " + std::string(conditions) + "}]"))
        .vulnerabilities[0]
        .decision;
  };
  Vulnerability flaw = sample_flaw("CVE-2026-1", "openssl", "1", "2", Severity::medium);
  flaw.published = "2026-07-01T00:00:00Z";
  EXPECT_EQ(decision("severity: medium", flaw), "stop");
  EXPECT_EQ(decision("severity: high", flaw), "warn");
  EXPECT_EQ(decision("fix: available", flaw), "stop");
  EXPECT_EQ(decision("fix: none", flaw), "warn");
  EXPECT_EQ(decision("knownExploited: false", flaw), "stop");
  EXPECT_EQ(decision("knownExploited: true", flaw), "warn");
  EXPECT_EQ(decision("olderThanDays: 34", flaw), "stop");
  EXPECT_EQ(decision("olderThanDays: 35", flaw), "warn");
  EXPECT_EQ(decision("level: risky", flaw), "warn");
  EXPECT_EQ(decision("kinds: [secret, check]", flaw), "warn");
  flaw.severity = Severity::unrated;
  EXPECT_EQ(decision("severity: negligible", flaw), "warn");
  flaw.published.clear();
  EXPECT_EQ(decision("olderThanDays: 0", flaw), "warn");
  flaw.status = VulnerabilityStatus::disputed;
  EXPECT_EQ(decision("fix: available", flaw), "warn") << "disputed never stops";
}

TEST(Rules, ExpiredRuleIsNotedAndNoLongerApplies) {
  const auto yaml = [](std::string_view day) {
    return "rules: [{action: ignore, ids: [CVE-2026-1], reason: later, expires: " + std::string(day) + "}]";
  };
  const Vulnerability flaw = sample_flaw("CVE-2026-1", "p", "1", "2", Severity::critical);
  EXPECT_EQ(with_flaw(flaw, policy_of(yaml("2026-08-05"))).verdict, Verdict::safe) << "the last day";
  const ScanResult late = with_flaw(flaw, policy_of(yaml("2026-08-04")));
  EXPECT_EQ(late.verdict, Verdict::unsafe);
  ASSERT_EQ(late.coverage.gaps.size(), 1U);
  EXPECT_EQ(late.coverage.gaps[0].id, "policy-rule-expired");
  EXPECT_EQ(late.coverage.gaps[0].effect, GapEffect::note);
}

TEST(Rules, AFilesWordOnAThreatSettlesIt) {
  EXPECT_EQ(with_threat(ThreatLevel::suspicious, policy_of("rules: [{action: warn, ids: [B01]}]")).verdict,
            Verdict::safe);
  EXPECT_EQ(with_threat(ThreatLevel::suspicious, policy_of("rules: [{action: stop, level: suspicious}]")).verdict,
            Verdict::unsafe);
  EXPECT_EQ(
      with_threat(ThreatLevel::malicious, policy_of("rules: [{action: ignore, ids: ['B*'], reason: r}]")).verdict,
      Verdict::safe);
}

TEST(Options, FailOnAndIgnoreUnfixed) {
  Policy policy;
  policy.fail_on = Severity::high;
  EXPECT_EQ(with_flaw(sample_flaw("CVE-2026-1", "p", "1", "", Severity::high), policy).verdict, Verdict::unsafe);
  EXPECT_EQ(with_flaw(sample_flaw("CVE-2026-1", "p", "1", "", Severity::medium), policy).verdict, Verdict::safe);
  EXPECT_EQ(
      with_flaw(sample_flaw("CVE-2026-1", "p", "1", "2", Severity::critical), policy).vulnerabilities[0].trigger,
      "built-in/critical-with-fix");
  policy.ignore_unfixed = true;
  const ScanResult result = with_flaw(sample_flaw("CVE-2026-1", "p", "1", "", Severity::critical), policy);
  EXPECT_EQ(result.vulnerabilities[0].decision, "ignore");
  EXPECT_EQ(result.vulnerabilities[0].trigger, "--ignore-unfixed");
}

TEST(NextSteps, WhatNoAdvisorySpeaksOf) {
  ScanResult result;
  result.coverage.gaps = {{"third-party-packages", "match", "Docker", "not judged", GapEffect::note}};
  EXPECT_TRUE(judged(result).next_steps.empty()) << "a note asks for nothing";
  for (const char* id : {"third-party-packages", "program-without-advisories", "library-of-unknown-version"}) {
    result.coverage.gaps = {{id, "match", "Docker", "not judged", GapEffect::unknown}};
    const ScanResult found = judged(result);
    EXPECT_EQ(found.verdict, Verdict::unknown);
    ASSERT_EQ(found.next_steps.size(), 1U) << id;
    EXPECT_THAT(found.next_steps[0].text, testing::AnyOf(HasSubstr("ook up"), HasSubstr("Find out"))) << id;
  }
}

TEST(Accept, AGapOfOnePublisherUntilADay) {
  const Policy policy = policy_of(
      "accept:\n  - {gap: third-party-packages, subjects: [Docker, Post*], reason: followed by us, expires: "
      "2026-08-05}\n");
  ScanResult result;
  result.coverage.gaps = {{"third-party-packages", "advisories", "Docker", "not judged", GapEffect::unknown}};
  const ScanResult accepted = judged(result, policy);
  EXPECT_EQ(accepted.verdict, Verdict::safe);
  EXPECT_TRUE(accepted.coverage.complete);
  ASSERT_EQ(accepted.coverage.gaps.size(), 2U);
  EXPECT_EQ(accepted.coverage.gaps[0].id, "gap-accepted");
  EXPECT_EQ(accepted.coverage.gaps[0].reason, "accepted until 2026-08-05 by team.yaml/accept[0]: followed by us");
  EXPECT_EQ(accepted.coverage.gaps[1].id, "third-party-packages");
  EXPECT_EQ(accepted.coverage.gaps[1].effect, GapEffect::note);
  EXPECT_EQ(accepted.reasons[0].text,
            "Nothing crosses the policy, which accepts what could not be judged: third-party-packages (Docker)");

  // Another publisher, or another gap beside it: still open.
  result.coverage.gaps.push_back(
      {"third-party-packages", "advisories", "NodeSource", "not judged", GapEffect::unknown});
  EXPECT_EQ(judged(result, policy).verdict, Verdict::unknown);
  result.coverage.gaps[1] = {"package-database-removed", "inventory", "Docker", "gone", GapEffect::unknown};
  EXPECT_EQ(judged(result, policy).verdict, Verdict::unknown);
  // And never in the way of what is unsafe.
  result.threats.push_back(sample_finding(FindingKind::threat, "B01", "Reverse shell", "start.sh"));
  result.threats[0].level = ThreatLevel::malicious;
  EXPECT_EQ(judged(result, policy).verdict, Verdict::unsafe);
}

TEST(Accept, RunsOutAndSaysSo) {
  const Policy policy =
      policy_of("accept:\n  - {gap: third-party-packages, reason: followed by us, expires: 2026-08-04}\n");
  ScanResult result;
  result.coverage.gaps = {{"third-party-packages", "advisories", "Docker", "not judged", GapEffect::unknown}};
  const ScanResult open = judged(result, policy);
  EXPECT_EQ(open.verdict, Verdict::unknown);
  EXPECT_EQ(open.coverage.gaps[0].id, "policy-rule-expired");
  EXPECT_THAT(open.coverage.gaps[0].reason, HasSubstr("2026-08-04"));
}

}  // namespace
}  // namespace hullcheck::policy
