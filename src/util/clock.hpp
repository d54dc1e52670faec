// Times as text. The clock itself is read in the command line and the server only; everything below takes `now`.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace hullcheck::util {

std::chrono::sys_seconds system_now();

std::string rfc3339(std::chrono::sys_seconds time);  // "2026-11-23T21:00:00Z"
std::string iso_date(std::chrono::sys_days day);     // "2026-11-23"
// "2026-11-23", with or without a time behind it (only the date is read).
std::optional<std::chrono::sys_days> parse_date(std::string_view text);
// RFC 3339 with "Z" or an offset; fractions are dropped.
std::optional<std::chrono::sys_seconds> parse_rfc3339(std::string_view text);

// "5 days", "36 hours", "90 s": in the largest unit that divides it.
std::string duration_text(std::chrono::seconds time);

}  // namespace hullcheck::util
