// composer: PHP package versions of Packagist.
//
// Source: the manual page of PHP's version_compare(), by which Composer orders. A version is a row of digit runs and
// words; "-", "_", "+" and "." separate, and so does the edge between digit and letter. Words rank by how they begin:
// anything unknown < dev < alpha = a < beta = b < RC = rc < (end of the version) < number < pl = p, with regard to
// case as PHP has it: "BETA" is unknown. Two words of one rank are equal ("1.0-foo" = "1.0-quux"). A leading `v` is
// ignored. The manual's "#" stands for any number. An order over all strings cannot let it equal several numbers at
// once, so it counts as the number 1 here; no released version contains it. version_compare() takes any two strings,
// and so does this order; names of branches ("dev-main") sort below all releases and are not valid versions.
#include <array>

#include "versions/comparator.hpp"
#include "versions/parts.hpp"

namespace hullcheck::versions {
namespace {

enum class Rank { unknown, dev, alpha, beta, candidate, end, number, patch };

struct Token {
  Rank rank = Rank::end;
  std::string_view digits;
};

struct WordRank {
  std::string_view beginning;
  Rank rank;
};
constexpr std::array<WordRank, 6> k_words{{{"dev", Rank::dev},
                                           {"a", Rank::alpha},
                                           {"b", Rank::beta},
                                           {"RC", Rank::candidate},
                                           {"rc", Rank::candidate},
                                           {"p", Rank::patch}}};

Rank rank_of(std::string_view word) {
  for (const auto& row : k_words)
    if (word.starts_with(row.beginning)) return row.rank;
  return Rank::unknown;
}

constexpr bool is_separator(char c) { return c == '.' || c == '-' || c == '_' || c == '+'; }

class Tokens {
 public:
  explicit Tokens(std::string_view text) : m_rest(text) {
    if (text.size() > 1 && (text[0] == 'v' || text[0] == 'V') && is_digit(text[1])) m_rest.remove_prefix(1);
  }

  Token next() {
    // Directly behind a digit any other character begins a word; elsewhere only a letter does.
    const bool word_begins = m_after_digits && !m_rest.empty() && !is_separator(m_rest.front());
    m_after_digits = false;
    if (word_begins) return word(m_rest.substr(0, 1));
    while (!m_rest.empty()) {
      const char c = m_rest.front();
      if (is_digit(c)) {
        m_after_digits = true;
        return {Rank::number, take_digits(m_rest)};
      }
      if (is_letter(c)) return word(m_rest.substr(0, 1));
      m_rest.remove_prefix(1);
      if (c == '#') return {Rank::number, "1"};
    }
    return {};
  }

 private:
  Token word(std::string_view first) {
    m_rest.remove_prefix(1);
    const auto tail = take_while(m_rest, is_letter);
    return {rank_of(std::string_view(first.data(), 1 + tail.size())), {}};
  }

  std::string_view m_rest;
  bool m_after_digits = false;
};

class Composer final : public Comparator {
 public:
  std::strong_ordering compare(std::string_view a, std::string_view b) const override {
    Tokens left(a);
    Tokens right(b);
    while (true) {
      const auto x = left.next();
      const auto y = right.next();
      if (x.rank != y.rank) return x.rank <=> y.rank;
      if (x.rank == Rank::end) return std::strong_ordering::equal;
      if (const auto order = compare_digits(x.digits, y.digits); order != 0) return order;
    }
  }
  bool valid(std::string_view version) const override {
    if (version.starts_with('v') || version.starts_with('V')) version.remove_prefix(1);
    return !version.empty() && is_digit(version.front()) && std::none_of(version.begin(), version.end(), is_space);
  }
};

const util::Registered<Composer> registered{
    {.id = "composer", .version = 1, .summary = "PHP packages", .example = "1.0.0-beta1 < 1.0.0-RC1"}};

}  // namespace
}  // namespace hullcheck::versions
