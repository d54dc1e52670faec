// Units of systemd that no package brought (P03): services of the system and of its users, drop-ins that change the
// command of another unit.
//
// A unit alone is a remark. It is more when it runs from a folder for temporary files or a hidden one, when it is a
// line of shell with the network in it, and strong when another detector has something against the command.
#include <algorithm>
#include <array>

#include "detect/detector.hpp"
#include "detect/start/start_entries.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_bytes = std::size_t{1} << 20;
constexpr std::size_t k_most_shown = 200;

constexpr std::array<RuleRow, 1> k_rows{{
    {"P03", EvidenceClass::supporting, model::Severity::medium, 70, "Service of systemd", "T1543.002,T1053.006",
     "Find out who put the unit there and what it runs."},
}};

bool is_shell_line(std::string_view command) {
  const std::string_view first = command.substr(0, command.find(' '));
  const std::string_view name = layers::base_name(first);
  const bool shell = name == "sh" || name == "bash" || name == "dash" || name == "ash" || name == "zsh";
  return shell && command.find(" -") != std::string_view::npos && command.find("c ") != std::string_view::npos;
}

std::string_view first_word(std::string_view command) {
  while (!command.empty() && (command.front() == '"' || command.front() == '\'')) command.remove_prefix(1);
  return command.substr(0, command.find_first_of(" \t\"'"));
}

// Why the command is odd, or nothing.
std::string_view oddity(std::string_view command) {
  const std::string_view program = first_word(command);
  if (is_temporary(program)) return "runs from a folder for temporary files";
  if (program.starts_with('/') && is_hidden(program)) return "runs from a hidden place";
  if (is_shell_line(command) && is_odd_command(command)) return "a line of shell with an odd command";
  return {};
}

// The same setting whatever blanks stand round the "=".
bool restarts(std::string_view text) {
  for (std::size_t at = text.find("Restart"); at != std::string_view::npos; at = text.find("Restart", at + 1)) {
    if (at != 0 && text[at - 1] != '\n') continue;
    const std::string_view line = text.substr(at, text.find('\n', at) - at);
    if (line.substr(0, 8).find_first_of("= ") != std::string_view::npos &&
        line.find("always") != std::string_view::npos)
      return true;
  }
  return false;
}

class SystemdUnit final : public Detector {
 public:
  bool wants(const layers::FileInfo& file) const override {
    const auto kind = start_file_kind(file.path());
    return kind && (*kind == StartFileKind::systemd_unit || *kind == StartFileKind::systemd_trigger) &&
           file.size() > 0 && file.size() <= k_most_bytes;
  }

  void collect(const layers::FileView& file, EvidenceSink& out) const override {
    const StartFile unit = parse_start_file(*start_file_kind(file.path()), file.text());
    const bool always = restarts(file.text());
    for (const StartCommand& command : unit.commands) {
      if (names_a_unit(unit, command) || command.command.empty()) continue;
      Evidence evidence = evidence_of(k_rows[0], command.when + "=" + command.command.substr(0, k_most_shown));
      const std::string_view odd = oddity(command.command);
      if (odd.empty()) evidence.cls = EvidenceClass::context;
      if (!odd.empty()) evidence.text += " (" + std::string(odd) + (always ? ", again and again)" : ")");
      evidence.line = command.line;
      evidence.values = {{"when", command.when}, {"command", command.command}};
      out.add(std::move(evidence));
    }
  }

  void image(const ImageContext& context, ImageEvidence& out) const override {
    raise_entries(context, k_rows[0], out);
  }
};

const util::Registered<SystemdUnit> registered{{
    .id = "systemd-unit",
    .version = 1,
    .summary = "services of systemd that run something odd",
    .example = "ExecStart=/var/tmp/.d/kworker (runs from a folder for temporary files, again and again)",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
