// Programs that open a way in from outside through somebody else's server (B05): tunnels and shared terminals.
//
// Developers use them too. One that hands a shell to the other side says more.
#include <algorithm>
#include <array>

#include "detect/content/hidden_literal.hpp"
#include "detect/shell/shell_support.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 1> k_rows{{
    {"B05", EvidenceClass::supporting, model::Severity::medium, 60, "Tunnel or remote control client", "T1219,T1572",
     "Find out who is at the other end of the tunnel."},
}};

constexpr ClassByReach k_tunnel{EvidenceClass::supporting, EvidenceClass::supporting, EvidenceClass::context};
constexpr ClassByReach k_shell{EvidenceClass::strong, EvidenceClass::strong, EvidenceClass::supporting};

constexpr std::array<std::string_view, 34> k_programs = {
    "ttyd",        "gotty",     "wetty",    "shellinaboxd", "anydesk",  "rustdesk", "gost",
    "wstunnel",    "npc",       "sshx",     "meshagent",    "revsocks", "jprq",     "zrok",
    "tmate",       "gs-netcat", "gs-sftp",  "gs-mount",     "blitz",    "ngrok",    "frpc",
    "chisel",      "rathole",   "bore",     "localtunnel",  "lt",       "inlets",   "pagekite.py",
    "teleconsole", "upterm",    "sshuttle", "ligolo",       "iodine",   "dnscat"};

// Programs that also do something else; then the argument counts.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> k_with_argument{{{"cloudflared", "tunnel"},
                                                                                        {"tailscale", "up"},
                                                                                        {"zerotier-cli", "join"},
                                                                                        {"code", "tunnel"},
                                                                                        {"devtunnel", "host"},
                                                                                        {"netbird", "up"}}};

// What the programs carry in them whatever they are called.
constexpr auto k_frp = hide("github.com/fatedier/frp/client");
constexpr auto k_chisel = hide("github.com/jpillora/chisel/client");
constexpr auto k_tmate = hide("tmate_ssh_client");
constexpr auto k_gsocket = hide("gs-netcat [");
constexpr auto k_ngrok = hide("go.ngrok.com/");
constexpr auto k_cloudflared = hide("github.com/cloudflare/cloudflared/tunnel");

bool reverses(const ShellCommand& command) {
  const std::string_view name = program(command);
  if (name != "ssh" && name != "autossh" && name != "plink" && name != "dbclient") return false;
  for (std::size_t i = 1; i < command.argv.size(); ++i) {
    const std::string& word = command.argv[i];
    if (word.size() < 2 || word[0] != '-' || word[1] == '-') continue;
    const std::size_t letter = word.find('R');
    if (letter == std::string::npos || word[1] == 'o' || word[1] == 'i') continue;
    const std::string value = letter + 1 < word.size()      ? word.substr(letter + 1)
                              : i + 1 < command.argv.size() ? command.argv[i + 1]
                                                            : "";
    if (value.find(':') != std::string::npos || value.find_first_not_of("0123456789") == std::string::npos)
      return true;
  }
  return false;
}

// Whatever the program is called: chisel's "client HOST R:…", the agent of ligolo, localtunnel through npx.
bool is_renamed(const ShellCommand& command) {
  const std::string_view name = program(command);
  if (name == "npx") return has_argument(command, "localtunnel") || has_argument(command, "ngrok");
  const bool client = command.argv.size() > 3 && command.argv[1] == "client";
  if (client)
    return std::any_of(command.argv.begin() + 2, command.argv.end(), [](const std::string& word) {
      return word == "R:socks" || (word.starts_with("R:") && word.find_first_of("0123456789") != std::string::npos);
    });
  return has_argument(command, "-connect") && has_argument(command, "-ignore-cert");
}

// The installer of gsocket: a shell for whoever knows the secret.
bool installs_gsocket(const ShellCommand& command) {
  static const std::string host = hide("gsocket.io/").reveal();
  return fetches(command) && std::any_of(command.argv.begin(), command.argv.end(), [](const std::string& word) {
           return word.find(host + "x") != std::string::npos || word.find(host + "y") != std::string::npos;
         });
}

bool gives_shell(const ShellCommand& command) {
  const std::string_view name = program(command);
  if (installs_gsocket(command)) return true;
  if (name == "tmate" || name == "teleconsole" || name == "upterm") return true;
  if (!name.starts_with("gs-")) return false;
  return std::any_of(command.argv.begin(), command.argv.end(), [](const std::string& word) {
    return word.starts_with("-i") || word.starts_with("-e") || word == "-li" || word == "-liqD" || word == "-ilqD" ||
           (word.starts_with("-l") && word.find('i') != std::string::npos);
  });
}

class RemoteControl final : public Detector {
 public:
  std::vector<Literal> literals() const override {
    std::vector<Literal> list;
    for (const std::string& word : {k_frp.reveal(), k_chisel.reveal(), k_tmate.reveal(), k_gsocket.reveal(),
                                    k_ngrok.reveal(), k_cloudflared.reveal()})
      list.push_back({word, false});
    return list;
  }

  void confirm(const Hit& hit, EvidenceSink& out) const override {
    static constexpr std::array<std::string_view, 6> k_names = {"frp",     "chisel", "tmate",
                                                                "gsocket", "ngrok",  "cloudflared"};
    if (hit.file.entry.content != layers::ContentKind::elf) return;
    Evidence evidence = evidence_of(k_rows[0], "the program is " + std::string(k_names[hit.literal]));
    evidence.offset = hit.offset;
    out.add(std::move(evidence));
  }

  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    for (const ShellCommand* command : own_commands(unit.facts)) {
      const std::string_view name = program(*command);
      bool tunnel = std::find(k_programs.begin(), k_programs.end(), name) != k_programs.end() || reverses(*command) ||
                    is_renamed(*command) || installs_gsocket(*command);
      for (const auto& [one, argument] : k_with_argument) tunnel |= name == one && has_argument(*command, argument);
      // Asking for help or a version opens nothing.
      if (has_argument(*command, "--version") || has_argument(*command, "--help") ||
          has_argument(*command, "version"))
        tunnel = false;
      if (!tunnel) continue;
      out.add(shell_evidence(k_rows[0], unit, command->line, words(*command),
                             class_for(unit, gives_shell(*command) ? k_shell : k_tunnel)));
    }
  }
};

const util::Registered<RemoteControl> registered{{
    .id = "remote-control",
    .version = 2,
    .summary = "tunnels and shared terminals in scripts, start commands and programs",
    .example = "ssh -fNR 2222:localhost:22 user@192.0.2.1",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
