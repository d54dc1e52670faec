// dpkg: Debian and Ubuntu package versions, [epoch:]upstream[-revision].
//
// Source: Debian Policy 5.6.12 and deb-version(7). Both parts are read as alternating runs of non-digits and digits.
// In a non-digit run `~` sorts before even the end of the part, letters before everything else; a missing revision
// equals "0".
//
// What dpkg itself refuses is invalid here: an epoch that is not a number, an empty part, white space. Stricter than
// dpkg, an epoch with a sign is invalid too. What it only warns of (a first character that is no digit, unusual
// characters) is ordered as dpkg orders it.
//
// Hostile: dpkg limits the epoch to an int, we compare one of any length.
#include "versions/comparator.hpp"
#include "versions/parts.hpp"

namespace hullcheck::versions {
namespace {

struct Version {
  std::string_view epoch;
  std::string_view upstream;
  std::string_view revision;
};

std::optional<Version> parse(std::string_view text) {
  if (std::any_of(text.begin(), text.end(), is_space)) return std::nullopt;
  Version version;
  if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    version.epoch = text.substr(0, colon);
    if (version.epoch.empty() || !every(version.epoch, is_digit)) return std::nullopt;
    text.remove_prefix(colon + 1);
  }
  if (const auto hyphen = text.rfind('-'); hyphen != std::string_view::npos) {
    version.revision = text.substr(hyphen + 1);
    if (version.revision.empty()) return std::nullopt;
    text = text.substr(0, hyphen);
  }
  if (text.empty()) return std::nullopt;
  version.upstream = text;
  return version;
}

// The end of the part and a digit weigh the same, which is what ends a non-digit run.
int weight(std::string_view text) {
  if (text.empty() || is_digit(text.front())) return 0;
  const char c = text.front();
  if (c == '~') return -1;
  if (is_letter(c)) return c;
  return static_cast<signed char>(c) + 256;  // dpkg's own sum: bytes above 127 stay above the letters
}

std::strong_ordering compare_part(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    while (weight(a) != 0 || weight(b) != 0) {
      if (weight(a) != weight(b)) return weight(a) <=> weight(b);
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
    const auto order = compare_digits(take_digits(a), take_digits(b));
    if (order != 0) return order;
  }
  return std::strong_ordering::equal;
}

std::strong_ordering compare_versions(const Version& a, const Version& b) {
  if (const auto order = compare_digits(a.epoch, b.epoch); order != 0) return order;
  if (const auto order = compare_part(a.upstream, b.upstream); order != 0) return order;
  return compare_part(a.revision, b.revision);
}

class Dpkg final : public Comparator {
 public:
  std::strong_ordering compare(std::string_view a, std::string_view b) const override {
    return compare_parsed(parse(a), a, parse(b), b, compare_versions);
  }
  bool valid(std::string_view version) const override { return parse(version).has_value(); }
};

const util::Registered<Dpkg> registered{
    {.id = "dpkg", .version = 1, .summary = "Debian and Ubuntu packages", .example = "1:1.2~rc1-1 < 1:1.2-1"}};

}  // namespace
}  // namespace hullcheck::versions
