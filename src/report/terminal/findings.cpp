// Threats and secrets at full length; checks and warnings in a few lines each.
#include <fmt/format.h>

#include <algorithm>

#include "report/terminal/sections.hpp"
#include "util/text.hpp"

namespace hullcheck::report {
namespace {

using model::Finding;

constexpr std::size_t k_most_threats = 50;
constexpr std::size_t k_most_others = 15;
constexpr std::size_t k_most_places = 5;
constexpr std::size_t k_most_evidence = 6;
constexpr std::size_t k_label = 5;

std::string_view where_now(model::Visibility visibility) {
  switch (visibility) {
    case model::Visibility::deleted: return "shipped, then deleted";
    case model::Visibility::overwritten: return "shipped, then overwritten";
    case model::Visibility::final:
    case model::Visibility::config: return "";
  }
  return "";
}

std::string describe(const model::ScanResult& result, const model::Location& location) {
  std::string text = safe(model::place(location));
  std::vector<std::string> more;
  if (const std::string layer = layer_name(result, location.layer); !layer.empty()) more.push_back(layer);
  if (const auto now = where_now(location.visibility); !now.empty()) more.emplace_back(now);
  return more.empty() ? text : text + " (" + util::join(more, "; ") + ")";
}

void print_places(const model::ScanResult& result, const Finding& finding, Canvas& canvas) {
  for (std::size_t i = 0; i < std::min(finding.locations.size(), k_most_places); ++i)
    canvas.item({i == 0 ? "where" : "", k_label, Tone::dim, describe(result, finding.locations[i]), Tone::plain, 4});
  if (finding.locations.size() > k_most_places)
    canvas.item({"", k_label, Tone::dim, fmt::format("… and {} more", finding.locations.size() - k_most_places),
                 Tone::dim, 4});
}

void print_title(const Finding& finding, std::string_view word, std::size_t word_width, Tone tone, Canvas& canvas) {
  const std::string title = safe(finding.title);
  const std::string ids = safe(finding.rule) + " " + safe(finding.id);
  canvas.item({word, word_width, tone, title, Tone::strong});
  canvas.item({"id", k_label, Tone::dim, ids, Tone::dim, 4});
}

void print_long(const model::ScanResult& result, const Finding& finding, std::string_view word, Tone tone,
                Canvas& canvas) {
  print_title(finding, word, 0, tone, canvas);
  print_places(result, finding, canvas);
  if (model::has_way_there(finding)) {
    std::vector<std::string> chain;
    for (const std::string& step : finding.chain) chain.push_back(safe(step));
    canvas.item({"runs", k_label, Tone::dim, util::join(chain, " → "), Tone::plain, 4});
  }
  for (std::size_t i = 0; i < std::min(finding.evidence.size(), k_most_evidence); ++i)
    canvas.item({i == 0 ? "seen" : "", k_label, Tone::dim, safe(finding.evidence[i]), Tone::plain, 4});
  if (finding.evidence.size() > k_most_evidence)
    canvas.item({"", k_label, Tone::dim, fmt::format("… and {} more", finding.evidence.size() - k_most_evidence),
                 Tone::dim, 4});
  if (!finding.remediation.empty())
    canvas.item({"do", k_label, Tone::dim, safe(finding.remediation), Tone::plain, 4});
  if (finding.decision == "ignore")
    canvas.item({"but", k_label, Tone::dim, "ignored by " + safe(finding.trigger) + ": " + safe(finding.reason),
                 Tone::plain, 4});
}

std::string_view level_word(model::ThreatLevel level) {
  return level == model::ThreatLevel::unverifiable_at_start ? "fetched at start" : model::to_string(level);
}

Tone level_tone(model::ThreatLevel level) {
  return level == model::ThreatLevel::malicious ? Tone::alarm : Tone::doubt;
}

void print_more(std::size_t size, std::size_t most, Canvas& canvas) {
  if (size > most)
    canvas.item({"", 0, Tone::dim, fmt::format("… and {} more (--format json for all)", size - most), Tone::dim});
}

void print_threats(const model::ScanResult& result, Canvas& canvas) {
  if (result.threats.empty()) return;
  std::vector<const Finding*> order;
  for (const Finding& threat : result.threats) order.push_back(&threat);
  std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) { return a->level > b->level; });
  canvas.heading("Threats", util::human_count(order.size()));
  for (std::size_t i = 0; i < std::min(order.size(), k_most_threats); ++i) {
    if (i > 0) canvas.line();
    print_long(result, *order[i], level_word(order[i]->level), level_tone(order[i]->level), canvas);
  }
  print_more(order.size(), k_most_threats, canvas);
}

// What stops first, then by severity.
std::vector<const Finding*> by_weight(const std::vector<Finding>& findings) {
  std::vector<const Finding*> order;
  for (const Finding& finding : findings) order.push_back(&finding);
  std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    const bool a_stops = a->decision == "stop";
    const bool b_stops = b->decision == "stop";
    return a_stops != b_stops ? a_stops : a->severity > b->severity;
  });
  return order;
}

void print_secrets(const model::ScanResult& result, Canvas& canvas) {
  if (result.secrets.empty()) return;
  const auto order = by_weight(result.secrets);
  canvas.heading("Secrets", util::human_count(order.size()));
  for (std::size_t i = 0; i < std::min(order.size(), k_most_others); ++i) {
    if (i > 0) canvas.line();
    const Finding& secret = *order[i];
    const bool stop = secret.decision == "stop";
    const bool harmless = secret.severity < model::Severity::medium;
    const std::string_view word = stop ? "leaked" : harmless ? "likely harmless" : "possibly leaked";
    print_long(result, secret, word, stop ? Tone::alarm : harmless ? Tone::dim : Tone::doubt, canvas);
  }
  print_more(order.size(), k_most_others, canvas);
}

// Severity, title and places; several places of one rule have been one finding or stand one after the other.
void print_short(const model::ScanResult& result, std::string_view title, const std::vector<Finding>& findings,
                 Canvas& canvas) {
  if (findings.empty()) return;
  constexpr std::size_t k_severity = 10;
  const auto order = by_weight(findings);
  canvas.heading(title, util::human_count(order.size()));
  std::string_view last_rule;
  for (std::size_t i = 0; i < std::min(order.size(), k_most_others); ++i) {
    const Finding& finding = *order[i];
    const bool stop = finding.decision == "stop";
    if (finding.rule != last_rule) {
      const std::string word = stop                           ? "stop"
                               : finding.decision == "ignore" ? "ignored"
                                                              : std::string(model::to_string(finding.severity));
      canvas.item({word, k_severity, stop ? Tone::alarm : tone_of(finding.severity),
                   safe(finding.title) + " [" + safe(finding.rule) + "]", Tone::plain});
    }
    last_rule = finding.rule;
    std::string text;
    if (!finding.locations.empty()) text = describe(result, finding.locations.front());
    if (finding.locations.size() > 1) text += fmt::format(" and {} more", finding.locations.size() - 1);
    if (!finding.evidence.empty()) text += (text.empty() ? "" : ": ") + safe(finding.evidence.front());
    if (!text.empty()) canvas.item({"", k_severity, Tone::dim, text, Tone::dim});
    const bool last_of_rule = i + 1 == order.size() || order[i + 1]->rule != finding.rule;
    if (last_of_rule && !finding.remediation.empty())
      canvas.item({"", k_severity, Tone::dim, "→ " + safe(finding.remediation), Tone::plain});
  }
  print_more(order.size(), k_most_others, canvas);
}

}  // namespace

std::string layer_name(const model::ScanResult& result, std::string_view diff_id) {
  if (diff_id.empty()) return {};
  for (std::size_t i = 0; i < result.layers.size(); ++i)
    if (result.layers[i].diff_id == diff_id) return fmt::format("layer {} of {}", i + 1, result.layers.size());
  return "layer " + util::truncate_end(safe(diff_id), 19);
}

void print_findings(const model::ScanResult& result, Canvas& canvas) {
  print_threats(result, canvas);
  print_secrets(result, canvas);
}

void print_hygiene(const model::ScanResult& result, Canvas& canvas) {
  print_short(result, "Checks", result.checks, canvas);
  print_short(result, "Warnings", result.warnings, canvas);
}

}  // namespace hullcheck::report
