// What is behind a name, an attribute and an index.
#include <algorithm>

#include "detect/scripts/script_evaluator.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_few_items = 8;

}  // namespace

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
