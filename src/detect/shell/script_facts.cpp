// The collector of shell scripts.
//
// Hostile: a name says little, so the "#!" line comes first; without one, places from which shells read files and
// suffixes count. A picture that is text is looked at too: that is how scripts have been carried past filters.
#include "detect/shell/script_facts.hpp"

#include <algorithm>
#include <array>

#include "detect/content/word_search.hpp"
#include "detect/secrets/blank.hpp"
#include "detect/shell/execline.hpp"
#include "detect/words.hpp"

namespace hullcheck::detect {
namespace {

constexpr int k_version = 14;
constexpr std::uint64_t k_most_text_without_mark = std::uint64_t{4} << 20;

constexpr std::array<std::string_view, 11> k_shells = {
    "sh", "bash", "dash", "ash", "ksh", "zsh", "mksh", "busybox", "openrc-run", "runscript", "execlineb"};
constexpr std::array<std::string_view, 7> k_suffixes = {".sh", ".bash", ".ash", ".ksh", ".zsh", ".start", ".command"};
constexpr std::array<std::string_view, 9> k_disguises = {".jpg", ".jpeg", ".png", ".gif", ".bmp",
                                                         ".ico", ".mp3",  ".mp4", ".pdf"};
constexpr std::array<std::string_view, 20> k_names = {
    ".xprofile",    ".xinitrc",      ".xsession",   ".xsessionrc", "sshrc",   "profile",     ".profile",
    ".bashrc",      ".bash_profile", ".bash_login", ".zshrc",      ".zshenv", "bash.bashrc", "rc.local",
    ".bash_logout", "bashrc",        ".zprofile",   ".kshrc",      "zshrc",   ".zlogin"};
constexpr std::array<std::string_view, 28> k_folders = {"Xsession.d",
                                                        "xinitrc.d",
                                                        "dhclient-exit-hooks.d",
                                                        "dhclient-enter-hooks.d",
                                                        "if-pre-up.d",
                                                        "if-down.d",
                                                        "if-post-down.d",
                                                        "system-sleep",
                                                        "bashrc.d",
                                                        "custom-cont-init.d",
                                                        "init.d",
                                                        "profile.d",
                                                        "cron.hourly",
                                                        "cron.daily",
                                                        "cron.weekly",
                                                        "cron.monthly",
                                                        "15min",
                                                        "hourly",
                                                        "daily",
                                                        "cont-init.d",
                                                        "local.d",
                                                        "docker-entrypoint.d",
                                                        "atjobs",
                                                        "update-motd.d",
                                                        "dispatcher.d",
                                                        "if-up.d",
                                                        "rc.d",
                                                        "my_init.d"};

template <std::size_t Size>
bool ends_with_one(std::string_view name, const std::array<std::string_view, Size>& suffixes) {
  return std::any_of(suffixes.begin(), suffixes.end(),
                     [&](std::string_view suffix) { return name.ends_with(suffix); });
}

// "#!/bin/sh", "#! /usr/bin/env -S bash -e": any word of the line that names a shell.
bool shell_interpreter(std::string_view head) {
  std::string_view line = head.substr(0, std::min(head.find('\n'), std::min<std::size_t>(head.size(), 256)));
  line.remove_prefix(2);
  while (!line.empty()) {
    const std::size_t start = line.find_first_not_of(" \t\r");
    if (start == std::string_view::npos) return false;
    line.remove_prefix(start);
    const std::size_t end = std::min(line.find_first_of(" \t\r"), line.size());
    if (is_one(layers::base_name(line.substr(0, end)), k_shells)) return true;
    line.remove_prefix(end);
  }
  return false;
}

// What a shell runs when it is told to: `sh /usr/share/.x`. Nothing about the file says so, but its commands do.
bool may_be_told_to_a_shell(const layers::FileInfo& file) {
  constexpr std::uint64_t k_most = 64U << 10;
  static constexpr std::array<std::string_view, 12> k_endings = {".txt", ".dat", ".data", ".conf",  ".cfg", ".log",
                                                                 ".tmp", ".bak", ".env",  ".cache", ".inc", ".bin"};
  static const WordSearch k_words({"curl ", "wget ", "/dev/tcp/", "base64 ", "nohup ", "chmod ", "| sh", "|sh",
                                   "| bash", "|bash", "eval ", "/dev/shm", "crontab", "authorized_keys"});
  if (file.entry.content != layers::ContentKind::text || file.size() > k_most) return false;
  const std::string_view name = file.name();
  if (name.find('.', 1) != std::string_view::npos && !ends_with_one(name, k_endings)) return false;
  return k_words.find(as_text(file.head)).any();
}

// A service of OpenRC names its program in variables; openrc-run starts it with them.
std::string with_service_command(std::string_view text) {
  const std::string_view first = text.substr(0, std::min<std::size_t>(text.find('\n'), 64));
  std::string whole(text);
  if (first.starts_with("#!") && (first.find("openrc-run") != first.npos || first.find("runscript") != first.npos))
    whole += "\n${command} ${command_args}\n";
  return whole;
}

// One-shot services of s6-rc are execline without a first line that says so.
bool is_oneshot(const layers::FileInfo& file) {
  return (file.name() == "up" || file.name() == "down") && file.path().find("s6-rc") != std::string_view::npos &&
         !as_text(file.head).starts_with("#!");
}

ShellFacts facts_of_script(const layers::FileView& file) {
  const std::string_view text = file.text();
  if (is_execline(text) || is_oneshot(file)) {
    const ExeclineText translated = execline_as_shell(text);
    ShellFacts facts = facts_of_text(translated.shell);
    facts.truncated |= !translated.complete;
    return facts;
  }
  const bool service = text.substr(0, 64).find("run") != std::string_view::npos;
  return service ? facts_of_text(with_service_command(text)) : facts_of_text(text);
}

class ScriptCollector final : public layers::Collector {
 public:
  bool wants(const layers::FileInfo& file) const override {
    return is_shell_script(file) || may_be_told_to_a_shell(file);
  }

  Result<Buffer> record(const layers::FileView& file) const override {
    ShellFacts facts = facts_of_script(file);
    const bool nothing = facts.commands.empty() && facts.flows.empty() && facts.embedded.empty() && !facts.truncated;
    if (nothing) return Buffer{};
    secrets::blank(facts);
    return encode_shell_facts(facts);
  }
};

}  // namespace

bool is_shell_script(const layers::FileInfo& file) {
  const layers::ContentKind kind = file.entry.content;
  if (kind == layers::ContentKind::script) return shell_interpreter(as_text(file.head));
  if (kind != layers::ContentKind::text || file.size() > k_most_text_without_mark) return false;
  const std::string_view name = file.name();
  if (ends_with_one(name, k_suffixes) || ends_with_one(name, k_disguises) || is_one(name, k_names)) return true;
  const std::string_view folder = layers::base_name(layers::parent_path(file.path()));
  if (is_one(folder, k_folders) || (folder == ".ssh" && name == "rc") || is_oneshot(file)) return true;
  // The kernel refuses it, but a shell that is asked to run it reads it as a script.
  return file.entry.executable() && name.find('.') == std::string_view::npos;
}

const layers::Collector& script_collector() {
  static const ScriptCollector collector;
  return collector;
}

std::string script_fingerprint() { return "scripts " + std::to_string(k_version); }

std::string shell_line(const std::vector<std::string>& words) {
  static constexpr std::string_view k_plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+./:=,@%";
  std::string line;
  for (const std::string& word : words) {
    if (!line.empty()) line += ' ';
    if (!word.empty() && word.find_first_not_of(k_plain) == std::string::npos) {
      line += word;
      continue;
    }
    line += '\'';
    for (const char c : word) line += c == '\'' ? std::string("'\\''") : std::string(1, c);
    line += '\'';
  }
  return line;
}

}  // namespace hullcheck::detect
