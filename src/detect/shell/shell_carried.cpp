// Programs that are no shells but run what is told to one: editors' "!", make's recipes, awk's system(), sed's "e",
// parallel, Tcl. See shell_facts.hpp.
#include <algorithm>

#include "detect/shell/shell_evaluator.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_commands = 32;
constexpr std::size_t k_most_code = 64U << 10;

Value known(std::string_view text) { return {std::string(text), true, nullptr}; }

std::string_view without_spaces(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  return begin == std::string_view::npos ? std::string_view() : text.substr(begin);
}

template <typename Function>
void each_line(std::string_view text, Function&& function) {
  text = text.substr(0, k_most_code);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    function(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

// From behind the opening quote to the closing one; `at` moves behind that.
std::string quoted(std::string_view text, std::size_t& at) {
  std::string out;
  for (; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) ++at;
    out.push_back(text[at]);
  }
  ++at;
  return out;
}

// awk's system("…"), "…" | getline and print | "…".
std::vector<std::string> commands_of_awk(std::string_view code) {
  std::vector<std::string> commands;
  code = code.substr(0, k_most_code);
  for (std::size_t at = code.find('"'); at != std::string_view::npos && commands.size() < k_most_commands;
       at = code.find('"', at)) {
    const std::string_view before = code.substr(0, at);
    const std::size_t last = before.find_last_not_of(" \t");
    const bool called =
        last != std::string_view::npos && before[last] == '(' && before.substr(0, last).ends_with("system");
    const bool piped_to = last != std::string_view::npos && before[last] == '|';
    std::string text = quoted(code, ++at);
    const std::string_view behind = without_spaces(code.substr(std::min(at, code.size())));
    const bool read = behind.starts_with('|') && without_spaces(behind.substr(1)).starts_with("getline");
    if (called || piped_to || read) commands.push_back(std::move(text));
  }
  return commands;
}

// s/…/command/e, and the command behind an "e" of its own.
std::optional<std::string> command_of_sed(std::string_view expression) {
  expression = without_spaces(expression);
  const std::size_t digits = expression.find_first_not_of("0123456789$");
  if (digits != std::string_view::npos && expression.substr(digits).starts_with("e "))
    return std::string(expression.substr(digits + 2));
  if (expression.size() < 5 || expression[0] != 's') return std::nullopt;
  const char mark = expression[1];
  std::vector<std::string> parts(1);
  for (std::size_t i = 2; i < expression.size(); ++i) {
    if (expression[i] == '\\' && i + 1 < expression.size()) {
      parts.back().push_back(expression[++i]);
    } else if (expression[i] == mark && parts.size() < 3) {
      parts.emplace_back();
    } else {
      parts.back().push_back(expression[i]);
    }
  }
  if (parts.size() < 3 || parts[2].find('e') == std::string::npos || parts[2].size() > 8) return std::nullopt;
  return parts[1];
}

std::string word_behind(std::string_view text, std::string_view mark, std::size_t number) {
  std::size_t at = text.find(mark);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + mark.size());
  for (std::string_view rest = text;; --number) {
    rest = without_spaces(rest);
    const std::size_t end = std::min(rest.find_first_of(" \t\r\n];"), rest.size());
    if (number == 0 || end == 0) return std::string(rest.substr(0, end));
    rest.remove_prefix(end);
  }
}

}  // namespace

void ShellEvaluator::run_carried(std::string_view command, Invocation& invocation) {
  if (!command.empty() && command.size() <= k_most_code)
    consume_code(known(command), "sh", invocation.io, invocation.line, false, nullptr);
}

// vim -c ':!command', gdb -ex '!command', ed with "!command" among its lines.
Value ShellEvaluator::run_editor(Invocation& invocation) {
  const auto line = [&](std::string_view text) {
    text = without_spaces(text);
    if (text.starts_with(':')) text = without_spaces(text.substr(1));
    if (text.starts_with('!')) return run_carried(text.substr(1), invocation);
    if (text.starts_with("shell ") && invocation.name() == "gdb") run_carried(text.substr(6), invocation);
  };
  for (std::size_t i = 1; i < invocation.argv.size(); ++i) {
    std::string_view word = invocation.arg(i);
    if (word.starts_with("+")) word.remove_prefix(1);
    line(word);
  }
  if (invocation.io.input && invocation.io.input->known) each_line(invocation.io.input->text, line);
  return Value::unknown();
}

// A makefile that comes in is at hand; others are files of their own.
Value ShellEvaluator::run_make(Invocation& invocation) {
  const Options options =
      parse_options(invocation.argv, "fCjIlOoW", " file directory makefile ", OperandRule::collect);
  const Value* file = options.get("f") != nullptr ? options.get("f") : options.get("file");
  const bool input = file != nullptr && (file->text == "-" || file->text == "/dev/stdin");
  if (input && invocation.io.input && !invocation.io.input->known && invocation.io.input->origin) {
    Value code = *invocation.io.input;
    code.text.clear();
    consume_code(code, "make", invocation.io, invocation.line, false, nullptr);
  }
  if (input && invocation.io.input && invocation.io.input->known) {
    std::string code;
    each_line(invocation.io.input->text, [&](std::string_view line) {
      if (line.starts_with('\t')) code += std::string(line.substr(line.find_first_not_of("\t@-+"))) + "\n";
    });
    run_carried(code, invocation);
  }
  return run_installer(invocation);
}

Value ShellEvaluator::run_parallel(Invocation& invocation) {
  const auto mark = std::find_if(invocation.argv.begin(), invocation.argv.end(),
                                 [](const Value& value) { return value.text == ":::"; });
  if (mark != invocation.argv.end()) {
    const bool command = mark - invocation.argv.begin() > 1;
    for (auto word = mark + 1; word != invocation.argv.end() && word - mark < 32 && !command; ++word)
      consume_code(*word, "sh", invocation.io, invocation.line, false, nullptr);
  } else if (invocation.argv.size() < 2 || invocation.arg(invocation.argv.size() - 1).starts_with('-')) {
    if (invocation.io.input) consume_code(*invocation.io.input, "sh", invocation.io, invocation.line, false, nullptr);
  }
  return Value::unknown();
}

// A client of Tcl that runs what it is sent.
Value ShellEvaluator::run_tcl(Invocation& invocation) {
  const Value* code = invocation.io.input ? &*invocation.io.input : nullptr;
  const Options options = parse_options(invocation.argv, "c", "", OperandRule::collect);
  if (const Value* given = options.get("c"); given != nullptr) code = given;
  if (code != nullptr && code->text.size() <= k_most_code && code->text.find("exec") != std::string::npos &&
      code->text.find("[socket ") != std::string::npos)
    reverse_shell(word_behind(code->text, "[socket ", 0), word_behind(code->text, "[socket ", 1), "tcl", false,
                  invocation.line);
  return run_reader(invocation);
}

// ztcp HOST PORT of zsh: the descriptor's number is in REPLY.
Value ShellEvaluator::run_ztcp(Invocation& invocation) {
  constexpr int k_descriptor = 12;
  if (invocation.argv.size() < 3) return {};
  Target target;
  target.kind = Target::Kind::network;
  target.host = invocation.arg(invocation.argv.size() - 2);
  target.port = invocation.arg(invocation.argv.size() - 1);
  m_fds[k_descriptor] = target;
  set_variable("REPLY", known(std::to_string(k_descriptor)), false, false);
  return {};
}

// Names carry text as well as web servers do: `dig +short TXT x | sh`.
Value ShellEvaluator::run_lookup(Invocation& invocation) { return fetched(invocation.name(), {}); }

Value ShellEvaluator::run_mapfile(Invocation& invocation) {
  const Options options = parse_options(invocation.argv, "dnOsuCc", "", OperandRule::collect);
  const std::string name = options.operands.empty() ? "MAPFILE" : options.operands[0].text;
  const Value input = invocation.io.input ? *invocation.io.input : Value::unknown();
  set_variable(name, input, false, false);
  m_variables[name].elements = {input};
  return {};
}

void ShellEvaluator::run_commands_of_awk(const Value& code, Invocation& invocation) {
  for (const std::string& command : commands_of_awk(code.text)) run_carried(command, invocation);
}

void ShellEvaluator::run_command_of_sed(const Value& expression, Invocation& invocation) {
  if (const auto command = command_of_sed(expression.text)) run_carried(*command, invocation);
}

}  // namespace hullcheck::detect
