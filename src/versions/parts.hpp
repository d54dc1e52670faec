// Pieces that several version orderings share: character classes, runs of digits of any length, dotted numbers.
//
// Hostile: a digit run may be as long as the input. Numbers are therefore compared as text (leading zeros aside, the
// longer run is the larger number) and never converted. Nothing here allocates or depends on the locale.
#pragma once

#include <algorithm>
#include <compare>
#include <cstddef>
#include <optional>
#include <string_view>

namespace hullcheck::versions {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr bool is_letter(char c) { return is_lower(to_lower(c)); }
constexpr bool is_alphanumeric(char c) { return is_digit(c) || is_letter(c); }
constexpr bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

template <class Predicate>
constexpr bool every(std::string_view text, Predicate wanted) {
  return std::all_of(text.begin(), text.end(), wanted);
}

// Takes away and returns the longest front part whose characters are all wanted; it may be empty.
template <class Predicate>
constexpr std::string_view take_while(std::string_view& text, Predicate wanted) {
  const auto end = std::find_if_not(text.begin(), text.end(), wanted);
  const auto part = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(part.size());
  return part;
}
constexpr std::string_view take_digits(std::string_view& text) { return take_while(text, is_digit); }

constexpr bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

constexpr std::string_view without_leading_zeros(std::string_view digits) {
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  return digits;
}

// Numerical order of two digit runs; an empty run counts as zero.
constexpr std::strong_ordering compare_digits(std::string_view a, std::string_view b) {
  a = without_leading_zeros(a);
  b = without_leading_zeros(b);
  if (a.size() != b.size()) return a.size() <=> b.size();
  return a <=> b;
}

constexpr std::strong_ordering compare_ignoring_case(std::string_view a, std::string_view b) {
  const auto common = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < common; ++i) {
    const auto x = static_cast<unsigned char>(to_lower(a[i]));
    const auto y = static_cast<unsigned char>(to_lower(b[i]));
    if (x != y) return x <=> y;
  }
  return a.size() <=> b.size();
}

// What a number list that ends early is worth: 1.0 = 1 (zero), or 1 < 1.0 (longer_wins).
enum class MissingNumber { zero, longer_wins };

// Lists of digit runs between separators, from left to right. The caller has checked the form.
template <class Separator>
constexpr std::strong_ordering compare_number_lists(std::string_view a, std::string_view b, Separator separator,
                                                    MissingNumber missing) {
  while (!a.empty() || !b.empty()) {
    if (missing == MissingNumber::longer_wins && a.empty() != b.empty()) return b.empty() <=> a.empty();
    const auto order = compare_digits(take_digits(a), take_digits(b));
    if (order != 0) return order;
    if (!a.empty() && separator(a.front())) a.remove_prefix(1);
    if (!b.empty() && separator(b.front())) b.remove_prefix(1);
  }
  return std::strong_ordering::equal;
}

// A digit run, then separators each followed by a digit run, and nothing else.
template <class Separator>
constexpr bool is_number_list(std::string_view text, Separator separator) {
  while (true) {
    if (take_digits(text).empty()) return false;
    if (text.empty()) return true;
    if (!separator(text.front())) return false;
    text.remove_prefix(1);
  }
}

// The rule of comparator.hpp for strings that do not parse: they come first, among themselves by bytes.
template <class Parsed, class Order>
constexpr std::strong_ordering compare_parsed(const std::optional<Parsed>& a, std::string_view text_a,
                                              const std::optional<Parsed>& b, std::string_view text_b, Order order) {
  if (a && b) return order(*a, *b);
  if (a || b) return a ? std::strong_ordering::greater : std::strong_ordering::less;
  return text_a <=> text_b;
}

// The same where a scheme says of a string whether it is one of its versions.
template <class Valid, class Order>
constexpr std::strong_ordering compare_valid(std::string_view a, std::string_view b, Valid valid, Order order) {
  const bool first = valid(a), second = valid(b);
  if (first && second) return order(a, b);
  if (first || second) return first <=> second;
  return a <=> b;
}

// Lists of numbers of which the one that goes on is newer, and nothing else is a version.
template <class Separator>
constexpr std::strong_ordering compare_plain_lists(std::string_view a, std::string_view b, Separator separator) {
  return compare_valid(
      a, b, [&](std::string_view text) { return is_number_list(text, separator); },
      [&](std::string_view x, std::string_view y) {
        return compare_number_lists(x, y, separator, MissingNumber::longer_wins);
      });
}

// [epoch:]version[-release], of rpm and pacman: digits before the first colon, and what follows the last hyphen.
struct EpochVersionRelease {
  std::string_view epoch;
  std::string_view version;
  std::optional<std::string_view> release;
};

inline EpochVersionRelease take_apart(std::string_view text) {
  EpochVersionRelease parts;
  std::string_view rest = text;
  const auto digits = take_digits(rest);
  if (take_prefix(rest, ":")) {
    parts.epoch = digits;
    text = rest;
  }
  if (const auto hyphen = rest.rfind('-'); hyphen != std::string_view::npos) {
    parts.release = rest.substr(hyphen + 1);
    text.remove_suffix(parts.release->size() + 1);
  }
  parts.version = text;
  return parts;
}

// What a release is compared with that only the other side has: nothing comes first, or any will do.
enum class MissingRelease { first, any };

// Epoch, version and release in this order, the last two by `order`.
template <class Order>
std::strong_ordering compare_apart(std::string_view a, std::string_view b, MissingRelease missing, Order order) {
  const auto left = take_apart(a), right = take_apart(b);
  if (const auto epochs = compare_digits(left.epoch, right.epoch); epochs != 0) return epochs;
  if (const auto versions = order(left.version, right.version); versions != 0) return versions;
  if (left.release && right.release) return order(*left.release, *right.release);
  if (missing == MissingRelease::any) return std::strong_ordering::equal;
  return left.release.has_value() <=> right.release.has_value();
}

}  // namespace hullcheck::versions
