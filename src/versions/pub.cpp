// pub: Dart and Flutter package versions.
//
// Source: the pub versioning page and pub_semver. SemVer 2.0.0 with one difference: build metadata is ordered too. A
// version with a build is newer than the same one without, and two builds compare like two pre-releases.
#include "versions/comparator.hpp"
#include "versions/semver_parts.hpp"

namespace hullcheck::versions {
namespace {

std::strong_ordering compare_versions(const SemverParts& a, const SemverParts& b) {
  if (const auto order = compare_precedence(a, b, LetterCase::matters); order != 0) return order;
  return compare_identifiers({a.build}, {b.build}, LetterCase::matters);
}

class Pub final : public Comparator {
 public:
  std::strong_ordering compare(std::string_view a, std::string_view b) const override {
    return compare_parsed(parse(a), a, parse(b), b, compare_versions);
  }
  bool valid(std::string_view version) const override { return parse(version).has_value(); }

 private:
  // The order of builds needs them to be identifiers, which plain SemVer tolerance does not ask for.
  static std::optional<SemverParts> parse(std::string_view text) {
    auto parts = parse_semver(text);
    if (parts && !parts->build.empty() && !is_identifier_list(parts->build)) return std::nullopt;
    return parts;
  }
};

const util::Registered<Pub> registered{
    {.id = "pub", .version = 1, .summary = "Dart and Flutter packages", .example = "1.0.0 < 1.0.0+1"}};

}  // namespace
}  // namespace hullcheck::versions
