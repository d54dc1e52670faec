// rpm: package versions of the RPM distributions, [epoch:]version[-release].
//
// Source: rpm-version(7). Version and release are runs of ASCII letters or of digits; whatever stands between two
// runs only separates them. A digit run beats a letter run, a `~` sorts before the end of the string and a `^` just
// after the end. A missing epoch is 0; a missing release sorts before every release, so a caller that wants "any
// release" must cut the release off first. rpm orders any two strings, and this follows it for invalid ones too: the
// order has no special case to get wrong.
#include "versions/comparator.hpp"
#include "versions/parts.hpp"

namespace hullcheck::versions {
namespace {

// One step of a version string, in ascending order of what it means.
enum class SegmentKind { tilde, end, caret, letters, digits };
struct Segment {
  SegmentKind kind = SegmentKind::end;
  std::string_view text;
};

Segment take_segment(std::string_view& text) {
  take_while(text, [](char c) { return !is_alphanumeric(c) && c != '~' && c != '^'; });
  if (text.empty()) return {};
  if (take_prefix(text, "~")) return {SegmentKind::tilde, {}};
  if (take_prefix(text, "^")) return {SegmentKind::caret, {}};
  if (is_digit(text.front())) return {SegmentKind::digits, take_digits(text)};
  return {SegmentKind::letters, take_while(text, is_letter)};
}

std::strong_ordering compare_strings(std::string_view a, std::string_view b) {
  while (true) {
    const auto left = take_segment(a);
    const auto right = take_segment(b);
    if (left.kind != right.kind) return left.kind <=> right.kind;
    if (left.kind == SegmentKind::end) return std::strong_ordering::equal;
    const auto order =
        left.kind == SegmentKind::digits ? compare_digits(left.text, right.text) : left.text <=> right.text;
    if (order != 0) return order;
  }
}

class Rpm final : public Comparator {
 public:
  std::strong_ordering compare(std::string_view a, std::string_view b) const override {
    return compare_apart(a, b, MissingRelease::first, compare_strings);
  }

  bool valid(std::string_view version) const override {
    const auto unusable = [](char c) { return is_space(c) || c == '\0'; };
    return std::any_of(version.begin(), version.end(), is_alphanumeric) &&
           std::none_of(version.begin(), version.end(), unusable);
  }
};

const util::Registered<Rpm> registered{
    {.id = "rpm", .version = 1, .summary = "packages of the RPM distributions", .example = "1.0~rc1-1 < 1.0-1"}};

}  // namespace
}  // namespace hullcheck::versions
