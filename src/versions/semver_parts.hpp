// The form that SemVer, pub and NuGet versions share: numbers[-prerelease][+build], and SemVer's precedence of them.
//
// Source: SemVer 2.0.0, rules 2, 9, 10 and 11. Read with more tolerance than written: a leading `v`, any count of
// numbers (a missing one is 0) and leading zeros are taken, because registries and advisories hold all three.
#pragma once

#include "versions/parts.hpp"

namespace hullcheck::versions {

struct SemverParts {
  std::string_view numbers;
  std::string_view prerelease;
  std::string_view build;
  bool split_words = false;  // "rc1" reads as "rc.1" (Go's own release names)
};

constexpr bool is_dot(char c) { return c == '.'; }

constexpr bool is_identifier_list(std::string_view text) {
  const auto allowed = [](char c) { return is_alphanumeric(c) || c == '-'; };
  while (true) {
    if (take_while(text, allowed).empty()) return false;
    if (text.empty()) return true;
    if (!take_prefix(text, ".")) return false;
  }
}

// Build metadata; several `+` are seen in Go module versions and are all part of it.
constexpr bool is_build(std::string_view text) {
  return !text.empty() && every(text, [](char c) { return is_alphanumeric(c) || c == '-' || c == '.' || c == '+'; });
}

// Takes the leading numbers away; a dot that no number follows is left for the caller to refuse.
constexpr std::string_view take_numbers(std::string_view& text) {
  const auto whole = text;
  std::string_view rest = text;
  while (!take_digits(rest).empty()) {
    text = rest;
    if (!take_prefix(rest, ".")) break;
  }
  return whole.substr(0, whole.size() - text.size());
}

constexpr std::optional<SemverParts> parse_semver(std::string_view text) {
  SemverParts parts;
  if (text.starts_with('v') || text.starts_with('V')) text.remove_prefix(1);
  parts.numbers = take_numbers(text);
  if (parts.numbers.empty()) return std::nullopt;
  if (const auto plus = text.find('+'); plus != std::string_view::npos) {
    parts.build = text.substr(plus + 1);
    if (!is_build(parts.build)) return std::nullopt;
    text = text.substr(0, plus);
  }
  if (text.empty()) return parts;
  // "1.2.3beta" lacks the hyphen but leaves no doubt; a letter must follow the numbers then.
  if (!take_prefix(text, "-") && !is_letter(text.front())) return std::nullopt;
  if (!is_identifier_list(text)) return std::nullopt;
  parts.prerelease = text;
  return parts;
}

// Takes the next identifier of a list that is_identifier_list() has passed.
constexpr std::string_view take_identifier(std::string_view& list, bool split_words) {
  std::string_view identifier = take_while(list, [](char c) { return c != '.'; });
  if (split_words) {
    auto rest = identifier;
    const auto word = take_while(rest, is_letter);
    if (!word.empty() && !rest.empty() && every(rest, is_digit)) {
      list = std::string_view(rest.data(), rest.size() + list.size());
      return word;
    }
  }
  take_prefix(list, ".");
  return identifier;
}

enum class LetterCase { matters, ignored };

struct IdentifierList {
  std::string_view text;
  bool split_words = false;
};

// Rule 11.4: numbers by value and below words, words by ASCII, and the longer list wins.
constexpr std::strong_ordering compare_identifiers(IdentifierList a, IdentifierList b, LetterCase letters) {
  while (!a.text.empty() && !b.text.empty()) {
    const auto x = take_identifier(a.text, a.split_words);
    const auto y = take_identifier(b.text, b.split_words);
    const bool x_is_number = every(x, is_digit);
    const bool y_is_number = every(y, is_digit);
    if (x_is_number != y_is_number) return y_is_number <=> x_is_number;
    const auto order = x_is_number                      ? compare_digits(x, y)
                       : letters == LetterCase::ignored ? compare_ignoring_case(x, y)
                                                        : x <=> y;
    if (order != 0) return order;
  }
  return b.text.empty() <=> a.text.empty();
}

// Rules 11.1 to 11.4; build metadata plays no part.
constexpr std::strong_ordering compare_precedence(const SemverParts& a, const SemverParts& b, LetterCase letters) {
  if (const auto order = compare_number_lists(a.numbers, b.numbers, is_dot, MissingNumber::zero); order != 0)
    return order;
  if (a.prerelease.empty() || b.prerelease.empty()) return a.prerelease.empty() <=> b.prerelease.empty();
  return compare_identifiers({a.prerelease, a.split_words}, {b.prerelease, b.split_words}, letters);
}

}  // namespace hullcheck::versions
