// Expressions: precedence, texts with names in them, calls, indices, comprehensions. See script_flows.hpp.
#include <algorithm>
#include <array>
#include <charconv>

#include "detect/scripts/script_evaluator.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_keys = 64;  // of a list
constexpr std::size_t k_most_key_bytes = 4096;

constexpr std::size_t k_beginning_bytes = 160;
constexpr std::size_t k_most_sources = 4'000;
constexpr std::size_t k_most_pieces = 64;
constexpr std::size_t k_most_items = 1U << 20;
constexpr std::size_t k_hidden_escapes = 8;
constexpr std::size_t k_few_items = 8;

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

int level_of(std::string_view text, ScriptLanguage language) {
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

std::int64_t number_of(std::string_view text) {
  std::string digits;
  for (const char c : text)
    if (c != '_') digits.push_back(c);
  int base = 10;
  std::string_view rest = digits;
  if (rest.size() > 2 && rest[0] == '0') {
    const char kind = rest[1];
    base = kind == 'x' || kind == 'X' ? 16 : kind == 'b' || kind == 'B' ? 2 : kind == 'o' || kind == 'O' ? 8 : 10;
    if (base != 10) rest.remove_prefix(2);
  }
  std::int64_t value = 0;
  std::from_chars(rest.data(), rest.data() + rest.size(), value, base);
  return value;
}

bool is_known(const ScriptValue& value) {
  return value.kind == ScriptValue::Kind::text || value.kind == ScriptValue::Kind::number;
}

std::string plain(const ScriptValue& value) {
  return value.kind == ScriptValue::Kind::number ? std::to_string(value.number) : std::string(value.view());
}

}  // namespace

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
    const int level = level_of(op, m_language);
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
  const int level = level_of(op, m_language);
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

ScriptValue ScriptEvaluator::text_value(std::size_t token) {
  const ScriptTokens& t = tokens();
  const ScriptToken& one = t.tokens[token];
  const std::string_view raw = t.text(token);
  ScriptMarks marks;
  if (one.quote == '/')
    return raw.size() <= k_beginning_bytes ? Value::of_pattern(std::string(raw)) : Value::unknown();
  if (one.filled && raw.find_first_of("${#@") != std::string_view::npos) {
    Value value = filled(raw, is(ScriptLanguage::python) || is(ScriptLanguage::javascript));
    if (value.kind != Kind::name) return value;
  }
  if (!spend(raw.size())) return Value::unknown();
  std::string text = unescaped(raw, one, m_language);
  marks.literal = static_cast<std::uint32_t>(std::min<std::size_t>(text.size(), 0xffffffffU));
  // A text spelt in numbers, where its letters would have done.
  if (raw.size() >= text.size() * 2 + 2 * k_hidden_escapes && one.quote != 'v') {
    marks.decoded = true;
    marks.decoder = "escapes";
    marks.rounds = 1;
  }
  return Value::of_text(std::move(text), std::move(marks), one.bytes);
}

// "ping $host", f"{a}", `${b}`, "#{c}": the parts joined. A name: nothing was filled in.
ScriptValue ScriptEvaluator::filled(std::string_view raw, bool braces_only) {
  if (m_sources.size() >= k_most_sources || m_depth >= m_limits.max_depth) return Value::unknown();
  const bool ruby = is(ScriptLanguage::ruby);
  const bool python = is(ScriptLanguage::python);
  Value all = Value::of_text("");
  bool any = false;
  ScriptToken plain_token;
  plain_token.quote = '"';
  std::size_t from = 0;
  std::size_t pieces = 0;
  const auto close_of = [&](std::size_t open, char opening, char closing) {
    std::size_t depth = 0;
    for (std::size_t i = open; i < raw.size() && i < open + 4096; ++i) {
      if (raw[i] == opening) ++depth;
      if (raw[i] == closing && --depth == 0) return i;
    }
    return std::string_view::npos;
  };
  for (std::size_t i = 0; i < raw.size() && pieces < k_most_pieces && step(); ++i) {
    if (raw[i] == '\\') {
      ++i;
      continue;
    }
    std::size_t begin = 0;
    std::size_t end = 0;
    const char next = i + 1 < raw.size() ? raw[i + 1] : '\0';
    const bool braces = python        ? raw[i] == '{' && next != '{'
                        : ruby        ? raw[i] == '#' && next == '{'
                        : braces_only ? raw[i] == '$' && next == '{'
                                      : (raw[i] == '$' || raw[i] == '@') && next == '{';
    const bool php_braces = is(ScriptLanguage::php) && raw[i] == '{' && next == '$';
    if (python && raw[i] == '{' && next == '{') ++i;
    std::size_t after = 0;
    if (braces || php_braces) {
      const std::size_t open = python || php_braces ? i : i + 1;
      const std::size_t close = close_of(open, '{', '}');
      if (close == std::string_view::npos) continue;
      begin = open + 1;
      end = close;
      after = close + 1;
    } else if (!braces_only && !ruby && raw[i] == '$' &&
               ((next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z') || next == '_')) {
      begin = i;
      end = i + 1;
      while (end < raw.size() && (std::isalnum(static_cast<unsigned char>(raw[end])) != 0 || raw[end] == '_')) ++end;
      const char bracket = end < raw.size() ? raw[end] : '\0';
      if (bracket == '[' || (bracket == '{' && is(ScriptLanguage::perl))) {
        const std::size_t close = close_of(end, bracket, bracket == '[' ? ']' : '}');
        if (close != std::string_view::npos) end = close + 1;
      }
      after = end;
    } else {
      continue;
    }
    ++pieces;
    any = true;
    if (i > from) all = joined(all, Value::of_text(unescaped(raw.substr(from, i - from), plain_token, m_language)));
    std::string piece(raw.substr(begin, end - begin));
    // ${name} of PHP and Perl is the variable.
    if (braces && !braces_only && !ruby && !piece.empty() && std::isalpha(static_cast<unsigned char>(piece[0])) != 0)
      piece.insert(0, "$");
    const std::size_t outer = m_source;
    m_sources.push_back({std::move(piece), {}, line_of(0), m_sources[m_source].round});
    m_source = m_sources.size() - 1;
    m_sources.back().tokens = script_tokens(m_sources.back().owned, m_language, false, 512);
    Cursor at{0, tokens().tokens.size()};
    Value value = expression(at);
    m_source = outer;
    if (value.is_name()) value = Value::unknown(value.marks);
    all = joined(all, value);
    from = after;
    i = after - 1;
  }
  if (!any) return Value::of_name("");
  if (from < raw.size()) all = joined(all, Value::of_text(unescaped(raw.substr(from), plain_token, m_language)));
  return all;
}

ScriptValue ScriptEvaluator::primary(Cursor& at) {
  const ScriptTokens& t = tokens();
  if (at.at >= at.end) return Value::unknown();
  const ScriptToken& token = t.tokens[at.at];
  switch (token.kind) {
    case TokenKind::end: return Value::unknown();
    case TokenKind::number: {
      const std::int64_t number = number_of(t.text(at.at++));
      return postfix(at, Value::of_number(number));
    }
    case TokenKind::text: {
      const std::size_t first = at.at;
      if (token.quote == '/' && is(ScriptLanguage::perl) && first + 1 < at.end &&
          t.tokens[first + 1].kind == TokenKind::text &&
          std::string_view("seEy").find(t.tokens[first + 1].quote) != std::string_view::npos)
        return substitution(at, "$_", variable("$_"));
      ++at.at;
      Value value = text_value(first);
      if (token.quote == '`' && !is(ScriptLanguage::javascript)) {
        sink("`", {value}, line_of(first));
        return postfix(at, output_of(value));
      }
      const bool adjacent = is(ScriptLanguage::python) || is(ScriptLanguage::ruby);
      while (adjacent && at.at < at.end && t.tokens[at.at].kind == TokenKind::text && step())
        value = binary("+", std::move(value), text_value(at.at++));
      return postfix(at, std::move(value));
    }
    case TokenKind::name: return name_value(at);
    case TokenKind::sign: break;
  }
  const std::string_view sign = t.text(at.at);
  if (sign == "(") return round_brackets(at);
  if (sign == "[") {
    const std::size_t open = at.at;
    if (token.match <= open) {
      ++at.at;
      return Value::unknown();
    }
    at.at = token.match + 1;
    return postfix(at, list_of(open));
  }
  if (sign == "{") {
    const std::size_t open = at.at;
    if (token.match <= open) {
      ++at.at;
      return Value::unknown();
    }
    if (is(ScriptLanguage::javascript) && t.is_sign(token.match + 1, "=")) {
      run_assignment(at);
      return Value::unknown();
    }
    at.at = token.match + 1;
    if (is(ScriptLanguage::lua)) return postfix(at, list_of(open));
    if (is(ScriptLanguage::javascript) && t.is_sign(open + 2, ":")) return postfix(at, object_of(open));
    run_range(open + 1, token.match);
    return postfix(at, Value::unknown());
  }
  // <STDIN>, <DATA>, <$file>
  if (sign == "<" && is(ScriptLanguage::perl) && t.is_name(at.at + 1) && t.is_sign(at.at + 2, ">")) {
    const std::string_view name = t.text(at.at + 1);
    at.at += 3;
    if (name == "DATA") {
      ScriptMarks marks;
      marks.literal = static_cast<std::uint32_t>(m_sources[0].tokens.data.size());
      return made(std::string(m_sources[0].tokens.data), marks);
    }
    ScriptMarks marks;
    marks.request = name == "STDIN";
    return Value::unknown(marks);
  }
  // $$name, ${"name"}
  if ((sign == "$" || sign == "@" || sign == "%") && dot_joins()) {
    ++at.at;
    Value inner;
    if (t.is_sign(at.at, "{") && t.tokens[at.at].match > at.at) {
      Cursor inside{at.at + 1, t.tokens[at.at].match};
      at.at = inside.end + 1;
      inner = expression(inside);
    } else {
      const std::size_t name = at.at;
      if (!t.is_name(name)) return Value::unknown();
      ++at.at;
      inner = variable(t.text(name));
    }
    if (inner.is_text()) return postfix(at, variable("$" + std::string(inner.view())));
    return postfix(at, inner.is_list() ? inner : Value::unknown(inner.marks));
  }
  if (sign == "->" && is(ScriptLanguage::ruby)) return lambda(at);
  ++at.at;
  return Value::unknown();
}

ScriptValue ScriptEvaluator::round_brackets(Cursor& at) {
  const ScriptTokens& t = tokens();
  const std::size_t open = at.at;
  const std::size_t close = t.tokens[open].match;
  if (close <= open) {
    ++at.at;
    return Value::unknown();
  }
  if (is(ScriptLanguage::javascript) && t.is_sign(close + 1, "=>")) return lambda(at);
  Value value;
  if (comprehension(open + 1, close, value)) {
    at.at = close + 1;
    return postfix(at, std::move(value));
  }
  Cursor inside{open + 1, close};
  Values values = comma_list(inside);
  at.at = close + 1;
  // (int) $x
  constexpr std::array<std::string_view, 11> k_types_php = {
      "int", "integer", "float", "double", "string", "bool", "boolean", "array", "object", "binary", "unset"};
  const bool type = close == open + 2 && t.is_name(open + 1) &&
                    (!is(ScriptLanguage::php) ||
                     std::find(k_types_php.begin(), k_types_php.end(), t.text(open + 1)) != k_types_php.end());
  const bool value_next =
      at.at < at.end && (t.tokens[at.at].kind == TokenKind::text ||
                         (t.is_name(at.at) && level_of(t.text(at.at), m_language) < 0) || t.is_sign(at.at, "("));
  if (type && value_next && (is(ScriptLanguage::php) || is(ScriptLanguage::java) || is(ScriptLanguage::asp))) {
    const std::string_view name = t.text(open + 1);
    Value cast = unary(at);
    const bool number = name == "int" || name == "integer" || name == "float" || name == "double" || name == "bool" ||
                        name == "boolean" || name == "long" || name == "Integer";
    return number && cast.kind != Kind::number ? Value::unknown() : cast;
  }
  if (values.empty()) return postfix(at, Value::of_list({}));
  const bool last = is(ScriptLanguage::javascript) || values.size() == 1;
  Value result = last ? std::move(values.back()) : Value::of_list(std::move(values));
  return postfix(at, std::move(result));
}

ScriptValue ScriptEvaluator::list_of(std::size_t open) {
  const std::size_t close = tokens().tokens[open].match;
  Value value;
  if (comprehension(open + 1, close, value)) return value;
  Values items = arguments(open, close);
  if (!spend(items.size() * sizeof(Value) / 4)) return Value::unknown();
  value = Value::of_list(std::move(items));
  if (!m_keys.empty()) value.text = std::make_shared<const std::string>(m_keys);
  return value;
}

// { name: value, method() { … } } of JavaScript: an unknown value whose parts are known.
ScriptValue ScriptEvaluator::object_of(std::size_t open) {
  const ScriptTokens& t = tokens();
  Cursor at{open + 1, t.tokens[open].match};
  Values items;
  while (at.at < at.end && step()) {
    const std::size_t before = at.at;
    const bool passed = t.tokens[at.at].kind == TokenKind::end || t.is_sign(at.at, ",");
    if (passed) {
      ++at.at;
    } else if (t.is_sign(at.at + 1, ":")) {
      at.at += 2;
      items.push_back(expression(at));
    } else {
      run_statement(at);
    }
    if (at.at == before) ++at.at;
  }
  Value object = Value::unknown(marks_of(items));
  if (spend(items.size() * sizeof(Value) / 4)) object.items = std::make_shared<const Values>(std::move(items));
  return object;
}

ScriptEvaluator::Values ScriptEvaluator::comma_list(Cursor& at) {
  const ScriptTokens& t = tokens();
  Values values;
  while (at.at < at.end && step()) {
    while (at.at < at.end && t.tokens[at.at].kind == TokenKind::end) ++at.at;
    if (at.at >= at.end) break;
    const std::size_t before = at.at;
    values.push_back(expression(at));
    if (t.is_sign(at.at, "=>") && at.at < at.end) {
      ++at.at;
      values.back() = expression(at);
    }
    if (at.at < at.end && t.is_sign(at.at, ",")) {
      ++at.at;
      continue;
    }
    if (at.at == before) ++at.at;
    break;
  }
  return values;
}

ScriptEvaluator::Values ScriptEvaluator::arguments(std::size_t open, std::size_t close) {
  const ScriptTokens& t = tokens();
  Values values;
  std::string keys;
  std::size_t pairs = 0;
  Cursor at{open + 1, close};
  while (at.at < at.end && step() && values.size() < k_most_items) {
    const std::size_t before = at.at;
    if (t.tokens[at.at].kind == TokenKind::end || t.is_sign(at.at, ",")) {
      ++at.at;
      continue;
    }
    const bool keyword =
        t.is_name(at.at) &&
        ((is(ScriptLanguage::python) && t.is_sign(at.at + 1, "=")) ||
         ((is(ScriptLanguage::ruby) || is(ScriptLanguage::javascript)) && t.is_sign(at.at + 1, ":")));
    if (keyword) at.at += 2;
    const bool spreads = t.is_sign(at.at, "*") || t.is_sign(at.at, "...");
    Value value;
    const std::size_t end = is(ScriptLanguage::python) ? skip_expression(at.at, close) : at.at;
    charge(end - at.at);
    if (is(ScriptLanguage::python) && comprehension(at.at, end, value)) {
      at.at = end;
    } else {
      value = expression(at);
      if (at.at < at.end && (t.is_sign(at.at, "=>") || t.is_sign(at.at, ":"))) {
        if (is(ScriptLanguage::php) && value.is_text() && pairs < k_most_keys && keys.size() < k_most_key_bytes) {
          keys += std::string(value.view()) + '\0';
          ++pairs;
        }
        ++at.at;
        value = expression(at);
      }
    }
    if (spreads && value.is_list())
      values.insert(values.end(), value.items->begin(), value.items->end());
    else if (!keyword)
      values.push_back(std::move(value));
    if (at.at == before) ++at.at;
  }
  m_keys = pairs == values.size() ? std::move(keys) : std::string();
  return values;
}

// "EXPR for NAME in ITERABLE if …" of Python.
bool ScriptEvaluator::comprehension(std::size_t begin, std::size_t end, Value& out) {
  if (!is(ScriptLanguage::python)) return false;
  const ScriptTokens& t = tokens();
  std::size_t loop = begin;
  for (; loop < end; ++loop) {
    if (t.is_name(loop, "for")) break;
    if (t.is_name(loop, "lambda") || t.is_sign(loop, ",")) return false;
    if (t.tokens[loop].match > loop) loop = t.tokens[loop].match;
  }
  if (loop >= end || loop == begin) return false;
  std::vector<std::string> names;
  std::size_t in = loop + 1;
  for (; in < end && !t.is_name(in, "in"); ++in)
    if (t.is_name(in)) names.emplace_back(t.text(in));
  if (in >= end || names.empty()) return false;
  Cursor iterable{in + 1, end};
  const Value list = elements(expression(iterable, 1));
  if (!list.is_list()) {
    for (const std::string& name : names) assign(name, Value::unknown(list.marks), "=");
    Cursor element{begin, loop};
    Value value = expression(element);
    value.marks.join(list.marks);
    out = Value::unknown(value.marks);
    return true;
  }
  Values values;
  for (const Value& item : *list.items) {
    if (!step()) break;
    if (names.size() == 1)
      set(names[0], item);
    else
      for (std::size_t i = 0; i < names.size(); ++i)
        set(names[i], item.is_list() && i < item.items->size() ? (*item.items)[i] : Value::unknown(item.marks));
    Cursor element{begin, loop};
    values.push_back(expression(element));
  }
  out = Value::of_list(std::move(values), list.marks);
  return true;
}

ScriptValue ScriptEvaluator::variable(std::string_view name) {
  const auto found = m_variables.find(name);
  if (found != m_variables.end()) return found->second;
  ScriptMarks marks;
  marks.request = is_source(name);
  const bool sigil = !name.empty() && (name[0] == '$' || name[0] == '@') && !is(ScriptLanguage::javascript);
  marks.request |= m_extracted && sigil && is(ScriptLanguage::php) && name != "$this" && name != "$GLOBALS";
  marks.request |= m_headers && (name.starts_with("$HTTP_") || name == "$QUERY_STRING" || name == "$PATH_INFO");
  if (sigil && !is_source(name) && name != "$_SERVER" && name != "$ENV" && name != "$GLOBALS" && name != "$this")
    return Value::unknown(marks);
  return Value::of_name(std::string(name), marks);
}

ScriptValue ScriptEvaluator::attribute(const Value& value, std::string_view name) {
  if (value.is_name()) {
    if (name == "__dict__" || name == "__builtins__") return value;
    const std::string whole =
        value.view().empty() ? std::string(name) : std::string(value.view()) + "." + std::string(name);
    if (whole.size() > 256) return Value::unknown(value.marks);
    const auto found = m_variables.find(whole);
    if (found != m_variables.end()) return found->second;
    // $this->name is the class's own $name.
    if (is(ScriptLanguage::php) && value.view() == "$this") {
      const auto own = m_variables.find("$" + std::string(name));
      if (own != m_variables.end() && own->second.is_text()) return own->second;
      // What any object of the script was given under that name.
      const auto field = m_fields.find(name);
      if (field != m_fields.end()) return Value::unknown(field->second);
    }
    if (whole == "process.env.HOME") return Value::of_text("~");
    ScriptMarks marks = value.marks;
    marks.request |= is_source(whole);
    return Value::of_name(whole, marks);
  }
  if (name == "constructor") return Value::of_name("constructor", value.marks);
  if (name == "length" && value.is_text()) return Value::of_number(static_cast<std::int64_t>(value.view().size()));
  if (name == "length" && value.is_list()) return Value::of_number(static_cast<std::int64_t>(value.items->size()));
  return Value::unknown(value.marks);
}

ScriptValue ScriptEvaluator::index(const Value& value, std::size_t open) {
  const ScriptTokens& t = tokens();
  const std::size_t close = t.tokens[open].match;
  // [from:to:step]
  std::vector<std::size_t> colons;
  if (is(ScriptLanguage::python))
    for (std::size_t i = open + 1; i < close; ++i) {
      if (t.is_sign(i, ":") || t.is_sign(i, "::")) colons.push_back(i);
      if (t.tokens[i].match > i) i = t.tokens[i].match;
    }
  if (!colons.empty()) {
    const bool backwards = t.is_sign(close - 2, "-") && t.text(close - 1) == "1" &&
                           (t.is_sign(open + 1, "::") || (t.is_sign(open + 1, ":") && t.is_sign(open + 2, ":")));
    if (backwards) return reversed(value);
    Cursor first{open + 1, colons[0]};
    Cursor second{colons[0] + 1, colons.size() > 1 ? colons[1] : close};
    const bool from_given = first.at < first.end;
    const bool to_given = second.at < second.end && t.is_sign(colons[0], ":");
    const Value from = from_given ? expression(first) : Value::of_number(0);
    const Value to = to_given ? expression(second) : Value::unknown();
    std::int64_t skip = 1;
    if (t.is_sign(colons[0], "::") || colons.size() > 1) {
      Cursor third{(colons.size() > 1 ? colons[1] : colons[0]) + 1, close};
      const Value step_value = third.at < third.end ? expression(third) : Value::of_number(1);
      skip = step_value.kind == Kind::number ? step_value.number : 0;
    }
    if (!value.is_text() || from.kind != Kind::number || skip < 1) return Value::unknown(value.marks);
    const auto size = static_cast<std::int64_t>(value.view().size());
    const auto clamp = [&](std::int64_t n) { return std::clamp<std::int64_t>(n < 0 ? n + size : n, 0, size); };
    const std::int64_t begin = clamp(from.number);
    const std::int64_t end = to_given && to.kind == Kind::number ? clamp(to.number) : size;
    std::string text;
    for (std::int64_t i = begin; i < end; i += skip) text.push_back(value.view()[static_cast<std::size_t>(i)]);
    return made(std::move(text), value.marks, value.bytes);
  }
  Cursor inside{open + 1, close};
  const Values keys = comma_list(inside);
  const Value key = keys.empty() ? Value::unknown() : keys.back();
  if (value.is_name()) {
    const std::string_view name = value.view();
    // A bare word in brackets is its own text.
    const std::string_view word = key.is_text() || key.is_name() ? key.view() : std::string_view();
    if (name == "$_SERVER" || name == "$ENV" || name == "ENV" || name == "os.environ" || name == "process.env") {
      ScriptMarks marks;
      marks.request = word.starts_with("HTTP_") || word == "QUERY_STRING" || word == "REQUEST_URI" ||
                      word == "PATH_INFO" || word.starts_with("PHP_AUTH");
      return Value::unknown(marks);
    }
    if (name == "$GLOBALS" && key.is_text()) return variable("$" + std::string(word));
    if (value.marks.request) return Value::unknown(value.marks);
    if (key.is_text()) {
      if (name.empty()) return variable(word);
      return attribute(value, word);
    }
    ScriptMarks marks = value.marks;
    // global[decoded]: what is called is not known, how it was named is.
    return Value::unknown(marks);
  }
  if (value.is_list() && key.kind == Kind::number) {
    const auto size = static_cast<std::int64_t>(value.items->size());
    const std::int64_t place = key.number < 0 ? key.number + size : key.number;
    if (place >= 0 && place < size) return (*value.items)[static_cast<std::size_t>(place)];
  }
  if (value.is_text() && key.kind == Kind::number) {
    const auto size = static_cast<std::int64_t>(value.view().size());
    const std::int64_t place = key.number < 0 ? key.number + size : key.number;
    if (place >= 0 && place < size) {
      const char c = value.view()[static_cast<std::size_t>(place)];
      if (value.bytes) return Value::of_number(static_cast<unsigned char>(c), value.marks);
      return Value::of_text(std::string(1, c), value.marks);
    }
  }
  if (key.view() == "HOME" && value.is_name() && (value.view() == "os.environ" || value.view() == "ENV"))
    return Value::of_text("~");
  // ['f' => 'system']['f']: of the few parts the one that tells most.
  if (is(ScriptLanguage::php) && value.is_list() && key.is_text() && value.items->size() <= k_few_items)
    for (const Value& one : *value.items)
      if (one.is_text() && is_worth_knowing(one.view())) return one;
  if (key.is_text() && key.view() == "constructor") return Value::of_name("constructor", value.marks);
  return Value::unknown(value.marks);
}

}  // namespace hullcheck::detect
