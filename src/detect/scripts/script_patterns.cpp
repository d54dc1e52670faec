// Regular expressions of scripts, as far as they cut a text into pieces that are decoded one by one:
// s/(..)/chr hex $1/ge, ("…"):gsub("..", f), "…".scan(/../).map { … }. See script_flows.hpp.
//
// Hostile: patterns are short and matched in linear time; texts and the number of pieces are bounded, each piece
// costs a step.
#include <algorithm>

#include "detect/content/regex.hpp"
#include "detect/scripts/script_evaluator.hpp"
#include "detect/shell/shell_decode.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_pattern = 128;
constexpr std::size_t k_most_cut = 1U << 20;
constexpr std::size_t k_most_pieces = 1U << 16;
constexpr std::size_t k_most_code = 4096;
constexpr std::size_t k_most_sources = 4'000;

// Lua writes %x where others write \x and classes.
std::string without_percents(std::string_view pattern) {
  std::string out;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%' || i + 1 >= pattern.size()) {
      out.push_back(pattern[i]);
      continue;
    }
    const char c = pattern[++i];
    switch (c) {
      case 'x': out += "[0-9a-fA-F]"; break;
      case 'd': out += "[0-9]"; break;
      case 'a': out += "[A-Za-z]"; break;
      case 'w': out += "[0-9A-Za-z]"; break;
      case 's': out += "\\s"; break;
      default: out += {'\\', c};
    }
  }
  return out;
}

std::vector<Regex::Match> pieces_of(std::string_view text, std::string_view pattern, ScriptLanguage language) {
  std::vector<Regex::Match> pieces;
  if (pattern.empty() || pattern.size() > k_most_pattern || text.size() > k_most_cut) return pieces;
  const Regex regex(language == ScriptLanguage::lua ? without_percents(pattern) : std::string(pattern));
  if (!regex.ok()) return pieces;
  for (std::size_t at = 0; at < text.size() && pieces.size() < k_most_pieces;) {
    const auto match = regex.find_from(text, at);
    if (!match) break;
    if (match->end > match->begin) pieces.push_back(*match);
    at = std::max(match->end, match->begin + 1);
  }
  return pieces;
}

bool has_flag(const ScriptTokens& t, std::size_t token, char flag) {
  for (std::size_t at = t.tokens[token].end + 1; at < t.code.size() && t.code[at] >= 'a' && t.code[at] <= 'z'; ++at)
    if (t.code[at] == flag) return true;
  return false;
}

}  // namespace

// A piece of code as a source of its own, to be evaluated where the script is; m_sources.size() when there is no
// room.
std::size_t ScriptEvaluator::code_of(std::string_view code, std::uint32_t line) {
  if (m_sources.size() >= k_most_sources || code.size() > k_most_code) return m_sources.size();
  m_sources.push_back({std::string(code), {}, line, m_sources[m_source].round, m_sources[m_source].decoded});
  m_sources.back().tokens = script_tokens(m_sources.back().owned, m_language, false, k_most_code);
  return m_sources.size() - 1;
}

ScriptValue ScriptEvaluator::value_of(std::size_t source) {
  const std::size_t outer = std::exchange(m_source, source);
  Cursor at{0, tokens().tokens.size()};
  Value value = expression(at);
  m_source = outer;
  return value;
}

// LEFT =~ /…/ and LEFT =~ s/…/…/ of Perl; the cursor stands behind the sign.
ScriptValue ScriptEvaluator::matched(Cursor& at, const Value& left, std::size_t sign) {
  const ScriptTokens& t = tokens();
  const std::size_t pattern = at.at;
  const bool replaces = pattern + 1 < at.end && t.tokens[pattern + 1].kind == TokenKind::text &&
                        std::string_view("seEy").find(t.tokens[pattern + 1].quote) != std::string_view::npos;
  if (replaces) {
    // ($x = '…') =~ s/…/…/ changes $x.
    std::size_t name = sign - 1;
    if (t.is_sign(name, ")") && t.tokens[name].match < name)
      for (name = t.tokens[name].match; name < sign && !(t.is_name(name) && t.text(name)[0] == '$');) ++name;
    return substitution(at, t.is_name(name) ? std::string(t.text(name)) : std::string(), left);
  }
  ++at.at;
  if (!left.is_text() || !has_flag(t, pattern, 'g')) return Value::unknown();
  Values items;
  for (const Regex::Match& one : pieces_of(left.view(), t.text(pattern), m_language)) {
    if (!step()) break;
    items.push_back(Value::of_text(std::string(left.view().substr(one.value_begin, one.value_end - one.value_begin)),
                                   left.marks));
  }
  return Value::of_list(std::move(items), left.marks);
}

// s/…/…/ with code that gives the replacements, y/…/…/; `name` is the variable that is changed.
ScriptValue ScriptEvaluator::substitution(Cursor& at, const std::string& name, const Value& old) {
  const ScriptTokens& t = tokens();
  const std::size_t first = at.at;
  at.at += 2;
  const char how = t.tokens[first + 1].quote;
  const std::string_view pattern = t.text(first);
  const std::string_view with = t.text(first + 1);
  const std::uint32_t line = line_of(first);
  ScriptMarks marks = old.marks;
  if (how == 'y') {
    if (!old.is_text()) return Value::unknown(marks);
    marks.decoded = true;
    marks.decoder = "character table";
    ++marks.rounds;
    ++m_transforms;
    const Value made_text = made(translate(old.view(), pattern, with, false), marks);
    if (!name.empty()) set(name, made_text);
    return made_text;
  }
  if (how == 's') return Value::unknown(marks);
  const std::size_t code = code_of(with, line);
  if (code >= m_sources.size()) return Value::unknown(marks);
  const std::vector<Regex::Match> pieces =
      old.is_text() ? pieces_of(old.view(), pattern, m_language) : std::vector<Regex::Match>{};
  if (how == 'E' || pieces.empty()) {
    const Value value = value_of(code);
    if (how == 'E') sink("eval", {value}, line);
    return Value::unknown(value.marks);
  }
  std::string text;
  std::size_t from = 0;
  bool known = true;
  for (const Regex::Match& one : pieces) {
    if (!known || !step()) break;
    set("$1",
        Value::of_text(std::string(old.view().substr(one.value_begin, one.value_end - one.value_begin)), old.marks));
    const Value value = value_of(code);
    known = value.is_text();
    marks.join(value.marks);
    text.append(old.view().substr(from, one.begin - from)).append(value.view());
    from = one.end;
  }
  if (!known) return Value::unknown(marks);
  text.append(old.view().substr(from));
  ++m_transforms;
  const Value result = made(std::move(text), marks);
  if (!name.empty()) set(name, result);
  return result;
}

// map { … } LIST and map NAME, LIST of Perl; the cursor stands behind "map".
ScriptValue ScriptEvaluator::map_block(Cursor& at) {
  const ScriptTokens& t = tokens();
  Cursor body{at.at + 1, at.at + 1};
  std::string function;
  if (t.is_sign(at.at, "{") && t.tokens[at.at].match > at.at) {
    body.end = t.tokens[at.at].match;
    at.at = body.end + 1;
  } else {
    function = t.text(at.at);
    at.at += 2;
  }
  Values given = comma_list(at);
  Values list;
  for (const Value& one : given)
    if (one.is_list())
      list.insert(list.end(), one.items->begin(), one.items->end());
    else
      list.push_back(one);
  const auto kept = m_variables.find("$_");
  const Value outer = kept == m_variables.end() ? Value::unknown() : kept->second;
  Values items;
  for (const Value& one : list) {
    if (!step()) break;
    set("$_", one);
    Cursor inside = body;
    items.push_back(function.empty() ? expression(inside) : call_name(function, variable(function), {one}, 0));
  }
  set("$_", outer);
  return Value::of_list(std::move(items), marks_of(list));
}

// Pieces of a text: replaced by what a function makes of them, or as a list. Also as methods.
std::optional<ScriptValue> ScriptEvaluator::pattern_builtin(std::string_view name, const Values& arguments) {
  const std::string_view last = last_part(name);
  const bool module = is(ScriptLanguage::python) && (last == "sub" || last == "findall");
  const bool lists = last == "scan" || last == "gmatch" || last == "findall" || last == "match" || last == "matchAll";
  if (!module && !lists && last != "gsub" && last != "replace" && last != "replaceAll") return std::nullopt;
  const std::size_t subject = module ? arguments.size() - 1 : 0;
  if (arguments.size() < 2) return std::nullopt;
  const Value& text = arguments[subject];
  const Value& pattern = arguments[module ? 0 : 1];
  const bool cuts =
      pattern.is_pattern() || (pattern.is_text() && (is(ScriptLanguage::lua) || is(ScriptLanguage::python)));
  if (!text.is_text() || !cuts) return std::nullopt;
  if (module && !name_fits(name, "re.sub") && !name_fits(name, "re.findall")) return std::nullopt;
  const std::string_view written = pattern.view();
  if (lists) {
    Values items;
    for (const Regex::Match& one : pieces_of(text.view(), written, m_language)) {
      if (!step()) break;
      items.push_back(Value::of_text(
          std::string(text.view().substr(one.value_begin, one.value_end - one.value_begin)), text.marks));
    }
    return Value::of_list(std::move(items), text.marks);
  }
  if (arguments.size() < 3) return std::nullopt;
  const Value& with = arguments[module ? 1 : 2];
  if (with.kind != Kind::function) return std::nullopt;
  std::string out;
  std::size_t from = 0;
  ScriptMarks marks = text.marks;
  for (const Regex::Match& one : pieces_of(text.view(), written, m_language)) {
    if (!step()) return Value::unknown(marks);
    const Value piece =
        Value::of_text(std::string(text.view().substr(one.value_begin, one.value_end - one.value_begin)), text.marks);
    const Value made_piece = call(with, {piece}, 0);
    if (!made_piece.is_text()) return Value::unknown(marks);
    marks.join(made_piece.marks);
    out.append(text.view().substr(from, one.begin - from)).append(made_piece.view());
    from = one.end;
  }
  out.append(text.view().substr(from));
  ++m_transforms;
  return made(std::move(out), std::move(marks));
}

}  // namespace hullcheck::detect
