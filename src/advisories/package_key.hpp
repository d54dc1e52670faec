// One spelling of a package's name for each ecosystem, so that an advisory and an installed package meet although
// they spell it differently: PyPI, Packagist, NuGet and others take names without regard to case or separators.
#pragma once

#include <string>
#include <string_view>

namespace hullcheck::advisories {

// `ecosystem` as OSV spells it, without its release: "PyPI".
std::string package_key(std::string_view ecosystem, std::string_view name);

}  // namespace hullcheck::advisories
