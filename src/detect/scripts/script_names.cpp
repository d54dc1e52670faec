// Expressions that begin with a name, and what follows a value: attributes, calls, indices. See script_flows.hpp.
#include <algorithm>
#include <array>
#include <optional>

#include "detect/scripts/script_evaluator.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_grown = 256;  // items of a list that grows one by one

// Words before a value that do not change what it is.
constexpr FixedWords k_passed({"new", "await", "typeof", "void", "delete", "yield", "not", "clone", "return", "my",
                               "our", "local", "throw", "var", "let", "const"});
// Calls that do without brackets.
constexpr FixedWords k_bare_ruby({"eval",       "sh",      "system",  "exec", "spawn",   "instance_eval",
                                  "class_eval", "puts",    "print",   "load", "require", "open",
                                  "p",          "raise",   "include", "fork", "sleep",   "require_relative",
                                  "unpack",     "unpack1", "pack",    "send"});
constexpr FixedWords k_bare_php({"include", "include_once", "require", "require_once", "echo", "print", "eval",
                                 "assert"});
constexpr FixedWords k_not_called_perl({"if", "unless", "and", "or", "not", "while", "until", "for", "foreach",
                                        "else", "elsif", "do", "x", "eq", "ne", "qw"});
constexpr FixedWords k_topic_perl({"chr", "hex", "ord", "oct", "lc", "uc"});
constexpr FixedWords k_globals({"window", "globalThis", "global", "self", "__builtins__", "builtins", "Kernel", "_G",
                                "Object"});

// A group of the pattern that takes whatever comes: (.+), (.*), ([\s\S]*).
bool catches_anything(std::string_view pattern) {
  constexpr std::string_view k_groups[] = {"(.+", "(.*", "([\\s\\S]", "([\\S\\s]", "([^"};
  return std::any_of(std::begin(k_groups), std::end(k_groups),
                     [&](std::string_view group) { return pattern.find(group) != std::string_view::npos; });
}

// The name that is all of the third argument, or "".
std::string_view third_argument(const ScriptTokens& t, std::size_t open) {
  const std::size_t close = t.tokens[open].match;
  std::size_t commas = 0;
  for (std::size_t i = open + 1; i < close; ++i) {
    if (t.is_sign(i, ",") && ++commas == 2)
      return t.is_name(i + 1) && (i + 2 == close || t.is_sign(i + 2, ",")) ? t.text(i + 1) : std::string_view();
    if (t.tokens[i].match > i) i = t.tokens[i].match;
  }
  return {};
}

}  // namespace

ScriptValue ScriptEvaluator::lambda(Cursor& at) {
  const ScriptTokens& t = tokens();
  std::vector<std::string> parameters;
  const auto done = [&](std::size_t begin, std::size_t end, bool value) {
    charge(value ? end - begin : 0);
    Value function;
    function.kind = Kind::function;
    function.number = static_cast<std::int64_t>(define(std::move(parameters), begin, end, value));
    at.at = end;
    if (!value && t.is_sign(end, "}")) ++at.at;
    if (!value && t.is_name(end, "end")) ++at.at;
    return function;
  };
  if (is(ScriptLanguage::python)) {
    ++at.at;
    while (at.at < at.end && !t.is_sign(at.at, ":")) {
      if (t.is_name(at.at)) parameters.emplace_back(t.text(at.at));
      ++at.at;
    }
    ++at.at;
    return done(at.at, skip_expression(at.at, at.end), true);
  }
  // [async] [function] [name] (…) { … }    (…) => …    name => …    -> (x) { … }
  while (t.is_name(at.at, "async") || t.is_name(at.at, "function") || t.is_name(at.at, "fn") ||
         t.is_name(at.at, "sub") || t.is_name(at.at, "static") || t.is_sign(at.at, "*") || t.is_sign(at.at, "->"))
    ++at.at;
  if (t.is_name(at.at) && !t.is_sign(at.at + 1, "=>")) ++at.at;
  if (t.is_sign(at.at, "(") && t.tokens[at.at].match > at.at) {
    parameters = parameters_of(at.at);
    at.at = t.tokens[at.at].match + 1;
  } else if (t.is_name(at.at)) {
    parameters.emplace_back(t.text(at.at++));
  }
  if (t.is_name(at.at, "use") && t.is_sign(at.at + 1, "("))
    at.at = std::max<std::size_t>(at.at, t.tokens[at.at + 1].match) + 1;
  if (t.is_sign(at.at, "=>")) ++at.at;
  if (is(ScriptLanguage::lua)) {
    const std::size_t end = lua_end(at.at, at.end);
    charge(end - at.at);
    return done(at.at, end, false);
  }
  if (t.is_sign(at.at, "{") && t.tokens[at.at].match > at.at) {
    const std::size_t open = at.at;
    return done(open + 1, t.tokens[open].match, false);
  }
  return done(at.at, skip_expression(at.at, at.end), true);
}

// match (…) { … => "system", … } of PHP: of its values the one that tells most.
ScriptValue ScriptEvaluator::match_of(Cursor& at) {
  const ScriptTokens& t = tokens();
  const std::size_t open = t.tokens[at.at + 1].match + 1;
  if (open <= at.at + 2 || open >= at.end || !t.is_sign(open, "{") || t.tokens[open].match <= open) {
    ++at.at;
    return postfix(at, Value::of_name("match"));
  }
  at.at = t.tokens[open].match + 1;
  const Values values = arguments(open, t.tokens[open].match);
  for (const Value& one : values)
    if (one.is_text() && is_worth_knowing(one.view())) return postfix(at, one);
  return postfix(at, Value::unknown(marks_of(values)));
}

ScriptValue ScriptEvaluator::name_value(Cursor& at) {
  const ScriptTokens& t = tokens();
  while (at.at + 1 < at.end && t.is_name(at.at) && k_passed.has(t.text(at.at)) &&
         (t.is_name(at.at + 1) || t.tokens[at.at + 1].kind == TokenKind::text || t.is_sign(at.at + 1, "(")) &&
         t.text(at.at + 1) != "=")
    ++at.at;
  if (!t.is_name(at.at)) return primary(at);
  const std::size_t first = at.at;
  const std::string_view name = t.text(first);
  const bool python = is(ScriptLanguage::python);
  if (python && name == "lambda") return lambda(at);
  const bool functions = is(ScriptLanguage::javascript) || is(ScriptLanguage::php) || is(ScriptLanguage::r) ||
                         (is(ScriptLanguage::lua) && t.is_sign(first + 1, "("));
  if (functions && (name == "function" || name == "fn" || (name == "async" && !t.is_sign(first + 1, ".")) ||
                    (is(ScriptLanguage::javascript) && t.is_sign(first + 1, "=>"))))
    return postfix(at, lambda(at));
  if (is(ScriptLanguage::perl) && name == "sub") return lambda(at);
  if (is(ScriptLanguage::php) && name == "match" && t.is_sign(first + 1, "(")) return match_of(at);
  // eval { … } and do { … } of Perl are no more than blocks.
  if (is(ScriptLanguage::perl) && t.is_sign(first + 1, "{") &&
      (name == "eval" || name == "do" || name == "map" || name == "grep")) {
    at.at = first + 1;
    if (name == "map") return postfix(at, map_block(at));
    Value block = primary(at);
    if (name == "eval" || name == "do") return block;
    return Value::unknown(expression(at).marks);
  }
  if (is(ScriptLanguage::perl) && name == "map" && t.is_name(first + 1) && t.is_sign(first + 2, ",")) {
    at.at = first + 1;
    return postfix(at, map_block(at));
  }
  ++at.at;
  const bool walrus = python && t.is_sign(at.at, ":=");
  if (at.at < at.end && (walrus || (!python && t.is_sign(at.at, "=")))) {
    ++at.at;
    Value value = expression(at);
    assign(std::string(name), value, "=");
    return value;
  }
  for (const std::string_view op : {"+=", ".=", "||=", "?\?="})
    if (at.at < at.end && t.is_sign(at.at, op)) {
      ++at.at;
      assign(std::string(name), expression(at), op);
      return variable(name);
    }
  // A call without brackets.
  const bool sigil = name[0] == '$' || name[0] == '@';
  const bool text_next =
      at.at < at.end &&
      (t.tokens[at.at].kind == TokenKind::text || t.tokens[at.at].kind == TokenKind::number ||
       (t.is_sign(at.at, "<") && is(ScriptLanguage::perl)) || (t.is_sign(at.at, "[") && is(ScriptLanguage::php)) ||
       (t.is_sign(at.at, "[") && is(ScriptLanguage::ruby) && t.tokens[at.at].begin > t.tokens[first].end));
  const bool name_next = at.at < at.end && t.is_name(at.at) && t.tokens[at.at].line == t.tokens[first].line &&
                         !k_not_called_perl.has(t.text(at.at));
  const bool deref = is(ScriptLanguage::perl) && (t.is_sign(at.at, "$") || t.is_sign(at.at, "@"));
  const bool bare = (is(ScriptLanguage::perl) && !sigil && !k_not_called_perl.has(name)) ||
                    (is(ScriptLanguage::ruby) && k_bare_ruby.has(name)) ||
                    (is(ScriptLanguage::php) && k_bare_php.has(name)) ||
                    (is(ScriptLanguage::asp) &&
                     (name == "execute" || name == "Execute" || name == "ExecuteGlobal" || name == "executeglobal"));
  if (bare && (text_next || name_next || deref) && m_variables.find(name) == m_variables.end()) {
    Values values = comma_list(at);
    return postfix(at, call_name(name, Value::of_name(std::string(name)), std::move(values), line_of(first)));
  }
  if (is(ScriptLanguage::lua) && text_next && t.tokens[at.at].kind == TokenKind::text && !sigil) {
    Values values{text_value(at.at++)};
    return postfix(at, call_name(name, variable(name), std::move(values), line_of(first)));
  }
  // Without an argument they take $_.
  if (is(ScriptLanguage::perl) && k_topic_perl.has(name) && !t.is_sign(at.at, "("))
    if (const auto topic = m_variables.find("$_"); topic != m_variables.end())
      return postfix(at, call_name(name, Value::of_name(std::string(name)), {Value(topic->second)}, line_of(first)));
  const bool global =
      k_globals.has(name) && !(python && name == "self") && m_variables.find(name) == m_variables.end();
  return postfix(at, global ? Value::of_name("") : variable(name));
}

// $o->{$_GET['m']}($_POST['c']), $c::{$m}($_POST['c']), $o->$m($_POST['c']). A class that chooses among its own
// methods
// ($this) or a name with a part of the script's ('action' . $name) is a program's way of serving pages.
bool ScriptEvaluator::call_computed_method(Cursor& at, bool own) {
  const ScriptTokens& t = tokens();
  const std::size_t first = at.at;
  const bool braces = t.is_sign(first, "{") && t.tokens[first].match > first && t.tokens[first].match < at.end;
  if (!braces && !(t.is_name(first) && t.text(first).starts_with('$'))) return false;
  const std::size_t open = (braces ? t.tokens[first].match : first) + 1;
  if (open >= at.end || !t.is_sign(open, "(") || t.tokens[open].match <= open || t.tokens[open].match >= at.end)
    return false;
  Cursor inside{first + 1, open - 1};
  const Value name = braces ? expression(inside) : variable(t.text(first));
  if (!name.marks.request) return false;
  const Values given = arguments(open, t.tokens[open].match);
  const bool straight = std::any_of(given.begin(), given.end(),
                                    [](const Value& one) { return one.marks.request && !one.marks.looked_up; });
  at.at = t.tokens[open].match + 1;
  if (!own && !name.marks.looked_up && name.marks.literal == 0 && straight)
    reach(SinkKind::code, "a method that the request names", Value::unknown(name.marks), line_of(first));
  return true;
}

// list.push(value): what goes in makes the variable what it is.
void ScriptEvaluator::grow(std::string_view name, std::string_view method, const Values& added) {
  static constexpr FixedWords k_adds({"push", "append", "write", "extend", "add", "concat", "unshift"});
  if (added.empty() || !k_adds.has(method)) return;
  const auto found = m_variables.find(name);
  if (found == m_variables.end() || found->second.kind == Kind::function) return;
  const ScriptMarks more = marks_of(added);
  const bool told = more.request || more.fetched || more.decoded;
  const Value& old = found->second;
  if (old.is_list() && old.items->size() < k_most_grown && method != "write") {
    Values items = *old.items;
    items.insert(items.end(), added.begin(), added.end());
    charge(items.size());
    ScriptMarks marks = old.marks;
    if (spend(items.size() * sizeof(Value))) set(std::string(name), Value::of_list(std::move(items), marks));
  } else if (told && !old.is_name()) {
    ScriptMarks marks = old.marks;
    marks.join(more);
    set(std::string(name), Value::unknown(std::move(marks)));
  }
}

// Calls that put what they bring into a variable among their arguments.
void ScriptEvaluator::note_out_parameter(std::size_t open, const Value& callee, const Values& given) {
  const ScriptTokens& t = tokens();
  const std::size_t close = t.tokens[open].match;
  if (is(ScriptLanguage::php)) {
    if (given.size() == 2 && callee.view() == "parse_str" && t.is_name(close - 1))
      set(std::string(t.text(close - 1)), Value::unknown(given[0].marks));
    // preg_match("/begin(.+)end/", $text, $found): what anything may stand for is the text's own.
    if ((callee.view() == "preg_match" || callee.view() == "preg_match_all") && given.size() > 2)
      if (const std::string_view found = third_argument(t, open); !found.empty() && catches_anything(given[0].view()))
        set(std::string(found), Value::unknown(given[1].marks));
    // curl_setopt($handle, CURLOPT_URL, $address)
    if (given.size() == 3 && callee.view() == "curl_setopt" && t.is_name(open + 1) && given[2].is_text() &&
        is_address(given[2].view())) {
      ScriptMarks marks;
      marks.url = std::make_shared<const std::string>(given[2].view().substr(0, 512));
      set(std::string(t.text(open + 1)), Value::unknown(std::move(marks)));
    }
    return;
  }
  // ftp.retrlines("RETR x", lines.append)
  if (!is(ScriptLanguage::python) || close < open + 6 || !t.is_name(open - 1)) return;
  const std::string_view method = t.text(open - 1);
  if ((method != "retrlines" && method != "retrbinary") || !t.is_name(close - 1) || !t.is_sign(close - 2, ".") ||
      !t.is_name(close - 3))
    return;
  ScriptMarks marks = callee.marks;
  marks.fetched = true;
  set(std::string(t.text(close - 3)), Value::unknown(std::move(marks)));
}

// { |x| … } of Ruby behind a call is its last argument.
void ScriptEvaluator::append_block(Cursor& at, Values& given) {
  const ScriptTokens& t = tokens();
  if (!is(ScriptLanguage::ruby) || !t.is_sign(at.at, "{") || !t.is_sign(at.at + 1, "|") ||
      t.tokens[at.at].match <= at.at || t.tokens[at.at].match >= at.end)
    return;
  std::vector<std::string> parameters;
  std::size_t body = at.at + 2;
  for (; body < t.tokens[at.at].match && !t.is_sign(body, "|"); ++body)
    if (t.is_name(body)) parameters.emplace_back(t.text(body));
  Value block;
  block.kind = Kind::function;
  block.number = static_cast<std::int64_t>(define(std::move(parameters), body + 1, t.tokens[at.at].match, true));
  given.push_back(std::move(block));
  at.at = t.tokens[at.at].match + 1;
}

ScriptValue ScriptEvaluator::postfix(Cursor& at, Value value) {
  const ScriptTokens& t = tokens();
  while (at.at < at.end && t.tokens[at.at].kind == TokenKind::sign && step()) {
    const std::string_view sign = t.text(at.at);
    const std::size_t match = t.tokens[at.at].match;
    const bool opens = match > at.at && match < at.end;
    const bool dot = (sign == "." && !dot_joins()) || (sign == "->" && !is(ScriptLanguage::r)) || sign == "::" ||
                     sign == "?." || sign == "?->" ||
                     (sign == ":" && is(ScriptLanguage::lua) && t.is_name(at.at + 1));
    if (dot) {
      const bool own = at.at > 0 && t.is_name(at.at - 1, "$this");
      ++at.at;
      if (is(ScriptLanguage::php) && call_computed_method(at, own)) {
        value = Value::unknown();
        continue;
      }
      if (!t.is_name(at.at)) continue;  // ->[0], ->{key}, ?.(…)
      const std::string_view name = t.text(at.at);
      const std::size_t name_token = at.at;
      const std::uint32_t line = line_of(at.at);
      ++at.at;
      if (name == "class" || name == "new") {
        if (!t.is_sign(at.at, "(")) continue;
      }
      const bool called = t.is_sign(at.at, "(") && t.tokens[at.at].match > at.at && t.tokens[at.at].match < at.end;
      if (called) {
        const std::size_t open = at.at;
        at.at = t.tokens[open].match + 1;
        Values values = arguments(open, t.tokens[open].match);
        append_block(at, values);
        if (name_token > 1 && t.is_name(name_token - 2)) grow(t.text(name_token - 2), name, values);
        note_out_parameter(open, value, values);
        value = call_method(value, name, std::move(values), line);
      } else if (is(ScriptLanguage::ruby) && at.at < at.end && t.tokens[at.at].kind == TokenKind::text) {
        Values values{text_value(at.at++)};
        value = call_method(value, name, std::move(values), line);
      } else if (is(ScriptLanguage::ruby) && !value.is_name()) {
        Values values;
        append_block(at, values);
        value = call_method(value, name, std::move(values), line);
      } else {
        value = attribute(value, name);
      }
    } else if (sign == "(" && opens) {
      const std::size_t open = at.at;
      const std::uint32_t line = line_of(open);
      at.at = match + 1;
      if (value.is_name() && value.view() == "isset") continue;
      Values values = arguments(open, match);
      if (is(ScriptLanguage::php) && value.is_name()) note_out_parameter(open, value, values);
      if (is(ScriptLanguage::php)) construct(open, value, values);
      const std::optional<Value> object = is(ScriptLanguage::php) ? callable_object(open, value) : std::nullopt;
      value = object ? *object : call(value, std::move(values), line);
    } else if (sign == "[" && opens && match == at.at + 1 && is(ScriptLanguage::java) && t.is_sign(match + 1, "{") &&
               t.tokens[match + 1].match > match + 1 && t.tokens[match + 1].match < at.end) {
      const std::size_t open = match + 1;  // String[] { a, b }
      at.at = t.tokens[open].match + 1;
      value = list_of(open);
    } else if (sign == "[" && opens) {
      at.at = match + 1;
      // The place moves on first: evaluating looks at the tokens inside only.
      const std::size_t open = match == 0 ? 0 : t.tokens[match].match;
      value = index(value, open);
    } else if (sign == "{" && opens && dot_joins() && t.tokens[at.at].begin == t.tokens[at.at - 1].end &&
               (is(ScriptLanguage::perl) || value.is_text())) {
      const std::size_t open = at.at;
      at.at = match + 1;
      value = index(value, open);
    } else if (sign == "++" || sign == "--") {
      ++at.at;
    } else {
      break;
    }
  }
  return value;
}

}  // namespace hullcheck::detect
