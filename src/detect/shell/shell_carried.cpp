// Programs that are no shells but run what is told to one: editors' "!", make's recipes, awk's system(), sed's "e",
// parallel, Tcl. See shell_facts.hpp.
#include <algorithm>

#include "detect/shell/shell_evaluator.hpp"
#include "formats/makefile.hpp"
#include "util/ascii.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_commands = 32;
constexpr std::size_t k_most_code = 64U << 10;

bool is_option(std::string_view word) { return word.starts_with('-'); }

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

std::string recipes_of(std::string_view makefile) {
  std::string code;
  for (const formats::MakeRule& rule : formats::read_makefile(makefile).rules)
    if (!rule.recipe.empty()) code += rule.recipe + "\n";
  return code;
}

// "https://…" in the code of PowerShell, up to a quote, a bracket or a blank.
std::string address_in(std::string_view text) {
  const std::size_t at = text.find("://");
  if (at == std::string_view::npos) return {};
  std::size_t begin = at;
  while (begin > 0 && text[begin - 1] >= 'a' && text[begin - 1] <= 'z') --begin;
  const std::size_t end = std::min(text.find_first_of(" '\")|;", at), text.size());
  return std::string(text.substr(begin, end - begin));
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
    run_carried(recipes_of(invocation.io.input->text), invocation);
  } else if (file != nullptr && !input) {
    // One that the script wrote.
    const Value written = read_file(*file);
    if (written.known && !written.text.empty()) run_carried(recipes_of(written.text), invocation);
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

// ztcp HOST PORT of zsh: the descriptor's number is in REPLY, or behind -d.
Value ShellEvaluator::run_ztcp(Invocation& invocation) {
  constexpr int k_usual = 12;
  if (invocation.argv.size() < 3) return {};
  int descriptor = k_usual;
  for (std::size_t i = 1; i + 1 < invocation.argv.size(); ++i) {
    const std::string_view number = invocation.arg(i + 1);
    if (invocation.arg(i) == "-d" && number.size() == 1 && number[0] >= '0' && number[0] <= '9')
      descriptor = number[0] - '0';
  }
  Target target;
  target.kind = Target::Kind::network;
  target.host = invocation.arg(invocation.argv.size() - 2);
  target.port = invocation.arg(invocation.argv.size() - 1);
  m_fds[descriptor] = target;
  set_variable("REPLY", known(std::to_string(descriptor)), false, false);
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

// m4's syscmd(`…') and esyscmd(`…'), where the quotes may be missing.
Value ShellEvaluator::run_macros(Invocation& invocation) {
  const Options options = parse_options(invocation.argv, "DUIos", "", OperandRule::collect);
  const Value code = file_or_input(invocation, options.operands);
  if (!code.known || code.text.size() > k_most_code) return run_filter(invocation);
  constexpr std::string_view k_call = "syscmd(";
  for (std::size_t at = code.text.find(k_call), count = 0; at != std::string::npos && count < k_most_commands;
       at = code.text.find(k_call, at + 1), ++count) {
    std::size_t begin = at + k_call.size();
    const bool quoted = begin < code.text.size() && code.text[begin] == '`';
    begin += quoted ? 1 : 0;
    const std::size_t end = quoted ? code.text.find('\'', begin) : code.text.find(")", begin);
    run_carried(std::string_view(code.text).substr(begin, end - begin), invocation);
  }
  return Value::unknown();
}

// pwsh -c "iex (iwr ADDRESS)"
Value ShellEvaluator::run_powershell(Invocation& invocation) {
  static constexpr std::string_view k_runs[] = {"iex", "invoke-expression", "scriptblock]::create"};
  static constexpr std::string_view k_fetches[] = {
      "iwr", "irm", "invoke-webrequest", "invoke-restmethod", "downloadstring", "curl", "wget"};
  for (std::size_t i = 1; i < invocation.argv.size(); ++i) {
    const std::string& code = invocation.argv[i].text;
    if (code.size() > k_most_code || is_option(code)) continue;
    const std::string lower = util::lower(code);
    const auto has = [&](std::string_view word) { return lower.find(word) != std::string::npos; };
    if (!std::any_of(std::begin(k_runs), std::end(k_runs), has) ||
        !std::any_of(std::begin(k_fetches), std::end(k_fetches), has))
      continue;
    consume_code(fetched("pwsh", {known(address_in(code))}), "pwsh", invocation.io, invocation.line, false, nullptr);
  }
  return Value::unknown();
}

// Text that stands in pictures.
Value ShellEvaluator::run_hidden_text(Invocation& invocation) {
  const std::string name = invocation.name();
  const auto says = [&](std::string_view word) {
    return std::any_of(invocation.argv.begin(), invocation.argv.end(),
                       [&](const Value& value) { return value.text == word; });
  };
  if (name == "exiftool" && !says("-b")) return Value::unknown();
  return decoded(Value::unknown(), name, std::nullopt);
}

// tar --checkpoint-action=exec=COMMAND, --to-command=COMMAND, -I COMMAND
void ShellEvaluator::run_options_of_tar(Invocation& invocation) {
  for (std::size_t i = 1; i < invocation.argv.size(); ++i) {
    const std::string_view word = invocation.arg(i);
    for (const std::string_view option : {"--checkpoint-action=exec=", "--to-command=", "--rsh-command="})
      if (word.starts_with(option)) run_carried(word.substr(option.size()), invocation);
    if (word == "--checkpoint-action" && invocation.arg(i + 1).starts_with("exec="))
      run_carried(invocation.arg(i + 1).substr(5), invocation);
  }
}

// git -c core.pager=COMMAND, -c alias.x=!COMMAND, --upload-pack=COMMAND
void ShellEvaluator::run_options_of_git(Invocation& invocation) {
  static constexpr std::string_view k_settings[] = {
      "core.pager=",   "core.sshcommand=", "core.editor=",   "core.fsmonitor=", "core.gitproxy=",
      "core.askpass=", "sequence.editor=", "diff.external=", "pager."};
  for (std::size_t i = 1; i < invocation.argv.size(); ++i) {
    const std::string_view word = invocation.arg(i);
    if (word.starts_with("--upload-pack=")) run_carried(word.substr(14), invocation);
    if (word != "-c" || i + 1 >= invocation.argv.size()) continue;
    const std::string_view setting = invocation.arg(i + 1);
    const std::size_t equals = setting.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string lower = util::lower(setting.substr(0, equals + 1));
    const bool runs = std::any_of(std::begin(k_settings), std::end(k_settings),
                                  [&](std::string_view one) { return lower.starts_with(one); });
    if (runs) run_carried(setting.substr(equals + 1), invocation);
    if (setting.substr(equals + 1).starts_with('!')) run_carried(setting.substr(equals + 2), invocation);
  }
}

void ShellEvaluator::run_commands_of_awk(const Value& code, Invocation& invocation) {
  for (const std::string& command : commands_of_awk(code.text)) run_carried(command, invocation);
}

void ShellEvaluator::run_command_of_sed(const Value& expression, Invocation& invocation) {
  if (const auto command = command_of_sed(expression.text)) run_carried(*command, invocation);
}

}  // namespace hullcheck::detect
