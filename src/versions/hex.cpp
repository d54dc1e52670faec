// hex: Erlang and Elixir packages, SemVer as strictly as Elixir's Version reads it.
//
// Source: Elixir's documentation of Version, SemVer 2.0.0. Three numbers, no `v`, no leading zeros, a hyphen before
// the pre-release; everything else is no version. A registry that takes no other form needs no tolerance, and what an
// advisory abbreviates ("0", "1.2") is judged by `semver`, with which this agrees on all that both take.
#include "versions/comparator.hpp"
#include "versions/semver_parts.hpp"

namespace hullcheck::versions {
namespace {

constexpr bool is_padded(std::string_view number) {
  return number.size() > 1 && number.front() == '0' && every(number, is_digit);
}

// Of a dotted list that parse_semver() has passed.
bool has_padded_number(std::string_view list) {
  while (!list.empty())
    if (is_padded(take_identifier(list, false))) return true;
  return false;
}

std::optional<SemverParts> parse(std::string_view text) {
  const auto parts = parse_semver(text);
  if (!parts || !is_digit(text.front())) return std::nullopt;
  if (std::count(parts->numbers.begin(), parts->numbers.end(), '.') != 2) return std::nullopt;
  const bool no_hyphen = parts->numbers.data() + parts->numbers.size() == parts->prerelease.data();
  if (no_hyphen && !parts->prerelease.empty()) return std::nullopt;
  if (parts->build.find('+') != std::string_view::npos) return std::nullopt;
  if (has_padded_number(parts->numbers) || has_padded_number(parts->prerelease)) return std::nullopt;
  return parts;
}

class Hex final : public Comparator {
 public:
  std::strong_ordering compare(std::string_view a, std::string_view b) const override {
    return compare_parsed(parse(a), a, parse(b), b, [](const SemverParts& left, const SemverParts& right) {
      return compare_precedence(left, right, LetterCase::matters);
    });
  }
  bool valid(std::string_view version) const override { return parse(version).has_value(); }
};

const util::Registered<Hex> registered{
    {.id = "hex", .version = 1, .summary = "Erlang and Elixir packages", .example = "1.0.0-rc.1 < 1.0.0"}};

}  // namespace
}  // namespace hullcheck::versions
