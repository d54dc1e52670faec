// Commands that start another one apart, in a terminal of its own or as a service, and have a way of their own to say
// which; the plain ones are wrappers (shell_interpreters.cpp). What they start is followed like any command. See
// shell_facts.hpp.
#include <algorithm>

#include "detect/shell/argument_words.hpp"
#include "detect/shell/shell_evaluator.hpp"
#include "detect/words.hpp"

namespace hullcheck::detect {
namespace {

Value plain(std::string_view text) { return {std::string(text), true, nullptr}; }

}  // namespace

// tmux new-session -d -s NAME "COMMAND": one word is for a shell, several are a program with its arguments.
Value ShellEvaluator::run_tmux(Invocation& invocation) {
  static constexpr std::string_view k_verbs[] = {"new",          "new-session", "neww",         "new-window",
                                                 "split-window", "splitw",      "respawn-pane", "respawn-window",
                                                 "run-shell",    "run",         "send-keys",    "send"};
  std::size_t verb = 1;
  while (verb < invocation.argv.size() &&
         std::find(std::begin(k_verbs), std::end(k_verbs), invocation.arg(verb)) == std::end(k_verbs))
    ++verb;
  if (verb >= invocation.argv.size()) return Value::unknown();
  const bool keys = invocation.arg(verb).starts_with("send");
  const std::vector<Value> rest(invocation.argv.begin() + static_cast<std::ptrdiff_t>(verb), invocation.argv.end());
  const Options options = parse_options(rest, "cdeFlnstxyb", "", OperandRule::stop_at_first);
  // Of "new-session -d" the letter takes no value; of the others it does, and is seldom given.
  const Options plain_d = parse_options(rest, "ceFnstxy", "", OperandRule::stop_at_first);
  const std::size_t first = std::min(options.first_operand, plain_d.first_operand);
  if (first >= rest.size()) return Value::unknown();
  std::vector<Value> inner(rest.begin() + static_cast<std::ptrdiff_t>(first), rest.end());
  if (inner.size() > 1 && !keys) return run_inner(invocation, std::move(inner));
  return run_inner(invocation, {plain("sh"), plain("-c"), inner[0]});
}

// start-stop-daemon --start --exec PROGRAM -- ARGUMENTS
Value ShellEvaluator::run_starter(Invocation& invocation) {
  Value program;
  std::vector<Value> arguments;
  bool behind = false, starts = true;
  for (std::size_t i = 1; i < invocation.argv.size(); ++i) {
    const std::string_view word = invocation.arg(i);
    if (behind) {
      arguments.push_back(invocation.argv[i]);
    } else if (word == "--") {
      behind = true;
    } else if (word == "-K" || word == "--stop" || word == "-T" || word == "--status") {
      starts = false;
    } else if (word == "-x" || word == "--exec" || word == "-a" || word == "--startas") {
      const bool startas = word == "-a" || word == "--startas";
      if (++i < invocation.argv.size() && (startas || program.text.empty())) program = invocation.argv[i];
    } else if (word.starts_with("--exec=") || word.starts_with("--startas=")) {
      program = plain(word.substr(word.find('=') + 1));
    }
  }
  if (!starts || program.text.empty()) return Value::unknown();
  arguments.insert(arguments.begin(), std::move(program));
  return run_inner(invocation, std::move(arguments));
}

// which NAME, command -v NAME, type -p NAME: the program itself, wherever it lies.
Value ShellEvaluator::run_which(Invocation& invocation) {
  Value found;
  for (std::size_t i = 1; i < invocation.argv.size(); ++i) {
    if (is_flag(invocation.arg(i))) continue;
    append(found, invocation.argv[i]);
    append(found, "\n");
  }
  return found;
}

// dotenv -e FILE -- COMMAND, doppler run -- COMMAND; dockerize -wait URL COMMAND; conda run -n NAME COMMAND.
Value ShellEvaluator::run_behind(Invocation& invocation) {
  static constexpr std::string_view k_lone = " -poll -no-overwrite --no-capture-output --live-stream -t -q --quiet ";
  const auto dashes = std::find_if(invocation.argv.begin(), invocation.argv.end(),
                                   [](const Value& word) { return word.text == "--"; });
  std::size_t first = static_cast<std::size_t>(dashes - invocation.argv.begin()) + 1;
  if (dashes == invocation.argv.end()) {
    const bool by_verb = invocation.arg(1) == "run" || invocation.arg(1) == "exec";
    if (!by_verb && !is_listed(" dockerize dotenv wait-for wait-for-it wait-for-it.sh ", invocation.name()))
      return Value::unknown();
    first = by_verb ? 2 : 1;
    while (first < invocation.argv.size() && is_flag(invocation.arg(first))) {
      const bool alone = is_listed(k_lone, invocation.arg(first)) || invocation.arg(first).find('=') < 64;
      first += alone ? 1 : 2;
    }
    // wait-for-it HOST:PORT is not the command.
    while (first < invocation.argv.size() && invocation.arg(first).find(':') != std::string_view::npos) ++first;
  }
  if (first >= invocation.argv.size()) return Value::unknown();
  return run_inner(invocation, {invocation.argv.begin() + static_cast<std::ptrdiff_t>(first), invocation.argv.end()});
}

// concurrently "COMMAND" "npm:NAME"; npm-run-all NAME NAME
Value ShellEvaluator::run_together(Invocation& invocation) {
  constexpr std::size_t k_most = 32;
  static constexpr std::string_view k_values = " -n --names -c --prefix-colors -p --prefix -m --max-processes -l ";
  const bool commands = invocation.name() == "concurrently" || invocation.name() == "conc";
  std::size_t count = 0;
  for (std::size_t i = 1; i < invocation.argv.size() && count < k_most; ++i) {
    const std::string_view word = invocation.arg(i);
    if (is_flag(word)) {
      if (commands && is_listed(k_values, word)) ++i;
      continue;
    }
    ++count;
    const std::size_t colon = word.find(':');
    const bool named = is_listed(" npm yarn pnpm bun node ", word.substr(0, colon)) && colon < word.size();
    if (commands && !named)
      run_inner(invocation, {plain("sh"), plain("-c"), invocation.argv[i]});
    else
      run_inner(invocation, {plain("npm"), plain("run"), plain(commands ? word.substr(colon + 1) : word)});
  }
  return Value::unknown();
}

}  // namespace hullcheck::detect
