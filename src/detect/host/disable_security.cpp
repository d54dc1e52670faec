// Scripts that switch off what protects or watches a machine (H08): firewalls, mandatory access control, the agents
// of cloud providers, logging, security products.
//
// One of these is setup work; two of different kinds are not.
#include <algorithm>
#include <array>
#include <map>

#include "detect/shell/shell_support.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 1> k_rows{{
    {"H08", EvidenceClass::strong, model::Severity::high, 80, "Security tools switched off", "T1562.001,T1562.004",
     "Do not run this image with privileges or host mounts."},
}};

constexpr ClassByReach k_several{EvidenceClass::strong, EvidenceClass::strong, EvidenceClass::supporting};
constexpr ClassByReach k_one{EvidenceClass::context, EvidenceClass::context, EvidenceClass::context};

struct Service {
  std::string_view name;  // a part of the word
  std::string_view kind;
};
constexpr std::array<Service, 35> k_services{{
    {"firewalld", "firewall"},
    {"iptables", "firewall"},
    {"ufw", "firewall"},
    {"nftables", "firewall"},
    {"apparmor", "access control"},
    {"selinux", "access control"},
    {"auditd", "logging"},
    {"rsyslog", "logging"},
    {"syslog", "logging"},
    {"aliyun", "cloud agent"},
    {"aegis", "cloud agent"},
    {"cloudmonitor", "cloud agent"},
    {"qcloud", "cloud agent"},
    {"YDService", "cloud agent"},
    {"barad_agent", "cloud agent"},
    {"sgagent", "cloud agent"},
    {"bcm-si", "cloud agent"},
    {"bcm-agent", "cloud agent"},
    {"hostguard", "cloud agent"},
    {"amazon-ssm-agent", "cloud agent"},
    {"google-cloud-ops-agent", "cloud agent"},
    {"cloudResetPwdUpdateAgent", "cloud agent"},
    {"falcon-sensor", "security product"},
    {"clamav", "security product"},
    {"clamd", "security product"},
    {"osqueryd", "security product"},
    {"wazuh", "security product"},
    {"ossec", "security product"},
    {"falco", "security product"},
    {"sysdig", "security product"},
    {"fail2ban", "security product"},
    {"mdatp", "security product"},
    {"ds_agent", "security product"},
    {"sentinelone", "security product"},
    {"tetragon", "security product"},
}};

std::string_view service_of(std::string_view word) {
  for (const Service& service : k_services)
    if (word.find(service.name) != std::string_view::npos) return service.kind;
  return {};
}

std::string_view service_in(const ShellCommand& command) {
  for (std::size_t i = 1; i < command.argv.size(); ++i)
    if (const std::string_view kind = service_of(command.argv[i]); !kind.empty()) return kind;
  return {};
}

// Programs and services. A package that goes takes its settings and data along, and that is all.
std::string_view removed_service(const ShellCommand& command) {
  static constexpr std::array<std::string_view, 5> k_places = {"bin/", "/opt/", "/usr/local/", "init.d/", "systemd/"};
  for (std::size_t i = 1; i < command.argv.size(); ++i) {
    const std::string& word = command.argv[i];
    if (std::none_of(k_places.begin(), k_places.end(),
                     [&](std::string_view place) { return word.find(place) != std::string::npos; }))
      continue;
    if (const std::string_view kind = service_of(word); !kind.empty()) return kind;
  }
  return {};
}

bool has_any(const ShellCommand& command, std::initializer_list<std::string_view> list) {
  return std::any_of(list.begin(), list.end(), [&](std::string_view word) { return has_argument(command, word); });
}

// The kind of protection that the command ends, or "".
std::string_view ends(const ShellCommand& command) {
  const std::string_view name = program(command);
  if (name == "setenforce") return has_any(command, {"0", "Permissive", "permissive"}) ? "access control" : "";
  if (name == "iptables" || name == "ip6tables") {
    const bool chain = operands(command, "-t").size() > 1;  // one table, for a service of its own
    return has_any(command, {"-F", "--flush"}) && !chain ? "firewall" : "";
  }
  if (name == "nft") return has_argument(command, "flush") && has_argument(command, "ruleset") ? "firewall" : "";
  if (name == "ufw") return has_any(command, {"disable", "reset"}) ? "firewall" : "";
  if (name == "aa-teardown" || name == "aa-disable") return "access control";
  if (name == "sysctl")
    return std::any_of(command.argv.begin(), command.argv.end(),
                       [](const std::string& word) { return word.find("nmi_watchdog=0") != std::string::npos; })
               ? "watchdog"
               : "";
  const bool stops = (name == "systemctl" || name == "service" || name == "rc-service" || name == "chkconfig" ||
                      name == "update-rc.d" || name == "initctl") &&
                     has_any(command, {"stop", "disable", "mask", "off", "remove"});
  const bool removes =
      (name == "apt-get" || name == "apt" || name == "yum" || name == "dnf" || name == "rpm" || name == "dpkg") &&
      has_any(command, {"remove", "purge", "erase", "-e", "--purge", "-r", "autoremove"});
  if (name == "rm") return removed_service(command);
  const bool kills = name == "pkill" || name == "killall";
  const bool scripted =
      name.find("uninst") != std::string_view::npos || name.find("stop.sh") != std::string_view::npos;
  if (stops || removes || kills || scripted) return service_in(command);
  if (scripted || std::any_of(command.argv.begin(), command.argv.end(),
                              [](const std::string& word) { return word.find("uninst") != std::string::npos; }))
    return service_in(command);
  if (name == "sed")
    return std::any_of(command.argv.begin(), command.argv.end(),
                       [](const std::string& word) { return word.find("SELINUX=disabled") != std::string::npos; })
               ? "access control"
               : "";
  return {};
}

std::string_view ends(const ShellFlow& flow) {
  if (flow.kind != FlowKind::write_file) return {};
  if (flow.path.ends_with("/selinux/config") && flow.text.find("disabled") != std::string::npos)
    return "access control";
  if (flow.path.ends_with("nmi_watchdog") || flow.text.find("nmi_watchdog=0") != std::string::npos) return "watchdog";
  if (flow.path.ends_with("/selinux/enforce") && flow.text.starts_with('0')) return "access control";
  return {};
}

class DisableSecurity final : public Detector {
 public:
  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    std::map<std::string_view, std::pair<std::uint32_t, std::string>> kinds;
    for (const ShellCommand* command : own_commands(unit.facts))
      if (const std::string_view kind = ends(*command); !kind.empty())
        kinds.try_emplace(kind, command->line, words(*command));
    for (const ShellFlow& flow : unit.facts.flows)
      if (const std::string_view kind = ends(flow); !kind.empty())
        kinds.try_emplace(kind, flow.line, "writes " + flow.path);
    if (kinds.empty()) return;
    std::string text;
    std::uint32_t line = 0;
    for (const auto& [kind, where] : kinds) {
      if (line == 0 || where.first < line) line = where.first;
      text += (text.empty() ? "" : "; ") + std::string(kind) + ": " + where.second.substr(0, 80);
    }
    out.add(shell_evidence(k_rows[0], unit, line, std::move(text),
                           class_for(unit, kinds.size() > 1 ? k_several : k_one)));
  }
};

const util::Registered<DisableSecurity> registered{{
    .id = "disable-security",
    .version = 1,
    .summary = "scripts that switch off firewalls, access control, agents and logging",
    .example = "setenforce 0; ufw disable; service aliyun.service stop",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
