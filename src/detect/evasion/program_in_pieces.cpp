// A program that a script puts together from pieces and runs (E05): no file of the image is the program, so no search
// of files sees it whole.
//
// Installers join parts of archives, and generators join texts; these are unpacked or handed to an interpreter. What
// is run as a program itself was taken apart so that it would not be found.
#include <algorithm>
#include <array>
#include <span>

#include "detect/image_support.hpp"
#include "detect/shell/shell_support.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 1> k_rows{{
    {"E05", EvidenceClass::strong, model::Severity::high, 75, "Program put together from pieces", "T1027.009,T1140",
     "Join the pieces and find out what the program does."},
}};

constexpr ClassByReach k_classes{EvidenceClass::strong, EvidenceClass::supporting, EvidenceClass::context};

// "cat a b", "cat a.*": more than one file, or who knows how many.
bool joins(const ShellCommand& command) {
  if (program(command) != "cat") return false;
  const std::vector<std::string_view> files = operands(command);
  if (files.size() >= 2) return true;
  return files.size() == 1 && files[0].find_first_of("*?[") != std::string_view::npos;
}

std::string_view written_by(const ShellCommand& command) {
  for (const ShellFd& fd : command.redirects)
    if (fd.fd == 1 && (fd.op == ">" || fd.op == ">>")) return fd.target;
  return {};
}

bool makes_executable(const ShellCommand& command, std::string_view path) {
  if (program(command) != "chmod" || command.argv.size() < 3) return false;
  const std::string& mode = command.argv[1];
  const bool runs = mode.find('x') != std::string::npos || mode.find_first_of("1357") != std::string::npos;
  return runs && std::find(command.argv.begin() + 2, command.argv.end(), path) != command.argv.end();
}

class ProgramInPieces final : public Detector {
 public:
  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    const std::vector<ShellCommand>& commands = unit.facts.commands;
    for (std::size_t i = 0; i < commands.size(); ++i) {
      const std::string path(written_by(commands[i]));
      if (path.empty()) continue;
      // One after the other: "cat a > x; cat b >> x".
      const bool more = program(commands[i]) == "cat" && !joins(commands[i]) && appends(commands, i + 1, path);
      if (!joins(commands[i]) && !more) continue;
      const auto rest = std::span(commands).subspan(i + 1);
      const bool ready = std::any_of(rest.begin(), rest.end(),
                                     [&](const ShellCommand& command) { return makes_executable(command, path); });
      const bool runs = std::any_of(unit.facts.flows.begin(), unit.facts.flows.end(), [&](const ShellFlow& flow) {
        return flow.kind == FlowKind::run_path && flow.detail == "program" && flow.path == path;
      });
      if (!ready || !runs) continue;
      Evidence evidence =
          shell_evidence(k_rows[0], unit, commands[i].line, words(commands[i]) + " > " + path + ", which is then run",
                         class_for(unit, k_classes));
      evidence.values.emplace_back("target", path);
      out.add(std::move(evidence));
      return;
    }
  }

 private:
  static bool appends(const std::vector<ShellCommand>& commands, std::size_t from, const std::string& path) {
    return std::any_of(
        commands.begin() + static_cast<std::ptrdiff_t>(from), commands.end(),
        [&](const ShellCommand& command) { return program(command) == "cat" && written_by(command) == path; });
  }
};

const util::Registered<ProgramInPieces> registered{{
    .id = "program-in-pieces",
    .version = 1,
    .summary = "scripts that join files to a program and run it",
    .example = "cat /opt/a /opt/b > /tmp/x; chmod +x /tmp/x; /tmp/x",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
