// Code that starts containers which stay or reach into the host (P09): with docker and its kin, through the engine's
// API, or by a compose file.
#include <algorithm>
#include <array>

#include "detect/shell/shell_support.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 1> k_rows{{
    {"P09", EvidenceClass::supporting, model::Severity::medium, 60, "Starts containers", "T1543.005,T1610",
     "Do not give this container access to a container engine."},
}};

constexpr ClassByReach k_classes{EvidenceClass::supporting, EvidenceClass::supporting, EvidenceClass::context};

bool is_host_folder(std::string_view from) {
  return from == "/" || from == "/etc" || from == "/root" || from == "/var" || from == "/home" || from == "/proc" ||
         from.starts_with("/var/spool") || from.starts_with("/etc/cron") || from.starts_with("/root/") ||
         from == "/usr" || from.ends_with("/docker.sock");
}

// "/:/host", "type=bind,source=/,target=/host"
bool mounts_host(std::string_view word) {
  if (word.starts_with("-v")) word.remove_prefix(2);
  if (word.starts_with("--volume=")) word.remove_prefix(9);
  for (const std::string_view key : {"source=", "src="})
    if (const std::size_t at = word.find(key); at != std::string_view::npos) {
      const std::string_view rest = word.substr(at + key.size());
      return is_host_folder(rest.substr(0, rest.find(',')));
    }
  const std::size_t colon = word.find(':');
  return colon != std::string_view::npos && word.starts_with('/') && is_host_folder(word.substr(0, colon));
}

bool asks_for_host(std::string_view text) {
  static constexpr std::array<std::string_view, 4> k_signs = {"hostPID: true", "hostNetwork: true",
                                                              "privileged: true", "hostPath"};
  return std::any_of(k_signs.begin(), k_signs.end(),
                     [text](std::string_view sign) { return text.find(sign) != std::string_view::npos; });
}

std::string what_it_asks(const ShellCommand& command) {
  const std::string_view name = program(command);
  if (name == "docker" || name == "podman" || name == "nerdctl" || name == "ctr") {
    if (!has_argument(command, "run") && !has_argument(command, "create")) return {};
    for (std::size_t i = 1; i < command.argv.size(); ++i) {
      const std::string& word = command.argv[i];
      const bool restart = word.starts_with("--restart=always") || word.starts_with("--restart=unless") ||
                           (word == "--restart" && i + 1 < command.argv.size() && command.argv[i + 1] != "no");
      if (restart) return "a container that comes back";
      if (mounts_host(word)) return "a container with the host's files";
      if (word == "--privileged" || word == "--pid=host") return "a container with the host's rights";
    }
    return {};
  }
  // Objects of Kubernetes that come as text.
  if (name == "kubectl" && (has_argument(command, "apply") || has_argument(command, "create")))
    for (const ShellFd& fd : command.redirects)
      if (fd.op == "<<" && asks_for_host(fd.target)) return "pods with the host's rights";
  // The engine's API, with the container as JSON.
  for (const std::string& word : command.argv) {
    if (word.find("\"Image\"") == std::string::npos) continue;
    if (word.find("\"Binds\"") != std::string::npos || word.find("\"RestartPolicy\"") != std::string::npos ||
        word.find("\"Privileged\"") != std::string::npos)
      return "a container through the engine's API";
  }
  return {};
}

bool is_compose(std::string_view name) {
  return (name.starts_with("docker-compose") || name.starts_with("compose")) &&
         (name.ends_with(".yml") || name.ends_with(".yaml"));
}

class StartsContainers final : public Detector {
 public:
  // The engine's library for Python.
  std::vector<Literal> literals() const override { return {{std::string(".containers") + ".run(", false}}; }

  void confirm(const Hit& hit, EvidenceSink& out) const override {
    constexpr std::size_t k_call = 600;
    constexpr std::uint64_t k_small = 64U << 10;
    if (hit.file.size() > k_small || (!hit.file.name().ends_with(".py") && !as_text(hit.file.head).starts_with("#!")))
      return;
    const std::string_view call = as_text(hit.window).substr(hit.position, k_call);
    static constexpr std::array<std::string_view, 6> k_signs = {
        "privileged=True", "restart_policy", "pid_mode='host'", "pid_mode=\"host\"", "'/':", "\"/\":"};
    if (std::none_of(k_signs.begin(), k_signs.end(),
                     [&](std::string_view sign) { return call.find(sign) != std::string_view::npos; }))
      return;
    Evidence evidence =
        evidence_of(k_rows[0], "a program starts containers with the host's files or rights, or to stay");
    evidence.offset = hit.offset;
    evidence.line = hit.line();
    out.add(std::move(evidence));
  }

  bool wants(const layers::FileInfo& file) const override {
    return is_compose(file.name()) && file.size() < (1U << 20);
  }

  void collect(const layers::FileView& file, EvidenceSink& out) const override {
    std::string_view text = file.text();
    for (std::uint32_t line = 1; !text.empty(); ++line) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      std::string_view one = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      one.remove_prefix(std::min(one.find_first_not_of(" \t-\"'"), one.size()));
      if (!mounts_host(one) && !one.starts_with("privileged: true") && !one.starts_with("pid: host")) continue;
      Evidence evidence = evidence_of(k_rows[0], "compose file: " + std::string(one.substr(0, 120)));
      evidence.line = line;
      out.add(std::move(evidence));
    }
  }

  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    for (const ShellCommand* command : own_commands(unit.facts))
      if (const std::string what = what_it_asks(*command); !what.empty())
        out.add(shell_evidence(k_rows[0], unit, command->line, what + ": " + words(*command),
                               class_for(unit, k_classes)));
  }
};

const util::Registered<StartsContainers> registered{{
    .id = "starts-containers",
    .version = 2,
    .summary = "scripts and compose files that start containers with the host's files or rights, or to stay",
    .example = "docker run -d --restart=always -v /:/host example.com/x",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
