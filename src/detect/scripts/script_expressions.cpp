// Expressions: operators and what they make of values. See script_flows.hpp.
#include <algorithm>
#include <array>

#include "detect/scripts/script_evaluator.hpp"

namespace hullcheck::detect {
namespace {

struct Operator {
  std::string_view text;
  int level;
};
constexpr std::array<Operator, 43> k_operators{{
    {"||", 1}, {"or", 1},  {"??", 1},  {"&&", 2},         {"and", 2}, {"==", 3}, {"!=", 3}, {"===", 3}, {"!==", 3},
    {"<", 3},  {">", 3},   {"<=", 3},  {">=", 3},         {"<=>", 3}, {"=~", 3}, {"!~", 3}, {"in", 3},  {"is", 3},
    {"eq", 3}, {"ne", 3},  {"not", 3}, {"instanceof", 3}, {"~=", 3},  {"|", 4},  {"^", 5},  {"&", 6},   {"<<", 7},
    {">>", 7}, {">>>", 7}, {"+", 8},   {"-", 8},          {".", 8},   {"..", 8}, {"*", 9},  {"/", 9},   {"%", 9},
    {"//", 9}, {"x", 9},   {"**", 10}, {"xor", 1},        {"lt", 3},  {"gt", 3}, {"@", 9},
}};

constexpr WordShapes k_operator_shapes = [] {
  WordShapes shapes;
  for (const Operator& one : k_operators) shapes.add(one.text);
  return shapes;
}();

std::int64_t wrapped(std::int64_t left, std::int64_t right, char op) {
  const auto a = static_cast<std::uint64_t>(left);
  const auto b = static_cast<std::uint64_t>(right);
  switch (op) {
    case '+': return static_cast<std::int64_t>(a + b);
    case '-': return static_cast<std::int64_t>(a - b);
    case '*': return static_cast<std::int64_t>(a * b);
    case '^': return static_cast<std::int64_t>(a ^ b);
    case '&': return static_cast<std::int64_t>(a & b);
    case '|': return static_cast<std::int64_t>(a | b);
    case '<': return b < 64 ? static_cast<std::int64_t>(a << b) : 0;
    case '>': return b < 64 ? static_cast<std::int64_t>(a >> b) : 0;
    case '/': return right == 0 || right == -1 ? 0 : left / right;
    case '%': {
      if (right == 0 || right == -1) return 0;
      const std::int64_t rest = left % right;
      return rest < 0 ? rest + (right < 0 ? -right : right) : rest;
    }
    default: return 0;
  }
}

bool is_known(const ScriptValue& value) {
  return value.kind == ScriptValue::Kind::text || value.kind == ScriptValue::Kind::number;
}

std::string plain(const ScriptValue& value) {
  return value.kind == ScriptValue::Kind::number ? std::to_string(value.number) : std::string(value.view());
}

}  // namespace

int operator_level(std::string_view text, ScriptLanguage language) {
  if (!k_operator_shapes.may_have(text)) return -1;
  for (const Operator& one : k_operators) {
    if (!is_same(one.text, text)) continue;
    const bool perl = language == ScriptLanguage::perl;
    if (!perl && (text == "eq" || text == "ne" || text == "lt" || text == "gt" || text == "x")) return -1;
    if (language == ScriptLanguage::asp && text == "&") return 8;  // joins texts in Visual Basic
    if (text == "@" && language != ScriptLanguage::python) return -1;
    if (text == "not" && language != ScriptLanguage::python) return -1;
    if (text == "." && language != ScriptLanguage::php && !perl) return -1;
    if (text == ".." && language != ScriptLanguage::lua && !perl) return -1;
    return one.level;
  }
  return -1;
}

bool ScriptEvaluator::step() {
  if (++m_steps <= m_limits.max_steps) return true;
  m_flows.truncated = true;
  return false;
}

bool ScriptEvaluator::spend(std::size_t bytes) {
  m_bytes += bytes;
  if (m_bytes <= m_limits.max_bytes && bytes <= m_limits.max_value_bytes) return true;
  m_flows.truncated = true;
  return false;
}

ScriptValue ScriptEvaluator::made(std::string text, ScriptMarks marks, bool bytes) {
  if (!spend(text.size())) return Value::unknown(std::move(marks));
  return Value::of_text(std::move(text), std::move(marks), bytes);
}

std::uint32_t ScriptEvaluator::line_of(std::size_t token) const {
  const Source& source = m_sources[m_source];
  if (source.line != 0) return source.line;
  return token < source.tokens.tokens.size() ? source.tokens.tokens[token].line : 0;
}

// Where the expression that begins here ends, without evaluating it.
std::size_t ScriptEvaluator::skip_expression(std::size_t at, std::size_t end) const {
  const ScriptTokens& t = tokens();
  for (; at < end; ++at) {
    if (t.tokens[at].kind == TokenKind::end) break;
    if (t.tokens[at].kind != TokenKind::sign) continue;
    const std::string_view sign = t.text(at);
    if (sign == "," || sign == ";" || sign == ")" || sign == "]" || sign == "}") break;
    if (t.tokens[at].match > at) at = t.tokens[at].match;
  }
  return std::min(at, end);
}

ScriptValue ScriptEvaluator::expression(Cursor& at, int lowest) {
  if (m_depth >= m_limits.max_depth || !step()) {
    m_flows.truncated = true;
    at.at = std::max(at.at + 1, skip_expression(at.at, at.end));
    return Value::unknown();
  }
  ++m_depth;
  const ScriptTokens& t = tokens();
  Value left = unary(at);
  while (at.at < at.end && (t.tokens[at.at].kind == TokenKind::sign || t.is_name(at.at))) {
    const std::string_view op = t.text(at.at);
    const int level = operator_level(op, m_language);
    if (level < 0 || level < lowest || !step()) break;
    ++at.at;
    if (op == "=~" && is(ScriptLanguage::perl) && at.at < at.end && t.tokens[at.at].quote == '/') {
      left = matched(at, left, at.at - 1);
      continue;
    }
    if (op == "is" || op == "not")  // "is not", "not in"
      while (t.is_name(at.at, "not") || t.is_name(at.at, "in")) ++at.at;
    left = binary(op, std::move(left), expression(at, level + 1));
  }
  if (lowest == 0 && at.at < at.end) {
    if (t.is_sign(at.at, "?") && !is(ScriptLanguage::python)) {
      ++at.at;
      Value first = t.is_sign(at.at, ":") ? std::move(left) : expression(at);
      if (t.is_sign(at.at, ":")) {
        ++at.at;
        Value second = expression(at);
        const bool tells = first.marks.request || first.marks.fetched || first.marks.decoded;
        const bool better = second.marks.request || second.marks.fetched || second.marks.decoded;
        left = (is_known(first) || tells) && !(better && !tells) ? std::move(first) : std::move(second);
      } else {
        left = std::move(first);
      }
    } else if (is(ScriptLanguage::python) && t.is_name(at.at, "if")) {
      ++at.at;
      expression(at, 1);
      if (t.is_name(at.at, "else")) {
        ++at.at;
        Value second = expression(at);
        if (!is_known(left) && (is_known(second) || second.marks.request)) left = std::move(second);
      }
    }
  }
  // VALUE -> NAME
  while (lowest == 0 && is(ScriptLanguage::r) && t.is_sign(at.at, "->") && t.is_name(at.at + 1) && step()) {
    assign(std::string(t.text(at.at + 1)), left, "=");
    at.at += 2;
  }
  --m_depth;
  return left;
}

ScriptValue ScriptEvaluator::joined(const Value& left, const Value& right) {
  ScriptMarks marks = left.marks;
  marks.join(right.marks);
  if (is_known(left) && is_known(right)) {
    std::string text = plain(left);
    text += plain(right);
    if (left.marks.literal != 0 && right.marks.literal != 0) marks.literal = left.marks.literal + right.marks.literal;
    return made(std::move(text), std::move(marks), left.bytes);
  }
  if (left.is_list() && right.is_list() && left.items->size() + right.items->size() <= k_most_items) {
    std::vector<Value> items = *left.items;
    items.insert(items.end(), right.items->begin(), right.items->end());
    if (spend(items.size() * sizeof(Value))) return Value::of_list(std::move(items), std::move(marks));
    return Value::unknown(std::move(marks));
  }
  std::string beginning(is_known(left) || left.kind == Kind::unknown ? plain(left).substr(0, k_beginning_bytes) : "");
  if (left.kind == Kind::number) beginning = std::to_string(left.number);
  // PLUGIN_DIR . $_GET["page"], $this->folder . $name: something stands before it, whatever it is.
  if (is(ScriptLanguage::php) && left.is_name() && !left.marks.request)
    beginning = left.view().substr(0, k_beginning_bytes);
  if (is_known(left) && right.kind == Kind::unknown) beginning += right.view().substr(0, k_beginning_bytes);
  return Value::unknown(std::move(marks), std::move(beginning));
}

ScriptValue ScriptEvaluator::binary(std::string_view op, Value left, Value right) {
  ScriptMarks marks = left.marks;
  marks.join(right.marks);
  const bool numbers = left.kind == Kind::number && right.kind == Kind::number;
  if (op == "or" || op == "||" || op == "??") {
    if (left.marks.request || left.marks.decoded || (is_known(left) && !left.view().empty())) return left;
    if (left.kind == Kind::function || left.is_name()) return left;
    return right;
  }
  if (op == "and" || op == "&&") return right;
  const int level = operator_level(op, m_language);
  if (level == 3) return Value::unknown();
  const bool joins = op == "." || (op == ".." && is(ScriptLanguage::lua)) || (op == "&" && is(ScriptLanguage::asp)) ||
                     (op == "<<" && is(ScriptLanguage::ruby) && !numbers) || (op == "+" && !numbers);
  if (joins) {
    // In place where nobody else holds the text: long sums of pieces are common.
    if (left.is_text() && is_known(right) && left.text.use_count() == 1 && spend(right.view().size() + 1)) {
      const std::string more = plain(right);
      if (left.view().size() + more.size() > m_limits.max_value_bytes) return Value::unknown(std::move(marks));
      if (left.marks.literal != 0 && right.marks.literal != 0)
        marks.literal = left.marks.literal + right.marks.literal;
      std::const_pointer_cast<std::string>(left.text)->append(more);
      left.marks = std::move(marks);
      return left;
    }
    return joined(left, right);
  }
  if (op == ".." && numbers && is(ScriptLanguage::perl)) return *list_builtin("range", {left, right});
  if (numbers) return Value::of_number(wrapped(left.number, right.number, op[0]), std::move(marks));
  if (op == "^" && left.is_text() && right.is_text()) {
    std::string text(left.view().substr(0, std::min(left.view().size(), right.view().size())));
    for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(text[i] ^ right.view()[i]);
    marks.decoded = true;
    ++m_transforms;
    marks.decoder = "XOR";
    ++marks.rounds;
    return made(std::move(text), std::move(marks));
  }
  const bool repeats = (op == "*" || op == "x") && left.is_text() && right.kind == Kind::number;
  if (repeats && right.number >= 0 && right.number < 100'000 &&
      left.view().size() * static_cast<std::size_t>(right.number) <= m_limits.max_value_bytes) {
    std::string text;
    for (std::int64_t i = 0; i < right.number; ++i) text += left.view();
    return made(std::move(text), std::move(marks), left.bytes);
  }
  if (op == "%" && left.is_text()) {
    std::vector<Value> all{left};
    if (right.is_list())
      all.insert(all.end(), right.items->begin(), right.items->end());
    else
      all.push_back(std::move(right));
    return *text_builtin("sprintf", all);
  }
  return Value::unknown(std::move(marks));
}

ScriptValue ScriptEvaluator::unary(Cursor& at) {
  const ScriptTokens& t = tokens();
  bool negative = false;
  bool other = false;
  bool inverted = false;
  while (at.at < at.end && t.tokens[at.at].kind == TokenKind::sign) {
    const std::string_view sign = t.text(at.at);
    const bool plain_sign = sign == "!" || sign == "-" || sign == "+" || sign == "~" || sign == "++" ||
                            sign == "--" || sign == "*" || sign == "**" || sign == "..." ||
                            (sign == "@" && (is(ScriptLanguage::php) || is(ScriptLanguage::perl))) ||
                            (sign == "\\" && is(ScriptLanguage::perl)) || (sign == "&" && !is(ScriptLanguage::asp));
    if (!plain_sign) break;
    negative ^= sign == "-";
    other |= sign == "~" || sign == "!";
    inverted ^= sign == "~" && is(ScriptLanguage::php);
    ++at.at;
  }
  Value value = primary(at);
  if (value.kind == Kind::number && negative) value.number = wrapped(0, value.number, '-');
  if (value.kind == Kind::number && other) value.number = ~value.number;
  return inverted && value.is_text() ? complement(value) : value;
}

// ~"…" of PHP: every bit the other way round.
ScriptValue ScriptEvaluator::complement(const Value& value) {
  std::string text(value.view());
  for (char& c : text) c = static_cast<char>(~c);
  ScriptMarks marks = value.marks;
  marks.decoded = true;
  marks.decoder = "inverted bits";
  ++marks.rounds;
  ++m_transforms;
  return made(std::move(text), std::move(marks));
}

}  // namespace hullcheck::detect
