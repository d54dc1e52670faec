// Calls of functions by name: what is fetched, imported, called back, read and written. See script_flows.hpp.
#include <algorithm>

#include "detect/scripts/script_evaluator.hpp"
#include "detect/scripts/script_names_known.hpp"
#include "util/ascii.hpp"

namespace hullcheck::detect {
namespace {

using L = ScriptLanguage;

}  // namespace

ScriptValue ScriptEvaluator::call(const Value& callee, Values arguments, std::uint32_t line) {
  if (callee.kind == Kind::function) return call_function(static_cast<std::size_t>(callee.number), arguments);
  if (callee.is_name()) return call_name(callee.view(), callee, std::move(arguments), line);
  if (callee.is_text() && is(L::php))
    return call_name(callee.view(), Value::of_name(std::string(callee.view())), std::move(arguments), line);
  if (callee.marks.request && is(L::php)) {
    // $_GET['a']($_GET['b']), not the controller that a router knows under the name of a page.
    const ScriptMarks given = marks_of(arguments);
    if (callee.marks.looked_up && (given.looked_up || !given.request)) return Value::unknown();
    reach(SinkKind::code, "a function that the request names", Value::unknown(callee.marks), line);
    return Value::unknown();
  }
  // A call of what is not known keeps where it came from: request.get("x") after a cast, fetched().read().
  ScriptMarks marks = callee.marks;
  marks.request = marks.request && !is(L::php);
  return Value::unknown(marks);
}

// What a call brings from elsewhere; callbacks get it as well.
std::optional<ScriptValue> ScriptEvaluator::fetch(std::string_view written, std::string_view name,
                                                  const Values& arguments, std::uint32_t line) {
  const Value& first = argument(arguments, 0);
  const std::string_view last = last_part(name);
  const bool gets = (last == "get" || last == "request") && first.is_text() && is_address(first.view());
  if (!gets && !may_be_known(written) && !may_be_known(name)) return std::nullopt;
  if (!gets && std::none_of(fetcher_names().begin(), fetcher_names().end(), [&](std::string_view fetcher) {
        return name_fits(written, fetcher) || name_fits(name, fetcher);
      }))
    return std::nullopt;
  ScriptMarks marks = marks_of(arguments);
  marks.fetched = true;
  for (const Value& value : arguments)
    if (value.is_text() && value.view().find("://") != std::string_view::npos && !marks.url)
      marks.url = std::make_shared<const std::string>(value.view().substr(0, 512));
  if (is(L::javascript) && !arguments.empty() && arguments.back().kind == Kind::function)
    call(arguments.back(), {Value::unknown(marks)}, line);
  return Value::unknown(marks);
}

// Functions of PHP that make variables of the request, or call what their argument names.
std::optional<ScriptValue> ScriptEvaluator::php_call(std::string_view name, const Values& arguments,
                                                     std::uint32_t line) {
  const Value& first = argument(arguments, 0);
  if ((name == "extract" && first.marks.request) || name == "import_request_variables" ||
      (name == "parse_str" && arguments.size() == 1 && first.marks.request)) {
    m_extracted = true;
    return Value::unknown();
  }
  if (name == "getenv" && first.is_text()) {
    ScriptMarks marks;
    marks.request = first.view().starts_with("HTTP_") || first.view() == "QUERY_STRING";
    return Value::unknown(marks);
  }
  if ((name == "reflectionfunction" || name == "closure.fromcallable" || name == "closure::fromcallable") &&
      first.is_text())
    return Value::of_name(std::string(first.view()));
  if (name == "filter_var" || name == "filter_input") {
    const bool calls = std::any_of(arguments.begin(), arguments.end(), [](const Value& value) {
      return value.is_name() && util::lower(value.view()) == "filter_callback";
    });
    const Value& options = arguments.empty() ? first : arguments.back();
    if (!calls || (name == "filter_var" && !first.marks.request && !options.marks.request)) return std::nullopt;
    Value data = first;
    data.kind = Kind::unknown;
    data.marks.request = true;
    const Value& function = options.is_list() && !options.items->empty() ? options.items->front() : options;
    if (function.is_text())
      sink(util::lower(function.view()), {data}, line);
    else if (function.marks.request)
      reach(SinkKind::code, name, Value::unknown(function.marks), line);
    return Value::unknown();
  }
  return std::nullopt;
}

ScriptValue ScriptEvaluator::call_name(std::string_view written, const Value& callee, Values arguments,
                                       std::uint32_t line) {
  const std::string lower = is(L::php) || is(L::asp) ? util::lower(written) : std::string(written);
  const std::string_view name = is_source(written) ? written : std::string_view(lower);
  if (is(L::php)) {
    const auto function = m_variables.find(written);
    if (function != m_variables.end() && function->second.kind == Kind::function)
      return call_function(static_cast<std::size_t>(function->second.number), arguments);
  }
  if (is(L::php))
    if (auto value = php_call(name, arguments, line)) return *value;
  if (is_source(written)) {
    ScriptMarks marks;
    marks.request = true;
    return Value::unknown(marks);
  }
  if (callee.marks.request) return Value::unknown(callee.marks);
  if (name == "getattr" || name == "Object.getOwnPropertyDescriptor")
    if (argument(arguments, 1).is_text()) return attribute(argument(arguments, 0), argument(arguments, 1).view());
  if ((name == "globals" || name == "locals" || name == "vars") && arguments.empty()) return Value::of_name("");
  if (name == "vars" && argument(arguments, 0).is_name()) return arguments[0];
  // The C library's functions have the names of those that call them.
  if (is(L::python) && name_fits(name, "CDLL")) return Value::of_name("os");
  if (is(L::ruby) && name == "method" && (argument(arguments, 0).is_text() || argument(arguments, 0).is_name()))
    return variable(argument(arguments, 0).view());
  if (is(L::ruby) && (name == "send" || name == "public_send" || name == "__send__") &&
      (argument(arguments, 0).is_text() || argument(arguments, 0).is_name()))
    return call(variable(argument(arguments, 0).view()), Values(arguments.begin() + 1, arguments.end()), line);
  const bool loads = is(L::javascript) && name_fits(name, "_load");
  const bool imports = loads || (name == "require" && is(L::lua)) || name == "__import__" ||
                       name == "importlib.import_module" || (name == "require" && is(L::javascript)) ||
                       name == "import" || (name == "process.mainModule.require");
  if (imports && argument(arguments, 0).is_text()) {
    std::string_view module = argument(arguments, 0).view();
    if (module.starts_with("node:")) module.remove_prefix(5);
    if (module == "builtins" || module == "__builtin__") return Value::of_name("");
    return Value::of_name(std::string(module.substr(0, 200)));
  }
  if (name == "preg_replace" && is(L::php)) {
    const Value& pattern = argument(arguments, 0);
    const std::string_view text = pattern.view();
    const std::size_t close = pattern.is_text() && !text.empty() ? text.rfind(text[0]) : std::string_view::npos;
    if (close != std::string_view::npos && close > 0 && text.find('e', close) != std::string_view::npos) {
      reach(SinkKind::code, "preg_replace", argument(arguments, 1), line);
      reach(SinkKind::code, "preg_replace", argument(arguments, 2), line);
      return Value::unknown();
    }
  }
  if ((name == "file_put_contents" || name == "move_uploaded_file" || name == "fwrite" || name == "copy") &&
      is(L::php) && arguments.size() > 1) {
    ScriptMarks marks = arguments[0].marks;
    const bool both = arguments[0].marks.request && arguments[1].marks.request;
    if (both && name != "fwrite") reach(SinkKind::write, name, Value::unknown(marks), line);
    return Value::unknown();
  }
  if (is(L::perl) && name == "open" && arguments.size() > 1) {
    Value last = arguments.back();
    const std::string_view mode = argument(arguments, 1).view();
    bool runs = arguments.size() > 2 ? mode == "-|" || mode == "|-" : last.marks.request;
    if (arguments.size() == 2 && last.is_text() && (mode.starts_with('|') || mode.ends_with('|'))) {
      last = Value::of_text(std::string(mode.substr(mode.starts_with('|') ? 1 : 0, mode.size() - 1)), last.marks);
      runs = true;
    }
    if (runs) {
      note_command(last, line);
      reach(SinkKind::command, "open", last, line);
    }
    return Value::unknown();
  }
  if (is(L::ruby) && name == "open" && argument(arguments, 0).is_text() && arguments[0].view().starts_with('|')) {
    const Value command = Value::of_text(std::string(arguments[0].view().substr(1)), arguments[0].marks);
    note_command(command, line);
    reach(SinkKind::command, "open", command, line);
    return Value::unknown();
  }
  if (callback(name, arguments, line)) return Value::unknown();
  if (std::find(cleaner_names().begin(), cleaner_names().end(), name) != cleaner_names().end()) {
    if (auto known = builtin(name, arguments, line)) return *known;
    return Value::unknown();
  }
  const bool passes_sink = sink(name, arguments, line);
  if (passes_sink && name != "marshal.loads") return Value::unknown();
  if (auto fetched = fetch(written, name, arguments, line)) return *fetched;
  if (auto known = builtin(name, arguments, line)) return *known;
  if (name == "file_get_contents" || name == "fopen" || name == "open" || name == "stream_get_contents") {
    ScriptMarks marks = argument(arguments, 0).marks;
    const std::string_view path = argument(arguments, 0).view();
    if (path.find("php://input") != std::string_view::npos)
      marks.request = true;
    else if (!marks.fetched)
      marks = ScriptMarks{};
    if (is_address(path)) {
      marks.fetched = true;
      marks.url = std::make_shared<const std::string>(path.substr(0, 512));
    }
    return Value::unknown(marks);
  }
  if (is(L::php) &&
      std::find(keeping_names_of_php().begin(), keeping_names_of_php().end(), name) != keeping_names_of_php().end())
    return Value::unknown(marks_of(arguments));
  // What was made from input by a constructor or a reader is input still.
  return Value::unknown(callee.marks);
}

}  // namespace hullcheck::detect
