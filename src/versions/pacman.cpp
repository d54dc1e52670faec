// pacman: package versions of Arch Linux and its relatives, [epoch:]pkgver[-pkgrel].
//
// Source: vercmp(8), PKGBUILD(5) and the observed answers of vercmp. Versions are runs of ASCII letters or of digits
// as in rpm, with four differences: `~` and `^` are separators like any other, a version that goes on with letters at
// once is older than one that ends (1.0rc < 1.0, though 1.0 < 1.0.rc), more separators beat fewer (1..0 > 1.0), and a
// pkgrel counts only where both sides have one (1.0 = 1.0-4). The last makes equality intransitive, and a separator
// that nothing follows makes the order circular (1a1 < 1a.b < 1a. < 1a1), so it is no key for sorting. pacman orders
// any two strings and this follows it for invalid ones too.
#include "versions/comparator.hpp"
#include "versions/parts.hpp"

namespace hullcheck::versions {
namespace {

bool starts_with_letter(std::string_view text) { return !text.empty() && is_letter(text.front()); }

// One side has ended, perhaps behind separators; the other may go on.
std::strong_ordering compare_ends(std::string_view a, std::string_view b) {
  if (a.empty() && b.empty()) return std::strong_ordering::equal;
  if (a.empty()) return starts_with_letter(b) ? std::strong_ordering::greater : std::strong_ordering::less;
  return starts_with_letter(a) ? std::strong_ordering::less : std::strong_ordering::greater;
}

std::size_t take_separators(std::string_view& text) {
  return take_while(text, [](char c) { return !is_alphanumeric(c); }).size();
}

std::strong_ordering compare_strings(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    const std::size_t before_a = take_separators(a);
    const std::size_t before_b = take_separators(b);
    if (a.empty() || b.empty()) break;
    if (before_a != before_b) return before_a <=> before_b;
    const bool digits = is_digit(a.front());
    if (digits != is_digit(b.front())) return digits <=> is_digit(b.front());
    const auto order = digits ? compare_digits(take_digits(a), take_digits(b))
                              : take_while(a, is_letter) <=> take_while(b, is_letter);
    if (order != 0) return order;
  }
  return compare_ends(a, b);
}

class Pacman final : public Comparator {
 public:
  std::strong_ordering compare(std::string_view a, std::string_view b) const override {
    const auto left = take_apart(a);
    const auto right = take_apart(b);
    if (const auto order = compare_digits(left.epoch, right.epoch); order != 0) return order;
    if (const auto order = compare_strings(left.version, right.version); order != 0) return order;
    if (!left.release || !right.release) return std::strong_ordering::equal;
    return compare_strings(*left.release, *right.release);
  }

  bool valid(std::string_view version) const override {
    const auto unusable = [](char c) { return is_space(c) || c == '\0' || c == '/'; };
    return std::any_of(version.begin(), version.end(), is_alphanumeric) &&
           std::none_of(version.begin(), version.end(), unusable);
  }
};

const util::Registered<Pacman> registered{
    {.id = "pacman", .version = 1, .total = false, .summary = "Arch Linux packages", .example = "1.0rc1-1 < 1.0-1"}};

}  // namespace
}  // namespace hullcheck::versions
