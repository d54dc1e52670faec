// Leaving the container (H03): into the namespaces of PID 1, into a mounted root, through kernel helpers that run on
// the host, through the host's disks.
#include <algorithm>
#include <array>

#include "detect/shell/shell_support.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 1> k_rows{{
    {"H03", EvidenceClass::strong, model::Severity::high, 85, "Way out of the container", "T1611",
     "Do not run this image with privileges, host namespaces or host devices."},
}};

constexpr ClassByReach k_classes{EvidenceClass::strong, EvidenceClass::supporting, EvidenceClass::context};

bool enters_first_process(const ShellCommand& command) {
  if (program(command) != "nsenter") return false;
  for (std::size_t i = 1; i < command.argv.size(); ++i) {
    const std::string& word = command.argv[i];
    const bool option = word == "-t" || word == "--target";
    if (option && i + 1 < command.argv.size() && command.argv[i + 1] == "1") return true;
    if (word == "-t1" || word == "--target=1") return true;
    if (word.find("/proc/1/ns") != std::string::npos) return true;
  }
  return false;
}

bool enters_mounted_root(const ShellCommand& command, const model::ImageConfig* config) {
  if (program(command) != "chroot") return false;
  for (std::size_t i = 1; i < command.argv.size(); ++i)
    if (!command.argv[i].starts_with('-')) return is_host_mount(command.argv[i], config);
  return false;
}

bool is_disk(std::string_view word) {
  static constexpr std::array<std::string_view, 6> k_disks = {"/dev/sd",     "/dev/vd",      "/dev/xvd",
                                                              "/dev/nvme0n", "/dev/mapper/", "/dev/mmcblk"};
  return std::any_of(k_disks.begin(), k_disks.end(), [&](std::string_view disk) { return word.starts_with(disk); });
}

bool uses_disk(const ShellCommand& command) {
  const std::string_view name = program(command);
  if (name != "mount" && name != "debugfs") return false;
  return std::any_of(command.argv.begin(), command.argv.end(), [](const std::string& word) { return is_disk(word); });
}

// mknod /dev/x b 8 1: a disk of the host under a name of one's own.
bool makes_disk(const ShellCommand& command) {
  if (program(command) != "mknod") return false;
  for (std::size_t i = 1; i + 1 < command.argv.size(); ++i)
    if (command.argv[i] == "b")
      return command.argv[i + 1] == "8" || command.argv[i + 1] == "253" || command.argv[i + 1] == "259" ||
             command.argv[i + 1].find("${") != std::string::npos;
  return false;
}

bool is_kernel_helper(std::string_view path) {
  return path.ends_with("/release_agent") || path == "/proc/sys/kernel/core_pattern" ||
         path == "/sys/kernel/uevent_helper" || path == "/proc/sys/kernel/modprobe" ||
         path.starts_with("/proc/sys/fs/binfmt_misc/");
}

class HostEscape final : public Detector {
 public:
  // Programs that enter the namespaces of the first process by themselves.
  std::vector<Literal> literals() const override { return {{std::string("/proc/1/") + "ns/", false}}; }

  void confirm(const Hit& hit, EvidenceSink& out) const override {
    constexpr std::uint64_t k_small = 64U << 10;
    const layers::ContentKind kind = hit.file.entry.content;
    const std::string_view name = hit.file.name();
    if ((kind != layers::ContentKind::text && kind != layers::ContentKind::script) || hit.file.size() > k_small)
      return;
    if (!name.ends_with(".py") && !name.ends_with(".pl") && !name.ends_with(".rb") &&
        kind != layers::ContentKind::script)
      return;
    if (as_text(hit.file.head).substr(0, 64).find("sh\n") != std::string_view::npos) return;  // see shell()
    const std::string_view window = as_text(hit.window);
    if (window.find("setns") == std::string_view::npos) return;
    Evidence evidence = evidence_of(k_rows[0], "enters a namespace of the host's first process (setns)");
    evidence.offset = hit.offset;
    evidence.line = hit.line();
    out.add(std::move(evidence));
  }

  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    const EvidenceClass cls = class_for(unit, k_classes);
    for (const ShellCommand& command : unit.facts.commands)
      if (enters_first_process(command) || enters_mounted_root(command, unit.config) || uses_disk(command) ||
          makes_disk(command))
        out.add(shell_evidence(k_rows[0], unit, command.line, words(command), cls));
    for (const ShellFlow& flow : unit.facts.flows)
      if (flow.kind == FlowKind::write_file && is_kernel_helper(flow.path))
        out.add(
            shell_evidence(k_rows[0], unit, flow.line, "writes " + flow.path + ": " + flow.text.substr(0, 160), cls));
  }
};

const util::Registered<HostEscape> registered{{
    .id = "host-escape",
    .version = 2,
    .summary = "ways out of the container in scripts and start commands",
    .example = "nsenter -t 1 -m -u -i -n sh",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
