// What to do, in order of urgency, with commands that can be pasted.
//
// Package names and image references end up in command lines that people run, so a word that is not plain enough for
// a shell is left out, never quoted and hoped for.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "policy/fix_plan.hpp"
#include "policy/rules.hpp"
#include "policy/upgrade_commands.hpp"
#include "policy/verdict.hpp"
#include "util/shell_word.hpp"
#include "util/text.hpp"

namespace hullcheck::policy {
namespace {

using model::Finding;
using model::NextStep;
using model::ThreatLevel;

constexpr std::size_t k_most_packages = 12;

bool any(const std::vector<Finding>& findings, ThreatLevel level, std::string_view decision) {
  return std::any_of(findings.begin(), findings.end(),
                     [&](const Finding& finding) { return finding.level == level && finding.decision == decision; });
}

bool any_stop(const std::vector<Finding>& findings) {
  return std::any_of(findings.begin(), findings.end(), [](const Finding& f) { return f.decision == "stop"; });
}

// Packages of languages are upgraded where they are declared, which is not in the image: no command does it.
void add_applications(const model::FixPlan& plan, std::vector<NextStep>& out) {
  constexpr std::size_t k_most_applications = 6;
  std::vector<std::string> words;
  for (const auto& step : plan.steps)
    if (step.where == model::FixStep::Where::application)
      words.push_back(fmt::format("{} to {}", step.package, step.to));
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  if (!words.empty())
    out.push_back({"Upgrade in the application: " + util::join_some(words, k_most_applications), ""});
}

void add_upgrades(const model::ScanResult& result, std::vector<NextStep>& out) {
  bool unfixed = false;
  std::map<std::string, std::set<std::string>> fixed;  // package type → names
  for (const model::Vulnerability& flaw : result.vulnerabilities) {
    if (flaw.decision != "stop") continue;
    unfixed = unfixed || flaw.fixed_version.empty();
    if (flaw.fixed_version.empty()) continue;
    const std::string_view url = flaw.purl;
    const auto slash = url.find('/');
    if (url.substr(0, 4) == "pkg:" && slash != std::string_view::npos)
      fixed[std::string(url.substr(4, slash - 4))].insert(flaw.package);
  }
  for (const auto& [type, names] : fixed) {
    const bool by_name =
        names.size() <= k_most_packages &&
        std::all_of(names.begin(), names.end(), [](const auto& name) { return util::is_shell_word(name); });
    const std::vector<std::string> list(names.begin(), names.end());
    const auto command = upgrade_command(result, type, by_name ? list : std::vector<std::string>());
    if (!command) continue;
    out.push_back({"Rebuild on a current base image, or upgrade in the Dockerfile", *command});
  }
  add_applications(result.fix_plan, out);
  if (unfixed) out.push_back({"Remove the packages for which there is no fix, or accept them in a policy file", ""});
}

bool has_open_gap(const model::ScanResult& result, std::string_view id) {
  return std::any_of(result.coverage.gaps.begin(), result.coverage.gaps.end(),
                     [&](const model::Gap& gap) { return gap.effect == model::GapEffect::unknown && gap.id == id; });
}

// Gaps that newer data closes; a release that is past its end or unknown is none of them.
constexpr std::string_view k_closed_by_update[] = {"no-advisory-database", "advisory-database-damaged",
                                                   "advisory-source-absent", "advisory-source-stale"};

bool needs_advisories(const model::ScanResult& result) {
  return std::any_of(std::begin(k_closed_by_update), std::end(k_closed_by_update),
                     [&](std::string_view id) { return has_open_gap(result, id); });
}

// What no advisory source speaks of, and somebody can find out all the same.
constexpr std::pair<std::string_view, std::string_view> k_unassessed[] = {
    {"third-party-packages",
     "Look up those packages at the publishers named above, or install the distribution's own instead; a policy file "
     "may accept them"},
    {"program-without-advisories",
     "Install those programs from packages, or look up the versions found at their makers"},
    {"library-of-unknown-version",
     "Find out which version of those libraries was built in; Java archives tell it where their META-INF/maven is "
     "kept"},
};

void add_for_malicious(const model::ScanResult& result, std::vector<NextStep>& out) {
  const std::string& reference = result.image.reference;
  const bool local = result.image.source == "docker" || result.image.source == "podman";
  const std::string command = local && util::is_shell_word(reference)
                                  ? fmt::format("{} ps --all --filter ancestor={}", result.image.source, reference)
                                  : std::string();
  out.push_back(
      {command.empty() ? "Do not run it, and find out where it has run" : "Do not run it, and see where it has run",
       command});
  out.push_back({"If it has run: take the host off the network and replace every credential that it could read", ""});
}

}  // namespace

std::vector<NextStep> next_steps_of(const model::ScanResult& result) {
  std::vector<NextStep> steps;
  if (any(result.threats, ThreatLevel::malicious, "stop")) add_for_malicious(result, steps);
  if (any_stop(result.secrets))
    steps.push_back(
        {"Replace the keys and credentials named above, and rebuild without them from the first layer on", ""});
  add_upgrades(result, steps);
  if (any_stop(result.checks)) steps.push_back({"Correct the failed checks as described below", ""});
  if (any(result.threats, ThreatLevel::suspicious, "warn"))
    steps.push_back({"Have somebody read the suspicious findings below before this image runs", ""});
  if (any(result.threats, ThreatLevel::unverifiable_at_start, "warn"))
    steps.push_back({"Build what is fetched at start into the image, so that it can be assessed", ""});
  if (std::any_of(result.reasons.begin(), result.reasons.end(),
                  [](const model::Reason& reason) { return reason.reference == "unattributed-code"; }))
    steps.push_back(
        {"Install those programs from packages, or build them in a stage of their own with an SBOM; "
         "--format json lists each with size, digest and layer",
         ""});
  for (const auto& [gap, text] : k_unassessed)
    if (has_open_gap(result, gap)) steps.push_back({std::string(text), ""});
  if (result.end_of_life || has_open_gap(result, "end-of-life"))
    steps.push_back({"Rebuild on a release that still gets security updates", ""});
  if (has_open_gap(result, "not-in-sbom")) {
    const bool plain = util::is_shell_word(result.image.reference) && result.image.reference != result.target;
    steps.push_back({"Scan the image itself for what an SBOM cannot show",
                     plain ? "hullcheck image " + result.image.reference : std::string()});
  }
  if (needs_advisories(result)) {
    const NextStep& renewal = result.database.renewal;
    steps.push_back(renewal.command.empty()
                        ? NextStep{"Fetch the advisory data, then scan again", "hullcheck db update"}
                        : renewal);
  }
  return steps;
}

}  // namespace hullcheck::policy
