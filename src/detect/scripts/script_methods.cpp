// Calls of methods: of modules by their whole name, of values by what they are. See script_flows.hpp.
#include <algorithm>

#include "detect/scripts/script_evaluator.hpp"
#include "detect/scripts/script_names_known.hpp"
#include "detect/shell/shell_decode.hpp"
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
    if (method == "then" && callable && (named || receiver.marks.fetched || receiver.is_text())) {
      m_promised = receiver.marks;
      return call(arguments[0], {receiver}, line);
    }
    // A server may answer with an error that carries code: get(URL).then(…).catch(e => eval(e.response.data))
    if (method == "catch" && callable && (receiver.marks.fetched || m_promised.fetched) && !named) {
      call(arguments[0], {Value::unknown(receiver.marks.fetched ? receiver.marks : m_promised)}, line);
      return receiver;
    }
    const bool event = method == "on" || method == "once" || method == "addEventListener";
    if (event && callable && (receiver.marks.fetched || receiver.marks.request) && !named) {
      call(last, {Value::unknown(receiver.marks)}, line);
      return receiver;
    }
    if (event && callable)
      if (auto handled = request_handler("on " + std::string(arguments[0].view().substr(0, 16)), arguments, line))
        return handled;
    if (event && callable && named && receiver.view() == "req") {
      ScriptMarks sent;
      sent.request = true;
      return call(last, {Value::unknown(std::move(sent))}, line);
    }
    // app.get("/run", (request, response) => …) of express, app.use(async context => …) of koa
    const bool routes = method == "get" || method == "post" || method == "all" || method == "use" || method == "put";
    const bool path = arguments.size() > 1 && arguments[0].is_text() && arguments[0].view().starts_with('/');
    if (routes && !named && last.kind == Kind::function && (path || method == "use"))
      if (auto handled = request_handler("route", arguments, line)) return handled;
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
    if (method == "eval" && named && (receiver.view() == "binding" || receiver.view() == "TOPLEVEL_BINDING"))
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
  for (const Value& value : arguments) note_held(value, line);
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
    // A method of a class of ours that is given something that matters: K::run($_GET["c"]), self.run(code).
    const auto own = member.is_name() && (is(L::php) || receiver.view() == "self" || receiver.view() == "cls")
                         ? m_variables.find(method)
                         : m_variables.end();
    if (own != m_variables.end() && own->second.kind == Kind::function) {
      const ScriptMarks given = marks_of(arguments);
      const auto place = static_cast<std::size_t>(own->second.number);
      if (given.request || given.fetched || given.decoded) {
        if (!m_functions[place].parameters.empty() && m_functions[place].parameters[0] == "self")
          arguments.insert(arguments.begin(), receiver);
        return call_function(place, arguments);
      }
    }
    if (member.is_name()) return call_name(member.view(), member, std::move(arguments), line);
    return call(member, std::move(arguments), line);
  }
  if (method == "constructor") return call_name("constructor", receiver, std::move(arguments), line);
  ScriptMarks marks = receiver.marks;
  if (is_source(method) || is_source("request." + std::string(method))) {
    marks.request = true;
    return Value::unknown(marks);
  }
  if (is(L::python) && (method == "recv" || method == "recvfrom" || method == "makefile") &&
      receiver.kind == Kind::unknown) {
    marks.fetched = true;
    return Value::unknown(marks);
  }
  // session.get("https://…"), opener.open("https://…"), pool.request("GET", "https://…")
  const bool asks = method == "get" || method == "open" || method == "request" || method == "post";
  if (asks && receiver.kind == Kind::unknown && !is(L::php))
    if (auto fetched = fetch(method, method, arguments, line)) return *fetched;
  if (is(L::python) && (method == "runsource" || method == "runcode")) sink(method, arguments, line);
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
  if (auto pieces = pattern_builtin(method, arguments)) return *pieces;
  if (is(L::lua) && (method == "gsub" || method == "gmatch")) return Value::unknown(marks_of(arguments));
  if (method == "tr" && arguments.size() == 3 && receiver.is_text() && arguments[1].is_text() &&
      arguments[2].is_text()) {
    ++m_transforms;
    marks.decoded = true;
    marks.decoder = "character table";
    ++marks.rounds;
    return made(translate(receiver.view(), arguments[1].view(), arguments[2].view(), false), marks);
  }
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
  // Method.invoke(object, request.getParameter("c")): whatever it calls, the request chooses with what.
  if (method == "invoke" && is(L::java) && argument(arguments, 2).marks.request) {
    reach(SinkKind::command, "Method.invoke", Value::unknown(arguments[2].marks), line);
    return Value::unknown();
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
