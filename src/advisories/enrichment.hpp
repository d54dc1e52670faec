// What is known of a flaw whatever package has it: kept like advisories, the flaw's name in the place of a package.
#pragma once

#include <string_view>

namespace hullcheck::advisories {

constexpr std::string_view k_epss_ecosystem = "EPSS";
constexpr std::string_view k_nvd_ecosystem = "NVD";
// What the NVD says of programs by vendor and product ("openssl:openssl"), as advisories of their own.
constexpr std::string_view k_cpe_ecosystem = "CPE";

}  // namespace hullcheck::advisories
