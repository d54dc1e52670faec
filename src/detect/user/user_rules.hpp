// All rules that a user gave, ready to run: YARA rules, lists of digests, and rule files of our own.
//
// What needs bytes runs as a section of each layer, so that facts are remade only where rules or bytes changed; what
// needs digests, paths or the configuration runs over facts, so that saved facts can be judged with other rules.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "detect/user/content_rules.hpp"
#include "detect/user/hash_list.hpp"
#include "detect/user/rule_file.hpp"
#include "detect/user/user_facts.hpp"
#include "formats/yara.hpp"
#include "layers/collector.hpp"
#include "layers/facts.hpp"
#include "model/image.hpp"

namespace hullcheck::detect {

enum class Depth : std::uint8_t { candidates, everything };  // which files YARA and content rules see

// Files whose content rules read, and digests without a size compare, unless every file is asked for: what can run
// (programs, scripts, code by its name or by an execute bit), what starts at boot or login, and what lies where
// nothing should. Beside them files of up to one window in which the content scan found something.
bool is_candidate(const layers::FileInfo& file);

// Immutable; any thread.
class UserRules {
 public:
  static constexpr std::uint64_t k_most_scanned_bytes = 256ULL << 20;  // of one file; "rules-file-limit"
  static constexpr int k_seconds_per_file = 20;                        // for YARA; "yara-timeout"

  // Files, or folders whose rule files are taken with those below. Compiled rules are kept in `cache_folder` ("" =
  // do not keep). A bad rule is an error that names file, line and reason.
  static Result<std::shared_ptr<const UserRules>> load(const std::vector<std::string>& paths,
                                                       const std::string& cache_folder, Depth depth);
  ~UserRules();

  const std::vector<UserRule>& rules() const { return m_rules; }  // sorted by id
  const UserRule* find(std::string_view id) const;
  const std::string& fingerprint() const { return m_fingerprint; }
  // To run over each layer; borrowed from this object.
  std::vector<layers::Section> sections() const;
  // Everything that needs no bytes, and which rules hit. `layer_facts` are beside image.layers, null where missing.
  UserFacts facts_of(const model::Image& image,
                     const std::vector<std::shared_ptr<const layers::LayerFacts>>& layer_facts) const;

  // The parts, for collectors.
  const formats::YaraRules* yara() const { return m_yara.get(); }
  const UserRule& yara_row(std::size_t rule) const { return *find(m_yara_ids[rule]); }
  const ContentRules* content() const { return m_content.get(); }
  const HashLists& hashes() const { return m_hashes; }
  const UserRule& hash_row(std::uint32_t list) const { return *find(m_hash_ids[list]); }
  Depth depth() const { return m_depth; }

 private:
  friend class UserRulesLoader;
  UserRules();
  std::vector<UserRule> m_rules;
  std::vector<FileRule> m_file_rules;
  std::unique_ptr<formats::YaraRules> m_yara;
  std::vector<std::string> m_yara_ids;  // by YARA rule
  std::unique_ptr<ContentRules> m_content;
  HashLists m_hashes;
  std::vector<std::string> m_hash_ids;  // by list
  Depth m_depth = Depth::candidates;
  std::string m_fingerprint, m_content_fingerprint, m_hash_fingerprint;
  std::unique_ptr<layers::Collector> m_content_collector, m_hash_collector;
};

UserRule user_rule_of(const formats::YaraRule& rule);  // without id and source
std::unique_ptr<layers::Collector> user_content_collector(const UserRules& rules);
std::unique_ptr<layers::Collector> user_hash_collector(const UserRules& rules);
Evidence listed_evidence(const UserRules& rules, util::Hash kind, Bytes digest, const HashLists::Listed& listed);

}  // namespace hullcheck::detect
