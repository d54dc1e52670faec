// bitnami: Bitnami components, SemVer with a revision of the packaging behind the last hyphen.
//
// Source: Bitnami's vulnerability database, which writes 1.2.3-4 for the fourth packaging of 1.2.3. Where SemVer
// reads a pre-release, this is a newer build: 1.2.3 = 1.2.3-0 < 1.2.3-1. Words stay pre-releases (1.2.3-rc.1
// < 1.2.3), with a revision of their own (1.2.3-rc.1-2).
#include "versions/comparator.hpp"
#include "versions/semver_parts.hpp"

namespace hullcheck::versions {
namespace {

struct Version {
  SemverParts parts;
  std::string_view revision;
};

std::optional<Version> parse(std::string_view text) {
  const auto parts = parse_semver(text);
  if (!parts) return std::nullopt;
  Version parsed{*parts, {}};
  auto& prerelease = parsed.parts.prerelease;
  const auto hyphen = prerelease.rfind('-');
  const auto last = hyphen == std::string_view::npos ? prerelease : prerelease.substr(hyphen + 1);
  if (last.empty() || !every(last, is_digit)) return parsed;
  parsed.revision = last;
  prerelease = hyphen == std::string_view::npos ? std::string_view() : prerelease.substr(0, hyphen);
  return parsed;
}

class Bitnami final : public Comparator {
 public:
  std::strong_ordering compare(std::string_view a, std::string_view b) const override {
    return compare_parsed(parse(a), a, parse(b), b, [](const Version& left, const Version& right) {
      const auto order = compare_precedence(left.parts, right.parts, LetterCase::matters);
      return order != 0 ? order : compare_digits(left.revision, right.revision);
    });
  }
  bool valid(std::string_view version) const override { return parse(version).has_value(); }
};

const util::Registered<Bitnami> registered{
    {.id = "bitnami", .version = 1, .summary = "Bitnami components", .example = "1.2.3 < 1.2.3-1"}};

}  // namespace
}  // namespace hullcheck::versions
