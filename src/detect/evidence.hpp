// What detectors say. Evidence is an observation with the weight of its catalogue row; whether it is a threat is
// decided later, from class and reach, in assess.hpp.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/severity.hpp"
#include "util/bytes.hpp"
#include "util/result.hpp"

namespace hullcheck::detect {

enum class EvidenceClass : std::uint8_t {
  decisive,    // A: no plausible benign reading outside a corpus of security rules
  strong,      // B: rare in benign images, explainable
  supporting,  // C: common enough alone
  context,     // D: shifts weight only
};

enum class Reach : std::uint8_t {
  buried,       // R0: only in a lower layer (overwritten or deleted)
  present,      // R1: anywhere in the final file system
  search_path,  // R2: in a folder of PATH, a library path or a plugin folder
  start,        // R3: runs when the container starts
};
std::string_view to_string(EvidenceClass cls);  // "A".."D"
std::string_view to_string(Reach reach);        // "R0".."R3"

// One row of the detection catalogue.
struct RuleRow {
  std::string_view id;  // "M01"
  EvidenceClass cls;
  model::Severity severity;
  std::uint8_t confidence;     // percent, before context
  std::string_view title;      // "Mining pool address (stratum URL)"
  std::string_view technique;  // MITRE ATT&CK ids, "T1496.001"
  std::string_view remediation;
};

// What a rule's family letter is; evidence of one family does not corroborate itself.
// All rules of the user's are one.
inline char family(std::string_view rule) {
  if (rule.find(':') != std::string_view::npos) return ':';
  return rule.empty() ? '?' : rule.front();
}

// Leaked secrets: listed apart from threats, and no evidence of one.
inline bool is_secret_rule(std::string_view rule) {
  return rule == "B09" || rule.starts_with("secret/");
}

struct Evidence {
  std::string rule;
  EvidenceClass cls = EvidenceClass::context;  // the row's, unless the detector knows better in this case
  std::uint8_t confidence = 0;
  std::uint64_t offset = 0;  // in the file
  std::uint32_t line = 0;    // 1-based; 0 in binaries
  std::string text;          // for people: what was seen, at most 300 bytes, secrets masked, raw otherwise
  // For other detectors and for assess(): "host" → "pool.example", "address" → "4…", "target" → "/mnt/etc/crontab".
  std::vector<std::pair<std::string, std::string>> values;

  std::string value(std::string_view key) const;  // the first, or ""
};

// Bounded: a file with a million hits costs memory for k_most_per_rule of each rule, and the count of the rest. The
// first ones stay, so detectors report in file order.
class EvidenceSink {
 public:
  static constexpr std::size_t k_most_per_rule = 16;
  static constexpr std::size_t k_most = 256;
  static constexpr std::size_t k_text_bytes = 300;
  static constexpr std::size_t k_most_values = 16;
  static constexpr std::size_t k_value_bytes = 512;
  void add(Evidence evidence);  // drops exact duplicates (rule and text); cuts texts and values to the limits
  const std::vector<Evidence>& all() const { return m_evidence; }
  // Gives all and starts anew. The first of a rule that had more than was kept carries ("more", count of the rest).
  std::vector<Evidence> take();
  bool empty() const { return m_evidence.empty(); }
  void clear();

 private:
  std::vector<Evidence> m_evidence;
  std::map<std::string, std::uint64_t, std::less<>> m_dropped;
};

// Evidence of this rule is no observation of a threat but of a limit: confirm() was not called for every hit in a
// file. assess() turns it into a gap.
constexpr std::string_view k_hit_limit_rule = "detect-hit-limit";
// Evidence of this rule is said to other detectors' image() only: half of a pair, a word of a vocabulary. It becomes
// no finding.
constexpr std::string_view k_hint_rule = "hint";

// decode_evidence(): "evidence-malformed" for anything that encode_evidence() does not write.
Buffer encode_evidence(const std::vector<Evidence>& evidence);
Result<std::vector<Evidence>> decode_evidence(Bytes bytes);

}  // namespace hullcheck::detect
