// Base scores of CVSS vectors, by the formulas that FIRST publishes (v2 guide, v3.0 and v3.1 specifications).
#pragma once

#include <optional>
#include <string_view>

#include "model/severity.hpp"

namespace hullcheck::advisories {

// "CVSS:3.1/AV:N/…", "CVSS:3.0/…" or a bare v2 vector "AV:N/AC:L/Au:N/C:P/I:P/A:P" (also in brackets). Metrics that
// are not base metrics are ignored. Nothing for a vector that is incomplete, contradicts itself, or of version 4
// (whose score is a table look-up over macro vectors, not computed here).
std::optional<double> cvss_base_score(std::string_view vector);

// The bands of the specification; v2 has three only. 0.0 is negligible.
model::Severity cvss_band(std::string_view vector, double score);

}  // namespace hullcheck::advisories
