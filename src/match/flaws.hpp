// From the advisories of one package to its flaws: which of them affect this version, and which speak of the same
// flaw.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "advisories/database.hpp"
#include "match/matcher.hpp"
#include "versions/comparator.hpp"

namespace hullcheck::match {

enum class Affected : std::uint8_t { no, yes, unreadable };

struct Assessment {
  Affected affected = Affected::no;
  std::string fixed_version;  // of the range that holds the version; "" where it has no fix
};

// `version` must be valid in the comparator's scheme. A bound that is not makes the answer `unreadable`, unless
// another range or a listed version says yes.
Assessment assess(const advisories::Advisory& advisory, std::string_view version,
                  const versions::Comparator& comparator);

struct Flaw {
  std::string id;                                  // CVE where there is one
  std::vector<std::string> aliases;                // every other name, bulletins too; sorted
  const advisories::Advisory* advisory = nullptr;  // the one that says most; borrowed
  const advisories::Advisory* scored = nullptr;    // that one, or another where it has no CVSS score; borrowed
  std::string fixed_version;
  // Where there is no fix in a channel that the image has, but one in another: its name, and the version there.
  std::string channel, channel_version;
};

struct AffectingAdvisory {
  const advisories::Advisory* advisory;
  std::string fixed_version;
  std::string_view channel = {};  // that the fix is in, when the image does not have it
  std::string cve = {};           // of an advisory that does not name it
};

// What publishers say that a package does not have: the flaw's name, and the feed that says so. Borrowed.
using Denials = std::multimap<std::string_view, std::string_view>;

// One per flaw, sorted by id. A statement about a denied flaw is dropped unless the denying feed made it itself; one
// about a flaw of `told` is dropped in any case. Two
// advisories are about one flaw when they share a name of it; a bulletin's own id is no name of a flaw, for it may be
// about many.
std::vector<Flaw> collapse(const std::vector<AffectingAdvisory>& affecting, const versions::Comparator& comparator,
                           const Denials& denials = {}, const std::set<std::string_view>& told = {});

}  // namespace hullcheck::match
