// Why: one plain line a reason, the weightiest first. Where many findings say the same they share a line.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>
#include <tuple>

#include "policy/accept.hpp"
#include "policy/rules.hpp"
#include "policy/verdict.hpp"
#include "util/text.hpp"

namespace hullcheck::policy {
namespace {

using model::Finding;
using model::Reason;
using model::ThreatLevel;
using model::Verdict;
using model::Vulnerability;

// So many reasons of one sort get lines of their own; vulnerabilities are grouped when there are more, other sorts
// end in "and N more".
constexpr std::size_t k_most_flaws_apart = 3;
constexpr std::size_t k_most_lines = 8;
constexpr std::size_t k_most_named = 6;

using Reasons = std::vector<Reason>;

std::string shipped(const model::Location& location) {
  if (location.visibility == model::Visibility::deleted) return " (shipped, then deleted)";
  if (location.visibility == model::Visibility::overwritten) return " (shipped, then overwritten)";
  return {};
}

std::string describe(const Finding& finding) {
  std::string text = finding.title;
  if (!finding.locations.empty()) {
    const model::Location& first = finding.locations.front();
    text += " in " + model::place(first);
    if (finding.locations.size() > 1) text += fmt::format(" and {} more", finding.locations.size() - 1);
    if (text.find("shipped, then") == std::string::npos) text += shipped(first);
  }
  // The way there; that it ends where the finding is need not be said twice.
  std::vector<std::string> chain = finding.chain;
  if (!chain.empty() && !finding.locations.empty() && model::is_place(chain.back(), finding.locations.front()))
    chain.pop_back();
  if (!chain.empty()) text += ", run through " + util::join(chain, " → ");
  return text;
}

using Wanted = std::function<bool(const Finding&)>;
using Words = std::function<std::string(const Finding&)>;

void add_findings(const std::vector<Finding>& findings, Verdict verdict, const Wanted& wanted, const Words& words,
                  std::string_view more, Reasons& out) {
  std::size_t count = 0;
  const Finding* beyond = nullptr;
  for (const Finding& finding : findings) {
    if (!wanted(finding)) continue;
    if (++count <= k_most_lines)
      out.push_back({verdict, words(finding), finding.id});
    else if (beyond == nullptr)
      beyond = &finding;
  }
  if (beyond != nullptr)
    out.push_back({verdict, fmt::format("and {} more {}", count - k_most_lines, more), beyond->id});
}

bool stops(const Finding& finding) { return finding.decision == "stop"; }

bool by_built_in(const Finding& finding) {
  return std::string_view(finding.trigger).substr(0, k_built_in.size()) == k_built_in;
}

// A file's rule that warns or ignores has settled the matter; the built-in rules only list it.
bool open_threat(const Finding& finding, ThreatLevel level) {
  return finding.level == level && finding.decision == "warn" && by_built_in(finding);
}

std::string fix_of(const Vulnerability& flaw) {
  return flaw.fixed_version.empty() ? "; no fix yet" : "; fixed in " + flaw.fixed_version;
}

// How a stopping rule speaks of one flaw and of many.
struct FlawWords {
  std::string_view trigger, one, many;
};
constexpr FlawWords k_flaw_words[] = {
    {k_trigger_exploited, "is being exploited", "known-exploited vulnerabilities"},
    {k_trigger_critical, "is critical", "critical vulnerabilities with a fix"},
};

struct FlawGroup {
  std::string trigger;
  std::vector<const Vulnerability*> flaws;  // one per flaw and source package, the worst first
};

// In the order built-in exploited, built-in critical, then the rest by name.
std::vector<FlawGroup> stopped_flaws(const model::ScanResult& result) {
  std::vector<const Vulnerability*> stopped;
  for (const Vulnerability& flaw : result.vulnerabilities)
    if (flaw.decision == "stop") stopped.push_back(&flaw);
  std::sort(stopped.begin(), stopped.end(), [](const Vulnerability* a, const Vulnerability* b) {
    const auto weight = [](const Vulnerability& f) {
      return std::make_tuple(f.known_exploited, f.severity, f.cvss_score);
    };
    if (weight(*a) != weight(*b)) return weight(*a) > weight(*b);
    return std::tie(a->advisory, a->package, a->id) < std::tie(b->advisory, b->package, b->id);
  });
  std::vector<FlawGroup> groups;
  for (const FlawWords& words : k_flaw_words) groups.push_back({std::string(words.trigger), {}});
  std::set<std::tuple<std::string, std::string>> seen;
  for (const Vulnerability* flaw : stopped) {
    const std::string& source = flaw->source_name.empty() ? flaw->package : flaw->source_name;
    if (!seen.emplace(flaw->advisory, source).second) continue;
    auto group =
        std::find_if(groups.begin(), groups.end(), [&](const auto& g) { return g.trigger == flaw->trigger; });
    if (group == groups.end()) group = groups.insert(groups.end(), FlawGroup{flaw->trigger, {}});
    group->flaws.push_back(flaw);
  }
  return groups;
}

void add_flaws(const FlawGroup& group, Reasons& out) {
  const auto words = std::find_if(std::begin(k_flaw_words), std::end(k_flaw_words),
                                  [&](const FlawWords& row) { return row.trigger == group.trigger; });
  const bool known = words != std::end(k_flaw_words);
  if (group.flaws.size() <= k_most_flaws_apart) {
    for (const Vulnerability* flaw : group.flaws) {
      const std::string what =
          known ? std::string(words->one)
                : fmt::format("is {} and stopped by {}", model::to_string(flaw->severity), group.trigger);
      out.push_back(
          {Verdict::unsafe,
           fmt::format("{} in {} {} {}{}", flaw->advisory, flaw->package, flaw->package_version, what, fix_of(*flaw)),
           flaw->id});
    }
    return;
  }
  std::vector<std::string> names;
  for (const Vulnerability* flaw : group.flaws) names.push_back(flaw->advisory + " in " + flaw->package);
  const std::string many = known ? std::string(words->many) : "vulnerabilities stopped by " + group.trigger;
  out.push_back(
      {Verdict::unsafe,
       fmt::format("{} {}: {}", util::human_count(group.flaws.size()), many, util::join_some(names, k_most_named)),
       group.flaws.front()->id});
}

std::string describe(const model::Gap& gap) {
  std::string text = gap.reason;
  while (!text.empty() && text.back() == '.') text.pop_back();
  if (!gap.subject.empty() && text.find(gap.subject) == std::string::npos) text = gap.subject + ": " + text;
  return text;
}

// Bytes that could not be had are told before all that is missing because of them.
bool of_bytes(const model::Gap& gap) { return gap.stage == "acquire" || gap.stage == "layers"; }
bool of_meaning(const model::Gap& gap) { return !of_bytes(gap); }

// Gaps of one name share a line when there are many.
void add_gaps(const std::vector<model::Gap>& gaps, bool (*wanted)(const model::Gap&), Reasons& out) {
  const auto counts = [&](const model::Gap& gap) { return gap.effect == model::GapEffect::unknown && wanted(gap); };
  std::set<std::string> done;
  for (const model::Gap& gap : gaps) {
    if (!counts(gap) || !done.insert(gap.id).second) continue;
    std::vector<const model::Gap*> same;
    for (const model::Gap& other : gaps)
      if (other.id == gap.id && counts(other)) same.push_back(&other);
    if (same.size() <= k_most_flaws_apart)
      for (const model::Gap* each : same) out.push_back({Verdict::unknown, describe(*each), each->id});
    else
      out.push_back(
          {Verdict::unknown, fmt::format("{} (and {} more like it)", describe(gap), same.size() - 1), gap.id});
  }
}

// A file's rule on the finding settles this too.
bool unattributed_start(const Finding& finding) {
  return finding.unattributed_start && finding.decision == "warn" && by_built_in(finding);
}

void add_unsafe(const model::ScanResult& result, Reasons& out) {
  const auto plainly = [](const Finding& finding) { return describe(finding); };
  add_findings(result.threats, Verdict::unsafe, stops, plainly, "threats", out);
  add_findings(result.secrets, Verdict::unsafe, stops, plainly, "secrets", out);
  for (const FlawGroup& group : stopped_flaws(result)) add_flaws(group, out);
  const auto by_rule = [](const Finding& finding) { return describe(finding) + "; stopped by " + finding.trigger; };
  add_findings(result.checks, Verdict::unsafe, stops, by_rule, "failed checks", out);
  add_findings(result.warnings, Verdict::unsafe, stops, by_rule, "warnings", out);
}

void add_unattributed(const Policy& policy, const model::Coverage& coverage, Verdict verdict, Reasons& out) {
  const std::string excess = unattributed_excess(policy, coverage);
  if (excess.empty()) return;
  std::vector<std::string> paths;
  for (const std::string& path : coverage.unattributed) paths.push_back("/" + path);
  out.push_back({verdict, excess + (paths.empty() ? "" : ": ") + util::join_some(paths, 3), "unattributed-code"});
}

void add_unknown(const Policy& policy, const model::ScanResult& result, Reasons& out) {
  add_findings(
      result.threats, Verdict::unknown, [](const Finding& f) { return open_threat(f, ThreatLevel::suspicious); },
      [](const Finding& f) { return "Suspicious: " + describe(f); }, "suspicious findings", out);
  add_findings(
      result.threats, Verdict::unknown,
      [](const Finding& f) { return open_threat(f, ThreatLevel::unverifiable_at_start); },
      [](const Finding& f) { return "Runs code that the image does not contain: " + describe(f); },
      "things run unseen", out);
  add_gaps(result.coverage.gaps, of_bytes, out);
  if (policy.unattributed_start_is_unknown)
    add_findings(
        result.warnings, Verdict::unknown, unattributed_start,
        [](const Finding& f) { return "A program that no package owns runs at start: " + describe(f); },
        "programs of this sort", out);
  if (policy.unattributed == Excess::unknown) add_unattributed(policy, result.coverage, Verdict::unknown, out);
  add_gaps(result.coverage.gaps, of_meaning, out);
}

}  // namespace

std::string safe_reason(const model::Coverage& coverage) {
  const std::vector<std::string> accepted = accepted_gaps(coverage);
  if (accepted.empty()) return "Everything was looked at and nothing crosses the policy";
  return "Nothing crosses the policy, which accepts what could not be judged: " +
         util::join_some(accepted, k_most_named);
}

std::vector<Reason> reasons_of(const Policy& policy, const model::ScanResult& result) {
  Reasons reasons;
  add_unsafe(result, reasons);
  if (policy.unattributed == Excess::stop) add_unattributed(policy, result.coverage, Verdict::unsafe, reasons);
  add_unknown(policy, result, reasons);
  if (reasons.empty()) reasons.push_back({Verdict::safe, safe_reason(result.coverage), ""});
  return reasons;
}

}  // namespace hullcheck::policy
