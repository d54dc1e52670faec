// portage: Gentoo package versions, number{.number}[letter]{_suffix[number]}[-rN].
//
// Source: Package Manager Specification, chapter 3. Numbers behind the first are compared as fractions (as text,
// zeros at the end aside) where one of them has a leading zero; more numbers make a newer version. Suffixes alpha,
// beta, pre and rc sort before the bare version, p after it; a suffix without a number has number 0 and so has a
// revision that is missing. What is outside the grammar comes first, by bytes.
#include <array>

#include "versions/comparator.hpp"
#include "versions/parts.hpp"

namespace hullcheck::versions {
namespace {

struct Version {
  std::string_view first;     // the number in front
  std::string_view others;    // ".2.03"
  std::string_view letter;    // one or none
  std::string_view suffixes;  // "_rc1_p2"
  std::string_view revision;
};

// The place of "no suffix" in the list of them.
constexpr int k_none = 4;

// In ascending order, with a gap for "none" behind rc. No word is the front part of another but p of pre, which is
// therefore tried last.
std::optional<int> take_suffix(std::string_view& text) {
  constexpr std::array<std::string_view, 4> k_before{"_alpha", "_beta", "_pre", "_rc"};
  for (std::size_t i = 0; i < k_before.size(); ++i)
    if (take_prefix(text, k_before[i])) return static_cast<int>(i);
  if (take_prefix(text, "_p")) return k_none + 1;
  return std::nullopt;
}

constexpr std::string_view front_part(std::string_view whole, std::string_view rest) {
  return whole.substr(0, whole.size() - rest.size());
}

std::optional<Version> parse(std::string_view text) {
  Version parsed;
  parsed.first = take_digits(text);
  if (parsed.first.empty()) return std::nullopt;
  const auto numbers = text;
  while (take_prefix(text, "."))
    if (take_digits(text).empty()) return std::nullopt;
  parsed.others = front_part(numbers, text);
  if (!text.empty() && is_lower(text.front())) {
    parsed.letter = text.substr(0, 1);
    text.remove_prefix(1);
  }
  const auto suffixes = text;
  while (take_suffix(text)) take_digits(text);
  parsed.suffixes = front_part(suffixes, text);
  if (take_prefix(text, "-r")) {
    parsed.revision = take_digits(text);
    if (parsed.revision.empty()) return std::nullopt;
  }
  if (!text.empty()) return std::nullopt;
  return parsed;
}

std::string_view without_trailing_zeros(std::string_view digits) {
  const auto last = digits.find_last_not_of('0');
  return digits.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

// A fraction starts with 0 and so stays below every whole number as text as well: one order, not two.
std::strong_ordering compare_number(std::string_view a, std::string_view b) {
  if (a.starts_with('0') || b.starts_with('0')) return without_trailing_zeros(a) <=> without_trailing_zeros(b);
  return compare_digits(a, b);
}

std::strong_ordering compare_others(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    a.remove_prefix(1);
    b.remove_prefix(1);
    if (const auto order = compare_number(take_digits(a), take_digits(b)); order != 0) return order;
  }
  return b.empty() <=> a.empty();
}

std::strong_ordering compare_suffixes(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    const int left = take_suffix(a).value_or(k_none);
    const int right = take_suffix(b).value_or(k_none);
    if (left != right) return left <=> right;
    if (const auto order = compare_digits(take_digits(a), take_digits(b)); order != 0) return order;
  }
  return std::strong_ordering::equal;
}

std::strong_ordering compare_versions(const Version& a, const Version& b) {
  if (const auto order = compare_digits(a.first, b.first); order != 0) return order;
  if (const auto order = compare_others(a.others, b.others); order != 0) return order;
  if (a.letter != b.letter) return a.letter <=> b.letter;
  if (const auto order = compare_suffixes(a.suffixes, b.suffixes); order != 0) return order;
  return compare_digits(a.revision, b.revision);
}

class Portage final : public Comparator {
 public:
  std::strong_ordering compare(std::string_view a, std::string_view b) const override {
    return compare_parsed(parse(a), a, parse(b), b, compare_versions);
  }
  bool valid(std::string_view version) const override { return parse(version).has_value(); }
};

const util::Registered<Portage> registered{
    {.id = "portage", .version = 1, .summary = "Gentoo packages", .example = "1.2_rc1 < 1.2-r0"}};

}  // namespace
}  // namespace hullcheck::versions
