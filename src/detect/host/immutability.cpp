// Files made unchangeable, or changeable again (H10): to keep a key, a cron job or a preload entry from being
// removed, or to get past somebody else who did so.
#include <algorithm>
#include <array>

#include "detect/shell/shell_support.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 1> k_rows{{
    {"H10", EvidenceClass::strong, model::Severity::high, 85, "File attributes used to keep files in place",
     "T1222.002", "Do not run this image with host mounts: what it leaves there is hard to remove."},
}};

constexpr ClassByReach k_system{EvidenceClass::strong, EvidenceClass::strong, EvidenceClass::supporting};
constexpr ClassByReach k_other{EvidenceClass::supporting, EvidenceClass::context, EvidenceClass::context};

bool changes_attribute(const ShellCommand& command) {
  // Also under another name: with the option that nothing else has, on the files that matter.
  return std::any_of(command.argv.begin() + 1, command.argv.end(), [](const std::string& word) {
    return word.size() > 1 && word.size() < 10 && (word[0] == '+' || word[0] == '-') &&
           word.find_first_not_of("iaeu", 1) == std::string::npos &&
           (word.find('i') != std::string::npos || word.find('a') != std::string::npos);
  });
}

bool matters(std::string_view path) {
  return is_cron_path(path) || is_authorized_keys_path(path) ||
         path.find("ld.so.preload") != std::string_view::npos || path.find("/etc/passwd") != std::string_view::npos ||
         path.find("/etc/shadow") != std::string_view::npos || path.find("/.ssh") != std::string_view::npos ||
         path.find("/var/spool/cron") != std::string_view::npos || path.find("/etc/cron") != std::string_view::npos ||
         path.find("/etc/hosts") != std::string_view::npos || path.find("/etc/rc") != std::string_view::npos ||
         path.find("/etc/systemd/") != std::string_view::npos || path.find("/usr/bin/") != std::string_view::npos ||
         path.find("/etc/sudoers") != std::string_view::npos || path.starts_with("/tmp") ||
         path.starts_with("/var/tmp") || path.starts_with("/dev/shm") ||
         path.find("/etc/profile") != std::string_view::npos || path.find(".bashrc") != std::string_view::npos;
}

class Immutability final : public Detector {
 public:
  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    for (const ShellCommand* command : own_commands(unit.facts)) {
      const std::string_view name = program(*command);
      const bool own_name = name == "chattr";
      // Malware moves chattr away and calls it by another name.
      const bool other = !own_name && command->argv.size() > 2 &&
                         (name.find("chattr") != std::string_view::npos || name == "lockr" || name == "ntpdater" ||
                          name == "tntrecht");
      if ((!own_name && !other) || !changes_attribute(*command)) continue;
      const bool system = std::any_of(command->argv.begin() + 1, command->argv.end(), [&](const std::string& word) {
        return matters(word) || !below_host_mount(word, unit.config).empty();
      });
      out.add(shell_evidence(k_rows[0], unit, command->line, words(*command),
                             class_for(unit, system || other ? k_system : k_other)));
    }
  }
};

const util::Registered<Immutability> registered{{
    .id = "immutability",
    .version = 1,
    .summary = "scripts that make files unchangeable or changeable again",
    .example = "chattr +i /root/.ssh/authorized_keys",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
