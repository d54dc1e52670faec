// apk: Alpine (and Wolfi) package versions, number{.number}…[letter]{_suffix[number]}…[~hash][-rN].
//
// Source: apk-package(5). Suffixes alpha, beta, pre and rc sort before the bare version, cvs, svn, git, hg and p
// after it. From the second number on, a number with a leading zero is a decimal fraction: it is compared as text, so
// 1.05 < 1.1 and 1.01 < 1.05.
// A version is read as a row of tokens and the first difference decides. A token that may come earlier in the grammar
// outranks one that comes later (1.2a > 1.2_p1 > 1.2-r1), which is what makes the longer version the newer one.
// Versions outside the grammar exist in the wild and in old advisories (5.7.1p1, 23_foo). Like apk we order them by
// the part that can be read; what follows is one token below the plain end, so 1.2_blah < 1.2 but 23_foo > 4_beta.
// That is still a total order, only not one with every invalid version in front.
#include <array>

#include "versions/comparator.hpp"
#include "versions/parts.hpp"

namespace hullcheck::versions {
namespace {

// In ascending order of what they mean where they meet at the same place.
enum class TokenKind { pre_suffix, unreadable, end, revision, hash, suffix_number, post_suffix, letter, number };

struct Token {
  TokenKind kind = TokenKind::end;
  std::string_view text;
  int suffix = 0;         // place in its own list
  bool fraction = false;  // a number behind a dot: a leading zero makes it a fraction
};

constexpr std::array<std::string_view, 4> k_pre_suffixes{"alpha", "beta", "pre", "rc"};
constexpr std::array<std::string_view, 5> k_post_suffixes{"cvs", "svn", "git", "hg", "p"};

template <std::size_t N>
std::optional<int> place(const std::array<std::string_view, N>& list, std::string_view word) {
  const auto found = std::find(list.begin(), list.end(), word);
  if (found == list.end()) return std::nullopt;
  return static_cast<int>(found - list.begin());
}

class Tokens {
 public:
  explicit Tokens(std::string_view text) : m_rest(text) {}

  // After `end` or `unreadable` the caller stops.
  Token next() {
    if (m_last == Last::start) {
      m_last = Last::number;
      return number(false);
    }
    if (m_rest.empty()) return {TokenKind::end, {}};
    const char c = m_rest.front();
    if (m_last == Last::number && c == '.') return m_rest.remove_prefix(1), number(true);
    if (m_last == Last::number && is_lower(c)) return letter();
    if (m_last == Last::letter && is_digit(c)) return m_last = Last::number, number(false);
    if (m_last == Last::suffix && is_digit(c)) {
      m_last = Last::suffix_number;
      return {TokenKind::suffix_number, take_digits(m_rest)};
    }
    if (m_last <= Last::suffix_number && take_prefix(m_rest, "_")) return suffix();
    if (m_last <= Last::suffix_number && take_prefix(m_rest, "~")) return hash();
    if (m_last <= Last::hash && take_prefix(m_rest, "-r")) return revision();
    return {TokenKind::unreadable, {}};
  }

  // A part that the grammar wants was empty; the order takes it as nothing, `valid` does not.
  bool complete() const { return m_complete; }

 private:
  enum class Last { start, number, letter, suffix, suffix_number, hash, revision };

  Token number(bool fraction) {
    const auto digits = take_digits(m_rest);
    m_complete = m_complete && !digits.empty();
    return {TokenKind::number, digits, 0, fraction};
  }
  Token letter() {
    const Token token{TokenKind::letter, m_rest.substr(0, 1)};
    m_rest.remove_prefix(1);
    m_last = Last::letter;
    return token;
  }
  Token suffix() {
    m_last = Last::suffix;
    const auto word = take_while(m_rest, is_lower);
    if (const auto found = place(k_pre_suffixes, word)) return {TokenKind::pre_suffix, word, *found};
    if (const auto found = place(k_post_suffixes, word)) return {TokenKind::post_suffix, word, *found};
    return {TokenKind::unreadable, {}};
  }
  Token hash() {
    m_last = Last::hash;
    const auto digits = take_while(m_rest, [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
    return {digits.empty() ? TokenKind::unreadable : TokenKind::hash, digits};
  }
  Token revision() {
    m_last = Last::revision;
    const auto digits = take_digits(m_rest);
    return {digits.empty() || !m_rest.empty() ? TokenKind::unreadable : TokenKind::revision, digits};
  }

  std::string_view m_rest;
  Last m_last = Last::start;
  bool m_complete = true;
};

std::strong_ordering compare_tokens(const Token& a, const Token& b) {
  if (a.kind != b.kind) return a.kind <=> b.kind;
  switch (a.kind) {
    case TokenKind::pre_suffix:
    case TokenKind::post_suffix: return a.suffix <=> b.suffix;
    case TokenKind::letter:
    case TokenKind::hash: return a.text <=> b.text;
    case TokenKind::number:
      // Fractions start with 0 and so stay below every whole number as text as well: one order, not two.
      if (a.fraction && (a.text.starts_with('0') || b.text.starts_with('0'))) return a.text <=> b.text;
      if (a.fraction && a.text.empty() != b.text.empty()) return b.text.empty() <=> a.text.empty();
      return compare_digits(a.text, b.text);
    default: return compare_digits(a.text, b.text);
  }
}

bool is_last(const Token& token) { return token.kind == TokenKind::end || token.kind == TokenKind::unreadable; }

class Apk final : public Comparator {
 public:
  std::strong_ordering compare(std::string_view a, std::string_view b) const override {
    Tokens left(a);
    Tokens right(b);
    while (true) {
      const auto x = left.next();
      const auto y = right.next();
      if (const auto order = compare_tokens(x, y); order != 0) return order;
      if (is_last(x)) return std::strong_ordering::equal;
    }
  }

  // Wider than the grammar in one point: a number after the letter, which Alpine itself has shipped (5.7.1p1-r0).
  bool valid(std::string_view version) const override {
    Tokens tokens(version);
    Token token = tokens.next();
    while (!is_last(token)) token = tokens.next();
    return token.kind == TokenKind::end && tokens.complete();
  }
};

const util::Registered<Apk> registered{
    {.id = "apk", .version = 1, .summary = "Alpine and Wolfi packages", .example = "1.2_rc1-r0 < 1.2-r0"}};

}  // namespace
}  // namespace hullcheck::versions
