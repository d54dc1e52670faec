// Literals of all rules are one Vectorscan database, regular expressions are RE2's, which is linear in the file. A
// rule is asked for its regular expressions only where its path fits and its literals leave it a chance.
#include "detect/user/content_rules.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <map>

#include "detect/detector.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_hits = 65536;  // of literals in one file
constexpr std::size_t k_places_told = 4;    // of one pattern
constexpr std::size_t k_most_shown = 80;    // bytes of what a regular expression found

bool is_text(layers::ContentKind kind) {
  return kind == layers::ContentKind::text || kind == layers::ContentKind::script;
}

std::uint32_t line_at(const layers::FileInfo& file, Bytes bytes, std::size_t offset) {
  if (!is_text(file.entry.content)) return 0;
  const auto end = bytes.begin() + static_cast<std::ptrdiff_t>(offset);
  return static_cast<std::uint32_t>(1 + std::count(bytes.begin(), end, std::uint8_t{'\n'}));
}

struct Place {
  std::size_t offset;
  std::string text;
};

}  // namespace

bool matches_any_path(const std::vector<Regex>& globs, std::string_view path) {
  return std::any_of(globs.begin(), globs.end(), [&](const Regex& glob) { return glob.occurs_in(path); });
}

ContentRules::ContentRules(const std::vector<FileRule>& rules, const std::string& cache_folder) {
  std::map<std::pair<std::string, bool>, std::uint32_t> known;
  for (const FileRule& source : rules) {
    if (!source.reads_content()) continue;
    Rule rule;
    rule.rule = &source;
    for (const UserLiteral& literal : source.literals) {
      const auto [at, fresh] =
          known.try_emplace({literal.bytes, literal.caseless}, static_cast<std::uint32_t>(m_patterns.size()));
      if (fresh) m_patterns.push_back({literal.bytes, literal.caseless});
      rule.literals.push_back(at->second);
    }
    for (const std::string& regex : source.regexes) rule.regexes.push_back(Regex(regex));
    for (const std::string& path : source.paths) rule.paths.push_back(Regex(path));
    m_rules.push_back(std::move(rule));
  }
  if (!m_patterns.empty()) m_literals = std::make_unique<PatternDatabase>(m_patterns, cache_folder);
}

ContentRules::~ContentRules() = default;

bool ContentRules::names_path(std::string_view path) const {
  return std::any_of(m_rules.begin(), m_rules.end(),
                     [&](const Rule& rule) { return matches_any_path(rule.paths, path); });
}

ContentRules::Seen ContentRules::search_literals(Bytes bytes) const {
  Seen seen;
  seen.places.resize(m_patterns.size());
  if (!m_literals) return seen;
  std::unique_ptr<PatternDatabase::Scratch> scratch;
  {
    const std::lock_guard lock(m_mutex);
    if (!m_idle.empty()) {
      scratch = std::move(m_idle.back());
      m_idle.pop_back();
    }
  }
  if (!scratch) scratch = std::make_unique<PatternDatabase::Scratch>(*m_literals);
  std::vector<PatternHit> hits;
  seen.complete = m_literals->search(bytes, *scratch, k_most_hits, hits);
  for (const PatternHit& hit : hits)
    if (seen.places[hit.pattern].size() < k_places_told) seen.places[hit.pattern].push_back(hit.begin);
  const std::lock_guard lock(m_mutex);
  m_idle.push_back(std::move(scratch));
  return seen;
}

void ContentRules::match_rule(const Rule& rule, const Seen& seen, const layers::FileInfo& file, Bytes bytes,
                              EvidenceSink& out) const {
  const FileRule& source = *rule.rule;
  if (!rule.paths.empty() && !matches_any_path(rule.paths, file.path())) return;
  std::vector<Place> hits;
  std::size_t count = 0;
  for (std::size_t i = 0; i < rule.literals.size(); ++i) {
    const auto& places = seen.places[rule.literals[i]];
    count += places.empty() ? 0 : 1;
    for (const std::size_t at : places) hits.push_back({at, "\"" + source.literals[i].bytes + "\""});
  }
  if (count + rule.regexes.size() < source.needed) return;
  const std::string_view text = as_text(bytes);
  for (std::size_t i = 0; i < rule.regexes.size(); ++i) {
    std::size_t from = 0, found = 0;
    while (found < k_places_told) {
      const auto match = rule.regexes[i].find_from(text, from);
      if (!match) break;
      const std::string_view where = text.substr(match->begin, match->end - match->begin);
      const std::string& name = source.names[i];
      hits.push_back({match->begin, name.empty() ? "\"" + std::string(where.substr(0, k_most_shown)) + "\"" : name});
      from = match->begin + std::max<std::size_t>(1, where.size());
      ++found;
    }
    count += found > 0 ? 1 : 0;
  }
  if (count < source.needed || count == 0) return;
  std::stable_sort(hits.begin(), hits.end(), [](const Place& a, const Place& b) { return a.offset < b.offset; });
  for (const Place& hit : hits) {
    Evidence evidence = evidence_of(row_of(source.row), hit.text);
    evidence.offset = hit.offset;
    evidence.line = line_at(file, bytes, hit.offset);
    out.add(std::move(evidence));
  }
}

void ContentRules::match(const layers::FileInfo& file, Bytes bytes, EvidenceSink& out) const {
  if (m_rules.empty()) return;
  const Seen seen = search_literals(bytes);
  for (const Rule& rule : m_rules) match_rule(rule, seen, file, bytes, out);
  if (seen.complete) return;
  Evidence limit;
  limit.rule = k_hit_limit_rule;
  limit.text = "the literals of --rules";
  out.add(std::move(limit));
}

}  // namespace hullcheck::detect
