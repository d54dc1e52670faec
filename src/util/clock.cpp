#include "util/clock.hpp"

#include <fmt/core.h>

#include <charconv>

namespace hullcheck::util {
namespace {

// Exactly `digits` digits at `at`, or nothing.
std::optional<int> number_at(std::string_view text, std::size_t at, std::size_t digits) {
  if (text.size() < at + digits) return std::nullopt;
  int value = 0;
  for (std::size_t i = at; i < at + digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

bool has(std::string_view text, std::size_t at, char c) { return at < text.size() && text[at] == c; }

std::optional<std::chrono::seconds> parse_offset(std::string_view text) {
  if (text.empty() || text == "Z" || text == "z") return std::chrono::seconds(0);
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
  const auto hours = number_at(text, 1, 2);
  const auto minutes = number_at(text, 4, 2);
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const std::chrono::seconds offset = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
  return text[0] == '-' ? -offset : offset;
}

}  // namespace

std::chrono::sys_seconds system_now() {
  return std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
}

std::string iso_date(std::chrono::sys_days day) {
  const std::chrono::year_month_day date(day);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

std::string rfc3339(std::chrono::sys_seconds time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format("{}T{:02}:{:02}:{:02}Z", iso_date(day), clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count());
}

std::optional<std::chrono::sys_days> parse_date(std::string_view text) {
  const auto year = number_at(text, 0, 4);
  const auto month = number_at(text, 5, 2);
  const auto day = number_at(text, 8, 2);
  if (!year || !month || !day || !has(text, 4, '-') || !has(text, 7, '-')) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

std::optional<std::chrono::sys_seconds> parse_rfc3339(std::string_view text) {
  const auto day = parse_date(text);
  const auto hour = number_at(text, 11, 2);
  const auto minute = number_at(text, 14, 2);
  const auto second = number_at(text, 17, 2);
  const bool separated =
      (has(text, 10, 'T') || has(text, 10, 't') || has(text, 10, ' ')) && has(text, 13, ':') && has(text, 16, ':');
  if (!separated || !day || !hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60)
    return std::nullopt;
  std::size_t end = 19;
  if (has(text, end, '.')) {
    ++end;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
  }
  const auto offset = parse_offset(text.substr(end));
  if (!offset) return std::nullopt;
  return std::chrono::sys_seconds(*day) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(*second) - *offset;
}

std::string duration_text(std::chrono::seconds time) {
  const auto count = time.count();
  const auto text = [](auto number, const char* unit) {
    return std::to_string(number) + " " + unit + (number == 1 ? "" : "s");
  };
  if (count != 0 && count % 86400 == 0) return text(count / 86400, "day");
  if (count != 0 && count % 3600 == 0) return text(count / 3600, "hour");
  if (count != 0 && count % 60 == 0) return text(count / 60, "minute");
  return std::to_string(count) + " s";
}

}  // namespace hullcheck::util
