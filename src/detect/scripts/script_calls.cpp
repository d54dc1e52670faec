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
  const std::string_view last = last_part(name);
  const bool asks = last == "get" || last == "request" || last == "open" || last == "post" || last == "Request";
  const bool told = std::any_of(arguments.begin(), arguments.end(),
                                [](const Value& value) { return value.is_text() && is_address(value.view()); });
  const bool gets = asks && told;
  // new URL("./worker.js", import.meta.url) is how a module names a file beside itself.
  if (is(L::javascript) && last == "URL" && !told) return Value::unknown(marks_of(arguments));
  if (!gets && !may_be_known(written) && !may_be_known(name)) return std::nullopt;
  if (!gets && std::none_of(fetcher_names().begin(), fetcher_names().end(), [&](std::string_view fetcher) {
        return name_fits(written, fetcher) || name_fits(name, fetcher);
      }))
    return std::nullopt;
  ScriptMarks marks = marks_of(arguments);
  marks.fetched = true;
  for (const Value& value : arguments)
    if (value.is_text() && (value.view().find("://") != std::string_view::npos || name == "fsockopen") && !marks.url)
      marks.url = std::make_shared<const std::string>(value.view().substr(0, 512));
  if (is(L::javascript) && !arguments.empty() && arguments.back().kind == Kind::function)
    call(arguments.back(), {Value::unknown(marks), Value::unknown(marks), Value::unknown(marks)}, line);
  return Value::unknown(marks);
}

// What a command prints, as far as it matters: what it fetches.
ScriptValue ScriptEvaluator::output_of(const Value& command) const {
  ScriptMarks marks;
  const Value* text = &command;
  if (command.is_list() && !command.items->empty()) text = &command.items->back();
  const std::string_view said = text->view();
  const std::size_t scheme = said.find("://");
  const bool program =
      command.is_list()
          ? argument(*command.items, 0).view().find("curl") != std::string_view::npos ||
                argument(*command.items, 0).view().find("wget") != std::string_view::npos
          : said.find("curl ") != std::string_view::npos || said.find("wget ") != std::string_view::npos;
  if (!program || scheme == std::string_view::npos || said.find('|') != std::string_view::npos)
    return Value::unknown(command.marks.request ? ScriptMarks{} : marks);
  const std::size_t begin = said.find_last_of(" \t'\"=", scheme) + 1;
  marks.fetched = true;
  marks.url = std::make_shared<const std::string>(
      said.substr(begin, std::min(said.find_first_of(" \t'\"", scheme), said.size()) - begin));
  return Value::unknown(std::move(marks));
}

// Functions that a server of JavaScript calls with what it is asked: their parameters are the request.
std::optional<ScriptValue> ScriptEvaluator::request_handler(std::string_view name, const Values& arguments,
                                                            std::uint32_t line) {
  if (!is(L::javascript) || arguments.empty() || arguments.back().kind != Kind::function) return std::nullopt;
  const Value& handler = arguments.back();
  ScriptMarks request;
  request.request = true;
  const bool raw =
      name == "on connection" || name_fits(name, "net.createServer") || name_fits(name, "tls.createServer");
  if (!raw && name != "on request" && name != "route" && last_part(name) != "createServer") return std::nullopt;
  const std::size_t parameters = m_functions[static_cast<std::size_t>(handler.number)].parameters.size();
  if (raw)
    call(handler, {Value::unknown(request)}, line);
  else if (name == "route" && parameters < 2)
    call(handler, {Value::of_name("ctx")}, line);
  else
    call(handler, {Value::of_name("req"), Value::of_name("res"), Value::unknown()}, line);
  return Value::unknown();
}

// Files that the script itself writes: what came from elsewhere is so still when it is loaded.
std::optional<ScriptValue> ScriptEvaluator::saved_or_loaded(std::string_view name, const Values& arguments,
                                                            std::uint32_t line) {
  constexpr std::size_t k_most_files = 256;
  const Value& first = argument(arguments, 0);
  if (name == "tempnam") return Value::of_text("tempnam:" + std::to_string(m_saved.size()));
  const bool copies = name == "copy" && is(L::php);
  const bool saves = copies || name == "file_put_contents" || name_fits(name, "writeFileSync") ||
                     name_fits(name, "writeFile") || name_fits(name, "File.write") || name_fits(name, "IO.write");
  if (saves && arguments.size() > 1) {
    const Value& path = arguments[copies ? 1 : 0];
    ScriptMarks marks = arguments[copies ? 0 : 1].marks;
    if (copies && first.is_text() && is_address(first.view())) {
      marks.fetched = true;
      marks.url = std::make_shared<const std::string>(first.view().substr(0, 512));
    }
    const bool told = marks.fetched || marks.request || marks.decoded;
    if (told && path.is_text() && m_saved.size() < k_most_files) m_saved[std::string(path.view())] = marks;
    return std::nullopt;
  }
  const bool loads = name == "include" || name == "include_once" || name == "require" || name == "require_once" ||
                     name == "load" || name == "do" || name == "dofile" || name == "import";
  if (name == "import" && is(L::javascript) && !first.is_text() && first.marks.fetched) {
    reach(SinkKind::load, name, Value::unknown(first.marks), line);
    return Value::unknown();
  }
  if (!loads || !first.is_text()) return std::nullopt;
  const auto saved = m_saved.find(first.view());
  const bool address = name == "import" && is(L::javascript) && is_address(first.view());
  if (saved == m_saved.end() && !address) return std::nullopt;
  ScriptMarks marks = saved == m_saved.end() ? ScriptMarks{} : saved->second;
  if (address) {
    marks.fetched = true;
    marks.url = std::make_shared<const std::string>(first.view().substr(0, 512));
  }
  reach(SinkKind::load, name, Value::unknown(marks), line);
  return Value::unknown();
}

// Functions by which Perl, Ruby, Lua and R reach others, and R's own for texts and lists.
std::optional<ScriptValue> ScriptEvaluator::other_call(std::string_view name, const Values& arguments,
                                                       std::uint32_t line) {
  const Value& first = argument(arguments, 0);
  if (is(L::ruby) && last_part(name) == "const_get" && (first.is_text() || first.is_name())) {
    const bool global = first.view() == "Kernel" || first.view() == "Object";
    return Value::of_name(global ? std::string() : std::string(first.view()));
  }
  if (!is(L::r)) return std::nullopt;
  if (name == "url" && is_address(first.view())) {
    ScriptMarks marks = first.marks;
    marks.fetched = true;
    marks.url = std::make_shared<const std::string>(first.view().substr(0, 512));
    return Value::unknown(std::move(marks));
  }
  // Its words are joined and given to a shell.
  if (name == "system2") {
    Value words = argument(arguments, 1);
    if (!words.is_list()) words = Value::of_list({words}, words.marks);
    const Value rest = *list_builtin("join", {Value::of_text(" "), words});
    sink("system", {joined(joined(first, Value::of_text(" ")), rest)}, line);
    return Value::unknown();
  }
  if ((name == "get" || name == "match.fun" || name == "as.name") && first.is_text()) return variable(first.view());
  if (name == "do.call" && (first.is_text() || first.is_name())) {
    const Value& given = argument(arguments, 1);
    return call(first.is_text() ? variable(first.view()) : first, given.is_list() ? *given.items : Values{}, line);
  }
  if (name == "c" || name == "list") {
    Values items;
    for (const Value& one : arguments)
      if (one.is_list())
        items.insert(items.end(), one.items->begin(), one.items->end());
      else
        items.push_back(one);
    if (!spend(items.size() * sizeof(Value))) return Value::unknown();
    return Value::of_list(std::move(items), marks_of(arguments));
  }
  if (name == "paste0" || name == "paste") {
    Values pieces = arguments;
    if (first.is_list()) pieces = *first.items;
    return *list_builtin("join", {Value::of_text(name == "paste" ? " " : ""), Value::of_list(std::move(pieces))});
  }
  if (name == "parse" || name == "readLines" || name == "as.raw" || name == "unlist" || name == "as.character")
    return first;
  if (name == "rawToChar" || name == "intToUtf8") return *list_builtin("chars", {first});
  return std::nullopt;
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
  if (name == "extract" && first.is_name() && first.view() == "$_SERVER") {
    m_headers = true;
    return Value::unknown();
  }
  if (name == "constant" && first.is_text()) return variable(first.view());
  if (name == "ffi.cdef" || name == "ffi.load" || name == "ffi::cdef" || name == "ffi::load")
    return Value::of_name("");
  // Up to version 5 what the caller chose as pattern may end in "e": then the replacement is code.
  if ((name == "preg_replace" || name == "preg_filter") && first.marks.request && !first.marks.looked_up &&
      argument(arguments, 1).marks.request) {
    reach(SinkKind::code, name, argument(arguments, 1), line);
    return Value::unknown();
  }
  if (name == "getenv" && first.is_text()) {
    ScriptMarks marks;
    if (first.view() == "HOME") return Value::of_text("~");
    marks.request = first.view().starts_with("HTTP_") || first.view() == "QUERY_STRING";
    return Value::unknown(marks);
  }
  if ((name == "reflectionfunction" || name == "closure.fromcallable" || name == "closure::fromcallable") &&
      first.is_text())
    return Value::of_name(std::string(first.view()));
  if (name == "filter_var" || name == "filter_input" || name == "filter_var_array" || name == "filter_input_array") {
    const auto is_callback = [](const Value& value) {
      return value.is_name() && util::lower(value.view()) == "filter_callback";
    };
    bool calls = std::any_of(arguments.begin(), arguments.end(), is_callback);
    Value options = arguments.empty() ? first : arguments.back();
    // ['c' => ['filter' => FILTER_CALLBACK, 'options' => 'system']]
    if (options.is_list() && !options.items->empty() && options.items->front().is_list())
      options = Value(options.items->front());
    if (options.is_list() && !calls && std::any_of(options.items->begin(), options.items->end(), is_callback)) {
      calls = true;
      options = Value(options.items->back());
    }
    if (!calls || (name.starts_with("filter_var") && !first.marks.request && !options.marks.request))
      return std::nullopt;
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
  const Value first_of = argument(arguments, 0);
  for (const Value& value : arguments) note_held(value, line);
  note_sleep(name, arguments);
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
  if (auto value = other_call(name, arguments, line)) return *value;
  if (auto home = home_of(name, arguments)) return *home;
  if (writes_file(name, arguments, line) || wrote(name, arguments, line)) {
    // What was fetched or sent is followed below all the same.
  } else if (auto handle = opened(name, arguments, line)) {
    return *handle;
  }
  if (auto value = saved_or_loaded(name, arguments, line)) return *value;
  if (auto value = request_handler(name, arguments, line)) return *value;
  if (name == "define" && is(L::php) && first_of.is_text() && argument(arguments, 1).is_text())
    set(std::string(first_of.view()), arguments[1]);
  if (name == "curl_init" && is(L::php) && first_of.is_text()) {
    ScriptMarks marks;
    marks.url = std::make_shared<const std::string>(first_of.view().substr(0, 512));
    return Value::unknown(std::move(marks));
  }
  // process.binding("spawn_sync").spawn({file: …, args: […]}) is how child_process does it inside.
  if (is(L::javascript) && name == "process.binding" && first_of.is_text() &&
      (first_of.view() == "spawn_sync" || first_of.view() == "process_wrap"))
    return Value::of_name("process.binding");
  if (is(L::javascript) && name == "process.binding.spawn" && first_of.items) {
    for (const Value& part : *first_of.items)
      if (part.is_list()) {
        note_command(part, line);
        reach(SinkKind::command, name, part, line);
      }
    return Value::unknown();
  }
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
  if ((name == "preg_replace" || name == "preg_filter") && is(L::php)) {
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
  if (is(L::python) && unpickle(name, arguments, line)) return Value::unknown();
  const bool passes_sink = sink(name, arguments, line);
  if (passes_sink && name != "marshal.loads")
    return output_of(first_of.is_list() || arguments.size() < 2 || is(L::lua) || is(L::python) || is(L::javascript)
                         ? first_of
                         : Value::of_list(arguments));
  if (auto fetched = fetch(written, name, arguments, line)) return *fetched;
  if (auto pieces = pattern_builtin(name, arguments)) return *pieces;
  if (auto known = builtin(name, arguments, line)) return *known;
  if (name == "file_get_contents" || name == "fopen" || name == "open" || name == "stream_get_contents" ||
      (is(L::php) && (name == "file" || name == "fread" || name == "fgets"))) {
    ScriptMarks marks = argument(arguments, 0).marks;
    const std::string_view path = argument(arguments, 0).view();
    if (path.find("php://input") != std::string_view::npos)
      marks.request = true;
    else if (is(L::php) && name == "file_get_contents" && marks.request)
      marks.looked_up = true;  // a file that the request names, or brings along
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
  if (is(L::python) && (name_fits(name, "parse_qs") || name_fits(name, "parse_qsl") || name_fits(name, "unquote") ||
                        name_fits(name, "unquote_plus")))
    return Value::unknown(marks_of(arguments));
  // What was made from input by a constructor or a reader is input still.
  return Value::unknown(callee.marks);
}

}  // namespace hullcheck::detect
