// What rules of the user's say about one image, as plain values: scan/ keeps them beside the layers' facts and
// assess() weighs them with everything else. Who makes them is in detect/user/.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "detect/evidence.hpp"
#include "model/finding.hpp"
#include "util/codec.hpp"

namespace hullcheck::detect {

// A catalogue row that a user wrote.
struct UserRule {
  std::string id;      // "yara:Name", "hash:list.hsb", "user:id"
  std::string source;  // file and line, as far as they are known
  EvidenceClass cls = EvidenceClass::decisive;
  model::Severity severity = model::Severity::critical;
  std::uint8_t confidence = 90;
  std::string title, technique, remediation;
  std::string benign;     // which harmless reading the author ruled out, "" where nothing is said
  std::string reference;  // where to read more
};
// Borrows from the rule.
RuleRow row_of(const UserRule& rule);

// Rules of users bear a kind before a colon, which no row of our own does.
inline bool is_user_rule(std::string_view rule) { return rule.find(':') != std::string_view::npos; }

// What needed no bytes: digests, paths and configuration. Evidence from content lies in the layers' sections.
struct UserEvidence {
  std::uint32_t layer = UINT32_MAX;  // UINT32_MAX: of the configuration, at `part`
  std::uint32_t entry = UINT32_MAX;
  std::string part;
  Evidence evidence;
};

struct UserFacts {
  bool present = false;     // rules were given
  bool deep = false;        // and looked into every file
  std::string fingerprint;  // of all of them
  // Sections of layers that these rules made: id → fingerprint. Others, left by other rules, do not count.
  std::map<std::string, std::string, std::less<>> sections;
  std::vector<UserRule> rules;  // those that hit, sorted by id
  std::vector<UserEvidence> evidence;
  std::vector<model::Gap> gaps;
};

void encode(const UserFacts& facts, util::Encoder& out);
// What does not decode makes `in` fail.
UserFacts decode_user_facts(util::Decoder& in);

constexpr std::string_view k_user_content_section = "detect/user-content";
constexpr std::string_view k_user_hash_section = "detect/user-hashes";

}  // namespace hullcheck::detect
