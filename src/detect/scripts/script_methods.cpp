// Calls of methods: of modules by their whole name, of values by what they are. See script_flows.hpp.
#include <algorithm>

#include "detect/scripts/script_evaluator.hpp"
#include "detect/scripts/script_names_known.hpp"
#include "util/ascii.hpp"

namespace hullcheck::detect {
namespace {

using L = ScriptLanguage;

}  // namespace

// Methods that call what they are called on, or their argument: promises and events of JavaScript, send and call of
// Ruby, reflection of PHP.
std::optional<ScriptValue> ScriptEvaluator::call_of_callable(const Value& receiver, std::string_view method,
                                                             const Values& arguments, std::uint32_t line) {
  const bool named = receiver.is_name();
  const auto rest = [&](std::size_t from) {
    return Values(arguments.begin() + static_cast<std::ptrdiff_t>(std::min(from, arguments.size())), arguments.end());
  };
  if (is(L::javascript) && !arguments.empty()) {
    const Value& last = arguments.back();
    const bool callable = last.kind == Kind::function || (last.is_name() && runs_or_decodes(last.view()));
    if (method == "then" && callable && (named || receiver.marks.fetched || receiver.is_text()))
      return call(arguments[0], {receiver}, line);
    const bool event = method == "on" || method == "once" || method == "addEventListener";
    if (event && callable && receiver.marks.fetched && !named) {
      call(last, {Value::unknown(receiver.marks)}, line);
      return receiver;
    }
    if (named && receiver.view() == "Reflect" && method == "apply" && arguments.size() > 2)
      return call(arguments[0], arguments[2].is_list() ? *arguments[2].items : rest(2), line);
  }
  if (is(L::ruby)) {
    const bool sends = method == "send" || method == "public_send" || method == "__send__";
    if (sends && !arguments.empty() && (arguments[0].is_text() || arguments[0].is_name()))
      return call_method(receiver, arguments[0].view(), rest(1), line);
    if (method == "method" && !arguments.empty() && (arguments[0].is_text() || arguments[0].is_name()) && named)
      return attribute(receiver, arguments[0].view());
    if (method == "call" && (named || receiver.kind == Kind::function)) return call(receiver, arguments, line);
    if (method == "eval" && named && receiver.view() == "binding")
      return call_name("eval", receiver, arguments, line);
  }
  if (is(L::php) && named && !receiver.view().empty()) {
    const std::string lower = util::lower(method);
    if (lower == "invoke" || lower == "__invoke") return call(receiver, arguments, line);
    if (lower == "invokeargs" && !arguments.empty())
      return call(receiver, arguments[0].is_list() ? *arguments[0].items : arguments, line);
  }
  return std::nullopt;
}

ScriptValue ScriptEvaluator::call_method(const Value& receiver, std::string_view method, Values arguments,
                                         std::uint32_t line) {
  const bool reflects = receiver.is_name() && receiver.view() == "Reflect";
  if (is(L::javascript) && !reflects && (method == "call" || method == "apply" || method == "bind")) {
    Values rest;
    if (arguments.size() > 1 && method == "apply" && arguments[1].is_list())
      rest = *arguments[1].items;
    else if (arguments.size() > 1)
      rest.assign(arguments.begin() + 1, arguments.end());
    if (receiver.is_name() || receiver.kind == Kind::function)
      return method == "bind" ? receiver : call(receiver, std::move(rest), line);
  }
  if (auto called = call_of_callable(receiver, method, arguments, line)) return *called;
  if (receiver.is_name()) {
    const Value member = attribute(receiver, method);
    if (member.is_name()) return call_name(member.view(), member, std::move(arguments), line);
    return call(member, std::move(arguments), line);
  }
  if (method == "constructor") return call_name("constructor", receiver, std::move(arguments), line);
  ScriptMarks marks = receiver.marks;
  if (is_source(method) || is_source("request." + std::string(method))) {
    marks.request = true;
    return Value::unknown(marks);
  }
  if (is(L::python) && (method == "recv" || method == "recvfrom") && receiver.kind == Kind::unknown) {
    marks.fetched = true;
    return Value::unknown(marks);
  }
  // A method of ours, by its name alone.
  if (const auto own = m_variables.find(method); own != m_variables.end() && own->second.kind == Kind::function) {
    const auto place = static_cast<std::size_t>(own->second.number);
    const auto& parameters = m_functions[place].parameters;
    if (!parameters.empty() && (parameters[0] == "self" || parameters[0] == "$self"))
      arguments.insert(arguments.begin(), receiver);
    return call_function(place, arguments);
  }
  if (receiver.kind == Kind::unknown && !receiver.text && !arguments.empty() && !marks.decoded && !marks.fetched &&
      !marks.request)
    if (auto known = builtin(method, arguments, line)) return *known;
  arguments.insert(arguments.begin(), receiver);
  // "…".decode("base64") of Python 2, Buffer.toString("utf8")
  if ((method == "decode" || method == "unpack" || method == "unpack1" || method == "pack") && arguments.size() > 1 &&
      arguments[1].is_text()) {
    const std::string_view how = arguments[1].view();
    ScriptCoding coding = coding_named(util::lower(how));
    if (method != "decode") {
      coding = how.starts_with('m')                       ? ScriptCoding::base64
               : how.starts_with('H') && method == "pack" ? ScriptCoding::hex
               : how.starts_with('u')                     ? ScriptCoding::uu
                                                          : ScriptCoding::none;
      if (coding != ScriptCoding::none) {
        const Value& input = receiver.is_list() && !receiver.items->empty() ? receiver.items->front() : receiver;
        return decode(coding, input);
      }
      if (how.find_first_of("CcUW") != std::string_view::npos && method == "pack")
        if (auto text = list_builtin("chars", {receiver})) return *text;
    } else if (coding != ScriptCoding::none) {
      return decode(coding, receiver);
    }
  }
  if ((method == "exec" || method == "start") && is(L::java)) {
    sink(method == "exec" ? "Runtime.exec" : "ProcessBuilder", {argument(arguments, 1)}, line);
    return Value::unknown();
  }
  if (is(L::asp) && (util::lower(method) == "exec" || util::lower(method) == "run"))
    sink("wscript." + util::lower(method), {argument(arguments, 1)}, line);
  const bool runs = method == "eval" || method == "instance_eval" || method == "class_eval" ||
                    method == "defineClass" || method == "_compile" || method == "execSync";
  if (runs) {
    const Values code(arguments.begin() + 1, arguments.end());
    if (method == "defineClass" || method == "eval") {
      if (is(L::java))
        for (const Value& value : code)
          reach(method == "eval" ? SinkKind::code : SinkKind::bytecode, method, value, line);
    } else {
      sink(method, code, line);
    }
  }
  // (new ReflectionFunction($_GET['f']))->invoke($_GET['a'])
  const std::string php_method = is(L::php) ? util::lower(method) : std::string();
  if ((php_method == "invoke" || php_method == "invokeargs" || php_method == "__invoke") && marks.request &&
      !marks.looked_up && marks_of(Values(arguments.begin() + 1, arguments.end())).request) {
    reach(SinkKind::code, method, Value::unknown(marks), line);
    return Value::unknown();
  }
  if (auto known = builtin(method, arguments, line)) return *known;
  const bool of_request = marks.request;
  marks.join(marks_of(arguments));
  marks.looked_up = marks.request && (!of_request || marks.looked_up);
  return Value::unknown(marks);
}

}  // namespace hullcheck::detect
