// Evidence to findings: groups by rule, path and layer, and gives each group its level from class and reach.
//
// The levels of B and C depend on what else the image holds, so all evidence is counted first and levels are given
// after. Nothing here looks at an image's text to lower a weight: an attacker would ship that text.
#include <algorithm>
#include <optional>
#include <set>
#include <tuple>

#include "detect/assess.hpp"
#include "detect/catalogue.hpp"
#include "util/bytes.hpp"

namespace hullcheck::detect {
namespace {

using model::Finding;
using model::FindingKind;
using model::Severity;
using model::ThreatLevel;
using model::Visibility;

constexpr std::size_t k_most_locations = 16;
constexpr std::size_t k_most_texts = 32;
constexpr std::size_t k_families_of_supporting = 3;
constexpr std::string_view k_declared_miner = "M17";

const UserRule* user_rule(const std::vector<UserRule>& rules, std::string_view rule) {
  const auto at = std::lower_bound(rules.begin(), rules.end(), rule,
                                   [](const UserRule& row, std::string_view id) { return row.id < id; });
  return at != rules.end() && at->id == rule ? &*at : nullptr;
}

RuleRow row_of(const std::vector<UserRule>& users, std::string_view rule) {
  static const std::vector<RuleRow> rows = all_rules();
  static constexpr RuleRow k_unknown{"", EvidenceClass::context, Severity::unrated, 0, "Unknown rule", "", ""};
  if (const UserRule* user = user_rule(users, rule)) return row_of(*user);
  const auto at =
      std::lower_bound(rows.begin(), rows.end(), rule, [](const RuleRow& row, auto id) { return row.id < id; });
  return at != rows.end() && at->id == rule ? *at : k_unknown;
}

struct Key {
  std::string rule;
  std::string path;
  std::uint32_t layer;
  auto operator<=>(const Key&) const = default;
};

struct Group {
  std::vector<const PlacedEvidence*> evidence;
  EvidenceClass cls = EvidenceClass::context;
  Reach reach = Reach::buried;
  bool payload_absent = false;
  bool build_time = true;
  bool unowned_program = false;
};

// A program and its packer are one observation, so E counts as M where M speaks of the same file.
class Families {
 public:
  explicit Families(const std::map<Key, Group>& groups) {
    for (const auto& [key, group] : groups)
      if (family(key.rule) == 'M') m_mining.insert(place_of(key, group));
  }
  char of(const Key& key, const Group& group) const {
    const char letter = said_family(group).value_or(family(key.rule));
    return letter == 'E' && m_mining.contains(place_of(key, group)) ? 'M' : letter;
  }

 private:
  // What all of its evidence says to be of, against the letter of the rule.
  static std::optional<char> said_family(const Group& group) {
    std::optional<char> letter;
    for (const PlacedEvidence* placed : group.evidence) {
      const std::string said = placed->evidence.value(k_family_key);
      if (said.size() != 1 || (letter && *letter != said[0])) return std::nullopt;
      letter = said[0];
    }
    return letter;
  }

  // Content inside of a file has the file's place.
  using Place = std::pair<std::string, std::uint32_t>;
  static Place place_of(const Key& key, const Group& group) {
    return {key.path.substr(0, key.path.size() - group.evidence.front()->suffix), key.layer};
  }

  std::set<Place> m_mining;
};

struct Tally {
  std::set<char> strong;      // families of B at R2 or higher
  std::set<char> supporting;  // families of C in the final image
  bool supporting_at_start = false;

  bool strong_pair() const { return strong.size() >= 2; }
  bool supporting_three() const { return supporting_at_start && supporting.size() >= k_families_of_supporting; }
};

Tally count(const std::map<Key, Group>& groups, const Families& families) {
  Tally tally;
  for (const auto& [key, group] : groups) {
    if (is_secret_rule(key.rule)) continue;
    if (group.cls == EvidenceClass::strong && group.reach >= Reach::search_path)
      tally.strong.insert(families.of(key, group));
    if (group.cls == EvidenceClass::supporting && group.reach >= Reach::present && !group.build_time) {
      tally.supporting.insert(families.of(key, group));
      tally.supporting_at_start |= group.reach == Reach::start;
    }
  }
  return tally;
}

ThreatLevel level_of(const Group& group, const Tally& tally) {
  switch (group.cls) {
    case EvidenceClass::decisive: return ThreatLevel::malicious;
    case EvidenceClass::strong:
      if (group.reach == Reach::buried) return ThreatLevel::risky;
      if (group.reach >= Reach::search_path && tally.strong_pair()) return ThreatLevel::malicious;
      return group.payload_absent ? ThreatLevel::unverifiable_at_start : ThreatLevel::suspicious;
    case EvidenceClass::supporting:
      if (group.reach == Reach::buried || group.build_time) return ThreatLevel::risky;
      return tally.supporting_three() ? ThreatLevel::suspicious : ThreatLevel::risky;
    case EvidenceClass::context: break;
  }
  return ThreatLevel::risky;
}

// A weaker class than the row's caps how bad it is called.
Severity severity_of(const RuleRow& row, EvidenceClass cls) {
  static constexpr Severity k_caps[] = {Severity::critical, Severity::high, Severity::medium, Severity::low};
  return cls <= row.cls ? row.severity : std::min(row.severity, k_caps[static_cast<std::size_t>(cls)]);
}

std::string title_of(const RuleRow& row, const Group& group) {
  std::string title(row.title);
  switch (group.evidence.front()->visibility) {
    case Visibility::deleted: return title + " (shipped, then deleted)";
    case Visibility::overwritten: return title + " (shipped, then overwritten)";
    default: return group.build_time ? title + " (when the image was built)" : title;
  }
}

template <class T>
void add_once(std::vector<T>& list, T value, std::size_t most) {
  if (list.size() < most && std::find(list.begin(), list.end(), value) == list.end())
    list.push_back(std::move(value));
}

std::string digest_of(const layers::ImageView& image, const PlacedEvidence& placed, const Finding& finding) {
  const layers::FileDigests* digests = placed.file.layer == layers::k_none ? nullptr : image.digests(placed.file);
  // Whether facts hold the digest of a file that no detector noticed depends on earlier scans; an id must not.
  if (is_user_rule(placed.evidence.rule)) digests = nullptr;
  if (digests != nullptr) return to_hex(digests->sha256);
  if (std::string digest = placed.evidence.value("sha256"); !digest.empty()) return digest;
  std::string all;
  for (const std::string& text : finding.evidence) all += text + '\n';
  return all;
}

// Of what nothing that starts leads to: the file, or the part of the configuration, by itself.
std::string own_beginning(std::string_view path) {
  constexpr std::string_view k_config = "config:";
  return path.starts_with(k_config) ? std::string(path.substr(k_config.size())) : "/" + std::string(path);
}

Finding finding_of(const layers::ImageView& image, const std::vector<UserRule>& rules, const Key& key,
                   const Group& group, ThreatLevel level) {
  const RuleRow row = row_of(rules, key.rule);
  Finding finding;
  finding.rule = key.rule;
  finding.title = title_of(row, group);
  finding.severity = severity_of(row, group.cls);
  finding.level = level;
  finding.at_start = group.reach == Reach::start && !group.build_time;
  finding.unattributed_start = group.unowned_program && group.reach == Reach::start && !group.build_time &&
                               group.cls <= EvidenceClass::supporting;
  finding.technique = row.technique;
  finding.remediation = row.remediation;
  finding.benign = benign_reading(key.rule);
  if (const UserRule* user = user_rule(rules, key.rule)) {
    finding.benign = user->benign;
    finding.rule_source = user->source;
    finding.reference = user->reference;
  }
  const std::string layer = key.layer == layers::k_none ? "" : image.layer_id(key.layer);
  for (const PlacedEvidence* placed : group.evidence) {
    finding.confidence = std::max<std::uint32_t>(finding.confidence, placed->evidence.confidence);
    add_once(finding.locations, {key.path, layer, placed->visibility, placed->evidence.line}, k_most_locations);
    if (!placed->evidence.text.empty()) add_once(finding.evidence, placed->evidence.text, k_most_texts);
    if (finding.chain.empty()) finding.chain = placed->chain;
  }
  if (finding.chain.empty() && level != ThreatLevel::none) finding.chain = {own_beginning(key.path)};
  std::sort(finding.locations.begin(), finding.locations.end());
  finding.id = model::finding_id(key.rule, key.path, digest_of(image, *group.evidence.front(), finding), layer);
  return finding;
}

// One finding in place of all mining ones, where the image says openly that it mines: a policy may allow this rule.
Finding declared_miner(std::vector<Finding> mining, const Key& key, const Group& group,
                       const layers::ImageView& image) {
  Finding finding = finding_of(image, {}, key, group, ThreatLevel::malicious);
  for (Finding& part : mining) {
    for (model::Location& place : part.locations) add_once(finding.locations, std::move(place), k_most_locations);
    for (std::string& text : part.evidence) add_once(finding.evidence, part.rule + ": " + text, k_most_texts);
    finding.at_start |= part.at_start;
    if (finding.chain.empty()) finding.chain = std::move(part.chain);
  }
  return finding;
}

struct Made {
  Key key;
  const Group* group;
  Finding finding;
  bool folded = false;
};

// The file itself, or content that holds the other.
bool holds(const Made& outer, const Made& inner) {
  const Key &a = outer.key, &b = inner.key;
  const std::size_t begin = b.path.size() - inner.group->evidence.front()->suffix;
  return a.rule == b.rule && a.layer == b.layer && a.path.size() < b.path.size() && a.path.size() >= begin &&
         b.path.starts_with(a.path) && (b.path[a.path.size()] == ' ' || b.path[a.path.size()] == '!');
}

// Of a proof of work both tell how many constants they show, and a cover hides some.
bool counts_constants(std::string_view rule) { return rule == "M07" || rule == "M08" || rule == "M10"; }

// What is seen through a cover (stored in an archive, in base64, in the parts that a packer leaves alone) and below
// it again is one observation: that of what is below, which has the cover as one more place.
void fold_covers(std::vector<Made>& all) {
  for (std::size_t i = 0; i < all.size(); ++i) {
    // In order of rule and path, so that what it holds comes next.
    std::size_t end = i + 1;
    std::set<std::string_view> below;
    Made* first = nullptr;
    for (; end < all.size() && all[end].key.rule == all[i].key.rule && all[end].key.path.starts_with(all[i].key.path);
         ++end) {
      if (!holds(all[i], all[end])) continue;
      if (first == nullptr) first = &all[end];
      below.insert(all[end].finding.evidence.begin(), all[end].finding.evidence.end());
    }
    if (first == nullptr) continue;
    Finding& outer = all[i].finding;
    const bool same =
        counts_constants(outer.rule) || std::all_of(outer.evidence.begin(), outer.evidence.end(),
                                                    [&](const std::string& text) { return below.contains(text); });
    if (!same) continue;
    Finding& inner = first->finding;
    for (model::Location& place : outer.locations) add_once(inner.locations, std::move(place), k_most_locations);
    inner.level = std::max(inner.level, outer.level);
    inner.severity = std::max(inner.severity, outer.severity);
    inner.confidence = std::max(inner.confidence, outer.confidence);
    inner.unattributed_start |= outer.unattributed_start;
    inner.at_start |= outer.at_start;
    if (inner.chain.empty()) inner.chain = std::move(outer.chain);
    all[i].folded = true;
  }
  all.erase(std::remove_if(all.begin(), all.end(), [](const Made& made) { return made.folded; }), all.end());
}

// Of two that are equally bad, the one that runs by itself comes first: it has done its work wherever the image ran.
bool heavier(const Finding& a, const Finding& b) {
  return std::tie(b.level, b.severity, b.at_start, a.rule, a.locations, a.id) <
         std::tie(a.level, a.severity, a.at_start, b.rule, b.locations, b.id);
}

std::map<Key, Group> grouped(const std::vector<PlacedEvidence>& evidence) {
  std::map<Key, Group> groups;
  for (const PlacedEvidence& placed : evidence) {
    Group& group = groups[{placed.evidence.rule, placed.path, placed.file.layer}];
    group.evidence.push_back(&placed);
    group.cls = std::min(group.cls, placed.evidence.cls);
    group.reach = std::max(group.reach, placed.reach);
    group.payload_absent |= placed.evidence.value(k_payload_key) == k_payload_absent;
    group.build_time &= placed.build_time;
    group.unowned_program |= placed.unowned_program;
  }
  return groups;
}

void sort_evidence(std::vector<PlacedEvidence>& evidence) {
  std::stable_sort(evidence.begin(), evidence.end(), [](const PlacedEvidence& a, const PlacedEvidence& b) {
    return std::tie(a.evidence.rule, a.path, a.file, a.evidence.offset, a.evidence.line, a.evidence.text, b.reach) <
           std::tie(b.evidence.rule, b.path, b.file, b.evidence.offset, b.evidence.line, b.evidence.text, a.reach);
  });
}

}  // namespace

Assessment decide(const layers::ImageView& image, std::vector<PlacedEvidence> evidence,
                  const std::vector<UserRule>& rules) {
  sort_evidence(evidence);
  const std::map<Key, Group> groups = grouped(evidence);
  const Families families(groups);
  const Tally tally = count(groups, families);
  const auto declared = std::find_if(groups.begin(), groups.end(),
                                     [](const auto& item) { return item.first.rule == k_declared_miner; });

  std::vector<Made> made;
  for (const auto& [key, group] : groups)
    if (declared == groups.end() || key != declared->first)
      made.push_back({key, &group, finding_of(image, rules, key, group, level_of(group, tally))});
  fold_covers(made);

  Assessment out;
  std::vector<Finding> mining;
  for (Made& one : made) {
    const Key& key = one.key;
    const Group& group = *one.group;
    Finding finding = std::move(one.finding);
    const bool threat = finding.level >= ThreatLevel::unverifiable_at_start;
    if (is_secret_rule(key.rule)) {
      finding.kind = FindingKind::secret;
      // The policy stops on those that have a level: a real secret that no package owns.
      finding.level = group.cls <= EvidenceClass::strong ? ThreatLevel::risky : ThreatLevel::none;
      out.secrets.push_back(std::move(finding));
    } else if (threat && declared != groups.end() && family(key.rule) == 'M') {
      mining.push_back(std::move(finding));
    } else {
      finding.kind = threat ? FindingKind::threat : FindingKind::warning;
      (threat ? out.threats : out.warnings).push_back(std::move(finding));
    }
  }
  if (!mining.empty()) {
    Finding finding = declared_miner(std::move(mining), declared->first, declared->second, image);
    finding.kind = FindingKind::threat;
    out.threats.push_back(std::move(finding));
  }
  for (auto* list : {&out.threats, &out.warnings, &out.secrets}) std::sort(list->begin(), list->end(), heavier);
  return out;
}

}  // namespace hullcheck::detect
