// Use of the Docker socket (H01): whoever talks to it is root on the host.
//
// Asking for something at start is strong; checking that it is there, listing what runs, or serving it (the daemon
// itself), is not.
#include <algorithm>
#include <array>

#include "detect/shell/shell_support.hpp"
#include "detect/words.hpp"

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
constexpr std::array<std::string_view, 10> k_clients = {"curl",    "socat",          "nc",  "ncat",  "wget", "docker",
                                                        "nerdctl", "docker-compose", "ctr", "crictl"};
constexpr std::array<std::string_view, 5> k_sockets = {"docker.sock", "containerd.sock", "crio.sock", "podman.sock",
                                                       "dockershim.sock"};
constexpr std::array<std::string_view, 4> k_starting = {"run", "create", "exec", "build"};

bool names_socket(const ShellCommand& command) {
  // Not docker.socket, which is a unit of systemd.
  const auto holds = [](const std::string& word) {
    for (const std::string_view socket : k_sockets)
      for (std::size_t at = word.find(socket); at != std::string::npos; at = word.find(socket, at + 1))
        if (word.compare(at + socket.size(), 2, "et") != 0) return true;
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

// http://HOST:2375/containers/create: an engine that listens on the network.
bool asks_open_engine(const ShellCommand& command) {
  const std::string_view name = program(command);
  if (name != "curl" && name != "wget") return false;
  return std::any_of(command.argv.begin() + 1, command.argv.end(), [](const std::string& word) {
    const bool port = word.find(":2375/") != std::string::npos || word.find(":2376/") != std::string::npos ||
                      word.find(":4243/") != std::string::npos;
    return port && (word.find("/containers/create") != std::string::npos || word.find("/exec") != std::string::npos ||
                    word.find("/images/create") != std::string::npos || word.ends_with("/start"));
  });
}

class DockerSocket final : public Detector {
 public:
  // Requests that programs in other languages write to the socket themselves.
  std::vector<Literal> literals() const override { return {{std::string("/containers/") + "create", false}}; }

  void confirm(const Hit& hit, EvidenceSink& out) const override {
    constexpr std::uint64_t k_small = 32U << 10;
    const layers::ContentKind kind = hit.file.entry.content;
    if ((kind != layers::ContentKind::text && kind != layers::ContentKind::script) || hit.file.size() > k_small)
      return;
    const std::string_view head = as_text(hit.file.head).substr(0, 64), name = hit.file.name();
    if (head.find("sh\n") < head.find('\n') + 1 && head.starts_with("#!")) return;  // see shell()
    if (!head.starts_with("#!") && !name.ends_with(".py") && !name.ends_with(".js") && !name.ends_with(".pl") &&
        !name.ends_with(".rb") && !name.ends_with(".php"))
      return;
    const std::string_view window = as_text(hit.window);
    const bool socket = std::any_of(k_sockets.begin(), k_sockets.end(),
                                    [&](std::string_view one) { return window.find(one) != std::string_view::npos; });
    if (!socket || window.find("POST") == std::string_view::npos) return;
    Evidence evidence = evidence_of(k_rows[0], "asks the engine behind its socket for a container");
    evidence.offset = hit.offset;
    evidence.line = hit.line();
    out.add(std::move(evidence));
  }

  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    for (const ShellCommand* own : own_commands(unit.facts)) {
      const ShellCommand& command = *own;
      const std::string_view name = program(command);
      if (is_one(name, k_servers) || is_one(name, k_talkers)) continue;
      if (asks_open_engine(command)) {
        out.add(shell_evidence(k_rows[0], unit, command.line, words(command), class_for(unit, k_controls)));
        continue;
      }
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
    .version = 4,
    .summary = "scripts and start commands that use the Docker socket",
    .example = "curl --unix-socket /var/run/docker.sock http://localhost/containers/create",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
