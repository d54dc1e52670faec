// Programs with the name of something else: of a kernel's thread, which has no file at all, or of a system's daemon
// in a system's folder, where only its package puts it.
//
// Only names, kinds and owners are needed. Where there is no package database nothing can be said to be unowned, and
// what people build themselves they install below /usr/local and /opt.
#include <algorithm>
#include <array>

#include "detect/assess.hpp"
#include "detect/detector.hpp"
#include "detect/image_support.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most = 64;

constexpr std::array<RuleRow, 1> k_rows{{
    {"E07", EvidenceClass::supporting, model::Severity::medium, 60, "Program named like something else", "T1036.005",
     "Find out what the program is; no package of this image installed it."},
}};

using namespace std::string_view_literals;

constexpr std::array k_threads{"kworker"sv,   "ksoftirqd"sv,   "kthreadd"sv,   "kswapd"sv,     "kswapd0"sv,
                               "kdevtmpfs"sv, "kdevtmpfsi"sv,  "khugepaged"sv, "kcompactd0"sv, "kauditd"sv,
                               "rcu_sched"sv, "rcu_preempt"sv, "migration"sv,  "kblockd"sv,    "kintegrityd"sv,
                               "irq_work"sv,  "netns"sv,       "kthrotld"sv,   "jbd2"sv,       "scsi_eh_0"sv,
                               "watchdogd"sv, "ksmd"sv};
constexpr std::array k_daemons{"sshd"sv,        "cron"sv,    "crond"sv,   "rsyslogd"sv, "systemd"sv, "init"sv,
                               "dbus-daemon"sv, "udevd"sv,   "agetty"sv,  "auditd"sv,   "ps"sv,      "top"sv,
                               "ls"sv,          "netstat"sv, "ss"sv,      "lsof"sv,     "login"sv,   "su"sv,
                               "sudo"sv,        "nginx"sv,   "apache2"sv, "httpd"sv,    "bash"sv,    "sh"sv};
constexpr std::array k_system_folders{"usr/bin"sv, "usr/sbin"sv, "bin"sv, "sbin"sv};
constexpr std::array k_loose_folders{"tmp/"sv, "var/tmp/"sv, "dev/shm/"sv, "root/"sv,    "var/run/"sv,
                                     "run/"sv, "etc/"sv,     "lib/"sv,     "usr/lib/"sv, "var/lib/"sv};

bool contains(const auto& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// "kworker/0:1", "[kworker]" and "kworker-u8" are how a list of processes shows them.
bool is_thread(std::string_view name) {
  if (name.starts_with('[')) name.remove_prefix(1);
  const std::size_t end = name.find_first_of(":]/-");
  return contains(k_threads, name.substr(0, end));
}

class Masquerade final : public Detector {
 public:
  void image(const ImageContext& context, ImageEvidence& out) const override {
    if (!context.inventory.has_package_database) return;
    std::size_t count = 0;
    context.image.each_final(layers::k_elf_content, [&](layers::FileRef file, const std::string& path) {
      if (count >= k_most) return;
      const layers::Entry& entry = context.image.entry(context.image.content_of(file));
      if (entry.type != layers::EntryType::file || entry.content != layers::ContentKind::elf) return;
      const std::string_view name = layers::base_name(path), folder = layers::parent_path(path);
      const bool thread = is_thread(name);
      const bool system = contains(k_system_folders, folder);
      const bool loose = std::any_of(k_loose_folders.begin(), k_loose_folders.end(),
                                     [&](std::string_view start) { return path.starts_with(start); });
      if (!thread && !(contains(k_daemons, name) && (system || loose))) return;
      if (context.ownership.integrity(file) != inventory::Integrity::unowned) return;
      ++count;
      PlacedEvidence placed = place_of(context, file);
      placed.evidence =
          evidence_of(k_rows[0], thread ? "a program with the name of a kernel's thread: " + std::string(name)
                                        : "a program named " + std::string(name) + " that no package installed");
      out.add(std::move(placed));
    });
  }
};

const util::Registered<Masquerade> registered{{
    .id = "masquerade",
    .version = 1,
    .summary = "programs named like kernel threads or system daemons that no package installed",
    .example = "/usr/bin/kworker: a program with the name of a kernel's thread",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
