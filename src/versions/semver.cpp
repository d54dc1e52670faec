// semver: Semantic Versioning 2.0.0, for npm, crates.io, Go modules, Hex, Swift and others.
//
// Source: semver.org, version 2.0.0; Go's module reference for pseudo-versions and `+incompatible`, which are plain
// SemVer. Go's own release names (go1.22, go1.22rc1, go1.9.2rc2) are read as the Go project maps them to SemVer:
// go1.22rc1 is 1.22.0-rc.1. The same reading serves a name whose "go" was cut off, as long as it has fewer than three
// numbers. "(devel)" and other words are invalid: nothing can be said about such a build.
#include "versions/comparator.hpp"
#include "versions/semver_parts.hpp"

namespace hullcheck::versions {
namespace {

std::optional<SemverParts> parse(std::string_view text) {
  const bool go_release = text.size() > 2 && is_digit(text[2]) && take_prefix(text, "go");
  auto parts = parse_semver(text);
  if (!parts || parts->prerelease.empty()) return parts;
  const bool no_hyphen = parts->numbers.data() + parts->numbers.size() == parts->prerelease.data();
  const auto dots = std::count(parts->numbers.begin(), parts->numbers.end(), '.');
  parts->split_words = no_hyphen && (go_release || dots < 2);
  return parts;
}

class Semver final : public Comparator {
 public:
  std::strong_ordering compare(std::string_view a, std::string_view b) const override {
    return compare_parsed(parse(a), a, parse(b), b, [](const SemverParts& left, const SemverParts& right) {
      return compare_precedence(left, right, LetterCase::matters);
    });
  }
  bool valid(std::string_view version) const override { return parse(version).has_value(); }
};

const util::Registered<Semver> registered{{.id = "semver",
                                           .version = 1,
                                           .summary = "Semantic Versioning: npm, crates.io, Go, Hex, Swift",
                                           .example = "1.0.0-rc.1 < 1.0.0"}};

}  // namespace
}  // namespace hullcheck::versions
