// cpe: programs by the versions that their makers give them, as CPE names in the NVD write them.
//
// Source: NISTIR 7695 and 7696 (CPE 2.3), which know names and no order, and what NVD's ranges take for granted:
// numbers by value, a letter behind a number after the number alone (1.1.1 < 1.1.1a < 1.1.1k), words that announce a
// release before it (3.0.0-rc1 < 3.0.0), other words after it (9.3 < 9.3p1), zeros at the end of the numbers without
// meaning (3.0 = 3.0.0). Separators only separate, and letters count in lower case. Hostile: a long run of zeros is
// looked through once, not once per zero.
#include <array>

#include "versions/comparator.hpp"
#include "versions/parts.hpp"

namespace hullcheck::versions {
namespace {

// In ascending order: what announces a release, its end, what is added to it.
enum class TokenKind : std::uint8_t { announcement, end, addition, number };
struct Token {
  TokenKind kind = TokenKind::end;
  int stage = 0;  // of an announcement
  std::string_view text;
};

struct Stage {
  std::string_view word;
  int stage;
  bool numbered = false;  // only with a number right behind it: 1.0a1 announces, 1.0a adds
};
constexpr std::array k_stages{
    Stage{"dev", 0},     Stage{"snapshot", 0},   Stage{"unstable", 0},  Stage{"alpha", 1},   Stage{"a", 1, true},
    Stage{"beta", 2},    Stage{"b", 2, true},    Stage{"milestone", 3}, Stage{"m", 3, true}, Stage{"pre", 4},
    Stage{"preview", 4}, Stage{"prerelease", 4}, Stage{"candidate", 5}, Stage{"cr", 5},      Stage{"rc", 5},
};

class Tokens {
 public:
  explicit Tokens(std::string_view text) : m_rest(text) {
    if (m_rest.size() > 1 && to_lower(m_rest.front()) == 'v' && is_digit(m_rest[1])) m_rest.remove_prefix(1);
  }

  Token next() {
    skip_separators(m_rest);
    if (m_rest.empty()) return {};
    if (is_digit(m_rest.front())) {
      if (m_rest.front() == '0' && m_zeros_kept < position()) skip_zeros();
      skip_separators(m_rest);
      if (m_rest.empty()) return {};
      if (is_digit(m_rest.front())) return {TokenKind::number, 0, take_digits(m_rest)};
    }
    const std::string_view word = take_while(m_rest, is_letter);
    const bool numbered = !m_rest.empty() && is_digit(m_rest.front());
    for (const Stage& stage : k_stages)
      if (compare_ignoring_case(word, stage.word) == 0 && (numbered || !stage.numbered))
        return {TokenKind::announcement, stage.stage, {}};
    return {TokenKind::addition, 0, word};
  }

 private:
  static void skip_separators(std::string_view& text) {
    take_while(text, [](char c) { return !is_alphanumeric(c); });
  }
  // Grows as the text is read.
  std::size_t position() const { return static_cast<std::size_t>(-1) - m_rest.size(); }

  // Zeros before the end or before letters are left out; before another number they stay.
  void skip_zeros() {
    std::string_view ahead = m_rest;
    while (!ahead.empty() && is_digit(ahead.front())) {
      std::string_view after = ahead;
      if (!without_leading_zeros(take_digits(after)).empty()) {
        m_zeros_kept = static_cast<std::size_t>(-1) - ahead.size();
        return;
      }
      skip_separators(after);
      ahead = after;
    }
    m_rest = ahead;
  }

  std::string_view m_rest;
  std::size_t m_zeros_kept = 0;  // up to here zeros have a number behind them
};

std::strong_ordering compare_tokens(const Token& a, const Token& b) {
  if (a.kind != b.kind) return a.kind <=> b.kind;
  if (a.kind == TokenKind::number) return compare_digits(a.text, b.text);
  if (a.kind == TokenKind::announcement) return a.stage <=> b.stage;
  return compare_ignoring_case(a.text, b.text);
}

bool well_formed(std::string_view text) {
  if (text.size() > 1 && to_lower(text.front()) == 'v') text.remove_prefix(1);
  constexpr std::string_view k_others = ".-_+~:";
  return !text.empty() && is_digit(text.front()) &&
         every(text, [&](char c) { return is_alphanumeric(c) || k_others.find(c) != std::string_view::npos; });
}

class Cpe final : public Comparator {
 public:
  std::strong_ordering compare(std::string_view a, std::string_view b) const override {
    const bool formed_a = well_formed(a), formed_b = well_formed(b);
    if (formed_a != formed_b) return formed_a <=> formed_b;
    if (!formed_a) return a <=> b;
    Tokens left(a), right(b);
    while (true) {
      const Token x = left.next(), y = right.next();
      if (const auto order = compare_tokens(x, y); order != 0) return order;
      if (x.kind == TokenKind::end) return std::strong_ordering::equal;
    }
  }
  bool valid(std::string_view version) const override { return well_formed(version); }
};

const util::Registered<Cpe> registered{
    {.id = "cpe", .version = 1, .summary = "programs as the NVD names them", .example = "1.1.1k < 1.1.1l"}};

}  // namespace
}  // namespace hullcheck::versions
