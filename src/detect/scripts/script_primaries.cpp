// What stands between operators: literals, texts with names in them, brackets, lists, arguments, comprehensions.
#include <algorithm>
#include <charconv>

#include "detect/scripts/script_evaluator.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_keys = 64;  // of a list
constexpr std::size_t k_most_key_bytes = 4096;
constexpr std::size_t k_most_sources = 4'000;
constexpr std::size_t k_most_pieces = 64;
constexpr std::size_t k_hidden_escapes = 8;

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

}  // namespace

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
    m_sources.push_back({std::move(piece), {}, line_of(0), m_sources[m_source].round, m_sources[m_source].decoded});
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
  const bool value_next = at.at < at.end && (t.tokens[at.at].kind == TokenKind::text ||
                                             (t.is_name(at.at) && operator_level(t.text(at.at), m_language) < 0) ||
                                             t.is_sign(at.at, "("));
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

}  // namespace hullcheck::detect
