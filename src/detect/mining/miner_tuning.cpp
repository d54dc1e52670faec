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

// sysctl.conf(5): what is set at boot.
bool is_sysctl_file(std::string_view path) {
  return path == "etc/sysctl.conf" ||
         (layers::base_name(layers::parent_path(path)) == "sysctl.d" && path.ends_with(".conf"));
}

class MinerTuning final : public Detector {
 public:
  bool wants(const layers::FileInfo& file) const override {
    constexpr std::uint64_t k_most = 64U << 10;
    return file.size() <= k_most && is_sysctl_file(file.path());
  }

  void collect(const layers::FileView& file, EvidenceSink& out) const override {
    std::string_view rest = file.text();
    for (std::uint32_t line = 1; !rest.empty(); ++line) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      std::string_view text = rest.substr(0, end);
      const std::size_t first = text.find_first_not_of(" \t-");
      text.remove_prefix(std::min(first, text.size()));
      const bool sets = text.starts_with("vm.nr_hugepages") || text.starts_with("vm/nr_hugepages") ||
                        text.starts_with("vm.nr_overcommit_hugepages");
      const std::size_t value = text.find_first_of("123456789");
      if (sets && value != std::string_view::npos) {
        Evidence evidence = evidence_of(k_rows[0], std::string(text.substr(0, 80)));
        evidence.line = line;
        out.add(std::move(evidence));
      }
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }

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
    .version = 2,
    .summary = "huge pages and processor registers set by scripts",
    .example = "sysctl -w vm.nr_hugepages=1280; modprobe msr allow_writes=on",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
