// Files that shells read when somebody logs in or opens one (P05), with what does not belong there: a tool for
// passwords or processes under another meaning, a search path that begins with a folder for temporary files, a
// command before each prompt that is odd, and anything that another detector has something against.
#include <algorithm>
#include <array>

#include "detect/detector.hpp"
#include "detect/shell/shell_support.hpp"
#include "detect/start/start_entries.hpp"
#include "detect/words.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 1> k_rows{{
    {"P05", EvidenceClass::supporting, model::Severity::medium, 65, "Odd command in a profile of a shell",
     "T1546.004", "Find out who put the line there and what it does at each login."},
}};

// Whose meaning nobody changes in passing.
constexpr std::array<std::string_view, 20> k_trusted = {
    "sudo", "su",   "ssh",  "scp",     "passwd",    "login",  "doas",    "ps",  "top",   "netstat",
    "ss",   "lsof", "kill", "crontab", "systemctl", "docker", "kubectl", "gpg", "pkill", "history"};

std::string_view first_word(std::string_view text) {
  const std::size_t start = text.find_first_not_of(" \t\\");
  if (start == std::string_view::npos) return {};
  text.remove_prefix(start);
  return text.substr(0, text.find_first_of(" \t;|&"));
}

// "alias ls='ls --color'" adds an option; "alias sudo='/tmp/x'" is another program.
std::string alias_of_trusted(std::string_view word) {
  const std::size_t equals = word.find('=');
  if (equals == std::string_view::npos || !is_one(word.substr(0, equals), k_trusted)) return {};
  const std::string_view name = word.substr(0, equals), value = word.substr(equals + 1);
  const std::string_view program = first_word(value);
  const bool same = program == name || (program.starts_with('/') && layers::base_name(program) == name);
  const bool more =
      value.find_first_of(";|&`") != std::string_view::npos || value.find("$(") != std::string_view::npos;
  // "alias sudo='sudo '" lets aliases work behind it; a colouring or safer program is a habit.
  if (same && !more) return {};
  const bool odd = is_temporary(program) || (program.starts_with('/') && is_hidden(program)) || more;
  return odd ? "alias of " + std::string(name) + " to another command: " + std::string(value.substr(0, 120))
             : std::string();
}

std::string odd_path(std::string_view value) {
  while (!value.empty()) {
    const std::size_t end = std::min(value.find(':'), value.size());
    const std::string_view folder = value.substr(0, end);
    value.remove_prefix(std::min(end + 1, value.size()));
    if (folder.find("${PATH}") != std::string_view::npos || is_program_folder(folder))
      return {};  // what follows is last
    if (folder == ".") return "the search path begins with the folder where one stands";
    if (folder.starts_with('/') && is_temporary(std::string(folder) + "/"))
      return "the search path begins with " + std::string(folder);
  }
  return {};
}

std::string judged_assignment(std::string_view assignment) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string_view::npos) return {};
  const std::string_view name = assignment.substr(0, equals), value = assignment.substr(equals + 1);
  if (name == "PATH") return odd_path(value);
  if (name == "PROMPT_COMMAND" && is_odd_command(value))
    return "odd command before each prompt: " + std::string(value.substr(0, 120));
  return {};
}

class ProfileEntry final : public Detector {
 public:
  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    if (unit.build_time || !is_profile(unit.path)) return;
    const auto say = [&](std::uint32_t line, std::string text) {
      if (!text.empty()) out.add(shell_evidence(k_rows[0], unit, line, std::move(text), k_rows[0].cls));
    };
    std::string last_function;
    for (const ShellCommand& command : unit.facts.commands) {
      for (const std::string& assignment : command.assignments) say(command.line, judged_assignment(assignment));
      const std::string_view name = program(command);
      for (std::size_t i = 1; i < command.argv.size(); ++i) {
        if (name == "alias") say(command.line, alias_of_trusted(command.argv[i]));
        if (name == "export" || name == "declare" || name == "typeset")
          say(command.line, judged_assignment(command.argv[i]));
      }
      if (command.function != last_function && is_one(command.function, k_trusted) && takes_over(unit, command))
        say(command.line, "a function in place of " + command.function + " that reads or sends something");
      last_function = command.function;
    }
  }

  void image(const ImageContext& context, ImageEvidence& out) const override {
    raise_scripts(context, k_rows[0], EvidenceClass::strong, "runs whenever a shell is opened", is_profile, out);
  }

 private:
  // Something in the function reads a password, writes a file or sends.
  static bool takes_over(const ShellUnit& unit, const ShellCommand& of) {
    return std::any_of(unit.facts.commands.begin(), unit.facts.commands.end(), [&](const ShellCommand& command) {
      if (command.function != of.function) return false;
      const std::string_view name = program(command);
      const bool keeps = std::any_of(command.redirects.begin(), command.redirects.end(), [](const ShellFd& fd) {
        return (fd.op == ">" || fd.op == ">>") && (is_temporary(fd.target) || is_hidden(fd.target));
      });
      return keeps || name == "read" || name == "curl" || name == "wget" || name == "nc" || name == "tee";
    });
  }
};

const util::Registered<ProfileEntry> registered{{
    .id = "profile-entry",
    .version = 2,
    .summary = "odd commands in files that shells read at login",
    .example = "alias sudo='/tmp/.s' in /root/.bashrc",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
