// Whether the database's sources are what the image's packages need: there, and not too old.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "match/match.hpp"

namespace hullcheck::match {

// A gap of the stage that looks packages up.
model::Gap advisory_gap(std::string_view id, std::string_view subject, std::string reason,
                        model::GapEffect effect = model::GapEffect::unknown);

// Sets `needed` and `stale` of each of out.database.sources, which are those of `database` in the same order, and
// adds a gap for each that is needed and is stale, was never loaded, or was loaded with trouble, and for each
// ecosystem that none has anything about. `ecosystems` are those that were looked up, `remedy` is what to do
// ("run: …"); out.vulnerabilities must be complete.
void note_sources(const std::set<std::string>& ecosystems, const advisories::Database& database,
                  const MatchOptions& options, std::string_view remedy, Matches& out);

}  // namespace hullcheck::match
