// Statements: assignments, imports, loops, definitions. See script_flows.hpp.
#include <algorithm>
#include <array>

#include "detect/scripts/script_evaluator.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::int64_t k_most_repetitions = 65'536;
constexpr std::size_t k_idle_rounds = 64;  // after so many without decoding anything a loop is left
constexpr std::size_t k_most_functions = 20'000;
constexpr std::size_t k_most_target_tokens = 40;

constexpr FixedWords k_declares({"var",      "let",       "const",  "my",       "our",      "local",   "public",
                                 "private",  "protected", "static", "final",    "global",   "export",  "default",
                                 "abstract", "nonlocal",  "state",  "override", "readonly", "internal"});
constexpr FixedWords k_headers({"if",      "elif",   "elseif",  "elsif",  "while",  "switch", "until",
                                "unless",  "catch",  "with",    "match",  "except", "else",   "try",
                                "finally", "do",     "begin",   "then",   "end",    "when",   "case",
                                "default", "rescue", "ensure",  "print",  "echo",   "puts",   "raise",
                                "throw",   "del",    "assert_", "repeat", "await",  "using"});

}  // namespace

std::size_t ScriptEvaluator::define(std::vector<std::string> parameters, std::size_t begin, std::size_t end,
                                    bool expression) {
  // The same place gives the same function: loops would make it again and again.
  for (std::size_t i = m_functions.size(); i-- > 0 && i + 64 > m_functions.size();)
    if (m_functions[i].source == m_source && m_functions[i].begin == begin) return i;
  if (m_functions.size() >= k_most_functions) {
    m_flows.truncated = true;
    return 0;
  }
  Function& made = m_functions.emplace_back();
  made.source = m_source;
  made.begin = begin;
  made.end = end;
  made.parameters = std::move(parameters);
  made.expression = expression;
  return m_functions.size() - 1;
}

std::vector<std::string> ScriptEvaluator::parameters_of(std::size_t open) const {
  const ScriptTokens& t = tokens();
  std::vector<std::string> names;
  std::string last;
  const std::size_t close = t.tokens[open].match;
  bool value = false;
  for (std::size_t i = open + 1; i < close && names.size() < 64; ++i) {
    if (t.is_sign(i, ",")) {
      names.push_back(std::exchange(last, ""));
      value = false;
    } else if (t.is_sign(i, "=") || t.is_sign(i, ":")) {
      value = true;
    } else if (t.is_name(i) && !value) {
      last = t.text(i);
    } else if (is(ScriptLanguage::javascript) && t.is_sign(i, "{") && !value && last.empty()) {
      last = parts_of(i);
    }
    if (t.tokens[i].match > i) i = t.tokens[i].match;
  }
  if (!last.empty()) names.push_back(last);
  return names;
}

// A parameter that is taken apart, { data, status: code }: "{data:data,status:code,"
std::string ScriptEvaluator::parts_of(std::size_t open) const {
  constexpr std::size_t k_most = 512;
  const ScriptTokens& t = tokens();
  std::string parts = "{";
  bool first = true;
  for (std::size_t i = open + 1; i < t.tokens[open].match && parts.size() < k_most; ++i) {
    if (t.is_sign(i, ",")) first = true;
    if (t.is_name(i) && first) {
      const bool renamed = t.is_sign(i + 1, ":") && t.is_name(i + 2);
      parts += std::string(t.text(i)) + ":" + std::string(t.text(renamed ? i + 2 : i)) + ",";
      first = false;
    }
    if (t.tokens[i].match > i) i = t.tokens[i].match;
  }
  return parts;
}

std::size_t ScriptEvaluator::skip_end(std::size_t at, std::size_t end) const {
  const ScriptTokens& t = tokens();
  while (at < end && t.tokens[at].kind == TokenKind::end) ++at;
  return at;
}

// The end of the block of Python whose ":" stands before `header`.
std::size_t ScriptEvaluator::block_end(std::size_t header, std::size_t end) const {
  const ScriptTokens& t = tokens();
  const std::uint32_t column = t.tokens[header - 1].column;
  std::size_t at = header;
  const bool same_line = at < end && t.tokens[at].kind != TokenKind::end;
  if (same_line) {
    while (at < end && t.tokens[at].kind != TokenKind::end) ++at;
    return at;
  }
  while (at < end) {
    at = skip_end(at, end);
    if (at >= end || t.tokens[at].column <= column) break;
    while (at < end && t.tokens[at].kind != TokenKind::end) ++at;
  }
  return std::min(at, end);
}

void ScriptEvaluator::assign(const std::string& name, Value value, std::string_view op) {
  constexpr std::size_t k_most_variables = 50'000;
  constexpr std::size_t k_most_fields = 256;
  if (name.empty() || name.size() > 256 || m_variables.size() > k_most_variables) return;
  if (value.kind == Kind::function && value.number >= 0 &&
      static_cast<std::size_t>(value.number) < m_functions.size()) {
    Function& function = m_functions[static_cast<std::size_t>(value.number)];
    if (function.name.empty()) function.name = name;
  }
  if (is(ScriptLanguage::php) && value.marks.request && m_fields.size() < k_most_fields) {
    const std::size_t dot = name.rfind('.');
    if (dot != std::string::npos && name[0] == '$') {
      ScriptMarks& marks = m_fields[name.substr(dot + 1)];
      marks = value.marks;
      marks.looked_up = true;
    }
  }
  if (op == "=" || op == ":=") {
    const auto old = m_variables.find(name);
    // A default for what was not sent does not undo what may have been.
    const bool constant =
        (value.is_text() || value.kind == Kind::number) && !value.marks.request && !value.marks.decoded;
    if (old != m_variables.end() && old->second.marks.request && constant) return;
    set(name, std::move(value));
    return;
  }
  if (op == "||=" || op == "?\?=" || op == "or=") {
    if (m_variables.find(name) == m_variables.end()) set(name, std::move(value));
    return;
  }
  const bool joins = op == ".=" || op == "+=" || op == "..=" || op == "<<=" || op == "&=";
  Value& place = m_variables[name];
  m_known ^= tells(name, place);
  Value left = std::move(place);
  place = Value::unknown();
  std::string_view plain = op.substr(0, op.size() - 1);
  if (joins && left.kind == Kind::unknown && left.marks.rounds == 0 && !left.text && !left.marks.request)
    left = Value::of_text("", left.marks);
  if (op == "&=" && !is(ScriptLanguage::asp)) plain = "&";
  Value result = binary(plain, std::move(left), std::move(value));
  set(name, std::move(result));
}

// What a function could find in a variable that makes a difference to what is reported; 0 for all else.
std::uint64_t ScriptEvaluator::tells(const std::string& name, const Value& value) const {
  constexpr std::size_t k_telling_bytes = 16;
  constexpr std::size_t k_end_bytes = 256;  // texts grow letter by letter
  const ScriptMarks& marks = value.marks;
  const std::string_view text = value.view();
  const bool told = marks.request || marks.fetched || marks.decoded || text.size() >= k_telling_bytes ||
                    (value.is_list() && value.items->size() >= k_telling_bytes) || value.kind == Kind::function ||
                    (value.is_name() && is_worth_knowing(text));
  if (!told) return 0;
  const std::hash<std::string_view> hash;
  std::uint64_t sum = hash(name);
  for (const std::uint64_t more :
       {std::uint64_t{marks.request} | std::uint64_t{marks.fetched} << 1U | std::uint64_t{marks.decoded} << 2U,
        static_cast<std::uint64_t>(value.kind), value.is_list() ? value.items->size() : text.size(),
        static_cast<std::uint64_t>(value.number), hash(text.substr(0, k_end_bytes)),
        hash(text.substr(text.size() - std::min(text.size(), k_end_bytes)))})
    sum = mixed(sum, more);
  return sum;
}

void ScriptEvaluator::set(const std::string& name, Value value) {
  Value& place = m_variables[name];
  m_known ^= tells(name, place) ^ tells(name, value);
  place = std::move(value);
}

bool ScriptEvaluator::run_assignment(Cursor& at) {
  const ScriptTokens& t = tokens();
  // Most statements are calls, and nothing can be assigned to one.
  if (t.is_name(at.at) && t.is_sign(at.at + 1, "(") && !(is(ScriptLanguage::php) && t.is_name(at.at, "list")))
    return false;
  const std::size_t begin = at.at;
  std::vector<std::string> names(1);
  std::vector<std::string> inside;  // of { a, b } = or ($a, $b) =
  std::vector<std::string> keys;    // of { a: b } =
  bool indexed = false;
  bool chained = false;
  std::size_t i = at.at;
  std::string_view op;
  for (; i < at.end && i < at.at + k_most_target_tokens; ++i) {
    const ScriptToken& token = t.tokens[i];
    const std::string_view text = t.text(i);
    if (token.kind == TokenKind::name) {
      if (!chained && !names.back().empty() && is(ScriptLanguage::python)) return false;
      names.back() = chained ? names.back() + "." + std::string(text) : std::string(text);
      chained = false;
      indexed = false;
      continue;
    }
    if (token.kind != TokenKind::sign) return false;
    if (is(ScriptLanguage::r) && (text == "<-" || text == "<<-")) {
      op = "=";
      break;
    }
    if (text == "=" || text == ":=" || text == "+=" || text == ".=" || text == "..=" || text == "^=" ||
        text == "||=" || text == "?\?=" || text == "*=" || text == "-=" ||
        (text == "<<" && is(ScriptLanguage::ruby)) || (text == "&=" && is(ScriptLanguage::asp))) {
      op = text == "<<" ? std::string_view("<<=") : text;
      break;
    }
    if (text == "." && dot_joins()) return false;
    if (text == "." || text == "->" || text == "::" || text == "?.") {
      chained = !names.back().empty();
    } else if (text == "," && !dot_joins()) {
      names.emplace_back();
    } else if (text == "[" && token.match > i) {
      indexed = true;
      if (names.back().empty())
        for (std::size_t k = i + 1; k < token.match; ++k)
          if (t.is_name(k)) inside.emplace_back(t.text(k));
      i = token.match;
    } else if ((text == "(" || text == "{") && token.match > i &&
               (names.back().empty() || (names.back() == "list" && is(ScriptLanguage::php)))) {
      names.back().clear();
      for (std::size_t k = i + 1; k < token.match && inside.size() < 64; ++k) {
        if (!t.is_name(k) || t.is_sign(k + 1, ":")) continue;
        inside.emplace_back(t.text(k));
        // { exec: run } = …
        const bool renamed = text == "{" && t.is_sign(k - 1, ":") && t.is_name(k - 2);
        keys.emplace_back(renamed ? t.text(k - 2) : t.text(k));
      }
      i = token.match;
    } else if (text == "{" && token.match > i && is(ScriptLanguage::perl)) {
      indexed = true;
      i = token.match;
    } else if (text == ":" && is(ScriptLanguage::python) && names.size() == 1 && !names[0].empty()) {
      while (i + 1 < at.end && !t.is_sign(i + 1, "=") && t.tokens[i + 1].kind != TokenKind::end) ++i;
    } else if (!(text == "*" || text == "$" || text == "@" || text == "%" || text == "\\" ||
                 ((text == "<" || text == ">" || text == "?") && is(ScriptLanguage::java)))) {
      return false;
    }
  }
  if (op.empty()) return false;
  // foreach ($_GET as $k => $v) $$k = $v;
  if (is(ScriptLanguage::php) && names.size() == 1 && t.is_sign(at.at, "$") && variable(names[0]).marks.request)
    m_extracted = true;
  at.at = i + 1;
  // a = b = value
  std::vector<std::string> more;
  while (is(ScriptLanguage::python) && t.is_name(at.at) && t.is_sign(at.at + 1, "=") && at.at + 2 < at.end &&
         step()) {
    if (more.size() < 64) more.emplace_back(t.text(at.at));
    at.at += 2;
  }
  Values values = comma_list(at);
  if (values.empty()) values.emplace_back();
  for (const std::string& name : more) assign(name, values.size() == 1 ? values[0] : Value::unknown(), "=");
  if (!inside.empty()) {
    for (std::size_t k = 0; k < inside.size(); ++k) {
      const Value& all = values.back();
      Value one = all.is_name() && !all.marks.request ? attribute(all, k < keys.size() ? keys[k] : inside[k])
                                                      : Value::unknown(all.marks);
      if (all.is_list() && k < all.items->size()) one = (*all.items)[k];
      if (values.size() > 1 && k < values.size()) one = values[k];
      assign(inside[k], std::move(one), op);
    }
    return true;
  }
  if (names.size() > 1) {
    for (std::size_t k = 0; k < names.size(); ++k) {
      Value one = k < values.size() && values.size() > 1 ? values[k] : Value::unknown(values.back().marks);
      if (values.size() == 1 && values[0].is_list() && k < values[0].items->size()) one = (*values[0].items)[k];
      assign(names[k], std::move(one), op);
    }
    return true;
  }
  Value value =
      values.size() == 1 || is(ScriptLanguage::javascript) ? std::move(values[0]) : Value::of_list(std::move(values));
  if (indexed) {
    // What goes into a part is known of the whole as far as where it came from.
    const auto old = m_variables.find(names[0]);
    ScriptMarks marks = value.marks;
    if (old != m_variables.end()) marks.join(old->second.marks);
    if (old == m_variables.end() || !old->second.is_name() || marks.request) set(names[0], Value::unknown(marks));
  } else {
    note_held(value, line_of(begin));
    assign(names[0], std::move(value), op);
  }
  return true;
}

bool ScriptEvaluator::run_import(Cursor& at) {
  const ScriptTokens& t = tokens();
  const std::string_view word = t.text(at.at);
  const bool python = is(ScriptLanguage::python) && (word == "import" || word == "from");
  const bool javascript = is(ScriptLanguage::javascript) && word == "import" && !t.is_sign(at.at + 1, "(");
  if (!python && !javascript) {
    if (is(ScriptLanguage::javascript) && t.is_sign(at.at + 1, "(")) return false;
    if (word != "use" && word != "package" && word != "import" && word != "namespace") return false;
    while (at.at < at.end && !t.is_sign(at.at, ";") && t.tokens[at.at].kind != TokenKind::end) ++at.at;
    return true;
  }
  std::size_t i = at.at + 1;
  const auto dotted = [&] {
    std::string name;
    for (; i < at.end && (t.is_name(i) || t.is_sign(i, ".") || t.is_sign(i, "...")); ++i) {
      if (t.is_name(i, "import") || t.is_name(i, "as") || t.is_name(i, "from")) break;
      if (t.is_name(i) && i > at.at + 1 && t.is_name(i - 1)) break;
      name += t.text(i);
    }
    return name;
  };
  if (javascript) {
    // import a, {b as c} from "d"
    std::vector<std::pair<std::string, std::string>> names;
    for (; i < at.end && t.tokens[i].kind != TokenKind::end && t.tokens[i].kind != TokenKind::text; ++i) {
      if (!t.is_name(i) || t.is_name(i, "from")) continue;
      const bool braces = !names.empty() || t.is_sign(i - 1, "{") || t.is_sign(i - 1, ",");
      std::string to(t.text(i));
      const std::string from = braces ? to : std::string();
      if (t.is_name(i + 1, "as")) to = t.text(i + 2), i += 2;
      names.emplace_back(from, to);
    }
    const std::string module = t.tokens[i].kind == TokenKind::text ? std::string(t.text(i)) : std::string();
    for (const auto& [from, to] : names)
      assign(to, Value::of_name(from.empty() || from == "*" ? module : module + "." + from), "=");
    at.at = i + 1;
    return true;
  }
  const std::string module = dotted();
  if (word == "from") {
    if (t.is_name(i, "import")) ++i;
    for (; i < at.end && t.tokens[i].kind != TokenKind::end && !t.is_sign(i, ";"); ++i) {
      if (!t.is_name(i)) continue;
      const std::string name(t.text(i));
      std::string to = name;
      if (t.is_name(i + 1, "as")) to = t.text(i + 2), i += 2;
      assign(to, Value::of_name(module + "." + name), "=");
    }
  } else {
    std::string name = module;
    for (;;) {
      if (t.is_name(i, "as")) {
        assign(std::string(t.text(i + 1)), Value::of_name(name), "=");
        i += 2;
      }
      if (!t.is_sign(i, ",")) break;
      ++i;
      name.clear();
      for (; i < at.end && (t.is_name(i) || t.is_sign(i, ".")) && !t.is_name(i, "as"); ++i) name += t.text(i);
    }
  }
  while (i < at.end && t.tokens[i].kind != TokenKind::end && !t.is_sign(i, ";")) ++i;
  at.at = i;
  return true;
}

// NAME ( … ) { … } with whatever words stand before, and def NAME ( … ): of Python.
bool ScriptEvaluator::run_definition(Cursor& at) {
  const ScriptTokens& t = tokens();
  if (is(ScriptLanguage::python)) {
    std::size_t i = at.at;
    if (t.is_name(i, "async")) ++i;
    if (!t.is_name(i, "def") || !t.is_name(i + 1) || !t.is_sign(i + 2, "(")) return false;
    const std::string name(t.text(i + 1));
    std::vector<std::string> parameters = parameters_of(i + 2);
    i = std::max<std::size_t>(t.tokens[i + 2].match, i + 2) + 1;
    while (i < at.end && !t.is_sign(i, ":") && t.tokens[i].kind != TokenKind::end) ++i;
    const std::size_t body = i + 1;
    if (body >= at.end) {
      at.at = at.end;
      return true;
    }
    const std::size_t end = block_end(body, at.end);
    Value function;
    function.kind = Kind::function;
    function.number = static_cast<std::int64_t>(define(parameters, body, end, false));
    const auto place = static_cast<std::size_t>(function.number);
    assign(name, std::move(function), "=");
    at.at = end;
    if (std::exchange(m_routed, false)) {
      ScriptMarks sent;
      sent.request = true;
      call_function(place, Values(parameters.size(), Value::unknown(sent)));
    }
    return true;
  }
  if (is(ScriptLanguage::ruby) || is(ScriptLanguage::lua)) {
    // Their bodies end by a word; they are walked in place, with nothing known of the arguments.
    const std::string_view word = t.text(at.at);
    if (word != "def" && word != "function" && !(word == "local" && t.is_name(at.at + 1, "function"))) return false;
    std::size_t i = at.at;
    while (i < at.end && !t.is_sign(i, "(") && t.tokens[i].kind != TokenKind::end && i < at.at + 8) ++i;
    at.at = t.is_sign(i, "(") && t.tokens[i].match > i ? t.tokens[i].match + 1 : at.at + 1;
    return true;
  }
  std::size_t i = at.at;
  bool keyword = false;
  while (i < at.end && i < at.at + 12 &&
         (t.is_name(i) || t.is_sign(i, "[") || t.is_sign(i, "]") || t.is_sign(i, "<") || t.is_sign(i, ">") ||
          t.is_sign(i, "&") || t.is_sign(i, ".") || t.is_sign(i, "*"))) {
    keyword |= t.is_name(i, "function") || t.is_name(i, "sub");
    ++i;
  }
  if (i == at.at || !t.is_name(i - 1)) return false;
  const std::size_t name = i - 1;
  const std::size_t open = i;
  const bool brackets = t.is_sign(open, "(") && t.tokens[open].match > open;
  if (brackets) {
    i = t.tokens[i].match + 1;
    while (i < at.end &&
           (t.is_name(i) || t.is_sign(i, ",") || t.is_sign(i, ":") || t.is_sign(i, "?") || t.is_sign(i, ".")) &&
           i < name + 600)
      ++i;
  } else if (!keyword) {
    return false;
  }
  if (!t.is_sign(i, "{") || t.tokens[i].match <= i || k_headers.has(t.text(name)) || t.is_name(name, "for") ||
      t.is_name(name, "foreach") || t.is_name(name, "synchronized") || t.is_name(name, "function") ||
      t.is_name(name, "sub"))
    return false;
  Value function;
  function.kind = Kind::function;
  // Most that looks like a definition so far is a call.
  std::vector<std::string> parameters = brackets ? parameters_of(open) : std::vector<std::string>();
  function.number = static_cast<std::int64_t>(define(std::move(parameters), i + 1, t.tokens[i].match, false));
  assign(std::string(t.text(name)), std::move(function), "=");
  at.at = t.tokens[i].match + 1;
  return true;
}

// How often the loop whose header is in these brackets goes round, as far as it says so with numbers.
std::int64_t ScriptEvaluator::repetitions(std::size_t open, std::size_t close) {
  const ScriptTokens& t = tokens();
  std::vector<std::size_t> parts{open + 1};
  for (std::size_t i = open + 1; i < close; ++i) {
    if (t.is_sign(i, ";")) parts.push_back(i + 1);
    if (t.tokens[i].match > i) i = t.tokens[i].match;
  }
  if (parts.size() < 3) return 1;
  for (std::size_t i = parts[1]; i < parts[2]; ++i) {
    const bool less = t.is_sign(i, "<") || t.is_sign(i, "<=");
    if (!less || i == parts[1] || !t.is_name(i - 1)) continue;
    const Value from = variable(t.text(i - 1));
    Cursor limit{i + 1, parts[2] - 1};
    const Value to = expression(limit, 4);
    if (from.kind != Kind::number || to.kind != Kind::number) return 1;
    return std::clamp<std::int64_t>(to.number - from.number + (t.is_sign(i, "<=") ? 1 : 0), 1, k_most_repetitions);
  }
  return 1;
}

// The "end" that closes what begins here, in Lua; `end` when there is none.
std::size_t ScriptEvaluator::lua_end(std::size_t at, std::size_t end) const {
  static constexpr FixedWords k_opens({"function", "do", "if", "repeat"});
  const ScriptTokens& t = tokens();
  std::size_t depth = 1;
  for (; at < end; ++at) {
    if (!t.is_name(at)) continue;
    const std::string_view word = t.text(at);
    if (k_opens.has(word)) ++depth;
    if ((word == "end" || word == "until") && --depth == 0) return at;
  }
  return end;
}

// for a, b in ipairs(LIST) do … end; loops that count are walked once.
bool ScriptEvaluator::run_lua_for(Cursor& at) {
  const ScriptTokens& t = tokens();
  std::vector<std::string> names;
  std::size_t i = at.at + 1;
  for (; i < at.end && i < at.at + 8 && (t.is_name(i) || t.is_sign(i, ",")) && !t.is_name(i, "in"); ++i)
    if (t.is_name(i)) names.emplace_back(t.text(i));
  if (!t.is_name(i, "in") || names.empty()) return false;
  Cursor iterable{i + 1, at.end};
  const Value list = expression(iterable);
  i = iterable.at;
  while (i < at.end && !t.is_name(i, "do")) ++i;
  const std::size_t body = std::min(i + 1, at.end);
  const std::size_t end = lua_end(body, at.end);
  charge(end - body);
  const Values items =
      list.is_list() && !list.items->empty() && list.items->size() <= static_cast<std::size_t>(k_most_repetitions)
          ? *list.items
          : Values{Value::unknown(list.marks)};
  const std::size_t transforms = m_transforms;
  for (std::size_t round = 0; round < items.size() && step(); ++round) {
    if (round == k_idle_rounds && transforms == m_transforms) break;
    // Of pairs the value.
    for (const std::string& name : names) set(name, items[round]);
    run_range(body, end);
  }
  at.at = std::min(end + 1, at.end);
  return true;
}

// with EXPRESSION as NAME, …: of Python; the block reads as what follows.
bool ScriptEvaluator::run_with(Cursor& at) {
  const ScriptTokens& t = tokens();
  ++at.at;
  while (at.at < at.end && step()) {
    const std::size_t before = at.at;
    Value value = expression(at);
    if (t.is_name(at.at, "as") && t.is_name(at.at + 1)) {
      assign(std::string(t.text(at.at + 1)), std::move(value), "=");
      at.at += 2;
    }
    if (!t.is_sign(at.at, ",") || at.at == before) break;
    ++at.at;
  }
  return true;
}

bool ScriptEvaluator::run_for(Cursor& at) {
  const ScriptTokens& t = tokens();
  const std::size_t word = at.at;
  if (is(ScriptLanguage::lua)) return run_lua_for(at);
  if (is(ScriptLanguage::python)) {
    std::vector<std::string> names;
    std::size_t i = word + 1;
    for (; i < at.end && !t.is_name(i, "in") && t.tokens[i].kind != TokenKind::end; ++i)
      if (t.is_name(i)) names.emplace_back(t.text(i));
    Cursor iterable{i + 1, at.end};
    const Value list = elements(expression(iterable));
    i = iterable.at;
    while (i < at.end && !t.is_sign(i, ":") && t.tokens[i].kind != TokenKind::end) ++i;
    const std::size_t body = i + 1;
    if (body >= at.end) {
      at.at = at.end;
      return true;
    }
    const std::size_t end = block_end(body, at.end);
    Values items = list.is_list() && list.items->size() <= static_cast<std::size_t>(k_most_repetitions)
                       ? *list.items
                       : Values{Value::unknown(list.marks)};
    if (items.empty()) items.emplace_back();
    const std::size_t transforms = m_transforms;
    for (std::size_t round = 0; round < items.size(); ++round) {
      const Value& item = items[round];
      if (!step() || (round == k_idle_rounds && transforms == m_transforms)) break;
      for (std::size_t k = 0; k < names.size(); ++k) {
        Value one = names.size() == 1 ? item : Value::unknown(item.marks);
        if (names.size() > 1 && item.is_list() && k < item.items->size()) one = (*item.items)[k];
        set(names[k], std::move(one));
      }
      run_range(body, end);
    }
    at.at = end;
    return true;
  }
  std::size_t open = word + 1;
  std::string name;
  for (; open < at.end && open < word + 5 && !t.is_sign(open, "("); ++open)
    if (t.is_name(open) && !k_declares.has(t.text(open)) && t.text(open) != "await") name = t.text(open);
  if (!t.is_sign(open, "(") || t.tokens[open].match <= open) return false;
  const std::size_t close = t.tokens[open].match;
  std::size_t step_part = close;
  std::int64_t times = 1;
  Values items;
  std::size_t middle = open + 1;
  while (middle < close && !t.is_name(middle, "as") && !t.is_name(middle, "of") && !t.is_name(middle, "in")) ++middle;
  if (t.is_name(word, "foreach") && middle < close && t.is_name(middle, "as")) {  // (LIST as $k => $v)
    Cursor list{open + 1, middle};
    const Value all = expression(list);
    for (std::size_t i = middle + 1; i < close; ++i)
      if (t.is_name(i)) name = t.text(i);
    items = all.is_list() ? *all.items : Values{Value::unknown(all.marks)};
    // Of a request both sides are the caller's: foreach ($_GET as $k => $v) $k($v);
    if (all.marks.request && t.is_name(middle + 1) && t.text(middle + 1) != name)
      set(std::string(t.text(middle + 1)), Value::unknown(all.marks));
  } else if (middle < close && !t.is_name(middle, "as")) {  // (const x of LIST)
    for (std::size_t i = open + 1; i < middle; ++i)
      if (t.is_name(i)) name = t.text(i);
    Cursor list{middle + 1, close};
    const Value all = elements(expression(list));
    items = all.is_list() && !t.is_name(middle, "in") ? *all.items : Values{Value::unknown(all.marks)};
  } else if (is(ScriptLanguage::perl) && !name.empty()) {
    items = arguments(open, close);
    if (items.size() == 1 && items[0].is_list()) items = *Value(items[0]).items;
  } else {
    Cursor header{open + 1, close};
    run_statement(header);
    times = repetitions(open, close);
    std::size_t semicolons = 0;
    for (std::size_t i = open + 1; i < close && semicolons < 2; ++i)
      if (t.is_sign(i, ";") && ++semicolons == 2) step_part = i + 1;
  }
  at.at = skip_end(close + 1, at.end);
  const bool block = t.is_sign(at.at, "{") && t.tokens[at.at].match > at.at;
  const Cursor body = block ? Cursor{at.at + 1, t.tokens[at.at].match} : at;
  if (!items.empty()) times = std::min<std::int64_t>(static_cast<std::int64_t>(items.size()), k_most_repetitions);
  const std::string counter = [&] {
    for (std::size_t i = step_part; i < close; ++i)
      if (t.is_name(i)) return std::string(t.text(i));
    return std::string();
  }();
  std::size_t after = body.end;
  const std::size_t transforms = m_transforms;
  for (std::int64_t i = 0; i < times && step(); ++i) {
    if (i == static_cast<std::int64_t>(k_idle_rounds) && transforms == m_transforms) break;
    if (!items.empty()) set(name, items[static_cast<std::size_t>(i)]);
    if (block) {
      run_range(body.at, body.end);
    } else {
      Cursor one = body;
      run_statement(one);
      after = one.at;
    }
    const auto count = m_variables.find(counter);
    if (items.empty() && count != m_variables.end() && count->second.kind == Kind::number) ++count->second.number;
  }
  at.at = block ? body.end + 1 : after;
  return true;
}

bool ScriptEvaluator::run_keyword(Cursor& at) {
  const ScriptTokens& t = tokens();
  const std::string_view word = t.text(at.at);
  if (t.is_sign(at.at + 1, ".") || t.is_sign(at.at + 1, "=")) return false;
  if (word == "import" || word == "from" || word == "use" || word == "package" || word == "namespace")
    return run_import(at);
  if (word == "for" || word == "foreach") return run_for(at);
  if (word == "with" && is(ScriptLanguage::python)) return run_with(at);
  if (word == "class" || word == "interface" || word == "trait" || word == "module" || word == "enum") {
    while (at.at < at.end && !t.is_sign(at.at, "{") && !t.is_sign(at.at, ":") &&
           t.tokens[at.at].kind != TokenKind::end)
      ++at.at;
    return true;
  }
  if (word == "return") {
    ++at.at;
    if (at.at >= at.end || t.tokens[at.at].kind == TokenKind::end) return true;
    Value value = expression(at);
    // Every branch is walked: the return that says most counts.
    const bool better = m_result.kind == Kind::unknown && m_result.marks.rounds == 0 && !m_result.marks.request;
    if (better || value.marks.request || value.marks.rounds > m_result.marks.rounds) m_result = std::move(value);
    return true;
  }
  // exec CODE [in SCOPE] of Python 2
  if (is(ScriptLanguage::python) && word == "exec" && !t.is_sign(at.at + 1, "(")) {
    const std::uint32_t line = line_of(at.at++);
    Cursor code = at;
    Values values{expression(code, 4)};
    at.at = code.at;
    sink("exec", values, line);
    return true;
  }
  // global["eval"] of JavaScript is an expression.
  if (k_declares.has(word) && !(word == "global" && !t.is_name(at.at + 1))) {
    ++at.at;
    run_assignment(at);
    return true;
  }
  if (k_headers.has(word)) {
    ++at.at;
    if (at.at < at.end && t.is_sign(at.at, "(")) {
      Cursor header{at.at, at.end};
      round_brackets(header);
      at.at = std::max(header.at, at.at + 1);
    }
    return true;
  }
  return false;
}

// @app.get("/run") of Flask, FastAPI and their kin: the parameters of what follows come with the request.
bool ScriptEvaluator::routes(const ScriptTokens& t, std::size_t at, std::size_t end) {
  static constexpr FixedWords k_verbs({"route", "get", "post", "put", "delete", "patch", "api_route"});
  for (std::size_t i = at; i + 2 < end && i < at + 8 && t.tokens[i].kind != TokenKind::end; ++i)
    if (t.is_sign(i + 1, "(") && t.is_name(i) && k_verbs.has(last_part(t.text(i))))
      return t.tokens[i + 2].kind == TokenKind::text && t.text(i + 2).starts_with('/');
  return false;
}

void ScriptEvaluator::run_statement(Cursor& at) {
  const ScriptTokens& t = tokens();
  if (m_depth >= m_limits.max_depth) {
    m_flows.truncated = true;
    at.at = std::max(at.at + 1, skip_expression(at.at, at.end));
    return;
  }
  ++m_depth;
  const bool done = (t.is_name(at.at) && (run_definition(at) || run_keyword(at))) || run_assignment(at);
  if (!done) {
    // Decorators and labels read as what follows them.
    if (t.is_sign(at.at, "@") && is(ScriptLanguage::python)) {
      m_routed |= routes(t, at.at, at.end);
      while (at.at < at.end && t.tokens[at.at].kind != TokenKind::end) ++at.at;
    } else {
      expression(at);
    }
  }
  --m_depth;
}

void ScriptEvaluator::run_range(std::size_t begin, std::size_t end) {
  if (m_depth >= m_limits.max_depth) {
    m_flows.truncated = true;
    return;
  }
  ++m_depth;
  const ScriptTokens& t = tokens();
  Cursor at{begin, end};
  while (at.at < at.end && step()) {
    // { a, b } = … behind the comma of another declaration
    const bool takes_apart = is(ScriptLanguage::javascript) && t.is_sign(at.at, "{") &&
                             t.is_sign(t.tokens[at.at].match + 1, "=") && t.tokens[at.at].match > at.at;
    const bool passed = t.tokens[at.at].kind == TokenKind::end || t.is_sign(at.at, ";") ||
                        (t.is_sign(at.at, "{") && !takes_apart) || t.is_sign(at.at, "}") || t.is_sign(at.at, ",") ||
                        t.is_sign(at.at, ":");
    const std::size_t before = at.at;
    if (passed)
      ++at.at;
    else
      run_statement(at);
    if (at.at == before) ++at.at;
  }
  --m_depth;
}

void ScriptEvaluator::run_source(std::size_t source) {
  m_source = source;
  run_range(0, tokens().tokens.size());
}

ScriptFlows ScriptEvaluator::run(ScriptTokens all) {
  m_sources.push_back({});
  m_sources[0].tokens = std::move(all);
  m_flows.truncated = m_sources[0].tokens.truncated;
  if (!m_sources[0].tokens.data.empty() && is(ScriptLanguage::ruby)) assign("DATA", Value::of_name("DATA"), "=");
  if (!may_run_something()) return std::move(m_flows);
  m_pending.push_back(0);
  std::size_t walked = 0;  // functions that were looked at when nobody had called them
  bool chosen = false, again = false;
  while (m_steps <= m_limits.max_steps) {
    if (!m_pending.empty()) {
      const std::size_t source = m_pending.front();
      m_pending.pop_front();
      run_source(source);
    } else if (walked < m_functions.size()) {
      if (!m_functions[walked].called) {
        if (!std::exchange(chosen, true)) choose_functions();
        if (is_worth_a_walk(walked)) call_function(walked, {});
      }
      ++walked;
    } else if (!again && keeps_request_in_session()) {
      again = true;
      m_pending.push_back(0);
    } else {
      break;
    }
  }
  return std::move(m_flows);
}

// What one request leaves in the session the next one finds there, though the page reads it first. Of small pages:
// large programs keep much of what users send, and tell it apart by names.
bool ScriptEvaluator::keeps_request_in_session() const {
  constexpr std::size_t k_most_tokens = 4'000;
  if (!is(ScriptLanguage::php) || m_sources[0].tokens.tokens.size() > k_most_tokens) return false;
  const auto session = m_variables.find(std::string_view("$_SESSION"));
  return session != m_variables.end() && session->second.marks.request;
}

ScriptFlows follow_script(std::string_view code, ScriptLanguage language, bool page, const ScriptFlowLimits& limits) {
  if (language == ScriptLanguage::none) return {};
  return follow_script(script_tokens(code, language, page, limits.max_tokens), limits);
}

ScriptFlows follow_script(ScriptTokens tokens, const ScriptFlowLimits& limits) {
  const ScriptLanguage language = tokens.language;
  if (language == ScriptLanguage::none) return {};
  return ScriptEvaluator(language, limits).run(std::move(tokens));
}

}  // namespace hullcheck::detect
