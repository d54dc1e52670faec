// What decodes, and what hands its argument through. See script_flows.hpp.
#include <algorithm>

#include "detect/scripts/script_evaluator.hpp"
#include "detect/scripts/script_names_known.hpp"
#include "util/ascii.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_list = 1U << 20;

}  // namespace

ScriptValue ScriptEvaluator::decode(ScriptCoding coding, const Value& input) {
  ++m_transforms;
  ScriptMarks marks = input.marks;
  // Every program takes percent signs out of what it is given: that hides nothing of its own.
  if (coding == ScriptCoding::percent && !input.is_text() && marks.literal == 0) return Value::unknown(marks);
  marks.decoded = true;
  marks.decoder = to_string(coding);
  ++marks.rounds;
  std::string out;
  if (!input.is_text() || !apply_coding(coding, input.view(), m_limits.max_value_bytes, out))
    return Value::unknown(marks);
  return made(std::move(out), std::move(marks), true);
}

ScriptValue ScriptEvaluator::reversed(const Value& input) {
  if (input.is_list()) {
    Values items(input.items->rbegin(), input.items->rend());
    return Value::of_list(std::move(items), input.marks);
  }
  if (!input.is_text()) return Value::unknown(input.marks);
  ScriptMarks marks = input.marks;
  marks.decoded = true;
  marks.decoder = "reversal";
  ++marks.rounds;
  return made(std::string(input.view().rbegin(), input.view().rend()), std::move(marks), input.bytes);
}

// A text as the list of its elements.
ScriptValue ScriptEvaluator::elements(const Value& value) const {
  if (!value.is_text() || value.view().size() > k_most_list) return value;
  Values items;
  items.reserve(value.view().size());
  for (const char c : value.view())
    items.push_back(value.bytes ? Value::of_number(static_cast<unsigned char>(c))
                                : Value::of_text(std::string(1, c)));
  return Value::of_list(std::move(items), value.marks);
}

std::optional<ScriptValue> ScriptEvaluator::builtin(std::string_view name, const Values& arguments,
                                                    std::uint32_t line) {
  const bool known = may_be_known(name);
  for (const CodingRow& row : coding_rows())
    if (known && name_fits(name, row.name)) return decode(row.coding, argument(arguments, row.argument));
  if (name_fits(name, "codecs.decode") && argument(arguments, 1).is_text()) {
    const ScriptCoding coding = coding_named(util::lower(arguments[1].view()));
    return coding == ScriptCoding::none ? arguments[0] : decode(coding, arguments[0]);
  }
  if (name_fits(name, "Buffer.from") || name == "Buffer") {
    const ScriptCoding coding =
        argument(arguments, 1).is_text() ? coding_named(util::lower(arguments[1].view())) : ScriptCoding::none;
    if (coding != ScriptCoding::none) return decode(coding, arguments[0]);
    if (argument(arguments, 0).is_list()) return list_builtin("chars", arguments);
    return argument(arguments, 0);
  }
  if (name == "pack" && arguments.size() > 1 && arguments[0].is_text()) {
    if (arguments[0].view().starts_with('H')) return decode(ScriptCoding::hex, arguments[1]);
    if (arguments[0].view().find_first_of("CcUWN") != std::string_view::npos)
      return list_builtin("chars", {arguments[1].is_list() && arguments.size() == 2
                                        ? arguments[1]
                                        : Value::of_list(Values(arguments.begin() + 1, arguments.end()))});
  }
  if (name == "unpack" && arguments.size() > 1 && arguments[0].is_text()) {
    if (!arguments[1].is_text()) return Value::unknown(marks_of(arguments));
    // unpack("(A2)*", $text): pieces of two
    const std::string_view format = arguments[0].view();
    if (format == "C*") return elements(Value::of_text(std::string(arguments[1].view()), arguments[1].marks, true));
    if (format.starts_with("(A") && format.size() > 3 && format[2] > '0' && format[2] <= '9' && format[3] == ')')
      return *pattern_builtin(
          "scan", {arguments[1], Value::of_pattern(std::string(static_cast<std::size_t>(format[2] - '0'), '.'))});
    if (arguments[0].view().starts_with('u')) return decode(ScriptCoding::uu, arguments[1]);
    return Value::unknown(marks_of(arguments));
  }
  if (auto text = text_builtin(name, arguments)) return text;
  if (auto list = list_builtin(name, arguments)) return list;
  for (const std::string_view one : passing_names())
    if (known && name_fits(name, one)) {
      if (argument(arguments, 0).is_list() && (name == "bytes" || name == "bytearray"))
        return list_builtin("chars", arguments);
      Value value = argument(arguments, 0);
      if (name == "bytes" || name == "bytearray" || name == "encode") value.bytes = true;
      if (name == "str" || name == "decode" || name == "toString") value.bytes = false;
      // Forms::get($_GET["form"]): what a class found for the request.
      if (is(ScriptLanguage::php) && value.marks.request && name.find('.') != std::string_view::npos)
        value.marks.looked_up = true;
      if (value.is_name() && !value.marks.request) return Value::unknown(value.marks);
      return value;
    }
  (void)line;
  return std::nullopt;
}

}  // namespace hullcheck::detect
