// What the feeds that come as OVAL share: from a definition and one of its packages to a row.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "advisories/database.hpp"
#include "advisories/oval.hpp"

namespace hullcheck::advisories {

// One advisory with id, names, text, dates and severity in the vendor's words; no package yet. A definition of class
// "patch" is a bulletin that covers its flaws. The id is empty when the definition names nothing.
Advisory oval_advisory(const OvalDefinition& definition, std::string_view vendor);

// Sets ecosystem, package, range, and what else the test asked for.
void place_oval_package(Advisory& advisory, const OvalPackage& package, std::string ecosystem, std::string name);

}  // namespace hullcheck::advisories
