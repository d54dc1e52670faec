// Searching networks for open container engines (H05): how worms of this kind spread.
#include <algorithm>
#include <array>
#include <optional>

#include "detect/content/word_search.hpp"
#include "detect/shell/shell_support.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 1> k_rows{{
    {"H05", EvidenceClass::strong, model::Severity::high, 80, "Scan for open container engines", "T1613,T1046",
     "Do not run this image: it looks for other machines to break into."},
}};

constexpr ClassByReach k_classes{EvidenceClass::strong, EvidenceClass::strong, EvidenceClass::supporting};

constexpr std::array<std::string_view, 11> k_scanners = {"masscan",     "zmap",   "zgrab",      "zgrab2",
                                                         "pnscan",      "nmap",   "naabu",      "rustscan",
                                                         "unicornscan", "hping3", "masscan.bin"};
constexpr std::array<std::string_view, 8> k_ports = {"2375",  "2376",  "2377", "4243",
                                                     "10250", "10255", "6443", "2379"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The port as a whole number in the text.
bool holds_port(std::string_view text, std::string_view port) {
  for (std::size_t at = text.find(port); at != std::string_view::npos; at = text.find(port, at + 1)) {
    const std::size_t end = at + port.size();
    if ((at == 0 || !is_digit(text[at - 1])) && (end >= text.size() || !is_digit(text[end]))) return true;
  }
  return false;
}

// One of the ports in the text, or "".
std::string_view port_in(std::string_view text) {
  for (const std::string_view port : k_ports)
    if (holds_port(text, port)) return port;
  return {};
}

std::string_view port_of(const ShellCommand& command) {
  for (std::size_t i = 1; i < command.argv.size(); ++i)
    if (const std::string_view port = port_in(command.argv[i]); !port.empty()) return port;
  for (const std::string& assignment : command.assignments)
    if (const std::string_view port = port_in(assignment); !port.empty()) return port;
  return {};
}

std::string_view first_port(const std::vector<const ShellCommand*>& commands) {
  for (const ShellCommand* command : commands)
    if (const std::string_view port = port_of(*command); !port.empty()) return port;
  return {};
}

// A request to the engine of a machine that the script works out: curl http://$ip:2375/containers/json
bool asks_engine(const ShellCommand& command) {
  const std::string_view name = program(command);
  if (name != "curl" && name != "wget" && name != "docker") return false;
  return std::any_of(command.argv.begin() + 1, command.argv.end(), [](const std::string& word) {
    if (word.find("${") == std::string::npos || is_loopback(host_of(word))) return false;
    const std::string_view port = port_in(word);
    return (port == "2375" || port == "4243" || port == "10250") && word.find(':') != std::string::npos &&
           word.find("HOST}") == std::string::npos;
  });
}

// A loop of the script's own: nc -z $ip 2375, echo > /dev/tcp/$ip/2375.
bool tries_engine(const ShellCommand& command) {
  if (!command.loop) return false;
  const auto is_computed = [](std::string_view word) { return word.find("${") != std::string_view::npos; };
  for (const ShellFd& fd : command.redirects)
    if (fd.target.starts_with("/dev/tcp/")) {
      const std::string_view place = std::string_view(fd.target).substr(9);
      const std::size_t slash = place.find('/');
      if (slash != std::string_view::npos && is_computed(place.substr(0, slash)) &&
          !port_in(place.substr(slash)).empty())
        return true;
    }
  const std::string_view name = program(command);
  if (name != "nc" && name != "ncat" && name != "netcat" && name != "telnet") return false;
  return std::any_of(command.argv.begin() + 1, command.argv.end(), is_computed) && !port_of(command).empty();
}

class PortScanner final : public Detector {
 public:
  // Programs that walk over addresses and ports of engines by themselves.
  bool wants(const layers::FileInfo& file) const override {
    constexpr std::uint64_t k_most = 64U << 10;
    if (file.size() > k_most || file.size() == 0) return false;
    const std::string_view name = file.name();
    return name.ends_with(".py") || name.ends_with(".pl") || name.ends_with(".rb") || name.ends_with(".js") ||
           (file.entry.content == layers::ContentKind::script && as_text(file.head).starts_with("#!"));
  }

  void collect(const layers::FileView& file, EvidenceSink& out) const override {
    constexpr std::size_t k_fewest_ports = 3;
    static constexpr std::array<std::string_view, 6> k_connects = {
        "connect_ex(", ".connect(", "create_connection(", "IO::Socket::INET", "TCPSocket", "open_connection("};
    static const WordSearch k_engines({"2375", "10250"});  // most scripts have neither
    const std::string_view text = file.text();
    if (k_engines.find(text).none()) return;
    const bool connects = std::any_of(k_connects.begin(), k_connects.end(), [&](std::string_view call) {
      return text.find(call) != std::string_view::npos;
    });
    const bool walks = text.find("for ") != std::string_view::npos ||
                       text.find("foreach") != std::string_view::npos ||
                       text.find(".each") != std::string_view::npos || text.find("for(") != std::string_view::npos;
    std::size_t ports = 0;
    for (const std::string_view port : k_ports) ports += holds_port(text, port) ? 1U : 0U;
    if (!connects || !walks || ports < k_fewest_ports) return;
    Evidence evidence =
        evidence_of(k_rows[0], "connects to " + std::to_string(ports) + " ports of container engines, one by one");
    out.add(std::move(evidence));
  }

  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    const auto commands = own_commands(unit.facts);
    std::optional<std::string_view> any_port;  // of any command: looked for when a scanner turns up
    for (const ShellCommand* command : commands) {
      if (tries_engine(*command)) {
        out.add(shell_evidence(k_rows[0], unit, command->line,
                               "tries one address after the other: " + words(*command), class_for(unit, k_classes)));
        continue;
      }
      const std::string_view name = program(*command);
      const bool scanner =
          std::find(k_scanners.begin(), k_scanners.end(), name) != k_scanners.end() && command->argv.size() > 1;
      const bool asks = command->loop && asks_engine(*command);
      if (!scanner && !asks) continue;
      if (!any_port) any_port = first_port(commands);
      // A port scanner that is also a tool of the trade must be told the port itself.
      const std::string_view what = name == "nmap" || !scanner ? port_of(*command) : *any_port;
      if (what.empty() && !asks) continue;
      out.add(shell_evidence(k_rows[0], unit, command->line, words(*command) + " (port " + std::string(what) + ")",
                             class_for(unit, k_classes)));
    }
  }
};

const util::Registered<PortScanner> registered{{
    .id = "port-scanner",
    .version = 2,
    .summary = "scripts that look for open Docker and Kubernetes ports",
    .example = "masscan 198.51.100.0/24 -p 2375 --rate 50000",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
