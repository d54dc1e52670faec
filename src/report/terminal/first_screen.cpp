// What somebody reads at two in the morning: the answer, why, how much was seen, what to do.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "report/terminal/sections.hpp"
#include "util/text.hpp"

namespace hullcheck::report {
namespace {

using model::Severity;
using model::StageState;
using model::ThreatLevel;
using model::Verdict;
using Strings = std::vector<std::string>;

constexpr std::size_t k_most_reasons = 20;
constexpr std::size_t k_most_gaps = 12;
constexpr std::string_view k_all = "(--format json for all)";

std::string_view verdict_word(Verdict verdict) {
  switch (verdict) {
    case Verdict::safe: return "SAFE";
    case Verdict::unknown: return "UNKNOWN";
    case Verdict::unsafe: return "UNSAFE";
  }
  return "UNKNOWN";
}

template <class Items, class Wanted>
std::size_t count_if(const Items& items, Wanted wanted) {
  return static_cast<std::size_t>(std::count_if(items.begin(), items.end(), wanted));
}

template <class Items>
std::size_t stops(const Items& items) {
  return count_if(items, [](const auto& item) { return item.decision == "stop"; });
}

// Flaws, not rows: one flaw in four packages of one source is one thing to fix.
template <class Wanted>
std::size_t flaws(const model::ScanResult& result, Wanted wanted) {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const auto& flaw : result.vulnerabilities)
    if (wanted(flaw)) seen.emplace(flaw.advisory, flaw.source_name.empty() ? flaw.package : flaw.source_name);
  return seen.size();
}

void add(Strings& parts, std::size_t count, std::string_view one, std::string_view many) {
  if (count > 0) parts.push_back(util::plural(count, one, many));
}

std::string unsafe_line(const model::ScanResult& result) {
  Strings parts;
  const std::size_t malicious = stops(result.threats);
  add(parts, malicious, "malicious finding", "malicious findings");
  add(parts, stops(result.secrets), "leaked secret", "leaked secrets");
  const auto stopped = [](const auto& flaw) { return flaw.decision == "stop"; };
  const std::size_t all = flaws(result, stopped);
  const std::size_t exploited =
      flaws(result, [&](const auto& flaw) { return stopped(flaw) && flaw.known_exploited; });
  const std::size_t critical = flaws(result, [&](const auto& flaw) {
    return stopped(flaw) && !flaw.known_exploited && flaw.severity == Severity::critical;
  });
  add(parts, exploited, "known-exploited vulnerability", "known-exploited vulnerabilities");
  add(parts, critical, "critical vulnerability", "critical vulnerabilities");
  const std::size_t rest = all - std::min(all, exploited + critical);
  add(parts, rest + stops(result.checks) + stops(result.warnings), "finding stopped by the policy",
      "findings stopped by the policy");
  return (malicious > 0 ? "Do not run it: " : "Do not run it as it is: ") + util::join(parts, ", ") + ".";
}

std::string unknown_line(const model::ScanResult& result) {
  Strings parts;
  const auto of_level = [&](ThreatLevel level) {
    return count_if(result.threats, [&](const auto& f) { return f.level == level && f.decision != "ignore"; });
  };
  add(parts, of_level(ThreatLevel::suspicious), "suspicious finding", "suspicious findings");
  add(parts, of_level(ThreatLevel::unverifiable_at_start), "program fetched at start", "programs fetched at start");
  add(parts, count_if(result.coverage.gaps, [](const auto& gap) { return gap.effect == model::GapEffect::unknown; }),
      "thing could not be assessed", "things could not be assessed");
  return "Nothing says it is unsafe, but too little is known to call it safe" +
         (parts.empty() ? "" : ": " + util::join(parts, ", ")) + ".";
}

std::string safe_line(const model::ScanResult& result) {
  Strings parts;
  add(parts, flaws(result, [](const auto& flaw) { return flaw.decision == "warn"; }), "lesser vulnerability",
      "lesser vulnerabilities");
  add(parts, result.checks.size(), "failed check", "failed checks");
  add(parts, result.warnings.size(), "warning", "warnings");
  // What the policy accepts is part of the reason.
  const std::string why = result.reasons.empty() ? "Everything was looked at and nothing crosses the policy"
                                                 : result.reasons.front().text;
  return safe(why) + (parts.empty() ? "." : "; below: " + util::join(parts, ", ") + ".");
}

std::string one_line(const model::ScanResult& result) {
  switch (result.verdict) {
    case Verdict::safe: return safe_line(result);
    case Verdict::unknown: return unknown_line(result);
    case Verdict::unsafe: return unsafe_line(result);
  }
  return {};
}

std::string by_severity(const model::ScanResult& result) {
  std::map<Severity, std::size_t, std::greater<>> counts;
  std::set<std::string_view> packages;
  std::size_t ignored = 0;
  std::size_t exploited = 0;
  for (const auto& flaw : result.vulnerabilities) {
    if (flaw.decision == "ignore") {
      ++ignored;
      continue;
    }
    ++counts[flaw.severity];
    packages.insert(flaw.package);
    if (flaw.known_exploited) ++exploited;
  }
  Strings parts;
  for (const auto& [severity, count] : counts)
    parts.push_back(util::human_count(count) + " " + std::string(model::to_string(severity)));
  std::string text = "none";
  if (const std::size_t all = result.vulnerabilities.size() - ignored; all > 0)
    text = fmt::format("{} in {}: {}", util::human_count(all), util::plural(packages.size(), "package"),
                       util::join(parts, ", "));
  if (exploited > 0) text += "; " + util::human_count(exploited) + " known exploited";
  if (ignored > 0) text += "; " + util::human_count(ignored) + " ignored by the policy";
  return text;
}

std::string by_level(const std::vector<model::Finding>& threats) {
  std::map<ThreatLevel, std::size_t, std::greater<>> counts;
  for (const auto& threat : threats) ++counts[threat.level];
  Strings parts;
  for (const auto& [level, count] : counts) {
    std::string word(level == ThreatLevel::unverifiable_at_start ? "fetched at start" : model::to_string(level));
    parts.push_back(util::human_count(count) + " " + word);
  }
  return parts.empty() ? "none" : util::join(parts, ", ");
}

std::string stopped_and_rest(const std::vector<model::Finding>& findings) {
  if (findings.empty()) return "none";
  const std::size_t stopped = stops(findings);
  if (stopped == 0) return util::human_count(findings.size());
  if (stopped == findings.size()) return util::human_count(stopped) + ", each reason enough to stop";
  return util::human_count(findings.size()) + ", " + util::human_count(stopped) + " of them reason to stop";
}

void print_stages(const model::Coverage& coverage, std::size_t label_width, Canvas& canvas) {
  constexpr std::pair<StageState, std::string_view> k_states[] = {
      {StageState::assessed, "assessed"}, {StageState::partial, "in part"}, {StageState::absent, "not assessed"}};
  for (const auto& [state, word] : k_states) {
    Strings names;
    for (const auto& [name, its_state] : coverage.stages)
      if (its_state == state) names.push_back(safe(name));
    if (names.empty()) continue;
    const Tone tone = state == StageState::assessed ? Tone::dim : Tone::doubt;
    canvas.item({word, label_width, tone, util::join(names, ", ")});
  }
}

}  // namespace

std::string not_assessed(const model::ScanResult& result, std::string_view stage) {
  const auto state = result.coverage.stages.find(std::string(stage));
  if (state != result.coverage.stages.end() && state->second != StageState::absent) return {};
  if (stage == "advisories" && !not_assessed(result, "packages").empty())
    return "not assessed: no packages to look up";
  if (stage == "advisories" && !result.database.present) return "not assessed: no advisory database";
  std::string why = stage == "packages" ? "no package database" : "";
  for (const model::Gap& gap : result.coverage.gaps)
    if (why.empty() && gap.stage == stage) why = gap.reason;
  return why.empty() ? "not assessed" : "not assessed: " + safe(why);
}

void print_verdict(const model::ScanResult& result, Canvas& canvas) {
  const std::string_view word = verdict_word(result.verdict);
  std::string name = safe(result.image.reference.empty() ? result.target : result.image.reference);
  std::string origin = safe(result.image.source);
  if (!result.image.platform.empty()) origin += (origin.empty() ? "" : ", ") + safe(result.image.platform);
  if (!origin.empty()) name += " (" + origin + ")";
  // The name is never cut: it is what the answer is about.
  canvas.line(canvas.paint(tone_of(result.verdict), word) + "  " + canvas.paint(Tone::strong, name));
  if (!canvas.options().quiet) canvas.item({"", 0, Tone::plain, one_line(result), Tone::plain, word.size() + 2});
}

void print_reasons(const model::ScanResult& result, Canvas& canvas) {
  if (!canvas.options().quiet && result.verdict == Verdict::safe) return;  // the line above has said it
  if (!canvas.options().quiet) canvas.heading("Why");
  for (std::size_t i = 0; i < std::min(result.reasons.size(), k_most_reasons); ++i) {
    const model::Reason& reason = result.reasons[i];
    canvas.item({model::to_string(reason.verdict), 7, tone_of(reason.verdict), short_digests(safe(reason.text))});
  }
  if (result.reasons.size() > k_most_reasons)
    canvas.item({"", 7, Tone::dim, fmt::format("… and {} more {}", result.reasons.size() - k_most_reasons, k_all),
                 Tone::dim});
}

void print_found(const model::ScanResult& result, Canvas& canvas) {
  constexpr std::size_t k_label = 15;
  const auto row = [&](std::string_view label, std::string_view stage, const std::string& found, bool empty) {
    const std::string absent = empty ? not_assessed(result, stage) : std::string();
    const auto state = result.coverage.stages.find(std::string(stage));
    const bool partial = state != result.coverage.stages.end() && state->second == StageState::partial;
    std::string text = absent.empty() ? found : absent;
    // "none" of something seen in part is no "none".
    if (absent.empty() && partial) text = empty ? "none in what could be assessed" : text + " (assessed in part)";
    canvas.item({label, k_label, Tone::dim, text, absent.empty() ? Tone::plain : Tone::doubt});
  };
  canvas.heading("Found");
  row("threats", "malware", by_level(result.threats), result.threats.empty());
  row("secrets", "secrets", stopped_and_rest(result.secrets), result.secrets.empty());
  row("vulnerabilities", "advisories", by_severity(result), result.vulnerabilities.empty());
  row("checks failed", "checks", stopped_and_rest(result.checks), result.checks.empty());
  if (!result.warnings.empty())
    canvas.item({"warnings", k_label, Tone::dim, util::human_count(result.warnings.size())});
}

void print_coverage(const model::ScanResult& result, Canvas& canvas) {
  constexpr std::size_t k_label = 12;
  const model::Coverage& coverage = result.coverage;
  canvas.heading("Coverage", coverage.complete ? "complete" : "incomplete");
  print_stages(coverage, k_label, canvas);
  if (coverage.executable_bytes > 0) {
    std::string text = fmt::format("packages account for {} of {}",
                                   util::human_share(coverage.attributed_bytes, coverage.executable_bytes),
                                   util::human_size(coverage.executable_bytes));
    if (coverage.unattributed_count > 0)
      text += fmt::format("; {} to none",
                          util::plural(coverage.unattributed_count, "program belongs", "programs belong"));
    canvas.item({"executables", k_label, Tone::dim, text});
  }
  std::size_t shown = 0;
  for (const model::GapEffect effect : {model::GapEffect::unknown, model::GapEffect::note})
    for (const model::Gap& gap : coverage.gaps) {
      if (gap.effect != effect || ++shown > k_most_gaps) continue;
      const bool open = effect == model::GapEffect::unknown;
      // The reasons have told the open ones in full.
      std::string text = open ? safe(gap.id) : safe(gap.reason);
      if (!gap.subject.empty() && (open || gap.reason.find(gap.subject) == std::string::npos))
        text = safe(gap.subject) + ": " + text;
      text = short_digests(text);
      canvas.item(
          {open ? "gap" : "note", k_label, open ? Tone::doubt : Tone::dim, text, open ? Tone::plain : Tone::dim});
    }
  if (shown > k_most_gaps)
    canvas.item({"", k_label, Tone::dim, fmt::format("… and {} more {}", shown - k_most_gaps, k_all), Tone::dim});
}

void print_next_steps(const model::ScanResult& result, Canvas& canvas) {
  if (result.next_steps.empty()) return;
  canvas.heading("Next");
  std::size_t number = 0;
  for (const model::NextStep& step : result.next_steps) {
    canvas.item({result.next_steps.size() > 1 ? fmt::format("{}.", ++number) : "-", 2, Tone::dim,
                 safe(step.text) + (step.command.empty() ? "" : ":")});
    if (step.command.empty()) continue;
    constexpr std::string_view k_self = "hullcheck ";
    std::string command = step.command;
    if (!canvas.options().command.empty() && command.compare(0, k_self.size(), k_self) == 0)
      command = canvas.options().command + " " + command.substr(k_self.size());
    canvas.command(util::escape_for_terminal(command), 6);  // whole: it is there to be copied
  }
}

}  // namespace hullcheck::report
