// pep440: Python package versions.
//
// Source: PEP 440, now the "Version specifiers" page of the Python packaging guide:
// [v][epoch!]release[pre][post][dev][+local], in any letter case and with the alternative spellings of its
// "Normalization" chapter (c and preview for rc, rev for post, 1.0-1 for 1.0.post1, …).
// Old releases carry versions from before PEP 440 (0.7.11p2, trunk). They are not valid, sort before every valid one,
// and among themselves as setuptools used to sort them: see pep440_legacy.hpp.
// Hostile: parsed by one pass without going back.
#include <array>

#include "versions/comparator.hpp"
#include "versions/pep440_legacy.hpp"

namespace hullcheck::versions {
namespace {

struct Version {
  std::string_view epoch;
  std::string_view release;
  std::string_view local;
  int pre_kind = -1;  // 0 alpha, 1 beta, 2 candidate; -1 none
  std::string_view pre;
  std::optional<std::string_view> post;
  std::optional<std::string_view> dev;
};

struct Word {
  std::string_view text;
  int kind;
};
// A longer word stands before its own beginning.
constexpr std::array<Word, 8> k_pre_words{
    {{"alpha", 0}, {"beta", 1}, {"preview", 2}, {"pre", 2}, {"rc", 2}, {"a", 0}, {"b", 1}, {"c", 2}}};
constexpr std::array<Word, 3> k_post_words{{{"post", 0}, {"rev", 0}, {"r", 0}}};
constexpr std::array<Word, 1> k_dev_words{{{"dev", 0}}};

constexpr bool is_separator(char c) { return c == '.' || c == '-' || c == '_'; }
constexpr bool is_dot(char c) { return c == '.'; }

bool take_separator(std::string_view& text) {
  if (text.empty() || !is_separator(text.front())) return false;
  text.remove_prefix(1);
  return true;
}

struct Marked {
  int kind;
  std::string_view number;
};

// [separator] word [separator] [number]; takes nothing if the word is not there.
template <std::size_t N>
std::optional<Marked> take_marked(std::string_view& text, const std::array<Word, N>& words) {
  auto rest = text;
  take_separator(rest);
  for (const auto& word : words) {
    if (compare_ignoring_case(rest.substr(0, word.text.size()), word.text) != 0) continue;
    rest.remove_prefix(word.text.size());
    take_separator(rest);
    text = rest;
    return Marked{word.kind, take_digits(text)};
  }
  return std::nullopt;
}

// The short form of a post release, "-1".
std::optional<Marked> take_bare_post(std::string_view& text) {
  if (text.size() < 2 || text[0] != '-' || !is_digit(text[1])) return std::nullopt;
  text.remove_prefix(1);
  return Marked{0, take_digits(text)};
}

std::string_view take_release(std::string_view& text) {
  const auto whole = text;
  auto rest = text;
  while (!take_digits(rest).empty()) {
    text = rest;
    if (!take_prefix(rest, ".")) break;
  }
  return whole.substr(0, whole.size() - text.size());
}

bool is_local(std::string_view text) {
  while (true) {
    if (take_while(text, is_alphanumeric).empty()) return false;
    if (text.empty()) return true;
    if (!take_separator(text)) return false;
  }
}

std::optional<Version> parse(std::string_view text) {
  Version version;
  if (text.starts_with('v') || text.starts_with('V')) text.remove_prefix(1);
  auto rest = text;
  const auto digits = take_digits(rest);
  if (!digits.empty() && take_prefix(rest, "!")) {
    version.epoch = digits;
    text = rest;
  }
  version.release = take_release(text);
  if (version.release.empty()) return std::nullopt;
  if (const auto pre = take_marked(text, k_pre_words)) {
    version.pre_kind = pre->kind;
    version.pre = pre->number;
  }
  auto post = take_bare_post(text);
  if (!post) post = take_marked(text, k_post_words);
  if (post) version.post = post->number;
  if (const auto dev = take_marked(text, k_dev_words)) version.dev = dev->number;
  if (take_prefix(text, "+")) {
    if (!is_local(text)) return std::nullopt;
    version.local = text;
  } else if (!text.empty()) {
    return std::nullopt;
  }
  return version;
}

// A development release alone comes before alpha; a version without a pre-release after the candidates.
int pre_rank(const Version& version) {
  if (version.pre_kind >= 0) return version.pre_kind;
  return !version.post && version.dev ? -1 : 3;
}

// Words of a local label are below its numbers and ignore letter case; the longer label wins.
std::strong_ordering compare_locals(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    const auto x = take_while(a, is_alphanumeric);
    const auto y = take_while(b, is_alphanumeric);
    const bool x_is_number = every(x, is_digit);
    const bool y_is_number = every(y, is_digit);
    if (x_is_number != y_is_number) return x_is_number <=> y_is_number;
    const auto order = x_is_number ? compare_digits(x, y) : compare_ignoring_case(x, y);
    if (order != 0) return order;
    take_separator(a);
    take_separator(b);
  }
  return b.empty() <=> a.empty();
}

std::strong_ordering compare_versions(const Version& a, const Version& b) {
  if (const auto order = compare_digits(a.epoch, b.epoch); order != 0) return order;
  if (const auto order = compare_number_lists(a.release, b.release, is_dot, MissingNumber::zero); order != 0)
    return order;
  if (const auto order = pre_rank(a) <=> pre_rank(b); order != 0) return order;
  if (const auto order = compare_digits(a.pre, b.pre); order != 0) return order;
  if (a.post.has_value() != b.post.has_value()) return a.post.has_value() <=> b.post.has_value();
  if (const auto order = compare_digits(a.post.value_or(""), b.post.value_or("")); order != 0) return order;
  if (a.dev.has_value() != b.dev.has_value()) return b.dev.has_value() <=> a.dev.has_value();
  if (const auto order = compare_digits(a.dev.value_or(""), b.dev.value_or("")); order != 0) return order;
  return compare_locals(a.local, b.local);
}

class Pep440 final : public Comparator {
 public:
  std::strong_ordering compare(std::string_view a, std::string_view b) const override {
    const auto left = parse(a);
    const auto right = parse(b);
    if (!left && !right) return compare_legacy(a, b);
    return compare_parsed(left, a, right, b, compare_versions);
  }
  bool valid(std::string_view version) const override { return parse(version).has_value(); }
};

const util::Registered<Pep440> registered{
    {.id = "pep440", .version = 1, .summary = "Python packages", .example = "1.0.dev1 < 1.0a1"}};

}  // namespace
}  // namespace hullcheck::versions
