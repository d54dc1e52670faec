// jvm: releases of Java runtimes, in today's form (11.0.11+9-LTS) and in the one before Java 9 (1.8.0_292-b10,
// 8u292).
//
// Source: JEP 223 and JEP 322, java.lang.Runtime.Version. The old forms are read as the new one: 1.8.0_292-b10 and
// 8u292-b10 are 8.0.292+10. A missing number is 0, a pre-release (-ea) is older than the release, a build counts by
// its number and is newer than none. What follows the build (-LTS, a vendor's words) plays no part.
#include <array>

#include "versions/comparator.hpp"
#include "versions/parts.hpp"

namespace hullcheck::versions {
namespace {

struct Version {
  std::array<std::string_view, 3> numbers;  // feature, interim, update
  std::string_view others;                  // "1.2" of 11.0.11.1.2
  std::string_view prerelease;
  std::string_view build;
};

constexpr bool is_dot(char c) { return c == '.'; }

// ".digits", or nothing is taken.
std::string_view take_number(std::string_view& text, std::string_view separator) {
  auto rest = text;
  if (!take_prefix(rest, separator)) return {};
  const auto digits = take_digits(rest);
  if (!digits.empty()) text = rest;
  return digits;
}

bool is_words(std::string_view text) {
  return !text.empty() && every(text, [](char c) { return is_alphanumeric(c) || c == '.' || c == '-'; });
}

// "-b10" and what follows it.
bool take_old_build(std::string_view& text, Version& parsed) {
  parsed.build = take_number(text, "-b");
  return text.empty() || (!parsed.build.empty() && take_prefix(text, "-") && is_words(text));
}

// Behind the numbers of an old version: [-pre][-b10[-words]].
bool take_old_tail(std::string_view text, Version& parsed) {
  if (text.empty() || take_old_build(text, parsed)) return true;
  if (!parsed.build.empty() || !take_prefix(text, "-")) return false;
  parsed.prerelease = take_while(text, is_alphanumeric);
  return !parsed.prerelease.empty() && take_old_build(text, parsed);
}

// Behind the numbers of a new version: [-pre][+[build][-words]].
bool take_new_tail(std::string_view text, Version& parsed) {
  if (take_prefix(text, "-")) {
    parsed.prerelease = take_while(text, is_alphanumeric);
    if (parsed.prerelease.empty()) return false;
  }
  if (take_prefix(text, "+")) {
    parsed.build = take_digits(text);
    if (parsed.build.empty() && !text.starts_with('-')) return false;
  }
  return text.empty() || (take_prefix(text, "-") && is_words(text));
}

void take_new_numbers(std::string_view& text, Version& parsed) {
  parsed.numbers[1] = take_number(text, ".");
  if (!parsed.numbers[1].empty()) parsed.numbers[2] = take_number(text, ".");
  if (parsed.numbers[2].empty()) return;
  const auto others = text;
  while (!take_number(text, ".").empty()) {
  }
  parsed.others = others.substr(0, others.size() - text.size());
  take_prefix(parsed.others, ".");
}

std::optional<Version> parse(std::string_view text) {
  Version parsed;
  auto rest = text;
  parsed.numbers[0] = take_digits(rest);
  if (parsed.numbers[0].empty()) return std::nullopt;
  if (rest.starts_with('u')) {
    parsed.numbers[2] = take_number(rest, "u");
    if (parsed.numbers[2].empty() || !take_old_tail(rest, parsed)) return std::nullopt;
    return parsed;
  }
  if (text.starts_with("1.") && text.size() > 2 && is_digit(text[2])) {
    parsed.numbers[0] = take_number(rest, ".");
    parsed.numbers[1] = take_number(rest, ".");
    parsed.numbers[2] = take_number(rest, "_");
    if (!take_old_tail(rest, parsed)) return std::nullopt;
    return parsed;
  }
  take_new_numbers(rest, parsed);
  if (!take_new_tail(rest, parsed)) return std::nullopt;
  return parsed;
}

std::strong_ordering compare_prereleases(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return a.empty() <=> b.empty();
  const bool a_is_number = every(a, is_digit);
  const bool b_is_number = every(b, is_digit);
  if (a_is_number != b_is_number) return b_is_number <=> a_is_number;
  return a_is_number ? compare_digits(a, b) : a <=> b;
}

std::strong_ordering compare_versions(const Version& a, const Version& b) {
  for (std::size_t i = 0; i < a.numbers.size(); ++i)
    if (const auto order = compare_digits(a.numbers[i], b.numbers[i]); order != 0) return order;
  if (const auto order = compare_number_lists(a.others, b.others, is_dot, MissingNumber::zero); order != 0)
    return order;
  if (const auto order = compare_prereleases(a.prerelease, b.prerelease); order != 0) return order;
  if (a.build.empty() || b.build.empty()) return b.build.empty() <=> a.build.empty();
  return compare_digits(a.build, b.build);
}

class Jvm final : public Comparator {
 public:
  std::strong_ordering compare(std::string_view a, std::string_view b) const override {
    return compare_parsed(parse(a), a, parse(b), b, compare_versions);
  }
  bool valid(std::string_view version) const override { return parse(version).has_value(); }
};

const util::Registered<Jvm> registered{
    {.id = "jvm", .version = 1, .summary = "Java runtimes", .example = "1.8.0_292-b10 < 11.0.11+9"}};

}  // namespace
}  // namespace hullcheck::versions
