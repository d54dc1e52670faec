// Writing into the host through a mount (H02): its crontabs, keys, accounts, preload file or units.
//
// The container's own files do not look like this: the path goes through a folder where a host's root is usually
// mounted, or through a declared volume, and then names a part of a system.
#include <array>

#include "detect/shell/shell_support.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 1> k_rows{{
    {"H02", EvidenceClass::decisive, model::Severity::critical, 90, "Writes into a mounted host", "T1611",
     "Do not run this image with any part of a host mounted; check hosts where it ran."},
}};

struct Target {
  std::string_view start;  // of the path below the mount
  std::string_view what;
  bool takes_over;  // nothing but taking over the host is served by writing here
};
constexpr std::array<Target, 18> k_targets{{
    {"etc/cron", "crontab", true},
    {"var/spool/cron", "crontab", true},
    {"etc/ld.so.preload", "preload file", true},
    {"etc/sudoers", "sudo rules", true},
    {"root/.ssh", "SSH keys", true},
    {"home/", "home folders", false},
    {"etc/passwd", "accounts", true},
    {"etc/shadow", "passwords", true},
    {"etc/systemd/system", "units", false},
    {"etc/profile", "profile", true},
    {"root/.", "root's profile", true},
    {"etc/rc.local", "start-up script", true},
    {"etc/init.d/", "start-up script", false},
    {"etc/pam.d/", "login rules", true},
    {"usr/bin/", "programs", false},
    {"usr/sbin/", "programs", false},
    {"usr/local/bin/", "programs", false},
    {"usr/local/sbin/", "programs", false},
}};

constexpr ClassByReach k_certain{EvidenceClass::decisive, EvidenceClass::strong, EvidenceClass::supporting};
constexpr ClassByReach k_likely{EvidenceClass::strong, EvidenceClass::supporting, EvidenceClass::context};

const Target* target_of(const std::string& path, const model::ImageConfig* config) {
  for (const std::string& below : below_host_mount(path, config))
    for (const Target& target : k_targets)
      if (below.starts_with(target.start)) return &target;
  return nullptr;
}

class WriteHost final : public Detector {
 public:
  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    for (const ShellFlow& flow : unit.facts.flows) {
      const bool writes = flow.kind == FlowKind::write_file || flow.kind == FlowKind::fetch_to_file ||
                          flow.kind == FlowKind::fetch_to_file_run;
      if (!writes) continue;
      const Target* target = target_of(flow.path, unit.config);
      if (target == nullptr) continue;
      const bool certain = target->takes_over || is_authorized_keys_path(flow.path);
      std::string text = "writes " + flow.path + " (" + std::string(target->what) + " of a mounted host)";
      if (!flow.text.empty()) text += ": " + flow.text.substr(0, 160);
      Evidence evidence = shell_evidence(k_rows[0], unit, flow.line, std::move(text),
                                         class_for(unit, certain ? k_certain : k_likely));
      evidence.values.emplace_back("target", flow.path);
      out.add(std::move(evidence));
    }
  }
};

const util::Registered<WriteHost> registered{{
    .id = "write-host",
    .version = 2,
    .summary = "writes below a mounted host root",
    .example = "echo '* * * * * root …' >> /mnt/etc/crontab",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
