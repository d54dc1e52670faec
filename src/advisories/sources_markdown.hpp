// The table of sources for docs/coverage.md.
#pragma once

#include <string>

namespace hullcheck::advisories {

// The section "## Advisory sources", to its end.
std::string sources_as_markdown();

}  // namespace hullcheck::advisories
