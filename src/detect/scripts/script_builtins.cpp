// Functions over texts and lists whose results can be worked out. See script_flows.hpp.
#include <algorithm>
#include <array>

#include "detect/scripts/script_evaluator.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::int64_t k_most_range = 65'536;

bool is_number(const ScriptValue& value) { return value.kind == ScriptValue::Kind::number; }

std::string plain(const ScriptValue& value) {
  return is_number(value) ? std::to_string(value.number) : std::string(value.view());
}

std::string replaced(std::string_view text, std::string_view from, std::string_view to, bool once) {
  std::string out;
  std::size_t at = 0;
  while (!from.empty()) {
    const std::size_t hit = text.find(from, at);
    if (hit == std::string_view::npos) break;
    out.append(text.substr(at, hit - at)).append(to);
    at = hit + from.size();
    if (once) break;
  }
  out.append(text.substr(std::min(at, text.size())));
  return out;
}

bool fits_one(std::string_view name, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return name_fits(name, word); });
}

// strtr($text, ["from" => "to"]) of PHP: the longest word that fits, and no text twice. The keys stand in the list's
// text, a zero byte behind each.
std::string with_words_replaced(std::string_view text, const ScriptValue& words) {
  std::vector<std::string_view> keys;
  for (std::string_view rest = words.view(); !rest.empty();) {
    keys.push_back(rest.substr(0, rest.find('\0')));
    rest.remove_prefix(std::min(keys.back().size() + 1, rest.size()));
  }
  constexpr std::size_t k_most_text = 64U << 10;
  std::string out;
  for (std::size_t at = 0; at < std::min(text.size(), k_most_text);) {
    std::size_t best = keys.size();
    for (std::size_t i = 0; i < keys.size() && i < words.items->size(); ++i)
      if (!keys[i].empty() && text.substr(at).starts_with(keys[i]) && (*words.items)[i].is_text() &&
          (best == keys.size() || keys[i].size() > keys[best].size()))
        best = i;
    if (best == keys.size()) {
      out += text[at++];
    } else {
      out += (*words.items)[best].view();
      at += keys[best].size();
    }
    if (out.size() > k_most_text) break;
  }
  return out;
}

}  // namespace

// Also as methods, with the text itself as the first argument.
std::optional<ScriptValue> ScriptEvaluator::text_builtin(std::string_view name, const Values& arguments) {
  const Value& first = argument(arguments, 0);
  const Value& second = argument(arguments, 1);
  const Value& third = argument(arguments, 2);
  if (fits_one(name, {"strrev", "string.reverse", "reverse", "reversed", "scalar_reverse", "array_reverse"}))
    return reversed(arguments.size() == 1 ? first : Value::of_list(arguments));
  if (name == "scalar" || name == "shift")
    return first.is_list() && !first.items->empty() && name == "shift" ? first.items->front() : first;
  if (name == "chr" || name == "string.char" || name == "unichr" || name == "W") {
    if (arguments.size() == 1 && first.is_list()) return list_builtin("chars", arguments);
    if (arguments.size() == 1 && !is_number(first)) return Value::unknown(first.marks);
    return list_builtin("chars", {Value::of_list(arguments)});
  }
  if (fits_one(name, {"String.fromCharCode", "fromCharCode", "String.fromCodePoint"}))
    return list_builtin("chars", {arguments.size() == 1 && first.is_list() ? first : Value::of_list(arguments)});
  if ((name == "ord" || name == "charCodeAt" || name == "codePointAt" || name == "string.byte") && first.is_text()) {
    const std::int64_t place = is_number(second) ? second.number : 0;
    if (place >= 0 && static_cast<std::size_t>(place) < first.view().size())
      return Value::of_number(static_cast<unsigned char>(first.view()[static_cast<std::size_t>(place)]), first.marks);
    return Value::unknown(first.marks);
  }
  if ((name == "int" || name == "parseInt" || name == "hexdec" || name == "hex" || name == "Number" ||
       name == "intval" || name == "tonumber" || name == "to_i") &&
      first.is_text()) {
    const int base = name == "hexdec" || name == "hex" || (is_number(second) && second.number == 16) ? 16
                     : is_number(second) && second.number == 2                                       ? 2
                     : is_number(second) && second.number == 8                                       ? 8
                                                                                                     : 10;
    if (first.view().empty() || first.view().size() > 20) return Value::unknown();
    return Value::of_number(static_cast<std::int64_t>(std::strtoll(first.text->c_str(), nullptr, base)), first.marks);
  }
  if (name == "int" && is_number(first)) return first;
  if (fits_one(name, {"strlen", "len", "length", "count", "sizeof", "size"})) {
    if (first.is_text()) return Value::of_number(static_cast<std::int64_t>(first.view().size()));
    if (first.is_list()) return Value::of_number(static_cast<std::int64_t>(first.items->size()));
    return Value::unknown();
  }
  const bool replaces_first = name == "str_replace" || name == "str_ireplace";
  if ((name == "replace" || name == "replaceAll" || name == "gsub" || replaces_first) && arguments.size() > 2) {
    const Value& text = replaces_first ? third : first;
    const Value& from = replaces_first ? first : second;
    const Value& to = replaces_first ? second : third;
    ScriptMarks marks = text.marks;
    marks.join(to.marks);
    if (text.is_text() && from.is_text() && to.is_text())
      return made(replaced(text.view(), from.view(), to.view(), name == "replace" && is(ScriptLanguage::javascript)),
                  marks, text.bytes);
    return Value::unknown(marks);
  }
  if (name == "strtr" && first.is_text() && second.is_text() && third.is_text()) {
    std::string text(first.view());
    for (char& c : text) {
      const std::size_t hit = second.view().find(c);
      if (hit != std::string_view::npos && hit < third.view().size()) c = third.view()[hit];
    }
    ScriptMarks marks = first.marks;
    marks.decoded = true;
    marks.decoder = "character table";
    ++marks.rounds;
    return made(std::move(text), std::move(marks));
  }
  if (name == "strtr" && first.is_text() && second.is_list() && second.text) {
    ScriptMarks marks = first.marks;
    marks.decoded = true;
    marks.decoder = "character table";
    ++marks.rounds;
    return made(with_words_replaced(first.view(), second), std::move(marks));
  }
  if ((name == "substr" || name == "substring" || name == "slice" || name == "mb_substr") && first.is_text()) {
    const auto size = static_cast<std::int64_t>(first.view().size());
    const std::int64_t from = std::clamp<std::int64_t>(
        is_number(second) ? (second.number < 0 ? second.number + size : second.number) : 0, 0, size);
    std::int64_t end = size;
    if (is_number(third)) {
      const bool length = name == "substr" || name == "mb_substr";
      end = third.number < 0 ? size + third.number : length ? from + std::min(third.number, size) : third.number;
    }
    end = std::clamp<std::int64_t>(end, from, size);
    return made(
        std::string(first.view().substr(static_cast<std::size_t>(from), static_cast<std::size_t>(end - from))),
        first.marks, first.bytes);
  }
  if ((name == "charAt" || name == "at") && first.is_text() && is_number(second)) {
    if (second.number < 0 || static_cast<std::size_t>(second.number) >= first.view().size())
      return Value::of_text("");
    return Value::of_text(std::string(1, first.view()[static_cast<std::size_t>(second.number)]), first.marks);
  }
  if ((name == "strtolower" || name == "lower" || name == "toLowerCase" || name == "lc" || name == "downcase" ||
       name == "strtoupper" || name == "upper" || name == "toUpperCase" || name == "uc" || name == "upcase") &&
      first.is_text()) {
    const bool up = name.find("pper") != std::string_view::npos || name == "uc" || name == "upcase";
    std::string text(first.view());
    for (char& c : text) {
      if (up && c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
      if (!up && c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    }
    return made(std::move(text), first.marks, first.bytes);
  }
  if (name == "str_repeat" || name == "repeat") return binary("*", first, second);
  if (name == "concat" && first.is_text()) {
    Value all = first;
    for (std::size_t i = 1; i < arguments.size(); ++i) all = joined(all, arguments[i]);
    return all;
  }
  if (name == "format" && is(ScriptLanguage::python) && first.is_text() && arguments.size() > 1) {
    // "{} {0}": what is formatted in any other way stays as it stands.
    Value all = Value::of_text("", marks_of(arguments));
    const std::string_view format = first.view();
    std::size_t next = 1;
    for (std::size_t i = 0; i < format.size() && step(); ++i) {
      const bool numbered = i + 2 < format.size() && format[i + 1] >= '0' && format[i + 1] <= '9';
      const std::size_t close = i + (numbered ? 2 : 1);
      if (format[i] != '{' || close >= format.size() || format[close] != '}') {
        const std::size_t end = std::min(format.find('{', i + 1), format.size());
        all = joined(all, Value::of_text(std::string(format.substr(i, end - i))));
        i = end - 1;
        continue;
      }
      all = joined(all, argument(arguments, numbered ? static_cast<std::size_t>(format[i + 1] - '0') + 1 : next++));
      i = close;
    }
    return all;
  }
  if (name == "sprintf" || name == "vsprintf" || name == "util.format") {
    Value all = Value::of_text("", marks_of(arguments));
    const std::string_view format = first.view();
    std::size_t next = 1;
    std::size_t from = 0;
    for (std::size_t i = 0; first.is_text() && i + 1 < format.size() && step(); ++i) {
      if (format[i] != '%') continue;
      all = joined(all, Value::of_text(std::string(format.substr(from, i - from))));
      std::size_t end = i + 1;
      while (end < format.size() && std::string_view("0123456789.-+ '$").find(format[end]) != std::string_view::npos)
        ++end;
      if (end < format.size() && format[end] == '%')
        all = joined(all, Value::of_text("%"));
      else if (end < format.size() && format[end] == 'c' && is_number(argument(arguments, next)))
        all = joined(all, Value::of_text(std::string(1, static_cast<char>(arguments[next++].number & 0xff))));
      else
        all = joined(all, argument(arguments, next++));
      from = i = std::min(end, format.size() - 1);
      ++from;
    }
    if (first.is_text()) all = joined(all, Value::of_text(std::string(format.substr(std::min(from, format.size())))));
    return all;
  }
  return std::nullopt;
}

std::optional<ScriptValue> ScriptEvaluator::list_builtin(std::string_view name, const Values& arguments) {
  const Value& first = argument(arguments, 0);
  const Value& second = argument(arguments, 1);
  if (name == "range" || name == "xrange") {
    const std::int64_t from = arguments.size() > 1 && is_number(first) ? first.number : 0;
    const Value& to = arguments.size() > 1 ? second : first;
    if (!is_number(to)) return Value::unknown(to.marks);
    const std::int64_t by = is_number(argument(arguments, 2)) ? arguments[2].number : 1;
    Values items;
    // PHP's and Perl's ranges hold their end.
    const std::int64_t end = dot_joins() ? to.number + 1 : to.number;
    if (by == 0 || end - from > k_most_range || from - end > k_most_range) return Value::unknown();
    for (std::int64_t i = from; by > 0 ? i < end : i > end; i += by) items.push_back(Value::of_number(i));
    return Value::of_list(std::move(items));
  }
  // The characters of a list of numbers, or a list of texts joined.
  if (name == "chars") {
    if (!first.is_list()) return first.is_text() ? first : Value::unknown(first.marks);
    std::string text;
    ScriptMarks marks = first.marks;
    marks.codes = 0;
    ++m_transforms;
    for (const Value& item : *first.items) {
      if (is_number(item)) {
        text.push_back(static_cast<char>(item.number & 0xff));
        ++marks.codes;
      } else if (item.is_text()) {
        text += item.view();
      } else {
        return Value::unknown(marks);
      }
    }
    return made(std::move(text), std::move(marks), true);
  }
  if (name == "join" || name == "implode" || name == "table.concat") {
    // "x".join(list), [list].join("x"), implode("x", list), join "x", list
    const bool list_first = first.is_list();
    const Value& between = list_first ? second : first;
    Value list = list_first ? first : second;
    if (!list_first && arguments.size() > 2) list = Value::of_list(Values(arguments.begin() + 1, arguments.end()));
    if (!list_first && second.is_text())
      list = is(ScriptLanguage::python) ? elements(second) : Value::of_list({second}, second.marks);
    if (!list.is_list()) return Value::unknown(list.marks);
    std::string text;
    ScriptMarks marks = list.marks;
    std::size_t codes = 0;
    for (const Value& item : *list.items) {
      if (!item.is_text() && !is_number(item)) return Value::unknown(marks);
      if (&item != &list.items->front()) text += between.view();
      text += plain(item);
      codes += item.is_text() && item.view().size() == 1 ? 1U : 0U;
    }
    marks.literal = std::max(marks.literal, static_cast<std::uint32_t>(text.size()));
    if (codes > 16 && codes == list.items->size() && !marks.decoded) {
      marks.decoded = true;
      marks.decoder = "single characters";
      ++marks.rounds;
    }
    return made(std::move(text), std::move(marks));
  }
  if ((name == "split" || name == "explode" || name == "str_split" || name == "preg_split") &&
      (first.is_text() || second.is_text())) {
    const bool separator_first = name == "explode" || (name == "split" && dot_joins());
    const Value& text = separator_first ? second : first;
    const Value& between = separator_first ? first : second;
    if (!text.is_text() || text.view().size() > k_most_items) return Value::unknown(text.marks);
    if (name == "str_split" || (between.is_text() && between.view().empty())) return elements(text);
    const std::string_view mark = between.is_text() ? between.view() : std::string_view(" ");
    Values items;
    std::size_t at = 0;
    while (at <= text.view().size() && step()) {
      const std::size_t hit = std::min(text.view().find(mark, at), text.view().size());
      items.push_back(Value::of_text(std::string(text.view().substr(at, hit - at)), text.marks));
      at = hit + mark.size();
      if (hit == text.view().size()) break;
    }
    return Value::of_list(std::move(items), text.marks);
  }
  if (name == "map" || name == "array_map") {
    const bool function_first = !(first.is_list() && arguments.size() > 1);
    const Value& function = function_first ? first : second;
    const Value list = elements(function_first ? second : first);
    if (!list.is_list()) return Value::unknown(list.marks);
    Values items;
    for (const Value& item : *list.items) {
      if (!step()) break;
      items.push_back(function.is_text() && is(ScriptLanguage::ruby) ? call_method(item, function.view(), {}, 0)
                                                                     : call(function, {item}, 0));
    }
    return Value::of_list(std::move(items), list.marks);
  }
  if (name == "enumerate") {
    const Value list = elements(first);
    if (!list.is_list()) return Value::unknown(list.marks);
    Values items;
    for (std::size_t i = 0; i < list.items->size() && step(); ++i)
      items.push_back(Value::of_list({Value::of_number(static_cast<std::int64_t>(i)), (*list.items)[i]}));
    return Value::of_list(std::move(items), list.marks);
  }
  if (name == "zip" || name == "itertools.izip") {
    const Value left = elements(first);
    const Value right = elements(second);
    if (!left.is_list() || !right.is_list() || right.items->empty()) return Value::unknown(marks_of(arguments));
    Values items;
    // A shorter second list is a key that goes round (itertools.cycle).
    for (std::size_t i = 0; i < left.items->size() && step(); ++i)
      items.push_back(Value::of_list({(*left.items)[i], (*right.items)[i % right.items->size()]}));
    return Value::of_list(std::move(items), left.marks);
  }
  if (name == "ipairs" || name == "pairs") return first;
  if (name == "cycle" || name == "itertools.cycle" || name == "list" || name == "tuple" || name == "iter" ||
      name == "Array.from" || name == "array_values" || name == "bytes_" || name == "sorted_")
    return elements(first);
  if (name == "array" && is(ScriptLanguage::php)) {
    Value list = Value::of_list(arguments);
    if (!m_keys.empty()) list.text = std::make_shared<const std::string>(m_keys);
    return list;
  }
  if (name == "chunk_split") return first;
  return std::nullopt;
}

}  // namespace hullcheck::detect
