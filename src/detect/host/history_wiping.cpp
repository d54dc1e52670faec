// Scripts that keep a shell from remembering what it was told (H09). Cleaning up at build time is a habit and counts
// for nothing.
#include <algorithm>
#include <array>

#include "detect/shell/shell_support.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 1> k_rows{{
    {"H09", EvidenceClass::supporting, model::Severity::medium, 80, "Shell history switched off or wiped",
     "T1070.003,T1562.003", "Find out why the script hides what it does."},
}};

constexpr ClassByReach k_classes{EvidenceClass::supporting, EvidenceClass::supporting, EvidenceClass::context};

bool switches_off(const std::string& assignment) {
  static constexpr std::array<std::string_view, 6> k_settings = {
      "HISTFILE=/dev/null", "HISTFILE=", "HISTSIZE=0", "HISTFILESIZE=0", "HISTLOG=/dev/null", "HISTSAVE=/dev/null"};
  return std::find(k_settings.begin(), k_settings.end(), assignment) != k_settings.end();
}

bool wipes(const ShellCommand& command) {
  const std::string_view name = program(command);
  if (name == "history") return has_argument(command, "-c") || has_argument(command, "-cw");
  if (name == "unset") return has_argument(command, "HISTFILE");
  if (name == "set") return has_argument(command, "+o") && has_argument(command, "history");
  const auto history_file = [](const std::string& word) {
    return word.ends_with(".bash_history") || word.ends_with(".ash_history") || word.ends_with(".zsh_history");
  };
  if (name == "rm" || name == "shred") return std::any_of(command.argv.begin(), command.argv.end(), history_file);
  if (name == "ln") return has_argument(command, "/dev/null") && history_file(command.argv.back());
  return std::any_of(command.redirects.begin(), command.redirects.end(),
                     [&](const ShellFd& redirect) { return redirect.op == ">" && history_file(redirect.target); });
}

class HistoryWiping final : public Detector {
 public:
  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    for (const ShellCommand& command : unit.facts.commands) {
      const auto setting = std::find_if(command.assignments.begin(), command.assignments.end(), switches_off);
      if (setting != command.assignments.end())
        out.add(shell_evidence(k_rows[0], unit, command.line, *setting, class_for(unit, k_classes)));
      else if (wipes(command))
        out.add(shell_evidence(k_rows[0], unit, command.line, words(command), class_for(unit, k_classes)));
    }
  }
};

const util::Registered<HistoryWiping> registered{{
    .id = "history-wiping",
    .version = 1,
    .summary = "scripts that switch off or wipe a shell's history",
    .example = "unset HISTFILE; history -c",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
