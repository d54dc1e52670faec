// Packages that are installed when the container starts (D10): what runs then is decided elsewhere, on that day.
//
// A package manager checks what it gets against its own keys, so this alone says little. An address in place of a
// package's name is different: it is code from anywhere, and its install script runs at once.
#include <algorithm>
#include <array>

#include "detect/assess.hpp"
#include "detect/shell/shell_support.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 1> k_rows{{
    {"D10", EvidenceClass::supporting, model::Severity::low, 40, "Packages installed at start", "T1105",
     "Install packages when the image is built, with pinned versions."},
}};

constexpr ClassByReach k_named{EvidenceClass::supporting, EvidenceClass::context, EvidenceClass::context};
constexpr ClassByReach k_address{EvidenceClass::strong, EvidenceClass::supporting, EvidenceClass::context};

struct Manager {
  std::string_view name;
  std::array<std::string_view, 3> verbs;
  std::string_view pin;  // what stands between a name and its version
};
constexpr std::array<Manager, 19> k_managers{{
    {"apt-get", {"install"}, "="},
    {"apt", {"install"}, "="},
    {"aptitude", {"install"}, "="},
    {"apk", {"add"}, "="},
    {"yum", {"install", "localinstall"}, "-"},
    {"dnf", {"install"}, "-"},
    {"microdnf", {"install"}, "-"},
    {"zypper", {"install", "in"}, "="},
    {"pacman", {"-S", "-Sy", "-Syu"}, "="},
    {"pip", {"install"}, "=="},
    {"pip3", {"install"}, "=="},
    {"pipx", {"install", "run"}, "=="},
    {"npm", {"install", "i", "add"}, "@"},
    {"yarn", {"add"}, "@"},
    {"pnpm", {"add", "install"}, "@"},
    {"gem", {"install"}, ":"},
    {"cargo", {"install"}, "@"},
    {"composer", {"require"}, ":"},
    {"opkg", {"install"}, "="},
}};

bool is_address(std::string_view word) {
  return word.find("://") != std::string_view::npos || word.starts_with("git+") || word.starts_with("github:");
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
  std::string named;    // first package without a version
  std::string address;  // first package that is an address
};

Installed installed_by(const ShellCommand& command) {
  Installed found;
  const std::vector<std::string> list = plain_words(command);
  if (list.empty()) return found;
  std::string_view name = layers::base_name(list[0]);
  if (name.starts_with("pip3")) name = "pip3";
  const auto manager =
      std::find_if(k_managers.begin(), k_managers.end(), [&](const Manager& one) { return one.name == name; });
  if (manager == k_managers.end()) return found;
  bool behind = false;
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
    if (is_address(word) && word.find("--hash") == std::string_view::npos) {
      if (found.address.empty()) found.address = word;
    } else if (is_resolved(word) && word.find(manager->pin, 1) == std::string_view::npos && found.named.empty()) {
      found.named = word;
    }
  }
  return found;
}

class InstallAtStart final : public Detector {
 public:
  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    if (unit.build_time) return;
    for (const ShellCommand* command : own_commands(unit.facts)) {
      const Installed found = installed_by(*command);
      if (!found.address.empty()) {
        Evidence evidence =
            shell_evidence(k_rows[0], unit, command->line, words(*command), class_for(unit, k_address));
        evidence.values.emplace_back("url", found.address);
        evidence.values.emplace_back(k_payload_key, k_payload_absent);
        out.add(std::move(evidence));
      } else if (!found.named.empty()) {
        out.add(shell_evidence(k_rows[0], unit, command->line, words(*command), class_for(unit, k_named)));
      }
    }
  }
};

const util::Registered<InstallAtStart> registered{{
    .id = "install-at-start",
    .version = 1,
    .summary = "packages that scripts and start commands install when the container starts",
    .example = "apt-get install -y curl; pip install git+https://example.com/x.git",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
