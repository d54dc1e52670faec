// Packages of the system's package manager that its distribution did not publish: Docker's, PGDG's, EPEL's.
//
// A distribution's advisories give versions of its own builds. Compared with another publisher's they say anything,
// so such a package is not looked up there, and the answer names it as not assessed.
#pragma once

#include <string>

#include "model/package.hpp"

namespace hullcheck::match {

// Who published it, "" where that is the distribution or where nothing tells.
std::string third_party(const model::Distribution& distribution, const model::Package& package);

}  // namespace hullcheck::match
