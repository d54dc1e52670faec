// Literals, hex patterns and regular expressions of rule files, over the bytes of one file.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "detect/content/pattern_database.hpp"
#include "detect/content/regex.hpp"
#include "detect/evidence.hpp"
#include "detect/user/rule_file.hpp"
#include "layers/collector.hpp"

namespace hullcheck::detect {

// Immutable; any thread. Borrows the rules, which must outlive it.
class ContentRules {
 public:
  ContentRules(const std::vector<FileRule>& rules, const std::string& cache_folder);
  ~ContentRules();

  bool empty() const { return m_rules.empty(); }
  // A rule names paths, and this is one of them.
  bool names_path(std::string_view path) const;
  void match(const layers::FileInfo& file, Bytes bytes, EvidenceSink& out) const;

 private:
  struct Rule {
    const FileRule* rule = nullptr;
    std::vector<std::uint32_t> literals;  // indices of patterns in m_literals
    std::vector<Regex> regexes;
    std::vector<Regex> paths;
  };
  struct Seen {
    std::vector<std::vector<std::size_t>> places;  // of each literal: a few, from the first on
    bool complete = true;
  };
  Seen search_literals(Bytes bytes) const;
  void match_rule(const Rule& rule, const Seen& seen, const layers::FileInfo& file, Bytes bytes,
                  EvidenceSink& out) const;

  std::vector<Rule> m_rules;
  std::vector<Pattern> m_patterns;
  std::unique_ptr<PatternDatabase> m_literals;  // null where no rule has one
  mutable std::mutex m_mutex;
  mutable std::vector<std::unique_ptr<PatternDatabase::Scratch>> m_idle;
};

// Regular expressions of globs, tried on a path without its leading slash.
bool matches_any_path(const std::vector<Regex>& globs, std::string_view path);

}  // namespace hullcheck::detect
