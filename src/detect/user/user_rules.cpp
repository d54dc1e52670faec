// What rules say about facts: digests that the layers hold, paths, and the configuration.
#include "detect/user/user_rules.hpp"
#include "detect/content/regex.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "detect/detector.hpp"
#include "detect/secrets/blank.hpp"
#include "layers/file_hasher.hpp"

namespace hullcheck::detect {
namespace {

using layers::EntryType;
using layers::LayerFacts;

constexpr std::size_t k_most_hits_per_rule = 1000;  // of paths and digests in one image
constexpr std::size_t k_most_shown = 80;

bool has_path_name(EntryType type) {
  return type == EntryType::file || type == EntryType::symlink || type == EntryType::hard_link;
}

std::vector<std::string> healthcheck_items(const model::ImageConfig& config) {
  return config.healthcheck.size() > 1
             ? std::vector<std::string>(config.healthcheck.begin() + 1, config.healthcheck.end())
             : std::vector<std::string>();
}

// An entrypoint or command as its words and as one line.
std::vector<std::string> words_and_line(const std::vector<std::string>& words) {
  std::vector<std::string> items = words;
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + word;
  if (words.size() > 1) items.insert(items.begin(), line);
  return items;
}

// By the index of k_config_parts. A user and a working folder that are not set are one empty item, so that "^$" finds
// them.
std::vector<std::string> items_of(const model::ImageConfig& config, std::size_t part) {
  switch (part) {
    case 0: return words_and_line(config.entrypoint);
    case 1: return words_and_line(config.cmd);
    case 2: return config.env;
    case 3: {
      std::vector<std::string> items;
      for (const auto& [key, value] : config.labels) items.push_back(key + "=" + value);
      return items;
    }
    case 4: return {config.user};
    case 5: return config.exposed_ports;
    case 6: return config.volumes;
    case 7: return {config.working_dir};
    case 8: return words_and_line(healthcheck_items(config));
    case 9: return config.onbuild;
    default: {
      std::vector<std::string> items;
      for (const model::HistoryEntry& step : config.history) items.push_back(step.created_by);
      return items;
    }
  }
}

constexpr std::size_t k_history = 10;

struct Found {
  std::size_t item;
  std::string text;
};

std::optional<Found> find_in(const std::vector<std::string>& items, const std::vector<std::string>& regexes) {
  for (const std::string& regex : regexes) {
    const Regex compiled(regex);
    for (std::size_t i = 0; i < items.size(); ++i) {
      const auto match = compiled.find_from(items[i]);
      if (!match) continue;
      // The rule may look for a secret, but nobody is shown one.
      std::string shown = items[i];
      secrets::blank(shown, secrets::Look::configuration);
      return Found{i, shown.substr(match->begin, std::min(match->end - match->begin, k_most_shown))};
    }
  }
  return std::nullopt;
}

void match_config(const FileRule& rule, const model::ImageConfig& config, std::vector<UserEvidence>& out) {
  if (rule.config.empty() || !config.present) return;
  std::vector<UserEvidence> all;
  for (const ConfigCondition& condition : rule.config) {
    const auto found = find_in(items_of(config, condition.part), condition.regexes);
    if (!found) return;
    UserEvidence evidence;
    evidence.part = k_config_parts[condition.part].name;
    if (condition.part == k_history) evidence.part += fmt::format("[{}]", found->item);
    evidence.evidence = evidence_of(row_of(rule.row), fmt::format("{}: {}", k_config_parts[condition.part].key,
                                                                  found->text.empty() ? "not set" : found->text));
    all.push_back(std::move(evidence));
  }
  out.insert(out.end(), all.begin(), all.end());
}

// Adds up to a limit for each rule, and says where there were more.
class Hits {
 public:
  explicit Hits(UserFacts& facts) : m_facts(facts) {}
  void add(std::uint32_t layer, std::uint32_t entry, Evidence evidence) {
    if (++m_counts[evidence.rule] > k_most_hits_per_rule) return;
    m_facts.evidence.push_back({layer, entry, {}, std::move(evidence)});
  }
  void finish() {
    for (const auto& [rule, count] : m_counts)
      if (count > k_most_hits_per_rule)
        m_facts.gaps.push_back(
            {"rules-hit-limit", "detect", rule,
             fmt::format("the rule fits {} files; {} of them are listed", count, k_most_hits_per_rule),
             model::GapEffect::note});
  }

 private:
  UserFacts& m_facts;
  std::map<std::string, std::size_t> m_counts;
};

// Rules of paths alone; those with patterns were asked while the layer went by.
void match_paths(const std::vector<FileRule>& rules, const LayerFacts& facts, std::uint32_t layer, Hits& hits) {
  for (const FileRule& rule : rules) {
    if (rule.paths.empty() || rule.reads_content()) continue;
    std::vector<Regex> globs;
    for (const std::string& path : rule.paths) globs.emplace_back(path);
    for (std::uint32_t i = 0; i < facts.entries.size(); ++i) {
      const layers::Entry& entry = facts.entries[i];
      if (has_path_name(entry.type) && matches_any_path(globs, entry.path))
        hits.add(layer, i, evidence_of(row_of(rule.row), "the path fits"));
    }
  }
}

void match_digests(const UserRules& rules, const LayerFacts& facts, std::uint32_t layer, Hits& hits,
                   std::uint64_t& without) {
  const HashLists& lists = rules.hashes();
  for (std::uint32_t i = 0; i < facts.entries.size(); ++i) {
    const layers::Entry& entry = facts.entries[i];
    if (entry.type != EntryType::file || entry.size == 0) continue;
    // Facts that were kept may hold more digests than this scan asked for; the answer must not depend on that.
    const bool compared = rules.depth() == Depth::everything || layers::always_hashed(entry);
    if (!compared || entry.digests >= facts.digests.size()) {
      without += lists.lists_size(entry.size) ? 0 : 1;
      continue;
    }
    const layers::FileDigests& digests = facts.digests[entry.digests];
    if (const auto listed = lists.find(util::Hash::sha256, digests.sha256, entry.size))
      hits.add(layer, i, listed_evidence(rules, util::Hash::sha256, digests.sha256, *listed));
  }
}

// Whether the facts of every layer hold what these rules make of bytes.
bool sections_are_there(const UserFacts& user, const std::vector<std::shared_ptr<const LayerFacts>>& layer_facts) {
  for (const auto& facts : layer_facts) {
    if (!facts) continue;
    for (const auto& [id, fingerprint] : user.sections) {
      const auto at = facts->sections.find(id);
      if (at == facts->sections.end() || at->second.fingerprint != fingerprint) return false;
    }
  }
  return true;
}

// Rules that left evidence in sections of the layers.
void add_section_rules(const UserFacts& user, const std::vector<std::shared_ptr<const LayerFacts>>& layer_facts,
                       std::set<std::string>& hit) {
  for (const auto& facts : layer_facts) {
    if (!facts) continue;
    for (const auto& [id, fingerprint] : user.sections) {
      const auto at = facts->sections.find(id);
      if (at == facts->sections.end() || at->second.fingerprint != fingerprint) continue;
      for (const layers::Record& record : at->second.records) {
        const auto evidence = decode_evidence(record.data);
        if (!evidence.ok()) continue;
        for (const Evidence& one : *evidence) hit.insert(one.rule);
      }
    }
  }
}

}  // namespace

UserRules::UserRules() = default;
UserRules::~UserRules() = default;

const UserRule* UserRules::find(std::string_view id) const {
  const auto at = std::lower_bound(m_rules.begin(), m_rules.end(), id,
                                   [](const UserRule& rule, std::string_view key) { return rule.id < key; });
  return at != m_rules.end() && at->id == id ? &*at : nullptr;
}

std::vector<layers::Section> UserRules::sections() const {
  std::vector<layers::Section> sections;
  if (m_content_collector)
    sections.push_back({std::string(k_user_content_section), m_content_fingerprint, m_content_collector.get()});
  if (m_hash_collector)
    sections.push_back({std::string(k_user_hash_section), m_hash_fingerprint, m_hash_collector.get()});
  return sections;
}

UserFacts UserRules::facts_of(const model::Image& image,
                              const std::vector<std::shared_ptr<const LayerFacts>>& layer_facts) const {
  UserFacts user;
  user.present = true;
  user.deep = m_depth == Depth::everything;
  user.fingerprint = m_fingerprint;
  for (const layers::Section& section : sections()) user.sections[section.id] = section.fingerprint;
  Hits hits(user);
  std::uint64_t without = 0;
  for (std::uint32_t layer = 0; layer < layer_facts.size(); ++layer) {
    if (!layer_facts[layer]) continue;
    match_paths(m_file_rules, *layer_facts[layer], layer, hits);
    if (m_hashes.has(util::Hash::sha256)) match_digests(*this, *layer_facts[layer], layer, hits, without);
  }
  hits.finish();
  for (const FileRule& rule : m_file_rules) match_config(rule, image.config, user.evidence);

  if (without > 0 && m_hashes.any_size(util::Hash::sha256))
    user.gaps.push_back({"rules-files-without-digest", "detect", "",
                         fmt::format("{} files that cannot run were not compared with the lists of digests; --deep "
                                     "compares all",
                                     without),
                         model::GapEffect::note});
  if (!sections_are_there(user, layer_facts))
    user.gaps.push_back({"rules-content-not-scanned", "detect", "",
                         "these rules look into files, and the facts were saved without them; scan the image again "
                         "with --rules",
                         model::GapEffect::unknown});
  std::set<std::string> hit;
  for (const UserEvidence& evidence : user.evidence) hit.insert(evidence.evidence.rule);
  add_section_rules(user, layer_facts, hit);
  for (const std::string& id : hit)
    if (const UserRule* rule = find(id)) user.rules.push_back(*rule);
  return user;
}

}  // namespace hullcheck::detect
