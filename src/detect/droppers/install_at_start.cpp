// Packages that are installed when the container starts (D10): what runs then is decided elsewhere, on that day.
//
// A package manager checks what it gets against its own keys, so this alone says little. An address in place of a
// package's name is different: it is code from anywhere, and its install script runs at once. And where the script
// then runs what it installed, or a tool does both in one (npx, uvx), the image starts code that it does not contain.
#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>

#include "detect/assess.hpp"
#include "detect/droppers/main_program.hpp"
#include "detect/image_support.hpp"
#include "detect/shell/shell_support.hpp"
#include "util/seeded_hash.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 1> k_rows{{
    {"D10", EvidenceClass::supporting, model::Severity::low, 40, "Packages installed at start", "T1105",
     "Install packages when the image is built, with pinned versions."},
}};

constexpr std::string_view k_main_key = "main-program";
constexpr ClassByReach k_named{EvidenceClass::supporting, EvidenceClass::context, EvidenceClass::context};
constexpr ClassByReach k_address{EvidenceClass::strong, EvidenceClass::supporting, EvidenceClass::context};

struct Manager {
  std::string_view name;
  std::array<std::string_view, 3> verbs;
  std::string_view pin;          // what stands between a name and its version
  bool of_distribution = false;  // its tools are what scripts work with, so only the last command counts
};
constexpr std::array<Manager, 37> k_managers{{
    {"apt-get", {"install"}, "=", true},
    {"apt", {"install"}, "=", true},
    {"aptitude", {"install"}, "=", true},
    {"apk", {"add"}, "=", true},
    {"yum", {"install", "localinstall"}, "-", true},
    {"dnf", {"install"}, "-", true},
    {"microdnf", {"install"}, "-", true},
    {"zypper", {"install", "in"}, "=", true},
    {"pacman", {"-S", "-Sy", "-Syu"}, "=", true},
    {"pip", {"install"}, "=="},
    {"pip3", {"install"}, "=="},
    {"pipx", {"install", "run"}, "=="},
    {"npm", {"install", "i", "add"}, "@"},
    {"yarn", {"add"}, "@"},
    {"pnpm", {"add", "install"}, "@"},
    {"gem", {"install"}, ":"},
    {"cargo", {"install", "binstall"}, "@"},
    {"composer", {"require"}, ":"},
    {"opkg", {"install"}, "=", true},
    {"uv", {"install"}, "=="},
    {"conda", {"install"}, "="},
    {"mamba", {"install"}, "="},
    {"micromamba", {"install"}, "="},
    {"snap", {"install"}, "="},
    {"brew", {"install"}, "@"},
    {"cpanm", {}, "@"},
    {"luarocks", {"install"}, " "},
    {"bun", {"add"}, "@"},
    {"nix-env", {"-i", "-iA"}, "-"},
    // What servers load: from the maker's own place by name, from anywhere by address.
    {"elasticsearch-plugin", {"install"}, ":"},
    {"opensearch-plugin", {"install"}, ":"},
    {"logstash-plugin", {"install"}, ":"},
    {"kibana-plugin", {"install"}, ":"},
    {"grafana-cli", {"install"}, "@"},
    {"jenkins-plugin-cli", {"--plugins", "-p"}, ":"},
    {"wp", {"install"}, "="},
    {"helm", {"install"}, "="},
}};

// Fetches a package and runs it, in one command.
struct Runner {
  std::string_view name, verb;  // no verb: the package comes first
  // What of the image it runs if that is there: only a version, an address or the wish not to be asked tells then.
  bool looks_first = false;
  bool by_address = false;  // else it runs what lies in the image
};
constexpr std::array<Runner, 20> k_runners{{{"npx", "", true},
                                            {"bunx", "", true},
                                            {"pnpx", ""},
                                            {"npm", "exec", true},
                                            {"npm", "x", true},
                                            {"bun", "x", true},
                                            {"pnpm", "dlx"},
                                            {"yarn", "dlx"},
                                            {"uvx", ""},
                                            {"uv", "run", false, true},
                                            {"uv", "tool run"},
                                            {"pipx", "run"},
                                            {"nix", "run"},
                                            {"dotnet", "dnx"},
                                            {"dnx", ""},
                                            {"ansible-pull", "", false, true},
                                            {"corepack", "yarn dlx"},
                                            {"deno", "run", false, true},
                                            {"pkgx", ""},
                                            {"nix-shell", "-p"}}};

bool is_address(std::string_view word) {
  return word.find("://") != std::string_view::npos || word.starts_with("git+") || word.starts_with("github:") ||
         word.starts_with("npm:") || word.starts_with("jsr:");
}

// Options that take a value, which is no package.
bool takes_value(std::string_view word) {
  static constexpr std::array<std::string_view, 20> k_options = {
      "-r",          "--requirement",     "-c", "--constraint", "-i",
      "--index-url", "--extra-index-url", "-t", "--target",     "--virtual",
      "-o",          "--repository",      "-X", "--prefix",     "--registry",
      "-v",          "--version",         "-f", "--find-links", "--trusted-host"};
  return std::find(k_options.begin(), k_options.end(), word) != k_options.end();
}

// Python's own way of naming pip is that of Debian's scripts too.
std::vector<std::string> plain_words(const ShellCommand& command) {
  std::vector<std::string> list(command.argv.begin(), command.argv.end());
  if (list.size() > 3 && program(command).starts_with("python") && list[1] == "-m" && list[2].starts_with("pip"))
    list.erase(list.begin(), list.begin() + 2);
  return list;
}

struct Installed {
  std::string named;               // first package without a version
  std::string address;             // first package that is an address
  std::vector<std::string> names;  // of all, without their versions
  bool of_distribution = false;
};

// "@scope/tool@1.2" is run as "tool".
std::string command_of(std::string_view package, std::string_view pin) {
  const std::size_t slash = package.front() == '@' ? package.find('/') : std::string_view::npos;
  if (slash != std::string_view::npos) package.remove_prefix(slash + 1);
  for (const std::string_view mark : {pin, std::string_view("["), std::string_view("<"), std::string_view(">")})
    package = package.substr(0, package.find(mark, 1));
  return std::string(package);
}

const Manager* manager_called(std::string_view name) {
  if (name.starts_with("pip3")) name = "pip3";
  const auto manager =
      std::find_if(k_managers.begin(), k_managers.end(), [&](const Manager& one) { return one.name == name; });
  return manager == k_managers.end() ? nullptr : &*manager;
}

Installed installed_by(const ShellCommand& command) {
  Installed found;
  const std::string_view called = program(command);
  if (manager_called(called) == nullptr && !called.starts_with("python")) return found;
  const std::vector<std::string> list = plain_words(command);
  if (list.empty()) return found;
  const Manager* const manager = manager_called(layers::base_name(list[0]));
  if (manager == nullptr) return found;
  found.of_distribution = manager->of_distribution;
  bool behind = manager->verbs[0].empty();
  if (manager->name == "helm" && (list.size() < 3 || list[1] != "plugin")) return found;  // charts are for elsewhere
  for (std::size_t i = 1; i < list.size(); ++i) {
    const std::string_view word = list[i];
    if (!behind) {
      behind = !word.empty() && std::find(manager->verbs.begin(), manager->verbs.end(), word) != manager->verbs.end();
      continue;
    }
    if (takes_value(word)) {
      ++i;
      continue;
    }
    if (word.empty() || word[0] == '-' || word[0] == '.' || word[0] == '/') continue;
    if (!is_address(word) && is_resolved(word)) found.names.push_back(command_of(word, manager->pin));
    if (is_address(word) && word.find("--hash") == std::string_view::npos) {
      if (found.address.empty()) found.address = word;
    } else if (is_resolved(word) && word.find(manager->pin, 1) == std::string_view::npos && found.named.empty()) {
      found.named = word;
    }
  }
  return found;
}

// What a runner fetches and runs, "" for another command. `surely`: whatever the image holds.
std::string fetched_and_run(const ShellCommand& command, bool& surely) {
  const std::string_view name = program(command);
  for (const Runner& runner : k_runners) {
    if (runner.name != name) continue;
    std::size_t i = 1;
    std::string_view verb = runner.verb;
    while (!verb.empty() && i < command.argv.size() && command.argv[i] == verb.substr(0, verb.find(' '))) {
      verb = verb.find(' ') == std::string_view::npos ? std::string_view() : verb.substr(verb.find(' ') + 1);
      ++i;
    }
    if (!verb.empty()) continue;
    surely = !runner.looks_first;
    std::string package;
    for (; i < command.argv.size(); ++i) {
      const std::string_view word = command.argv[i];
      surely = surely || word == "-y" || word == "--yes";
      if (runner.by_address && !is_address(word)) continue;
      if (word.empty() || word[0] == '-') {
        const bool names = word == "-p" || word == "--package" || word == "--from" || word == "--spec";
        surely = surely || names;
        continue;
      }
      package = word;
      break;
    }
    if (package.empty() || package[0] == '.' || package[0] == '/' || !is_resolved(package)) continue;
    surely = surely || is_address(package) || package.find('@', 1) != std::string::npos;
    return package;
  }
  return {};
}

// Where each command of a script is run for the last time: scripts have thousands of commands, and installing ones
// among them by the hundred.
class LastRuns {
 public:
  explicit LastRuns(const std::vector<const ShellCommand*>& commands) : m_count(commands.size()) {
    for (std::size_t i = 0; i < commands.size(); ++i) {
      std::string_view name = program(*commands[i]);
      const auto& argv = commands[i]->argv;
      if (name.starts_with("python") && argv.size() > 2 && argv[1] == "-m") name = argv[2];
      if (name != "pip") m_last[name] = i;
    }
  }

  // What one of the commands from `next` on runs of `installed`; "" for nothing.
  std::string after(std::size_t next, const Installed& installed) const {
    if (installed.of_distribution && m_count != 0) next = std::max(next, m_count - 1);
    for (const std::string& name : installed.names)
      if (const auto last = m_last.find(name); last != m_last.end() && last->second >= next) return name;
    return {};
  }

 private:
  std::size_t m_count;
  std::unordered_map<std::string_view, std::size_t, util::SeededHash> m_last;  // names lie in the commands
};

class InstallAtStart final : public Detector {
 public:
  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    if (unit.build_time) return;
    const std::vector<const ShellCommand*> commands = own_commands(unit.facts);
    std::optional<LastRuns> runs;  // made for the few scripts that install something
    const auto absent = [&](const ShellCommand& command, const std::string& what) {
      Evidence evidence = shell_evidence(k_rows[0], unit, command.line, what, class_for(unit, k_address));
      evidence.values.emplace_back(k_payload_key, k_payload_absent);
      out.add(std::move(evidence));
    };
    for (std::size_t i = 0; i < commands.size(); ++i) {
      const ShellCommand* const command = commands[i];
      bool surely = false;
      if (const std::string package = fetched_and_run(*command, surely); !package.empty()) {
        if (surely)
          absent(*command, words(*command));
        else
          out.add(shell_evidence(k_rows[0], unit, command->line, words(*command), class_for(unit, k_named)));
        continue;
      }
      const Installed found = installed_by(*command);
      if (!runs && !found.names.empty()) runs.emplace(commands);
      const std::string run = found.address.empty() && runs ? runs->after(i + 1, found) : std::string();
      if (!run.empty()) {
        absent(*command, words(*command) + "; " + run);
      } else if (!found.address.empty()) {
        Evidence evidence =
            shell_evidence(k_rows[0], unit, command->line, words(*command), class_for(unit, k_address));
        evidence.values.emplace_back("url", found.address);
        evidence.values.emplace_back(k_payload_key, k_payload_absent);
        out.add(std::move(evidence));
      } else if (!found.named.empty() || !found.names.empty()) {
        // Under which name the package brings its program, only the image can tell: by not having it.
        std::string main = main_program(unit.facts);
        if (manager_called(main) != nullptr) main.clear();
        if (found.named.empty() && main.empty()) continue;
        Evidence evidence = shell_evidence(k_rows[0], unit, command->line, words(*command),
                                           found.named.empty() ? EvidenceClass::context : class_for(unit, k_named));
        if (!main.empty()) evidence.values.emplace_back(k_main_key, main);
        out.add(std::move(evidence));
      }
    }
  }

  void image(const ImageContext& context, ImageEvidence& out) const override {
    for (const PlacedEvidence& placed : context.evidence) {
      const std::string main = placed.evidence.value(k_main_key);
      const bool open = placed.evidence.rule == k_rows[0].id && placed.reach == Reach::start && !main.empty();
      if (open && lacks_program(context, main))
        out.add(without_payload(placed, "; " + main + ", which the image does not hold"));
    }
  }
};

const util::Registered<InstallAtStart> registered{{
    .id = "install-at-start",
    .version = 3,
    .summary = "packages that scripts and start commands install when the container starts",
    .example = "apt-get install -y curl; pip install git+https://example.com/x.git; npx -y tool",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
