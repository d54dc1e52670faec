// pacman: package versions of Arch Linux and its relatives, [epoch:]pkgver[-pkgrel].
//
// Source: vercmp(8), PKGBUILD(5) and the observed answers of vercmp. Versions are runs of ASCII letters or of digits
// as in rpm, with four differences: `~` and `^` are separators like any other, a version that goes on with letters at
// once is older than one that ends (1.0rc < 1.0, though 1.0 < 1.0.rc), more separators beat fewer (1..0 > 1.0), and a
// pkgrel counts only where both sides have one (1.0 = 1.0-4).
//
// No total order can say what vercmp(8) says of a pkgrel: 1.0-1 = 1.0 and 1.0 = 1.0-2, yet 1.0-1 < 1.0-2. What can be
// kept is kept and fuzzed: "less" is transitive among all strings, and the versions that have a pkgrel, as those of
// all packages and advisories do, are in total order, and so are those that have none. To that end this departs from
// vercmp for separators that nothing follows, which no package has: there vercmp goes in circles (1a1 < 1a.b < 1a. <
// 1a1), and here their number counts as everywhere else. pacman orders any two strings and this follows it for
// invalid ones too.
#include "versions/comparator.hpp"
#include "versions/parts.hpp"

namespace hullcheck::versions {
namespace {

// One step of a version: separators and what follows them, in ascending order of what it means.
enum class RunKind { letters, end, digits };
struct Run {
  std::size_t separators = 0;
  RunKind kind = RunKind::end;
  std::string_view text;
};

Run take_run(std::string_view& text) {
  Run run;
  run.separators = take_while(text, [](char c) { return !is_alphanumeric(c); }).size();
  if (text.empty()) return run;
  run.kind = is_digit(text.front()) ? RunKind::digits : RunKind::letters;
  run.text = run.kind == RunKind::digits ? take_digits(text) : take_while(text, is_letter);
  return run;
}

std::strong_ordering compare_strings(std::string_view a, std::string_view b) {
  while (true) {
    const Run left = take_run(a), right = take_run(b);
    if (left.separators != right.separators) return left.separators <=> right.separators;
    if (left.kind != right.kind) return left.kind <=> right.kind;
    if (left.kind == RunKind::end) return std::strong_ordering::equal;
    const auto order =
        left.kind == RunKind::digits ? compare_digits(left.text, right.text) : left.text <=> right.text;
    if (order != 0) return order;
  }
}

class Pacman final : public Comparator {
 public:
  std::strong_ordering compare(std::string_view a, std::string_view b) const override {
    return compare_apart(a, b, MissingRelease::any, compare_strings);
  }

  bool valid(std::string_view version) const override {
    const auto unusable = [](char c) { return is_space(c) || c == '\0' || c == '/'; };
    return std::any_of(version.begin(), version.end(), is_alphanumeric) &&
           std::none_of(version.begin(), version.end(), unusable);
  }
};

const util::Registered<Pacman> registered{
    {.id = "pacman", .version = 2, .total = false, .summary = "Arch Linux packages", .example = "1.0rc1-1 < 1.0-1"}};

}  // namespace
}  // namespace hullcheck::versions
