// Scripts that end or remove other people's miners and malware (M15): nobody who does not mine needs such a list.
//
// A name alone means nothing. Three different ones, each among the words of something that kills or removes, do.
// Beside two names, what miners are known by counts too: their argument for a password, and the ports of pools.
#include <algorithm>
#include <array>
#include <set>

#include "detect/content/hidden_literal.hpp"
#include "detect/shell/shell_support.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_fewest_names = 3;

constexpr std::array<RuleRow, 1> k_rows{{
    {"M15", EvidenceClass::decisive, model::Severity::high, 90, "Script that removes other miners",
     "T1496.001,T1562.001", "Do not run this image: it makes room for a miner of its own."},
}};

constexpr ClassByReach k_classes{EvidenceClass::decisive, EvidenceClass::decisive, EvidenceClass::supporting};

// Names of miners, of malware that mines, and of pools as they stand in process lists. From public incident reports
// and miners' own documentation, as of 2026.
constexpr auto k_names = hide(
    "xmrig xmr-stak minerd cpuminer cnrig ethminer lolminer nbminer phoenixminer gminer teamredminer srbminer "
    "wildrig "
    "claymore ccminer minergate kinsing kdevtmpfsi watchbog kworkerds kthrotlds kerberods biosetjenkins ddgs.30 "
    "wntkyg "
    "qw3xt sustes sysupdate networkservice sysguard cryptonight stratum supportxmr moneroocean c3pool hashvault "
    "nanopool "
    "dwarfpool monerohash crypto-pool xmrpool nicehash minexmr monerodaemon pnscan masscan tntrecht xmrigdaemon "
    "xmrigminer meminitsrv solrd dbused jnkihgjn irqba2anc1 mixnerdx performedl hashfish zigw xmr. .xmr monero "
    "hwlh3wlh44lh kaiji muhstik mirai perfctl perfcc log_rot javae kieuanilam mysqldd xmrig-notls moneropool randomx "
    "pocosow gakeaws kthreaddi sysrv alpineos sshd2 aliyun.one pastebin.com/raw donate-level");

const std::vector<std::string>& names() {
  static const std::vector<std::string> list = [] {
    std::vector<std::string> all;
    const std::string text = k_names.reveal();
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find(' ', at), text.size());
      if (end > at) all.push_back(text.substr(at, end - at));
      at = end + 1;
    }
    return all;
  }();
  return list;
}

bool is_word_char(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

void names_in(std::string_view word, std::set<std::string>& found) {
  std::string lower(word.substr(0, 4096));
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  for (const std::string& name : names())
    for (std::size_t at = lower.find(name); at != std::string::npos; at = lower.find(name, at + 1)) {
      const bool starts = at == 0 || !is_word_char(lower[at - 1]) || !is_word_char(name.front());
      if (!starts) continue;
      found.insert(name);
      break;
    }
}

// "-p x" and ports of pools, in what processes or connections are sought by. Nobody is called so, so they are no
// names.
void marks_in(std::string_view word, std::set<std::string>& found) {
  static constexpr std::array<std::string_view, 10> k_ports = {"3333",  "4444",  "5555",  "7777",  "14433",
                                                               "14444", "45560", "45700", "13531", "9999"};
  if (word.find("-p x") != std::string_view::npos) found.insert("-p x");
  if (word.starts_with("/tmp/") && word.size() < 7) found.insert("/tmp/");
  for (const std::string_view port : k_ports) {
    const std::size_t at = word.find(port);
    if (at == std::string_view::npos || (at > 0 && word[at - 1] >= '0' && word[at - 1] <= '9')) continue;
    const std::string_view rest = word.substr(at + port.size());
    if (rest.empty() || rest[0] < '0' || rest[0] > '9') found.insert("port " + std::string(port));
  }
}

// docker kill, docker rm -f, docker rmi
bool ends_containers(const ShellCommand& command) {
  const std::string_view name = program(command);
  if (name != "docker" && name != "podman" && name != "crictl" && name != "nerdctl") return false;
  static constexpr std::array<std::string_view, 6> k_verbs = {"kill", "rm", "rmi", "stop", "rmp", "stopp"};
  return std::any_of(command.argv.begin() + 1, command.argv.end(), [](const std::string& word) {
    return std::find(k_verbs.begin(), k_verbs.end(), word) != k_verbs.end();
  });
}

bool ends_processes(const ShellCommand& command) {
  const std::string_view name = program(command);
  return name == "kill" || name == "pkill" || name == "killall" || name == "killall5" || name == "skill" ||
         name == "rm" || name == "unlink" || name == "fuser" || ends_containers(command);
}

class KillRivals final : public Detector {
 public:
  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    // The words of a pipeline that ends in kill count, and so do those of a substitution on the same line.
    std::set<std::uint32_t> pipelines, lines;
    for (const ShellCommand& command : unit.facts.commands)
      if (ends_processes(command)) {
        pipelines.insert(command.pipeline);
        lines.insert(command.line);
      }
    std::set<std::string> found, marks;
    std::uint32_t first = 0;
    for (const ShellCommand& command : unit.facts.commands) {
      const std::string_view name = program(command);
      const bool looks = name == "grep" || name == "egrep" || name == "fgrep" || name == "pgrep" || name == "awk" ||
                         name == "pidof" || name == "ps" || name == "find" || name == "sed";
      const bool counts = ends_processes(command) ||
                          (looks && (pipelines.contains(command.pipeline) || lines.contains(command.line)));
      if (!counts) continue;
      const std::size_t before = found.size();
      for (std::size_t i = 1; i < command.argv.size(); ++i) {
        names_in(command.argv[i], found);
        if (looks || name == "pkill") marks_in(command.argv[i], marks);
      }
      if (before == 0 && !found.empty()) first = command.line;
    }
    // One word may hold two names of the list, one within the other.
    const std::set<std::string> all = found;
    std::erase_if(found, [&](const std::string& name) {
      return std::any_of(all.begin(), all.end(), [&](const std::string& other) {
        return other.size() > name.size() && other.find(name) != std::string::npos;
      });
    });
    if (found.size() < k_fewest_names - 1 || found.size() + marks.size() < k_fewest_names) return;
    std::string text = std::to_string(found.size()) + " names:";
    for (const std::string& name : found) text += " " + name;
    for (const std::string& mark : marks) text += ", " + mark;
    out.add(shell_evidence(k_rows[0], unit, first, std::move(text), class_for(unit, k_classes)));
  }
};

const util::Registered<KillRivals> registered{{
    .id = "kill-rivals",
    .version = 3,
    .summary = "scripts that end or remove other miners",
    .example = "pkill -f FIRST; killall SECOND; ps aux | grep THIRD | awk '{print $2}' | xargs kill -9",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
