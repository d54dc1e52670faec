#include "match/flaws.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <unordered_map>

namespace hullcheck::match {
namespace {

using advisories::Advisory;

// One statement of one advisory about one flaw.
struct Statement {
  const AffectingAdvisory* from;
  std::vector<std::string_view> names;  // of the flaw
  std::string_view bulletin;            // "" when the advisory is about one flaw
};

bool is_cve(std::string_view id) { return id.substr(0, 4) == "CVE-"; }

// The name that a flaw is reported under: CVE before all others, then GHSA, then whatever sorts first.
std::string_view preferred(const std::set<std::string_view>& names) {
  for (const std::string_view prefix : {"CVE-", "GHSA-"})
    for (const auto name : names)
      if (name.substr(0, prefix.size()) == prefix) return name;
  return *names.begin();
}

std::vector<Statement> statements_of(const std::vector<AffectingAdvisory>& affecting) {
  std::vector<Statement> statements;
  for (const auto& entry : affecting) {
    const Advisory& advisory = *entry.advisory;
    for (const auto& flaw : advisory.covers) statements.push_back({&entry, {flaw}, advisory.id});
    if (!advisory.covers.empty()) continue;
    Statement statement{&entry, {advisory.id}, {}};
    for (const auto& alias : advisory.aliases) statement.names.push_back(alias);
    if (!entry.cve.empty()) statement.names.push_back(entry.cve);
    statements.push_back(std::move(statement));
  }
  return statements;
}

bool denied(const Statement& statement, const Denials& denials) {
  if (denials.empty()) return false;
  for (const auto name : statement.names) {
    const auto [first, last] = denials.equal_range(name);
    if (std::any_of(first, last, [&](const auto& denial) { return denial.second != statement.from->advisory->feed; }))
      return true;
  }
  return false;
}

// Groups that share a name (union-find, by index of the statement).
class Groups {
 public:
  explicit Groups(std::size_t size) : m_parent(size) { std::iota(m_parent.begin(), m_parent.end(), std::size_t{0}); }
  std::size_t find(std::size_t item) {
    while (m_parent[item] != item) item = m_parent[item] = m_parent[m_parent[item]];
    return item;
  }
  void join(std::size_t a, std::size_t b) { m_parent[find(a)] = find(b); }

 private:
  std::vector<std::size_t> m_parent;
};

// First by CVE. Other names do not join two statements that have a CVE each: an upstream's bulletin may be given as a
// name of several. They do join a statement without a CVE to the first that has the name.
Groups group(const std::vector<Statement>& statements) {
  Groups groups(statements.size());
  std::unordered_map<std::string_view, std::size_t> first_with;
  const auto has_cve = [](const Statement& statement) {
    return std::any_of(statement.names.begin(), statement.names.end(), is_cve);
  };
  for (const bool with_cve : {true, false}) {
    for (std::size_t i = 0; i < statements.size(); ++i) {
      if (has_cve(statements[i]) != with_cve) continue;
      for (const auto name : statements[i].names) {
        const auto [place, fresh] = first_with.emplace(name, i);
        if (!fresh && (!with_cve || is_cve(name))) groups.join(i, place->second);
      }
    }
  }
  return groups;
}

// Whose word on severity it is: of the package's publisher, or of somebody who rates flaws whatever package has them.
int standing(const Advisory& advisory) {
  if (advisory.severity == model::Severity::unrated) return 0;
  return advisory.severity_source == "osv" || advisory.severity_source == "nvd" ? 1 : 2;
}

// The advisory that says most: rated by the publisher, then rated at all, then the graver word, then a score, then
// the smaller id.
bool says_more(const Advisory& a, const Advisory& b) {
  if (standing(a) != standing(b)) return standing(a) > standing(b);
  if (a.severity != b.severity) return a.severity > b.severity;
  if (a.cvss_score != b.cvss_score) return a.cvss_score > b.cvss_score;
  return a.id < b.id;
}

Flaw merge(const std::vector<const Statement*>& statements, const versions::Comparator& comparator) {
  Flaw flaw;
  std::set<std::string_view> names, bulletins;
  for (const auto* statement : statements) {
    names.insert(statement->names.begin(), statement->names.end());
    if (!statement->bulletin.empty()) bulletins.insert(statement->bulletin);
    const Advisory* advisory = statement->from->advisory;
    if (flaw.advisory == nullptr || says_more(*advisory, *flaw.advisory)) flaw.advisory = advisory;
    if (flaw.scored == nullptr || advisory->cvss_score > flaw.scored->cvss_score) flaw.scored = advisory;
    // A flaw fixed twice (the first fix was not whole) is fixed by the later version.
    const auto& fixed = statement->from->fixed_version;
    if (!statement->from->channel.empty()) {
      if (flaw.channel.empty() || comparator.compare(fixed, flaw.channel_version) > 0) flaw.channel_version = fixed;
      flaw.channel = statement->from->channel;
      continue;
    }
    if (!fixed.empty() && (flaw.fixed_version.empty() || comparator.compare(fixed, flaw.fixed_version) > 0))
      flaw.fixed_version = fixed;
  }
  if (flaw.advisory->cvss_score >= 0) flaw.scored = flaw.advisory;
  // A fix that anybody can have is worth more than one elsewhere.
  if (!flaw.fixed_version.empty()) flaw.channel = flaw.channel_version = {};
  flaw.id = preferred(names);
  names.insert(bulletins.begin(), bulletins.end());
  for (const auto name : names)
    if (name != flaw.id) flaw.aliases.emplace_back(name);
  return flaw;
}

}  // namespace

namespace {

// Where versions are all that there is, another spelling of one counts too: 1.0 and 1.0.0.
bool is_listed(const Advisory& advisory, std::string_view version, const versions::Comparator& comparator) {
  const auto& list = advisory.versions;
  if (std::find(list.begin(), list.end(), version) != list.end()) return true;
  return advisory.ranges.empty() && std::any_of(list.begin(), list.end(), [&](const std::string& listed) {
           return comparator.valid(listed) && comparator.compare(listed, version) == 0;
         });
}

}  // namespace

Assessment assess(const Advisory& advisory, std::string_view version, const versions::Comparator& comparator) {
  if (is_listed(advisory, version, comparator)) {
    Assessment listed{Affected::yes, {}};
    for (const auto& range : advisory.ranges)
      if (!range.fixed.empty() && comparator.compare(version, range.fixed) < 0 && listed.fixed_version.empty())
        listed.fixed_version = range.fixed;
    return listed;
  }
  Assessment result;
  const auto readable = [&](const std::string& bound) { return bound.empty() || comparator.valid(bound); };
  for (const auto& range : advisory.ranges) {
    if (!readable(range.introduced) || !readable(range.fixed) || !readable(range.last_affected)) {
      result.affected = Affected::unreadable;
      continue;
    }
    if (!range.introduced.empty() && comparator.compare(version, range.introduced) < 0) continue;
    if (!range.fixed.empty() && comparator.compare(version, range.fixed) >= 0) continue;
    if (!range.last_affected.empty() && comparator.compare(version, range.last_affected) > 0) continue;
    return {Affected::yes, range.fixed};
  }
  return result;
}

std::vector<Flaw> collapse(const std::vector<AffectingAdvisory>& affecting, const versions::Comparator& comparator,
                           const Denials& denials, const std::set<std::string_view>& told) {
  auto statements = statements_of(affecting);
  const auto is_told = [&](const Statement& statement) {
    return !told.empty() && std::any_of(statement.names.begin(), statement.names.end(),
                                        [&](std::string_view name) { return told.count(name) > 0; });
  };
  statements.erase(
      std::remove_if(statements.begin(), statements.end(),
                     [&](const Statement& statement) { return is_told(statement) || denied(statement, denials); }),
      statements.end());
  Groups groups = group(statements);
  std::unordered_map<std::size_t, std::vector<const Statement*>> members;
  for (std::size_t i = 0; i < statements.size(); ++i) members[groups.find(i)].push_back(&statements[i]);
  std::vector<Flaw> flaws;
  for (const auto& [root, list] : members) flaws.push_back(merge(list, comparator));
  std::sort(flaws.begin(), flaws.end(), [](const Flaw& a, const Flaw& b) { return a.id < b.id; });
  return flaws;
}

}  // namespace hullcheck::match
