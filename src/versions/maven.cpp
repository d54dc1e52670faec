// maven: Java artifact versions of Maven repositories.
//
// Source: the "Version Order Specification" of Maven's POM reference. A version is a row of tokens, each a number or
// a word (a "qualifier") with the separator in front of it; the edge between digit and letter is a hyphen. Empty
// tokens are 0. Tokens that mean nothing (0, "", ga, final, release) are dropped from the end and in front of each
// hyphen. Tokens: .word < -word < -number < .number Words: alpha < beta < milestone < rc = cr < snapshot < "" < sp <
// any other by the alphabet Against the end of the shorter row a token is compared with the one of its own sort that
// means nothing.
//
// Maven's own program differs where a hyphen meets a dot before a word (it has 1.0.0-RC16 > 1.0.0.RC8); this file
// keeps to the specification.
//
// No total order can say what the specification says, nor what is known of published versions: 2.4.0.RC2 < 2.4.0,
// 1.0 < 1.0-1 and 2.9.0-1 < 2.9.0.RC1 all stand in the table of such pairs, and with the same numbers in all three
// they are the circle 1.0.rc1 < 1.0 < 1.0-1 < 1.0.rc1 (another: 1 < 1.sp < 1-alpha < 1). The descriptor says so, and
// the tests hold the order to be total among versions without words, where it can be.
//
// Hostile: a long run of zeros is looked through once, not once per zero.
#include <array>
#include <utility>

#include "versions/comparator.hpp"
#include "versions/parts.hpp"

namespace hullcheck::versions {
namespace {

enum class Class { dot_word, hyphen_word, hyphen_number, dot_number };

struct Token {
  bool hyphen = false;
  bool number = true;
  bool at_end = false;
  bool before_digit = false;  // a word directly followed by a digit: "a1" means alpha
  std::string_view text;      // digits, which may be none, or the word as written
};

constexpr bool is_separator(char c) { return c == '.' || c == '-'; }

constexpr int k_release = 5;
constexpr int k_unknown = 7;
struct Qualifier {
  std::string_view word;
  int rank;
};
constexpr std::array<Qualifier, 11> k_qualifiers{{{"alpha", 0},
                                                  {"beta", 1},
                                                  {"milestone", 2},
                                                  {"rc", 3},
                                                  {"cr", 3},
                                                  {"snapshot", 4},
                                                  {"", k_release},
                                                  {"ga", k_release},
                                                  {"final", k_release},
                                                  {"release", k_release},
                                                  {"sp", 6}}};
constexpr std::array<Qualifier, 3> k_short_qualifiers{{{"a", 0}, {"b", 1}, {"m", 2}}};

template <std::size_t N>
int find_rank(const std::array<Qualifier, N>& table, std::string_view word) {
  for (const auto& row : table)
    if (compare_ignoring_case(row.word, word) == 0) return row.rank;
  return k_unknown;
}

int rank_of(const Token& token) {
  const int rank = token.before_digit ? find_rank(k_short_qualifiers, token.text) : k_unknown;
  return rank == k_unknown ? find_rank(k_qualifiers, token.text) : rank;
}

bool means_nothing(const Token& token) {
  return token.number ? without_leading_zeros(token.text).empty() : rank_of(token) == k_release;
}

class Tokens {
 public:
  explicit Tokens(std::string_view text) : m_rest(text) {}

  Token next() {
    if (std::exchange(m_at_start, false)) return read_body(m_rest);
    while (true) {
      const auto token = read(m_rest);
      if (m_kept != 0) return --m_kept, token;
      if (token.at_end || !means_nothing(token)) return token;
      if (keep_or_drop_nothings()) return token;
    }
  }

 private:
  static Token read(std::string_view& rest) {
    if (rest.empty()) return {.hyphen = false, .number = true, .at_end = true, .before_digit = false, .text = {}};
    const bool hyphen = !take_prefix(rest, ".");
    if (hyphen) take_prefix(rest, "-");
    auto token = read_body(rest);
    token.hyphen = hyphen;
    return token;
  }

  static Token read_body(std::string_view& rest) {
    Token token;
    token.text = take_while(rest, [](char c) { return !is_digit(c) && !is_separator(c); });
    token.number = token.text.empty();
    if (token.number)
      token.text = take_digits(rest);
    else
      token.before_digit = !rest.empty() && is_digit(rest.front());
    return token;
  }

  // One token that means nothing was just read. The run that it begins is kept if something other than a hyphen or
  // the end follows it; otherwise the rest of the run is skipped.
  bool keep_or_drop_nothings() {
    auto ahead = m_rest;
    for (std::size_t more = 0;; ++more) {
      const auto before = ahead;
      const auto token = read(ahead);
      if (token.at_end || token.hyphen) return m_rest = before, false;
      if (!means_nothing(token)) return m_kept = more, true;
    }
  }

  std::string_view m_rest;
  std::size_t m_kept = 0;  // tokens ahead that mean nothing and are known to count
  bool m_at_start = true;
};

Class class_of(const Token& token) {
  if (token.hyphen) return token.number ? Class::hyphen_number : Class::hyphen_word;
  return token.number ? Class::dot_number : Class::dot_word;
}

// What stands for the missing token opposite `other`: of its sort, and meaning nothing.
Token filling_for(const Token& other) {
  return {.hyphen = other.hyphen, .number = other.number, .at_end = false, .before_digit = false, .text = {}};
}

std::strong_ordering compare_tokens(const Token& a, const Token& b) {
  if (const auto order = class_of(a) <=> class_of(b); order != 0) return order;
  if (a.number) return compare_digits(a.text, b.text);
  const int rank = rank_of(a);
  if (const auto order = rank <=> rank_of(b); order != 0 || rank != k_unknown) return order;
  return compare_ignoring_case(a.text, b.text);
}

std::strong_ordering compare_versions(std::string_view a, std::string_view b) {
  Tokens left(a);
  Tokens right(b);
  while (true) {
    const auto x = left.next();
    const auto y = right.next();
    if (x.at_end && y.at_end) return std::strong_ordering::equal;
    const auto order = compare_tokens(x.at_end ? filling_for(y) : x, y.at_end ? filling_for(x) : y);
    if (order != 0) return order;
  }
}

class Maven final : public Comparator {
 public:
  std::strong_ordering compare(std::string_view a, std::string_view b) const override {
    return compare_valid(
        a, b, [this](std::string_view version) { return valid(version); }, compare_versions);
  }
  // Maven takes any string; white space can only be a mistake of whoever wrote it down.
  bool valid(std::string_view version) const override {
    return !version.empty() && std::none_of(version.begin(), version.end(), is_space);
  }
};

const util::Registered<Maven> registered{
    {.id = "maven", .version = 1, .total = false, .summary = "Java artifacts", .example = "1.0-alpha-1 < 1.0"}};

}  // namespace
}  // namespace hullcheck::versions
