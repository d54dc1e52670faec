#include "model/finding.hpp"

#include <algorithm>

#include "util/codec.hpp"
#include "util/digest.hpp"

namespace hullcheck::model {

std::string_view to_string(FindingKind kind) {
  switch (kind) {
    case FindingKind::threat: return "threat";
    case FindingKind::secret: return "secret";
    case FindingKind::check: return "check";
    case FindingKind::warning: return "warning";
  }
  return "warning";
}

std::string_view to_string(ThreatLevel level) {
  switch (level) {
    case ThreatLevel::none: return "none";
    case ThreatLevel::risky: return "risky";
    case ThreatLevel::unverifiable_at_start: return "unverifiable_at_start";
    case ThreatLevel::suspicious: return "suspicious";
    case ThreatLevel::malicious: return "malicious";
  }
  return "none";
}

// The words of VEX documents where they have one.
std::string_view to_string(VulnerabilityStatus status) {
  switch (status) {
    case VulnerabilityStatus::affected: return "affected";
    case VulnerabilityStatus::not_affected: return "not_affected";
    case VulnerabilityStatus::fixed: return "fixed";
    case VulnerabilityStatus::under_investigation: return "under_investigation";
    case VulnerabilityStatus::will_not_fix: return "will_not_fix";
    case VulnerabilityStatus::deferred: return "deferred";
    case VulnerabilityStatus::end_of_life: return "end_of_life";
    case VulnerabilityStatus::unimportant: return "unimportant";
    case VulnerabilityStatus::disputed: return "disputed";
  }
  return "affected";
}

std::string_view to_string(GapEffect effect) { return effect == GapEffect::note ? "note" : "unknown"; }

std::string place(const Location& location) {
  const bool file = location.path.compare(0, 7, "config:") != 0;
  std::string text = (file && location.path.compare(0, 1, "/") != 0 ? "/" : "") + location.path;
  if (location.line != 0) text += ":" + std::to_string(location.line);
  return text;
}

bool is_place(std::string_view step, const Location& location) {
  const Location anywhere{location.path, location.layer, location.visibility, 0};
  return step == place(location) || step == place(anywhere) || location.path == "config:" + std::string(step);
}

bool has_way_there(const Finding& finding) {
  if (finding.chain.empty()) return false;
  if (finding.at_start || finding.chain.size() > 1) return true;
  return std::none_of(finding.locations.begin(), finding.locations.end(),
                      [&](const Location& location) { return is_place(finding.chain.front(), location); });
}

std::string finding_id(std::string_view rule, std::string_view path, std::string_view file_digest,
                       std::string_view layer) {
  // Length-prefixed, because a path may hold any byte that a separator could be.
  util::Encoder parts;
  for (const std::string_view part : {rule, path, file_digest, layer}) parts.string(part);
  return "HC-" + util::sha256_hex(parts.data()).substr(0, 16);
}

}  // namespace hullcheck::model
