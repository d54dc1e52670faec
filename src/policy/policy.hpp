// The policy engine: typed findings in, one decision each out; the built-in policy is one rule set among others.
//
// A policy file (YAML, docs/policy.md) is an ordered list of rules; the first rule whose every condition holds
// decides. What no rule of the file decides, the built-in rules do. Unknown keys, bad dates and bad values are errors
// that name line and column.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/finding.hpp"
#include "model/scan_result.hpp"
#include "util/result.hpp"

namespace hullcheck::policy {

enum class Action : std::uint8_t { stop, warn, ignore };
// What becomes of an image with more unattributed programs than the policy allows.
enum class Excess : std::uint8_t { warn, unknown, stop };
std::string_view to_string(Action action);

// Every condition that is given must hold; a condition on something that the finding does not have (a fix, an age, a
// threat level) never holds.
struct Rule {
  std::string name;  // shown as the trigger: "built-in/known-exploited", "team.yaml/rules[2]"
  Action action = Action::warn;
  std::vector<std::string> kinds;  // "vulnerability", "threat", "secret", "check", "warning"; empty: any
  // Advisory ids or aliases, catalogue rules, check ids, finding ids; "*" at the end matches any rest.
  std::vector<std::string> ids;
  std::vector<std::string> packages;                          // binary or source package, "*" at the end as above
  std::vector<std::string> binary_packages, source_packages;  // the same of one of the two alone
  std::optional<model::Severity> at_least;                    // an unrated finding is at least nothing
  std::optional<model::ThreatLevel> level;                    // at least
  std::optional<bool> fix_available;
  std::optional<bool> known_exploited;
  std::optional<int> older_than_days;  // since published (vulnerabilities)
  std::vector<std::string> versions;   // of the package, exactly
  std::vector<std::string> purls;      // package URLs; without a version or qualifiers: any
  std::vector<std::string> types;      // of the package, as in package URLs: "deb", "npm"
  std::vector<std::string> paths;      // where the finding lies; "*" within a name, "**" over folders
  std::vector<model::VulnerabilityStatus> statuses;
  std::vector<std::string> images;  // package URLs of type oci; exceptions only
  std::string owner;                // who answers for an exception
  bool may_rest = false;            // an exception that need not match anything: VEX documents speak of many images
  std::string reason;
  std::optional<std::chrono::sys_days> expires;  // after this day the rule no longer applies, and a note says so
};

// A gap that a team lives with until a day. Only gaps about packages that nobody publishes advisories for: what this
// scan could not read, or would know with newer data, nobody can accept (acceptable_gaps()).
struct Acceptance {
  std::string name;                   // "team.yaml/accept[0]"
  std::string gap;                    // its id
  std::vector<std::string> subjects;  // "*" at the end matches any rest; empty: any
  std::string reason;
  std::optional<std::chrono::sys_days> expires;  // always set; the last day
};
// The ids that may be accepted, sorted.
std::vector<std::string_view> acceptable_gaps();

struct Policy {
  std::string name = "built-in";
  std::vector<Rule> rules;  // asked before ignore_unfixed, fail_on and the built-in ones
  // From ignore files and VEX documents: asked before everything else. One that matches nothing is said.
  std::vector<Rule> exceptions;
  std::vector<std::string> exception_files;                            // as the report names them
  std::vector<std::pair<std::string, std::string>> exception_remarks;  // file, and what of it has no effect
  bool attached_vex = false;  // also what the registry holds about the image (model::Image::statements)
  std::vector<Acceptance> accepted;
  bool ignore_unfixed = false;
  std::vector<model::VulnerabilityStatus> ignore_statuses;
  std::optional<model::Severity> fail_on;  // --fail-on: stop on any affected vulnerability at least this severe
  // Programs that no package accounts for: above any of these `unattributed` says what follows.
  double most_unattributed = 0.20;                       // share of executable bytes
  std::optional<std::uint64_t> most_unattributed_bytes;  // no limit by itself
  std::optional<std::uint64_t> most_unattributed_files;
  Excess unattributed = Excess::unknown;
  bool unattributed_start_is_unknown = true;
  bool allow_declared_miners = false;  // M17 is a warning
};

Policy built_in();
// What decides when no rule of a file does; the last one matches everything.
const std::vector<Rule>& built_in_rules();

// "policy-malformed" with line and column in the subject; load() also gives the errors of util::read_file.
Result<Policy> load(const std::string& path);
Result<Policy> parse(std::string_view yaml, std::string name);

// Sets decision, trigger and reason of every finding, then verdict, reasons and next steps of the result from
// decisions, threat levels, gaps and coverage. A gap that is accepted becomes a note. An expired rule or acceptance
// adds a note to the gaps, unattributed programs below the threshold a warning. Pure.
void apply(const Policy& policy, std::chrono::sys_seconds now, model::ScanResult& result);

}  // namespace hullcheck::policy
