// Everything that a scan can say about an image. Plain values: who makes them is in detect/, match/, checks/, scan/.
// All text may stem from the image and is unescaped; a report escapes it for its own medium.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/severity.hpp"

namespace hullcheck::model {

struct Location {
  std::string path;   // no leading slash for files; "config:Entrypoint", "config:history[3]" for configuration
  std::string layer;  // diff id of the layer, "" for configuration
  Visibility visibility = Visibility::final;
  std::uint32_t line = 0;  // 1-based, 0 where lines mean nothing

  auto operator<=>(const Location&) const = default;
};
// "/etc/cron.d/x:3", "config:Entrypoint": how people are told of a place. Raw text of the image.
std::string place(const Location& location);

enum class FindingKind : std::uint8_t { threat, secret, check, warning };

// How a threat weighs in the verdict.
enum class ThreatLevel : std::uint8_t {
  none,
  risky,                  // a warning
  unverifiable_at_start,  // runs code that the image does not contain
  suspicious,
  malicious,
};
std::string_view to_string(FindingKind kind);
std::string_view to_string(ThreatLevel level);

struct Finding {
  std::string id;    // "HC-" + 16 hex digits; see finding_id()
  std::string rule;  // catalogue row or check: "M07", "HC-CHECK-ROOT-USER"
  FindingKind kind = FindingKind::warning;
  std::string title;
  Severity severity = Severity::unrated;
  std::uint32_t confidence = 0;  // percent
  ThreatLevel level = ThreatLevel::none;
  std::string technique;  // MITRE ATT&CK ids, comma-separated
  std::vector<Location> locations;
  std::vector<std::string> evidence;  // what was seen, secrets masked
  std::vector<std::string> chain;     // how it gets run: "Entrypoint", "/entry.sh:12", "/usr/sbin/kworker"
  bool at_start = false;              // the chain begins with something that runs by itself
  std::string remediation;
  std::string benign;       // why harmless readings do not hold, or which one might
  std::string rule_source;  // of a rule of the user's: file and line
  std::string reference;    // where to read more
  // The file is a program that runs at start and that no package owns; set by whoever knows the owners. The policy
  // decides whether such a program with supporting evidence leaves the verdict open.
  bool unattributed_start = false;
  // Set by the policy, not by whoever found it.
  std::string decision;  // "stop", "warn", "ignore"
  std::string trigger;   // the policy rule that decided
  std::string reason;    // why a policy file ignores it
};

// Whether a step of a chain is the place itself; steps name a file or a part of the configuration, mostly without the
// line.
bool is_place(std::string_view step, const Location& location);
// False where the chain names the finding's own place and nothing leads there: there is no way to tell of.
bool has_way_there(const Finding& finding);

// Stable over runs and machines: a hash of rule, path, file digest (or the evidence where there is none) and layer.
std::string finding_id(std::string_view rule, std::string_view path, std::string_view file_digest,
                       std::string_view layer);

enum class VulnerabilityStatus : std::uint8_t {
  affected,
  not_affected,
  fixed,
  under_investigation,
  will_not_fix,
  deferred,
  end_of_life,
  unimportant,
  disputed,
};
std::string_view to_string(VulnerabilityStatus status);

struct Vulnerability {
  std::string id;                    // the finding: "HC-…"
  std::string advisory;              // the flaw: CVE where there is one, else the advisory's own id
  std::vector<std::string> aliases;  // every other id, sorted
  std::string package;               // binary package name
  std::string package_version;
  std::string architecture;
  std::string source_name;
  std::string purl;
  Severity severity = Severity::unrated;
  std::string severity_source;  // "debian", "osv", … "" when unrated
  double cvss_score = -1;       // -1 where nobody gave one
  std::string cvss_vector;
  std::string fixed_version;  // "" when there is no fix
  VulnerabilityStatus status = VulnerabilityStatus::affected;
  bool known_exploited = false;
  std::string known_exploited_since;  // date, "" unless known_exploited
  std::string link;
  std::string title;
  std::string feed;       // the source that says so
  std::string ecosystem;  // "Debian:11"
  std::string published;  // date or ""
  Location location;      // the package database and the layer that brought the package
  std::string decision;
  std::string trigger;
  std::string reason;
};

enum class GapEffect : std::uint8_t { note, unknown };  // `unknown` keeps an image from being called safe

struct Gap {
  std::string id;       // stable word: "no-advisory-database", "end-of-life", "layer-digest-mismatch"
  std::string stage;    // "acquire", "layers", "inventory", "advisories", "detect", …
  std::string subject;  // a layer, a file, an ecosystem
  std::string reason;   // one sentence
  GapEffect effect = GapEffect::unknown;

  auto operator<=>(const Gap&) const = default;
};
std::string_view to_string(GapEffect effect);

}  // namespace hullcheck::model
