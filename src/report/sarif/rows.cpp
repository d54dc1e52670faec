#include "report/sarif/rows.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "util/text.hpp"

namespace hullcheck::report {
namespace {

using model::Finding;
using model::Severity;
using model::ThreatLevel;
using model::Vulnerability;

// Scores that fall into the bands of code scanning services where there is no CVSS score.
struct Band {
  Severity severity;
  double score;
  std::string_view level;
};
constexpr Band k_bands[] = {
    {Severity::critical, 9.5, "error"}, {Severity::high, 8.0, "error"},      {Severity::medium, 5.5, "warning"},
    {Severity::low, 2.0, "note"},       {Severity::negligible, 0.1, "note"}, {Severity::unrated, 0, "note"},
};

const Band& band(Severity severity) {
  return *std::find_if(std::begin(k_bands), std::end(k_bands) - 1,
                       [&](const Band& row) { return row.severity == severity; });
}

struct KindWords {
  model::FindingKind kind;
  std::string_view name, tag;
};
constexpr KindWords k_kinds[] = {
    {model::FindingKind::threat, "MaliciousContent", "malware"},
    {model::FindingKind::secret, "Secret", "secret"},
    {model::FindingKind::check, "Configuration", "configuration"},
    {model::FindingKind::warning, "Warning", "warning"},
};

const KindWords& words(model::FindingKind kind) {
  return *std::find_if(std::begin(k_kinds), std::end(k_kinds) - 1,
                       [&](const KindWords& row) { return row.kind == kind; });
}

double weight(Severity severity, std::string_view decision, ThreatLevel level) {
  double sum = band(severity).score;
  if (decision == "stop") sum += 20;
  if (level >= ThreatLevel::unverifiable_at_start) sum += 10;
  if (decision == "ignore") sum -= 20;
  return sum;
}

std::string first_of(std::string_view preferred, std::string_view otherwise) {
  return std::string(preferred.empty() ? otherwise : preferred);
}

bool web_link(std::string_view link) {
  if (link.substr(0, 8) != "https://" && link.substr(0, 7) != "http://") return false;
  return std::all_of(link.begin(), link.end(), [](char c) {
    return c > 0x20 && c < 0x7f && std::string_view("\"<>\\^`{|}").find(c) == std::string_view::npos;
  });
}

SarifRow row_of(const Finding& finding) {
  const KindWords& kind = words(finding.kind);
  SarifRow row;
  row.rule = finding.rule;
  row.rule_name = kind.name;
  row.title = first_of(finding.title, finding.rule);
  row.description = row.title;
  row.help = first_of(finding.remediation, row.title);
  row.level = finding.level == ThreatLevel::malicious ? "error" : band(finding.severity).level;
  if (finding.severity != Severity::unrated)
    row.security_severity = fmt::format("{:.1f}", band(finding.severity).score);
  row.precision = finding.confidence >= 90 ? "very-high" : finding.confidence >= 70 ? "high" : "medium";
  row.tags = {"security", std::string(kind.tag)};
  if (!finding.technique.empty()) row.tags.push_back("attack/" + finding.technique);
  row.message = row.title;
  for (const std::string& evidence : finding.evidence) row.message += "\n" + evidence;
  if (model::has_way_there(finding)) row.message += "\nRuns through: " + util::join(finding.chain, " → ");
  row.locations = finding.locations;
  // Services refuse a result that is nowhere.
  if (row.locations.empty()) row.locations.push_back({"config:image", "", model::Visibility::config, 0});
  row.id = finding.id;
  row.severity = model::to_string(finding.severity);
  row.decision = finding.decision;
  row.trigger = finding.trigger;
  row.reason = finding.reason;
  return row;
}

SarifRow row_of(const Vulnerability& flaw) {
  SarifRow row;
  row.rule = flaw.advisory;
  row.rule_name = "VulnerablePackage";
  row.title = flaw.advisory + (flaw.title.empty() ? "" : ": " + flaw.title);
  row.description = row.title;
  const std::string fix = flaw.fixed_version.empty() ? "There is no fixed version yet."
                                                     : "Upgrade " + flaw.package + " to " + flaw.fixed_version + ".";
  row.help = fix;
  if (!flaw.link.empty()) row.help += " See " + flaw.link;
  if (web_link(flaw.link)) row.help_uri = flaw.link;
  row.level = band(flaw.severity).level;
  if (flaw.cvss_score >= 0)
    row.security_severity = fmt::format("{:.1f}", flaw.cvss_score);
  else if (flaw.severity != Severity::unrated)
    row.security_severity = fmt::format("{:.1f}", band(flaw.severity).score);
  row.precision = "very-high";
  row.tags = {"security", "vulnerability"};
  if (flaw.known_exploited) row.tags.emplace_back("known-exploited");
  row.message =
      fmt::format("{} {} is affected by {} ({}{}). {}", flaw.package, flaw.package_version, flaw.advisory,
                  model::to_string(flaw.severity), flaw.known_exploited ? ", known to be exploited" : "", fix);
  row.locations = {flaw.location};
  row.id = flaw.id;
  row.severity = model::to_string(flaw.severity);
  row.decision = flaw.decision;
  row.trigger = flaw.trigger;
  row.reason = flaw.reason;
  return row;
}

}  // namespace

std::vector<SarifItem> sarif_items(const model::ScanResult& result) {
  std::vector<SarifItem> items;
  for (const auto* findings : {&result.threats, &result.secrets, &result.checks, &result.warnings})
    for (const Finding& finding : *findings)
      items.push_back({weight(finding.severity, finding.decision, finding.level), &finding, nullptr});
  for (const Vulnerability& flaw : result.vulnerabilities)
    items.push_back({weight(flaw.severity, flaw.decision, ThreatLevel::none), nullptr, &flaw});
  std::stable_sort(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.weight > b.weight; });
  return items;
}

SarifRow sarif_row(const SarifItem& item) {
  return item.finding != nullptr ? row_of(*item.finding) : row_of(*item.flaw);
}

std::string location_uri(std::string_view path) {
  std::string out;
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

}  // namespace hullcheck::report
