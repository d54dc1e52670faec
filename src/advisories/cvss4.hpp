// CVSS version 4.0 (https://www.first.org/cvss/v4.0/specification-document).
#pragma once

#include <optional>
#include <string_view>

namespace hullcheck::advisories {

// `metrics` is what follows "CVSS:4.0/". Threat and environmental metrics count where they are given, as the
// specification has it. Nothing for a vector that is incomplete or contradicts itself.
std::optional<double> cvss4_score(std::string_view metrics);

}  // namespace hullcheck::advisories
