// Settings that miners want (M14): huge pages, and writing to model-specific registers of the processor.
//
// Databases and packet processing want huge pages as well, so this only supports other evidence.
#include <algorithm>
#include <array>

#include "detect/shell/shell_support.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 1> k_rows{{
    {"M14", EvidenceClass::supporting, model::Severity::low, 50, "Huge pages or processor registers set", "T1496.001",
     "Find out which program needs this setting."},
}};

constexpr ClassByReach k_classes{EvidenceClass::supporting, EvidenceClass::supporting, EvidenceClass::context};

bool is_setting(std::string_view path) {
  return path.ends_with("/nr_hugepages") || path.ends_with("/nr_overcommit_hugepages") ||
         path.ends_with("/msr/parameters/allow_writes") || path.starts_with("/dev/cpu/");
}

bool sets(const ShellCommand& command) {
  const std::string_view name = program(command);
  if (name == "wrmsr" || name == "hugeadm") return true;
  if (name == "modprobe") return has_argument(command, "msr");
  if (name != "sysctl") return false;
  return std::any_of(command.argv.begin(), command.argv.end(), [](const std::string& word) {
    return word.find("nr_hugepages=") != std::string::npos ||
           word.find("nr_overcommit_hugepages=") != std::string::npos;
  });
}

bool is_persistent_setting(const ShellFlow& flow) {
  return flow.path.find("/etc/sysctl") != std::string::npos && flow.text.find("nr_hugepages") != std::string::npos;
}

class MinerTuning final : public Detector {
 public:
  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    for (const ShellCommand* command : own_commands(unit.facts))
      if (sets(*command))
        out.add(shell_evidence(k_rows[0], unit, command->line, words(*command), class_for(unit, k_classes)));
    for (const ShellFlow& flow : unit.facts.flows)
      if (flow.kind == FlowKind::write_file && (is_setting(flow.path) || is_persistent_setting(flow)))
        out.add(shell_evidence(k_rows[0], unit, flow.line, "writes " + flow.path, class_for(unit, k_classes)));
  }
};

const util::Registered<MinerTuning> registered{{
    .id = "miner-tuning",
    .version = 1,
    .summary = "huge pages and processor registers set by scripts",
    .example = "sysctl -w vm.nr_hugepages=1280; modprobe msr allow_writes=on",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
