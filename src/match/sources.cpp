#include "match/sources.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "advisories/feed.hpp"
#include "util/clock.hpp"

namespace hullcheck::match {
namespace {

using Sources = std::vector<const advisories::StoredSource*>;

constexpr std::string_view k_kev_feed = "kev";
constexpr std::size_t k_most_named = 3;  // of one feed

// Feeds of many documents that all say of the same packages (one a year) are one gap.
void note_absent(const std::string& feed, const Sources& list, std::string_view remedy, Matches& out) {
  if (list.size() > k_most_named) {
    out.gaps.push_back(advisory_gap("advisory-source-absent", feed,
                                    fmt::format("{} of its sources were never loaded, such as {} ({}); {}",
                                                list.size(), list.front()->name, list.front()->outcome, remedy)));
    return;
  }
  for (const auto* const source : list)
    out.gaps.push_back(advisory_gap("advisory-source-absent", source->name,
                                    fmt::format("the source was never loaded ({}); {}", source->outcome, remedy)));
}

// Ecosystems that nothing in the database is about. Where a source that would fill one was never loaded, that is the
// gap.
void note_empty(const std::set<std::string>& ecosystems, const advisories::Database& database, Matches& out) {
  for (const auto& ecosystem : ecosystems) {
    if (database.has_ecosystem(ecosystem)) continue;
    bool named_by_source = false;
    for (std::size_t i = 0; i < database.sources().size(); ++i)
      named_by_source = named_by_source || (advisories::fills(database.sources()[i].subject, ecosystem) &&
                                            out.database.sources[i].checked.empty());
    if (!named_by_source)
      out.gaps.push_back(advisory_gap("no-advisories-for-distribution", ecosystem,
                                      fmt::format("no advisory source has anything about {}", ecosystem)));
  }
}

}  // namespace

model::Gap advisory_gap(std::string_view id, std::string_view subject, std::string reason, model::GapEffect effect) {
  return {std::string(id), "advisories", std::string(subject), std::move(reason), effect};
}

void note_sources(const std::set<std::string>& ecosystems, const advisories::Database& database,
                  const MatchOptions& options, std::string_view remedy, Matches& out) {
  std::set<std::string_view> needed;
  std::map<std::string, Sources> absent;  // by feed
  for (std::size_t i = 0; i < database.sources().size(); ++i) {
    const auto& stored = database.sources()[i];
    auto& source = out.database.sources[i];
    const auto checked = util::parse_rfc3339(source.checked);
    source.stale = checked && options.now - *checked > options.max_database_age;
    source.needed =
        std::any_of(ecosystems.begin(), ecosystems.end(),
                    [&](const auto& ecosystem) { return advisories::fills(stored.subject, ecosystem); }) ||
        (stored.feed == k_kev_feed && !out.vulnerabilities.empty());
    if (!source.needed) continue;
    needed.insert(stored.name);
    if (!checked)
      absent[stored.feed].push_back(&stored);
    else if (source.stale)
      out.gaps.push_back(
          advisory_gap("advisory-source-stale", source.name,
                       fmt::format("the source was last checked at {}, more than {} ago; {}", source.checked,
                                   util::duration_text(options.max_database_age), remedy)));
  }
  for (const auto& [feed, list] : absent) note_absent(feed, list, remedy, out);
  note_empty(ecosystems, database, out);
  for (const auto& noted : database.gaps())
    if (needed.contains(noted.subject)) out.gaps.push_back(noted);
}

}  // namespace hullcheck::match
