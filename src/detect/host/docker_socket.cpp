// Use of the Docker socket (H01): whoever talks to it is root on the host.
//
// Asking for something at start is strong; checking that it is there, listing what runs, or serving it (the daemon
// itself), is not.
#include <algorithm>
#include <array>

#include "detect/shell/shell_support.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 1> k_rows{{
    {"H01", EvidenceClass::strong, model::Severity::medium, 60, "Docker socket used", "T1611,T1610",
     "Do not mount the Docker socket into this container unless it is meant to control the host."},
}};

constexpr ClassByReach k_controls{EvidenceClass::strong, EvidenceClass::supporting, EvidenceClass::context};
constexpr ClassByReach k_mentions{EvidenceClass::supporting, EvidenceClass::context, EvidenceClass::context};

constexpr std::array<std::string_view, 5> k_servers = {"dockerd", "containerd", "podman", "dockerd-rootless.sh",
                                                       "dockerd-entrypoint.sh"};
constexpr std::array<std::string_view, 4> k_talkers = {"echo", "printf", "logger", ":"};
constexpr std::array<std::string_view, 8> k_clients = {"curl", "socat",  "nc",      "ncat",
                                                       "wget", "docker", "nerdctl", "docker-compose"};
constexpr std::array<std::string_view, 4> k_starting = {"run", "create", "exec", "build"};

template <std::size_t Size>
bool is_one(std::string_view name, const std::array<std::string_view, Size>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool names_socket(const ShellCommand& command) {
  // Not docker.socket, which is a unit of systemd.
  const auto holds = [](const std::string& word) {
    constexpr std::string_view k_socket = "docker.sock";
    for (std::size_t at = word.find(k_socket); at != std::string::npos; at = word.find(k_socket, at + 1))
      if (word.compare(at + k_socket.size(), 2, "et") != 0) return true;
    return false;
  };
  return std::any_of(command.argv.begin(), command.argv.end(), holds) ||
         std::any_of(command.assignments.begin(), command.assignments.end(), holds);
}

// "docker run -v /:/host …", "docker run --privileged …": through whatever socket there is.
bool starts_with_host(const ShellCommand& command) {
  if (program(command) != "docker" && program(command) != "podman") return false;
  const bool starts = std::any_of(command.argv.begin(), command.argv.end(),
                                  [](const std::string& word) { return is_one(word, k_starting); });
  const bool host = std::any_of(command.argv.begin(), command.argv.end(), [](const std::string& word) {
    return word == "--privileged" || word.starts_with("--privileged=true") || word.starts_with("/:/") ||
           word.find("=/:/") != std::string::npos || word == "--pid=host" || word.starts_with("/etc:/") ||
           word.starts_with("/root:/");
  });
  return starts && host;
}

// "curl --unix-socket … http://localhost/containers/json": what agents that watch a host ask for. Nothing is sent,
// and the address is no request that starts or enters something.
bool only_lists(const ShellCommand& command) {
  static constexpr std::array<std::string_view, 4> k_lists = {"/json", "/info", "/_ping", "/version"};
  if (program(command) != "curl") return false;
  bool lists = false;
  for (std::size_t i = 1; i < command.argv.size(); ++i) {
    const std::string_view word = command.argv[i];
    const bool quiet = word.starts_with("-") && word.find_first_not_of("-sSfkLvgGN") == std::string_view::npos;
    if (quiet || word == "GET" || word == "-X" || word == "--request" || word == "--silent" || word == "--fail")
      continue;
    if (word == "--unix-socket" && i + 1 < command.argv.size()) {
      ++i;
      continue;
    }
    const std::string_view page = word.substr(0, word.find('?'));
    if (lists ||
        std::none_of(k_lists.begin(), k_lists.end(), [&](std::string_view end) { return page.ends_with(end); }))
      return false;
    lists = true;
  }
  return lists;
}

class DockerSocket final : public Detector {
 public:
  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    for (const ShellCommand* own : own_commands(unit.facts)) {
      const ShellCommand& command = *own;
      const std::string_view name = program(command);
      if (is_one(name, k_servers) || is_one(name, k_talkers)) continue;
      const bool socket = names_socket(command);
      if (!socket && !starts_with_host(command)) continue;
      const bool controls = !socket || (is_one(name, k_clients) && !only_lists(command));
      std::string text = words(command);
      if (text.empty() && !command.assignments.empty()) text = command.assignments.front();
      out.add(shell_evidence(k_rows[0], unit, command.line, std::move(text),
                             class_for(unit, controls ? k_controls : k_mentions)));
    }
  }
};

const util::Registered<DockerSocket> registered{{
    .id = "docker-socket",
    .version = 3,
    .summary = "scripts and start commands that use the Docker socket",
    .example = "curl --unix-socket /var/run/docker.sock http://localhost/containers/create",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
