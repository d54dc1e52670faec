// The order of Python versions from before PEP 440, as setuptools documented it for pkg_resources.parse_version.
//
// The text, in lower case, splits into digit runs, letter runs, dots, hyphens, and runs of anything else. Dots only
// separate. Words are below numbers and compare by bytes, with the spellings of a pre-release made one ("c") and
// "dev" lowest; "final" ends every version, so what sorts before "final" is a pre-release and what sorts after it a
// patch. Zeros in front of a word or the end do not count, nor do hyphens in front of a pre-release word. Hostile: a
// run of zeros or hyphens is looked through once, not once per member.
#pragma once

#include <array>
#include <utility>

#include "versions/parts.hpp"

namespace hullcheck::versions {

class LegacyTokens {
 public:
  struct Token {
    bool number = false;
    bool at_end = false;    // the closing "final" has been given out
    std::string_view text;  // digits, or a word as written
  };

  explicit LegacyTokens(std::string_view text) : m_rest(text) {}

  Token next() {
    while (true) {
      const auto token = read(m_rest, m_ended);
      if (is_zero(token) ? keep_zero() : !is_hyphen(token) || keep_hyphen()) return token;
    }
  }

 private:
  static constexpr std::string_view k_final = "final";
  static constexpr std::string_view k_hyphen = "final-";  // cannot be written: a hyphen ends a word

  static std::string_view canonical(std::string_view word) {
    constexpr std::array<std::string_view, 3> k_candidates{"pre", "preview", "rc"};
    for (const auto candidate : k_candidates)
      if (compare_ignoring_case(word, candidate) == 0) return "c";
    return compare_ignoring_case(word, "dev") == 0 ? "@" : word;
  }

  static Token read(std::string_view& rest, bool& ended) {
    take_while(rest, [](char c) { return c == '.'; });
    if (rest.empty()) return {false, std::exchange(ended, true), k_final};
    if (take_prefix(rest, "-")) return {false, false, k_hyphen};
    if (is_digit(rest.front())) return {true, false, take_digits(rest)};
    if (is_letter(rest.front())) return {false, false, canonical(take_while(rest, is_letter))};
    return {false, false, take_while(rest, [](char c) { return !is_alphanumeric(c) && c != '.' && c != '-'; })};
  }

  static bool is_zero(const Token& token) { return token.number && without_leading_zeros(token.text).empty(); }
  static bool is_hyphen(const Token& token) { return token.text == k_hyphen; }
  static bool is_before_final(const Token& token) {
    return !token.number && compare_ignoring_case(token.text, k_final) < 0;
  }

  // A zero was just read. The run that it begins is kept if a number follows it, else the rest of it is skipped.
  bool keep_zero() {
    if (m_zeros_kept != 0) return --m_zeros_kept, true;
    auto ahead = m_rest;
    auto ended = m_ended;
    for (std::size_t more = 0;; ++more) {
      const auto before = ahead;
      const auto token = read(ahead, ended);
      if (!token.number) return m_rest = before, false;
      if (!is_zero(token)) return m_zeros_kept = more, true;
    }
  }

  // A hyphen was just read. A stretch of hyphens and zeros is skipped if a pre-release word follows its last hyphen
  // directly; else its hyphens are kept.
  bool keep_hyphen() {
    if (m_hyphens_kept != 0) return --m_hyphens_kept, true;
    auto ahead = m_rest;
    auto ended = m_ended;
    bool behind_hyphen = true;
    std::size_t more = 0;
    while (true) {
      const auto before = ahead;
      const auto token = read(ahead, ended);
      if (!is_zero(token) && !is_hyphen(token)) {
        if (behind_hyphen && is_before_final(token)) return m_rest = before, false;
        return m_hyphens_kept = more, true;
      }
      behind_hyphen = is_hyphen(token);
      if (behind_hyphen) ++more;
    }
  }

  std::string_view m_rest;
  std::size_t m_zeros_kept = 0;    // zeros ahead that are known to count
  std::size_t m_hyphens_kept = 0;  // hyphens likewise
  bool m_ended = false;
};

inline std::strong_ordering compare_legacy(std::string_view a, std::string_view b) {
  LegacyTokens left(a);
  LegacyTokens right(b);
  while (true) {
    const auto x = left.next();
    const auto y = right.next();
    if (x.at_end || y.at_end) return y.at_end <=> x.at_end;
    if (x.number != y.number) return x.number <=> y.number;
    const auto order = x.number ? compare_digits(x.text, y.text) : compare_ignoring_case(x.text, y.text);
    if (order != 0) return order;
  }
}

}  // namespace hullcheck::versions
