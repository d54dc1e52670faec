// Names and tactics of the techniques that rules refer to. Source and date: k_techniques_source, k_techniques_date.
// Names of sub-techniques are given with that of their technique before them, as ATT&CK prints them.
#include <algorithm>
#include <array>

#include "detect/catalogue.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::string_view k_evasion = "Defense Evasion";
constexpr std::string_view k_persistence = "Persistence, Privilege Escalation";
constexpr std::string_view k_command = "Command and Control";

constexpr auto k_table = std::to_array<Technique>({
    {"T1014", "Rootkit", k_evasion},
    {"T1021.004", "Remote Services: SSH", "Lateral Movement"},
    {"T1027", "Obfuscated Files or Information", k_evasion},
    {"T1027.001", "Obfuscated Files or Information: Binary Padding", k_evasion},
    {"T1027.002", "Obfuscated Files or Information: Software Packing", k_evasion},
    {"T1027.004", "Obfuscated Files or Information: Compile After Delivery", k_evasion},
    {"T1027.009", "Obfuscated Files or Information: Embedded Payloads", k_evasion},
    {"T1027.010", "Obfuscated Files or Information: Command Obfuscation", k_evasion},
    {"T1027.013", "Obfuscated Files or Information: Encrypted/Encoded File", k_evasion},
    {"T1036", "Masquerading", k_evasion},
    {"T1036.005", "Masquerading: Match Legitimate Resource Name or Location", k_evasion},
    {"T1036.008", "Masquerading: Masquerade File Type", k_evasion},
    {"T1037.004", "Boot or Logon Initialization Scripts: RC Scripts", k_persistence},
    {"T1041", "Exfiltration Over C2 Channel", "Exfiltration"},
    {"T1046", "Network Service Discovery", "Discovery"},
    {"T1048", "Exfiltration Over Alternative Protocol", "Exfiltration"},
    {"T1053.003", "Scheduled Task/Job: Cron", "Execution, Persistence, Privilege Escalation"},
    {"T1053.006", "Scheduled Task/Job: Systemd Timers", "Execution, Persistence, Privilege Escalation"},
    {"T1059", "Command and Scripting Interpreter", "Execution"},
    {"T1059.004", "Command and Scripting Interpreter: Unix Shell", "Execution"},
    {"T1059.006", "Command and Scripting Interpreter: Python", "Execution"},
    {"T1059.007", "Command and Scripting Interpreter: JavaScript", "Execution"},
    {"T1070.003", "Indicator Removal: Clear Command History", k_evasion},
    {"T1070.004", "Indicator Removal: File Deletion", k_evasion},
    {"T1070.006", "Indicator Removal: Timestomp", k_evasion},
    {"T1071.001", "Application Layer Protocol: Web Protocols", k_command},
    {"T1078.003", "Valid Accounts: Local Accounts",
     "Defense Evasion, Persistence, Privilege Escalation, Initial Access"},
    {"T1090", "Proxy", k_command},
    {"T1095", "Non-Application Layer Protocol", k_command},
    {"T1098.004", "Account Manipulation: SSH Authorized Keys", k_persistence},
    {"T1102", "Web Service", k_command},
    {"T1105", "Ingress Tool Transfer", k_command},
    {"T1110", "Brute Force", "Credential Access"},
    {"T1136.001", "Create Account: Local Account", "Persistence"},
    {"T1140", "Deobfuscate/Decode Files or Information", k_evasion},
    {"T1190", "Exploit Public-Facing Application", "Initial Access"},
    {"T1195", "Supply Chain Compromise", "Initial Access"},
    {"T1195.001", "Supply Chain Compromise: Compromise Software Dependencies and Development Tools",
     "Initial Access"},
    {"T1195.002", "Supply Chain Compromise: Compromise Software Supply Chain", "Initial Access"},
    {"T1204.003", "User Execution: Malicious Image", "Execution"},
    {"T1219", "Remote Access Tools", k_command},
    {"T1222.002",
     "File and Directory Permissions Modification: Linux and Mac File and Directory Permissions "
     "Modification",
     k_evasion},
    {"T1480", "Execution Guardrails", k_evasion},
    {"T1485", "Data Destruction", "Impact"},
    {"T1486", "Data Encrypted for Impact", "Impact"},
    {"T1496", "Resource Hijacking", "Impact"},
    {"T1496.001", "Resource Hijacking: Compute Hijacking", "Impact"},
    {"T1496.002", "Resource Hijacking: Bandwidth Hijacking", "Impact"},
    {"T1497.003", "Virtualization/Sandbox Evasion: Time Based Evasion", "Defense Evasion, Discovery"},
    {"T1505.003", "Server Software Component: Web Shell", "Persistence"},
    {"T1525", "Implant Internal Image", "Persistence"},
    {"T1543.002", "Create or Modify System Process: Systemd Service", k_persistence},
    {"T1543.005", "Create or Modify System Process: Container Service", k_persistence},
    {"T1546.004", "Event Triggered Execution: Unix Shell Configuration Modification", k_persistence},
    {"T1546.016", "Event Triggered Execution: Installer Packages", k_persistence},
    {"T1546.017", "Event Triggered Execution: Udev Rules", k_persistence},
    {"T1546.018", "Event Triggered Execution: Python Startup Hooks", k_persistence},
    {"T1547.006", "Boot or Logon Autostart Execution: Kernel Modules and Extensions", k_persistence},
    {"T1548.001", "Abuse Elevation Control Mechanism: Setuid and Setgid", "Privilege Escalation, Defense Evasion"},
    {"T1548.003", "Abuse Elevation Control Mechanism: Sudo and Sudo Caching",
     "Privilege Escalation, Defense Evasion"},
    {"T1552.001", "Unsecured Credentials: Credentials In Files", "Credential Access"},
    {"T1552.004", "Unsecured Credentials: Private Keys", "Credential Access"},
    {"T1552.005", "Unsecured Credentials: Cloud Instance Metadata API", "Credential Access"},
    {"T1552.007", "Unsecured Credentials: Container API", "Credential Access"},
    {"T1553.004", "Subvert Trust Controls: Install Root Certificate", k_evasion},
    {"T1554", "Compromise Host Software Binary", "Persistence"},
    {"T1556.003", "Modify Authentication Process: Pluggable Authentication Modules",
     "Credential Access, Defense Evasion, Persistence"},
    {"T1558", "Steal or Forge Kerberos Tickets", "Credential Access"},
    {"T1562.001", "Impair Defenses: Disable or Modify Tools", k_evasion},
    {"T1562.003", "Impair Defenses: Impair Command History Logging", k_evasion},
    {"T1562.004", "Impair Defenses: Disable or Modify System Firewall", k_evasion},
    {"T1564.001", "Hide Artifacts: Hidden Files and Directories", k_evasion},
    {"T1565.001", "Data Manipulation: Stored Data Manipulation", "Impact"},
    {"T1567", "Exfiltration Over Web Service", "Exfiltration"},
    {"T1571", "Non-Standard Port", k_command},
    {"T1572", "Protocol Tunneling", k_command},
    {"T1574.006", "Hijack Execution Flow: Dynamic Linker Hijacking",
     "Persistence, Privilege Escalation, Defense Evasion"},
    {"T1574.007", "Hijack Execution Flow: Path Interception by PATH Environment Variable",
     "Persistence, Privilege Escalation, Defense Evasion"},
    {"T1608.001", "Stage Capabilities: Upload Malware", "Resource Development"},
    {"T1609", "Container Administration Command", "Execution"},
    {"T1610", "Deploy Container", "Defense Evasion, Execution"},
    {"T1611", "Escape to Host", "Privilege Escalation"},
    {"T1612", "Build Image on Host", k_evasion},
    {"T1613", "Container and Resource Discovery", "Discovery"},
    {"T1620", "Reflective Code Loading", k_evasion},
});

}  // namespace

std::span<const Technique> techniques() { return k_table; }

const Technique* find_technique(std::string_view id) {
  const auto at = std::lower_bound(k_table.begin(), k_table.end(), id,
                                   [](const Technique& row, std::string_view key) { return row.id < key; });
  return at != k_table.end() && at->id == id ? &*at : nullptr;
}

}  // namespace hullcheck::detect
