// A program that is found before the system's own of the same name (E10): who types "ps", "sudo" or "ssh", or whose
// script does, runs this one.
//
// Images put much into /usr/local/bin, which comes first; tools that show what goes on, or that take a password, are
// seldom among it. A script is mostly a convenience, unless it filters what the real tool says or reads a password.
// A set of tools in one program (busybox) is a choice of whoever built the image.
#include <algorithm>
#include <array>
#include <map>

#include "detect/detector.hpp"
#include "detect/image_support.hpp"
#include "detect/shell/script_facts.hpp"
#include "detect/shell/shell_support.hpp"
#include "detect/words.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most = 64;
constexpr std::size_t k_tool_set = 10;

constexpr std::array<RuleRow, 1> k_rows{{
    {"E10", EvidenceClass::strong, model::Severity::high, 80, "Runs in place of a system tool", "T1574.007",
     "Find out what this program does when it is called by the tool's name."},
}};

// Tools that show processes, files, users and connections.
constexpr std::array<std::string_view, 34> k_showing = {
    "ls",        "ps",     "top",    "htop",   "ss",      "netstat", "lsof",      "find", "pgrep",
    "pidof",     "pstree", "who",    "w",      "last",    "lastb",   "df",        "du",   "stat",
    "sha256sum", "md5sum", "ldd",    "strace", "lsattr",  "lsmod",   "mount",     "free", "ip",
    "ifconfig",  "fuser",  "vmstat", "uptime", "debsums", "dmesg",   "journalctl"};
// Tools that ask for secrets, or that run and stop things with root's rights.
constexpr std::array<std::string_view, 25> k_trusted = {
    "ssh",   "scp",     "sshd",      "sudo",     "su",     "login", "passwd", "crontab", "kill",
    "pkill", "killall", "systemctl", "service",  "chattr", "dpkg",  "apt",    "apt-get", "rpm",
    "yum",   "dnf",     "apk",       "iptables", "nft",    "doas",  "visudo"};
// Replaced for good reasons now and then.
constexpr std::array<std::string_view, 9> k_others = {"cat", "grep", "sh",   "bash", "env",
                                                      "id",  "curl", "wget", "uname"};

struct Shadow {
  layers::FileRef file;     // as found: perhaps a link
  layers::FileRef content;  // what runs
  std::string name;
  std::string hides;  // path of the system's own
};

// The system's own tool in a folder that is searched later.
std::string hidden_tool(const ImageContext& context, std::size_t folder, const std::string& name,
                        layers::FileRef content) {
  const std::vector<std::string>& path = context.search.path();
  for (std::size_t later = folder + 1; later < path.size(); ++later) {
    const std::string candidate = path[later] + "/" + name;
    const auto own = context.image.resolve(candidate);
    if (own && *own != content && system_owner(context.ownership, *own) != nullptr) return candidate;
  }
  return {};
}

std::vector<Shadow> shadows(const ImageContext& context) {
  std::vector<Shadow> found;
  const std::vector<std::string>& path = context.search.path();
  for (std::size_t folder = 0; folder + 1 < path.size(); ++folder) {
    for (const layers::FileRef file : context.image.children(path[folder])) {
      const std::string name(layers::base_name(context.image.entry(file).path));
      if (!is_one(name, k_showing) && !is_one(name, k_trusted) && !is_one(name, k_others)) continue;
      const auto content = context.image.resolve(path[folder] + "/" + name);
      if (!content || context.image.entry(*content).type != layers::EntryType::file) continue;
      if (!context.image.entry(*content).executable()) continue;
      if (system_owner(context.ownership, *content) != nullptr || system_owner(context.ownership, file) != nullptr)
        continue;
      std::string hides = hidden_tool(context, folder, name, *content);
      if (!hides.empty() && found.size() < k_most) found.push_back({file, *content, name, std::move(hides)});
    }
  }
  return found;
}

// "ps … | grep -v name": what the real tool says, without a part.
bool filters(const ShellFacts& facts, std::string_view tool) {
  for (const ShellCommand& real : facts.commands) {
    if (program(real) != tool) continue;
    for (const ShellCommand& next : facts.commands) {
      if (next.pipeline != real.pipeline || next.position <= real.position) continue;
      const std::string_view name = program(next);
      const bool without = std::any_of(next.argv.begin(), next.argv.end(), [](const std::string& word) {
        return word == "--invert-match" ||
               (word.starts_with('-') && !word.starts_with("--") && word.find('v') != std::string::npos);
      });
      if ((name.ends_with("grep") && without) || name == "sed" || name == "awk" || name == "gawk" || name == "mawk")
        return true;
    }
  }
  return false;
}

// A wrapper that asks for what the real tool would ask for.
bool asks_for_password(const ShellFacts& facts) {
  return std::any_of(facts.commands.begin(), facts.commands.end(), [](const ShellCommand& command) {
    const std::string_view name = program(command);
    const bool silent = std::any_of(command.argv.begin(), command.argv.end(), [](const std::string& word) {
      return word.starts_with('-') && !word.starts_with("--") && word.find('s') != std::string::npos;
    });
    return (name == "read" && silent) || (name == "stty" && has_argument(command, "-echo"));
  });
}

class PathShadowing final : public Detector {
 public:
  void image(const ImageContext& context, ImageEvidence& out) const override {
    const std::vector<Shadow> all = shadows(context);
    std::map<layers::FileRef, std::size_t> names;
    for (const Shadow& shadow : all) ++names[shadow.content];
    for (const Shadow& shadow : all) {
      Evidence evidence = evidence_of(k_rows[0], "found before /" + shadow.hides + ", and no package owns it");
      evidence.cls = judged(context, shadow, names[shadow.content], evidence.text);
      evidence.values = {{"hides", shadow.hides}};
      add_at(context, shadow.file, std::move(evidence), out);
    }
    open_folders(context, out);
  }

 private:
  // Folders of the search path in which anybody may put a program, before those of the system.
  static void open_folders(const ImageContext& context, ImageEvidence& out) {
    for (const std::string& variable : context.image.config().env) {
      if (!variable.starts_with("PATH=")) continue;
      std::string_view list = std::string_view(variable).substr(5);
      while (!list.empty()) {
        const std::size_t end = std::min(list.find(':'), list.size());
        const std::string_view folder = list.substr(0, end);
        list.remove_prefix(std::min(end + 1, list.size()));
        if (is_program_folder(folder)) break;
        if (folder != "." && !is_temporary(std::string(folder) + "/")) continue;
        PlacedEvidence placed;
        placed.path = "config:Env";
        placed.visibility = model::Visibility::config;
        placed.reach = Reach::start;
        placed.chain = {"Env"};
        placed.evidence =
            with_class(evidence_of(k_rows[0], "PATH begins with " + std::string(folder)), EvidenceClass::supporting);
        out.add(std::move(placed));
      }
    }
  }

  static EvidenceClass judged(const ImageContext& context, const Shadow& shadow, std::size_t names,
                              std::string& text) {
    if (names >= k_tool_set || is_one(shadow.name, k_others)) return EvidenceClass::supporting;
    if (context.image.entry(shadow.content).content == layers::ContentKind::elf) return EvidenceClass::strong;
    const auto record = context.image.record_at(k_script_section, context.image.path(shadow.content));
    if (!record) return EvidenceClass::supporting;
    const auto facts = decode_shell_facts(record->data);
    if (!facts.ok()) return EvidenceClass::supporting;
    if (is_one(shadow.name, k_showing) && filters(facts.value(), shadow.name)) {
      text += "; it leaves out a part of what the real one says";
      return EvidenceClass::strong;
    }
    if (is_one(shadow.name, k_trusted) && asks_for_password(facts.value())) {
      text += "; it reads a password itself";
      return EvidenceClass::strong;
    }
    return EvidenceClass::supporting;
  }
};

const util::Registered<PathShadowing> registered{{
    .id = "path-shadowing",
    .version = 1,
    .summary = "programs that are found before the system tool of the same name",
    .example = "/usr/local/bin/ps: found before /usr/bin/ps, and no package owns it",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
