// gem: RubyGems versions.
//
// Source: Gem::Version. A version is a row of digit runs and letter runs; any other character only separates, and a
// hyphen reads as ".pre.". A letter run is below every number, so its presence makes a pre-release; rows are padded
// with zeros, and zeros between the numbers and the first letter run do not count: 1.0.a = 1.a.
// A gem's platform is often left behind its version ("1.15.4-x86_64-linux"); it is not part of the order and is cut
// off. Hostile: a long run of zeros is looked through once, not once per zero.
#include <array>

#include "versions/comparator.hpp"
#include "versions/parts.hpp"

namespace hullcheck::versions {
namespace {

constexpr std::array<std::string_view, 22> k_platforms{
    "aarch64", "arm",  "arm64", "armv5", "armv6", "armv7",   "armv8", "dalvik",  "darwin",    "i386", "i586",
    "i686",    "java", "jruby", "mingw", "mswin", "powerpc", "ppc64", "ppc64le", "universal", "x64",  "x86"};

// True for "java", "x86_64-linux", "x64-mingw-ucrt", "mswin64": a known word with at most digits behind it.
bool is_platform(std::string_view text) {
  const auto word_end = std::min(text.find_first_of("-_"), text.size());
  const auto word = text.substr(0, word_end);
  return std::any_of(k_platforms.begin(), k_platforms.end(), [&](std::string_view platform) {
    return word.starts_with(platform) && every(word.substr(platform.size()), is_digit);
  });
}

std::string_view without_platform(std::string_view text) {
  const auto hyphen = text.find('-');
  if (hyphen == std::string_view::npos || !is_platform(text.substr(hyphen + 1))) return text;
  return text.substr(0, hyphen);
}

bool well_formed(std::string_view text) {
  const auto allowed = [](char c) { return is_alphanumeric(c) || c == '.' || c == '-'; };
  return !text.empty() && is_digit(text.front()) && every(text, allowed) &&
         text.find("..") == std::string_view::npos && text.back() != '.' && text.back() != '-';
}

class Segments {
 public:
  explicit Segments(std::string_view text) : m_rest(text) {}

  // A digit run, a letter run, or nothing at the end.
  std::string_view next() {
    while (true) {
      const auto segment = read(m_rest);
      if (!is_number(segment)) m_past_numbers = true;
      if (m_past_numbers) return segment;
      if (m_kept != 0) return --m_kept, segment;
      if (!is_zero(segment) || keep_or_drop_zeros()) return segment;
    }
  }

 private:
  static std::string_view read(std::string_view& rest) {
    while (!rest.empty() && !is_alphanumeric(rest.front())) {
      if (take_prefix(rest, "-")) return "pre";
      rest.remove_prefix(1);
    }
    if (rest.empty()) return {};
    return is_digit(rest.front()) ? take_digits(rest) : take_while(rest, is_letter);
  }

  static bool is_number(std::string_view segment) { return !segment.empty() && is_digit(segment.front()); }
  static bool is_zero(std::string_view segment) { return without_leading_zeros(segment).empty(); }

  // A zero was just read among the leading numbers. The run that it begins is kept if another number follows it;
  // otherwise the rest of the run is skipped.
  bool keep_or_drop_zeros() {
    auto ahead = m_rest;
    for (std::size_t more = 0;; ++more) {
      const auto before = ahead;
      const auto segment = read(ahead);
      if (!is_number(segment)) return m_rest = before, false;
      if (!is_zero(segment)) return m_kept = more, true;
    }
  }

  std::string_view m_rest;
  std::size_t m_kept = 0;  // zeros ahead that are known to count
  bool m_past_numbers = false;
};

std::strong_ordering compare_segments(std::string_view a, std::string_view b) {
  const bool a_is_number = a.empty() || is_digit(a.front());
  const bool b_is_number = b.empty() || is_digit(b.front());
  if (a_is_number != b_is_number) return a_is_number <=> b_is_number;
  return a_is_number ? compare_digits(a, b) : a <=> b;
}

std::strong_ordering compare_versions(std::string_view a, std::string_view b) {
  Segments left(without_platform(a));
  Segments right(without_platform(b));
  while (true) {
    const auto x = left.next();
    const auto y = right.next();
    if (const auto order = compare_segments(x, y); order != 0) return order;
    if (x.empty() && y.empty()) return std::strong_ordering::equal;
  }
}

class Gem final : public Comparator {
 public:
  std::strong_ordering compare(std::string_view a, std::string_view b) const override {
    return compare_valid(
        a, b, [this](std::string_view version) { return valid(version); }, compare_versions);
  }
  bool valid(std::string_view version) const override { return well_formed(without_platform(version)); }
};

const util::Registered<Gem> registered{
    {.id = "gem", .version = 1, .summary = "Ruby gems", .example = "1.0.0.rc1 < 1.0"}};

}  // namespace
}  // namespace hullcheck::versions
