// nuget: .NET package versions.
//
// Source: NuGet's package versioning reference. SemVer 2.0.0 with up to four numbers, missing ones zero, and words
// compared without regard to case. Build metadata is ignored.
#include "versions/comparator.hpp"
#include "versions/semver_parts.hpp"

namespace hullcheck::versions {
namespace {

class Nuget final : public Comparator {
 public:
  std::strong_ordering compare(std::string_view a, std::string_view b) const override {
    return compare_parsed(parse_semver(a), a, parse_semver(b), b,
                          [](const SemverParts& left, const SemverParts& right) {
                            return compare_precedence(left, right, LetterCase::ignored);
                          });
  }
  bool valid(std::string_view version) const override { return parse_semver(version).has_value(); }
};

const util::Registered<Nuget> registered{
    {.id = "nuget", .version = 1, .summary = ".NET packages", .example = "1.0.0-BETA < 1.0.0.0"}};

}  // namespace
}  // namespace hullcheck::versions
