// What is known of a flaw whatever package has it: kept like advisories, the flaw's name in the place of a package.
#pragma once

#include <string_view>

namespace hullcheck::advisories {

constexpr std::string_view k_epss_ecosystem = "EPSS";
constexpr std::string_view k_nvd_ecosystem = "NVD";
// Which CVE one of GitHub's names is of: "GHSA-…" in the place of a package, the CVE among the aliases.
constexpr std::string_view k_alias_ecosystem = "Aliases";
// In an advisory's `extra`: a name of a flaw that the same bulletin also gives under its CVE, without saying which.
constexpr std::string_view k_twin = "twin";
// What the NVD says of programs by vendor and product ("openssl:openssl"), as advisories of their own.
constexpr std::string_view k_cpe_ecosystem = "CPE";

}  // namespace hullcheck::advisories
