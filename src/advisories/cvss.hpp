// Scores of CVSS vectors, by the formulas that FIRST publishes (v2 guide, v3.0, v3.1 and v4.0 specifications).
#pragma once

#include <optional>
#include <string_view>

#include "model/severity.hpp"

namespace hullcheck::advisories {

// "CVSS:4.0/…", "CVSS:3.1/AV:N/…", "CVSS:3.0/…" or a bare v2 vector "AV:N/AC:L/Au:N/C:P/I:P/A:P" (also in brackets).
// Metrics that are not base metrics are ignored, but for version 4, which has one score of all. Nothing for a vector
// that is incomplete or contradicts itself.
std::optional<double> cvss_base_score(std::string_view vector);

// The bands of the specification; v2 has three only. 0.0 is negligible.
model::Severity cvss_band(std::string_view vector, double score);

}  // namespace hullcheck::advisories
