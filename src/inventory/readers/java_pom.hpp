// The version in a pom.xml that has no pom.properties beside it.
#pragma once

#include <string>

#include "util/bytes.hpp"

namespace hullcheck::inventory {

// That of the project, or of its parent where it has none of its own. "" where neither stands there as it is: a
// property is filled in by other files.
std::string pom_version(Bytes pom);

}  // namespace hullcheck::inventory
