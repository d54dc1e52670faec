// A start command that is a little program of its own (I04): a shell's -c in Entrypoint, Cmd or Healthcheck that uses
// the network, or writes into folders that are mounted from outside. The image needs hold nothing bad then.
//
// What the command does has its own rows; this one speaks of where it stands. It must not count twice, so it supports
// them, unless it writes outside or fetches from a bare address.
#include <algorithm>
#include <array>

#include "detect/shell/shell_support.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 1> k_rows{{
    {"I04", EvidenceClass::supporting, model::Severity::high, 80, "Start command is a program of its own", "T1609",
     "Find out why the start command does this instead of a file in the image."},
}};

bool is_start(std::string_view path) {
  return path == "config:Entrypoint" || path == "config:Cmd" || path == "config:Healthcheck" ||
         path.starts_with("config:OnBuild");
}

bool is_shell(const ShellCommand& command) {
  const std::string_view name = program(command);
  return (name == "sh" || name == "bash" || name == "ash" || name == "dash" || name == "zsh") &&
         command.argv.size() > 2;
}

bool is_bare_address(std::string_view host) {
  return !host.empty() && host.find_first_not_of("0123456789.") == std::string_view::npos &&
         host.find('.') != std::string_view::npos;
}

class StartOneLiner final : public Detector {
 public:
  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    if (!is_start(unit.path)) return;
    const bool one_liner = std::any_of(unit.facts.commands.begin(), unit.facts.commands.end(), is_shell) ||
                           unit.path == "config:Healthcheck" || unit.path.starts_with("config:OnBuild");
    if (!one_liner) return;
    for (const ShellFlow& flow : unit.facts.flows) {
      std::string text;
      bool strong = false;
      if (runs_fetched(flow)) {
        text = "fetches and runs";
        strong = !flow.urls.empty() && is_bare_address(host_of(flow.urls.front())) &&
                 !is_loopback(host_of(flow.urls.front()));
      } else if (flow.kind == FlowKind::write_file && !below_host_mount(flow.path, unit.config).empty()) {
        text = "writes " + flow.path;
        strong = true;
      } else if (flow.kind == FlowKind::reverse_shell || flow.kind == FlowKind::decode_to_interpreter) {
        text = flow.kind == FlowKind::reverse_shell ? "hands out a shell" : "runs what it decodes";
        strong = true;
      }
      if (text.empty()) continue;
      if (!flow.urls.empty()) text += ": " + flow.urls.front();
      const EvidenceClass cls = unit.build_time ? EvidenceClass::context
                                : strong        ? EvidenceClass::strong
                                                : EvidenceClass::supporting;
      out.add(shell_evidence(k_rows[0], unit, flow.line, std::move(text), cls));
    }
  }
};

const util::Registered<StartOneLiner> registered{{
    .id = "start-one-liner",
    .version = 1,
    .summary = "start commands that are shell one-liners with network use or writes outside",
    .example = "CMD [\"sh\", \"-c\", \"echo '* * * * * …' >> /mnt/etc/crontab\"]",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
