// Precedence climbing over the operators of C. See shell_arithmetic.hpp.
#include "detect/shell/shell_arithmetic.hpp"

#include <array>
#include <cctype>
#include <string>

#include "detect/words.hpp"

namespace hullcheck::detect {
namespace {

constexpr unsigned k_most_depth = 24;
constexpr unsigned k_most_steps = 512;
constexpr std::int64_t k_most_number = std::int64_t{1} << 40;  // beyond that nothing is counted

using Number = std::optional<std::int64_t>;

struct Operator {
  std::string_view text;
  int level;
};
// Longer ones first.
constexpr std::array<Operator, 19> k_operators = {{{"<<", 8},
                                                   {">>", 8},
                                                   {"<=", 7},
                                                   {">=", 7},
                                                   {"==", 6},
                                                   {"!=", 6},
                                                   {"&&", 2},
                                                   {"||", 1},
                                                   {"**", 11},
                                                   {"<", 7},
                                                   {">", 7},
                                                   {"+", 9},
                                                   {"-", 9},
                                                   {"*", 10},
                                                   {"/", 10},
                                                   {"%", 10},
                                                   {"&", 5},
                                                   {"^", 4},
                                                   {"|", 3}}};

bool in_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

Number bounded(std::int64_t value) {
  return value > k_most_number || value < -k_most_number ? Number{} : Number{value};
}

Number applied(std::string_view op, std::int64_t left, std::int64_t right) {
  if (op == "+") return bounded(left + right);
  if (op == "-") return bounded(left - right);
  if (op == "*") {
    constexpr std::int64_t k_safe = std::int64_t{1} << 31;
    if (left > k_safe || left < -k_safe || right > k_safe || right < -k_safe) return std::nullopt;
    return bounded(left * right);
  }
  if (op == "/" || op == "%") {
    if (right == 0) return std::nullopt;
    return op == "/" ? left / right : left % right;
  }
  if (op == "<<" || op == ">>") {
    if (right < 0 || right > 40 || left < 0 || left > (k_most_number >> right)) return std::nullopt;
    return op == "<<" ? bounded(left << right) : left >> right;
  }
  if (op == "**") {
    std::int64_t power = 1;
    if (right < 0 || right > 40) return std::nullopt;
    for (std::int64_t i = 0; i < right; ++i) {
      const Number next = applied("*", power, left);
      if (!next) return std::nullopt;
      power = *next;
    }
    return power;
  }
  if (op == "<") return left < right;
  if (op == ">") return left > right;
  if (op == "<=") return left <= right;
  if (op == ">=") return left >= right;
  if (op == "==") return left == right;
  if (op == "!=") return left != right;
  if (op == "&&") return left != 0 && right != 0;
  if (op == "||") return left != 0 || right != 0;
  if (op == "&") return left & right;
  if (op == "^") return left ^ right;
  return left | right;
}

class Reader {
 public:
  Reader(std::string_view text, const ShellNumbers& numbers) : m_text(text), m_numbers(numbers) {}

  Number all() {
    Number value;
    do {
      value = expression(0);
      blanks();
    } while (value && take(","));
    return m_at == m_text.size() ? value : std::nullopt;
  }

 private:
  void blanks() {
    while (m_at < m_text.size() && std::isspace(static_cast<unsigned char>(m_text[m_at])) != 0) ++m_at;
  }
  bool take(std::string_view word) {
    blanks();
    if (!m_text.substr(m_at).starts_with(word)) return false;
    m_at += word.size();
    return true;
  }
  bool step() { return ++m_steps <= k_most_steps; }

  Number expression(int lowest) {
    if (++m_depth > k_most_depth || !step()) return std::nullopt;
    Number left = operand();
    while (left && step()) {
      blanks();
      const std::string_view rest = m_text.substr(m_at);
      if (lowest == 0 && rest.starts_with('?')) {
        left = chosen(*left != 0);
        continue;
      }
      const Operator* found = nullptr;
      for (const Operator& one : k_operators)
        if (found == nullptr && rest.starts_with(one.text)) found = &one;
      if (found == nullptr || found->level <= lowest) break;
      m_at += found->text.size();
      const Number right = expression(found->level);
      left = right ? applied(found->text, *left, *right) : std::nullopt;
    }
    --m_depth;
    return left;
  }

  Number chosen(bool first) {
    ++m_at;
    const Number yes = expression(0);
    if (!yes || !take(":")) return std::nullopt;
    const Number no = expression(0);
    return first ? yes : no;
  }

  Number operand() {
    if (++m_depth > k_most_depth) return std::nullopt;
    const Number value = plain_operand();
    --m_depth;
    return value;
  }

  Number plain_operand() {
    if (take("++")) return changed(name(), 1, true);
    if (take("--")) return changed(name(), -1, true);
    if (take("!")) return negated(operand(), [](std::int64_t value) { return std::int64_t{value == 0}; });
    if (take("-")) return negated(operand(), [](std::int64_t value) { return -value; });
    if (take("~")) return negated(operand(), [](std::int64_t value) { return ~value; });
    if (take("+")) return operand();
    if (take("(")) {
      const Number value = expression(0);
      return take(")") ? value : std::nullopt;
    }
    blanks();
    if (m_at < m_text.size() && std::isdigit(static_cast<unsigned char>(m_text[m_at])) != 0) return number();
    const std::string_view word = name();
    return word.empty() ? std::nullopt : variable(word);
  }

  template <class Function>
  static Number negated(const Number& value, Function&& function) {
    return value ? Number{function(*value)} : std::nullopt;
  }

  // Decimal, 0x…, 0…, and BASE#….
  Number number() {
    std::size_t end = m_at;
    while (end < m_text.size() && (in_name(m_text[end]) || m_text[end] == '#')) ++end;
    std::string_view digits = m_text.substr(m_at, end - m_at);
    m_at = end;
    std::int64_t base = 10;
    if (const std::size_t mark = digits.find('#'); mark != std::string_view::npos) {
      base = 0;
      for (const char c : digits.substr(0, mark)) base = c >= '0' && c <= '9' && base < 64 ? base * 10 + c - '0' : 99;
      digits.remove_prefix(mark + 1);
    } else if (digits.starts_with("0x") || digits.starts_with("0X")) {
      base = 16;
      digits.remove_prefix(2);
    } else if (digits.size() > 1 && digits[0] == '0') {
      base = 8;
    }
    if (base < 2 || base > 36 || digits.empty() || digits.size() > 20) return std::nullopt;
    std::int64_t value = 0;
    for (const char c : digits) {
      const auto low = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      const std::int64_t digit = low >= '0' && low <= '9'   ? low - '0'
                                 : low >= 'a' && low <= 'z' ? low - 'a' + 10
                                                            : 99;
      if (digit >= base || value > k_most_number) return std::nullopt;
      value = value * base + digit;
    }
    return bounded(value);
  }

  // A name with its subscript, "$" or not.
  std::string_view name() {
    blanks();
    if (m_at < m_text.size() && m_text[m_at] == '$') ++m_at;
    const std::size_t begin = m_at;
    while (m_at < m_text.size() && in_name(m_text[m_at])) ++m_at;
    if (m_at > begin && m_at < m_text.size() && m_text[m_at] == '[') {
      const std::size_t close = m_text.find(']', m_at);
      if (close == std::string_view::npos) return {};
      m_at = close + 1;
    }
    return m_text.substr(begin, m_at - begin);
  }

  Number variable(std::string_view word) {
    if (take("++")) return changed(word, 1, false);
    if (take("--")) return changed(word, -1, false);
    blanks();
    std::string_view rest = m_text.substr(m_at);
    const std::size_t equals = rest.find('=');
    if (equals > 2 || rest.substr(equals).starts_with("==")) return m_numbers.get(word);
    const std::string_view op = rest.substr(0, equals);
    static constexpr std::string_view k_assigning = " + - * / % & | ^ << >> ";
    if (!op.empty() && !is_listed(k_assigning, op)) return m_numbers.get(word);
    m_at += equals + 1;
    Number value = expression(0);
    if (value && !op.empty()) {
      const Number old = m_numbers.get(word);
      value = old ? applied(op, *old, *value) : std::nullopt;
    }
    return stored(word, value);
  }

  Number stored(std::string_view word, const Number& value) {
    if (!value || !m_numbers.set || word.empty()) return std::nullopt;
    m_numbers.set(word, *value);
    return value;
  }

  Number changed(std::string_view word, std::int64_t by, bool before) {
    const Number old = word.empty() ? std::nullopt : m_numbers.get(word);
    if (!old || !stored(word, bounded(*old + by))) return std::nullopt;
    return before ? *old + by : *old;
  }

  std::string_view m_text;
  const ShellNumbers& m_numbers;
  std::size_t m_at = 0;
  unsigned m_depth = 0;
  unsigned m_steps = 0;
};

}  // namespace

std::optional<std::int64_t> shell_number(std::string_view text, const ShellNumbers& numbers) {
  return Reader(text, numbers).all();
}

}  // namespace hullcheck::detect
