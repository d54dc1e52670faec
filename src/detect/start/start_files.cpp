// Formats: crontab(5) with the user column of system files, Alpine's and the spool's without; systemd.service(5) Exec
// lines and what timers start; supervisord's ini sections; inittab(5); ld.so(8) for the preload file; anacrontab(5);
// apt.conf(5) lists of commands; udev(7) RUN and PROGRAM; the "name: command" lines of a Procfile.
//
// Hostile: a file may be huge or one endless line. Lines, commands and their lengths are bounded, and cutting is
// noted. A line that its own program would refuse is still read the way that its author meant it: an entry of a
// system crontab without the user column never runs, but says what was intended.
#include "detect/start/start_files.hpp"

#include <algorithm>
#include <array>

#include "detect/secrets/blank.hpp"
#include "detect/start/project_files.hpp"
#include "detect/start/script_loads.hpp"
#include "detect/words.hpp"
#include "util/ascii.hpp"
#include "util/codec.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_commands = 512;
constexpr std::size_t k_most_command_bytes = 8192;
constexpr std::size_t k_most_file_bytes = std::size_t{1} << 20;
constexpr int k_version = 8;
constexpr std::array<std::string_view, 4> k_project_names = {"package.json", "composer.json", "deno.json",
                                                             "deno.jsonc"};
constexpr std::array<std::string_view, 6> k_makefile_names = {"Makefile", "makefile", "GNUmakefile",
                                                              "justfile", "Justfile", ".justfile"};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

std::string_view take_word(std::string_view& text) {
  text = util::trim(text);
  const std::size_t end = std::min(text.find_first_of(" \t\r"), text.size());
  const std::string_view word = text.substr(0, end);
  text = util::trim(text.substr(end));
  return word;
}

template <class Visit>
void each_line(std::string_view text, Visit visit) {
  for (std::uint32_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    visit(line, util::trim(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void add(StartFile& out, std::uint32_t line, std::string command, std::string_view when) {
  if (command.empty()) return;
  if (out.commands.size() >= k_most_commands) {
    out.truncated = true;
    return;
  }
  if (command.size() > k_most_command_bytes) {
    command.resize(k_most_command_bytes);
    out.truncated = true;
  }
  out.commands.push_back({line, std::move(command), std::string(when.substr(0, 100))});
}

// An unescaped '%' ends a cron command; what follows is its standard input, with further ones as newlines.
std::string cron_command(std::string_view text) {
  std::string command, input;
  bool in_input = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string& out = in_input ? input : command;
    if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == '%') {
      out += text[++i];
    } else if (text[i] == '%') {
      if (in_input) input += '\n';
      in_input = true;
    } else {
      out += text[i];
    }
  }
  if (!in_input) return command;
  return command + " <<'hullcheck-cron-input'\n" + input + "\nhullcheck-cron-input\n";
}

bool is_time_field(std::string_view word) {
  if (word.empty()) return false;
  const bool number_like = word.find_first_not_of("0123456789*/,-~") == std::string_view::npos;
  // Names of months and days, also in lists and ranges.
  const bool name_like =
      word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ,-") == std::string_view::npos &&
      word.size() >= 3 && word.size() <= 31;
  return number_like || name_like;
}

// What nobody calls a user: the entry lacks the column.
bool is_user(std::string_view word) {
  static constexpr std::array<std::string_view, 18> k_programs = {
      "curl", "wget", "sh", "bash", "dash",  "python", "python3", "perl", "php",
      "ruby", "node", "nc", "ncat", "socat", "echo",   "nohup",   "test", "cd"};
  if (std::find(k_programs.begin(), k_programs.end(), word) != k_programs.end()) return false;
  return !word.empty() && word.size() <= 32 && word.find_first_of("/=;|&<>()[]{}$`'\"") == std::string_view::npos;
}

void read_crontab(std::string_view text, bool user_column, StartFile& out) {
  each_line(text, [&](std::uint32_t number, std::string_view line) {
    if (line.empty() || line.front() == '#') return;
    std::string_view rest = line;
    const std::string_view first = take_word(rest);
    std::string_view when = first;
    if (first.front() != '@') {
      for (int field = 1; field < 5; ++field)
        if (!is_time_field(take_word(rest))) return;  // NAME=value, or nothing that cron knows
      const bool starts_with_time = is_time_field(first) && first.find('=') == std::string_view::npos;
      if (!starts_with_time || rest.empty()) return;
      when = util::trim(line.substr(0, static_cast<std::size_t>(rest.data() - line.data())));
    }
    std::string_view after_user = rest;
    if (user_column && is_user(take_word(after_user)) && !after_user.empty()) rest = after_user;
    add(out, number, cron_command(rest), when);
  });
}

// Exec…= of a unit: leading "-@:+!" are systemd's own marks; "@" makes the second word the program's zeroth argument.
void read_unit(std::string_view text, StartFile& out) {
  std::string joined;
  std::uint32_t joined_line = 0;
  each_line(text, [&](std::uint32_t number, std::string_view line) {
    if (joined.empty()) {
      if (!line.starts_with("Exec")) return;
      joined_line = number;
    }
    const bool goes_on = line.ends_with('\\');
    joined += line.substr(0, line.size() - (goes_on ? 1 : 0));
    if (goes_on && joined.size() < k_most_command_bytes) {
      joined += ' ';
      return;
    }
    const std::string whole = std::exchange(joined, {});
    const std::size_t equals = whole.find('=');
    if (equals == std::string::npos) return;
    std::string_view command = util::trim(std::string_view(whole).substr(equals + 1));
    while (!command.empty() && std::string_view("-@:+!").find(command.front()) != std::string_view::npos)
      command.remove_prefix(1);
    add(out, joined_line, std::string(command), util::trim(std::string_view(whole).substr(0, equals)));
  });
}

void read_supervisor(std::string_view text, StartFile& out) {
  std::string section;
  each_line(text, [&](std::uint32_t number, std::string_view line) {
    if (line.starts_with('[')) {
      section = line.substr(1, std::min(line.find(']'), line.size()) - 1);
      return;
    }
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos || util::trim(line.substr(0, equals)) != "command") return;
    std::string_view command = line.substr(equals + 1);
    // A comment starts at a semicolon after a blank.
    for (std::size_t at = command.find(" ;"); at != std::string_view::npos; at = command.find(" ;"))
      command = command.substr(0, at);
    add(out, number, std::string(util::trim(command)), section);
  });
}

void read_inittab(std::string_view text, StartFile& out) {
  each_line(text, [&](std::uint32_t number, std::string_view line) {
    if (line.empty() || line.front() == '#') return;
    std::array<std::string_view, 3> fields;
    for (std::string_view& field : fields) {
      const std::size_t colon = line.find(':');
      if (colon == std::string_view::npos) return;
      field = line.substr(0, colon);
      line.remove_prefix(colon + 1);
    }
    while (!line.empty() && (line.front() == '-' || line.front() == '+')) line.remove_prefix(1);
    add(out, number, std::string(util::trim(line)), fields[2]);
  });
}

// Names are separated by blanks or colons; "#" starts a comment.
void read_preload(std::string_view text, StartFile& out) {
  each_line(text, [&](std::uint32_t number, std::string_view line) {
    line = line.substr(0, std::min(line.find('#'), line.size()));
    while (!line.empty()) {
      const std::size_t end = std::min(line.find_first_of(" \t\r:"), line.size());
      add(out, number, std::string(line.substr(0, end)), "");
      line.remove_prefix(std::min(end + 1, line.size()));
    }
  });
}

// A timer, socket or path starts the service of its own name, unless it names another.
void read_trigger(std::string_view text, StartFile& out) {
  each_line(text, [&](std::uint32_t number, std::string_view line) {
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) return;
    const std::string_view key = util::trim(line.substr(0, equals));
    if (key == "Unit" || key == "Service") add(out, number, std::string(util::trim(line.substr(equals + 1))), key);
    // A socket may run commands of its own.
    if (key.starts_with("ExecSt")) add(out, number, std::string(util::trim(line.substr(equals + 1))), key);
  });
}

// "period delay name command", the period also as "@daily".
void read_anacrontab(std::string_view text, StartFile& out) {
  each_line(text, [&](std::uint32_t number, std::string_view line) {
    if (line.empty() || line.front() == '#') return;
    std::string_view rest = line;
    const std::string_view period = take_word(rest);
    const std::string_view delay = take_word(rest);
    const bool times = (period.front() == '@' || period.find_first_not_of("0123456789") == std::string_view::npos) &&
                       !delay.empty() && delay.find_first_not_of("0123456789") == std::string_view::npos;
    if (!times) return;
    take_word(rest);
    add(out, number, std::string(rest), period);
  });
}

// apt.conf: commands are quoted text in values whose names end in "Invoke", "Invoke-Success" or "Pkgs", as one value
// or a list in braces. Quotes cannot be escaped.
class AptReader {
 public:
  explicit AptReader(StartFile& out) : m_out(out) {}

  void read(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if (c == '\n') ++m_line;
      if (text.substr(i, 2) == "//" || (c == '#' && !text.substr(i).starts_with("#clear"))) {
        i = std::min(text.find('\n', i), text.size()) - 1;
      } else if (text.substr(i, 2) == "/*") {
        const std::size_t end = std::min(text.find("*/", i + 2), text.size());
        m_line += static_cast<std::uint32_t>(std::count(text.begin() + static_cast<std::ptrdiff_t>(i),
                                                        text.begin() + static_cast<std::ptrdiff_t>(end), '\n'));
        i = std::min(end + 1, text.size());
      } else if (c == '"') {
        const std::size_t end = std::min(text.find('"', i + 1), text.size());
        value(text.substr(i + 1, end - i - 1));
        i = end;
      } else if (c == '{') {
        m_open.push_back(std::exchange(m_name, {}));
        if (m_open.size() > k_most_depth) return;
      } else if (c == '}') {
        if (!m_open.empty()) m_open.pop_back();
        m_name.clear();
      } else if (c == ';') {
        m_name.clear();
      } else if (!is_blank(c) && c != '\n' && m_name.size() < k_most_name) {
        m_name += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      }
    }
  }

 private:
  static constexpr std::size_t k_most_depth = 16, k_most_name = 200;

  static bool is_hook(std::string_view name) {
    return name.ends_with("-invoke") || name.ends_with("-invoke-success") || name.ends_with("-invoke-stats") ||
           name.ends_with("pre-install-pkgs") || name.ends_with("-invoke::") || name.ends_with("-pkgs::") ||
           name.ends_with("-success::");
  }
  void value(std::string_view text) {
    const bool own = is_hook(m_name), outer = !m_open.empty() && is_hook(m_open.back());
    if (own || outer) add(m_out, m_line, std::string(text), own ? m_name : m_open.back());
  }

  StartFile& m_out;
  std::vector<std::string> m_open;
  std::string m_name;
  std::uint32_t m_line = 1;
};

// RUN+="program arguments", RUN{program}=…, PROGRAM="…", IMPORT{program}="…"
void read_udev(std::string_view text, StartFile& out) {
  each_line(text, [&](std::uint32_t number, std::string_view line) {
    if (line.empty() || line.front() == '#') return;
    for (const std::string_view key : {"RUN", "PROGRAM", "IMPORT{program}"}) {
      for (std::size_t at = line.find(key); at != std::string_view::npos; at = line.find(key, at + 1)) {
        if (at != 0 && std::string_view(", \t").find(line[at - 1]) == std::string_view::npos) continue;
        const std::size_t equals = line.find('=', at);
        const std::size_t open = line.find('"', at);
        if (open == std::string_view::npos || equals > open) break;
        const std::size_t close = std::min(line.find('"', open + 1), line.size());
        if (line.substr(at, open - at).find("{builtin}") == std::string_view::npos)
          add(out, number, std::string(line.substr(open + 1, close - open - 1)), key);
      }
    }
  });
}

// "web: bundle exec puma", read by foreman and its kin.
void read_procfile(std::string_view text, StartFile& out) {
  each_line(text, [&](std::uint32_t number, std::string_view line) {
    const std::size_t colon = line.find(':');
    if (line.starts_with('#') || colon == 0 || colon == std::string_view::npos) return;
    const std::string_view name = line.substr(0, colon);
    const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
    if (plain) add(out, number, std::string(util::trim(line.substr(colon + 1))), name);
  });
}

bool has_folder(std::string_view path, std::string_view folder) {
  for (std::size_t at = path.find(folder); at != std::string_view::npos; at = path.find(folder, at + 1)) {
    const std::size_t end = at + folder.size();
    if ((at == 0 || path[at - 1] == '/') && end < path.size() && path[end] == '/') return true;
  }
  return false;
}

// While the commands are at hand as they are; then their secrets are blanked. Of those that hardly ever run only the
// text is kept, to be followed when somebody names them.
void follow_commands(StartFile& file) {
  if (file.kind == StartFileKind::preload) return;
  for (StartCommand& command : file.commands) {
    if (names_a_unit(file, command)) continue;
    if (runs_when_named(file.kind)) {
      secrets::blank(command.command, secrets::Look::anywhere, secrets::Reading::again);
      continue;
    }
    ShellFacts facts = facts_of_text(command.command);
    secrets::blank(facts);
    command.facts = std::make_shared<const ShellFacts>(std::move(facts));
    secrets::blank(command.command);
  }
}

class StartFiles final : public layers::Collector {
 public:
  bool wants(const layers::FileInfo& file) const override {
    return file.size() > 0 && start_file_kind(file.path()).has_value();
  }
  Result<Buffer> record(const layers::FileView& file) const override {
    StartFile parsed = parse_start_file(*start_file_kind(file.path()), file.text().substr(0, k_most_file_bytes));
    if (file.size() > k_most_file_bytes) parsed.truncated = true;
    if (parsed.commands.empty() && !parsed.truncated) return Buffer{};
    follow_commands(parsed);
    return encode_start_file(parsed);
  }
};

// "* *" and "@reboot" stand in few texts; most are turned away by that.
bool may_be_crontab(const layers::FileInfo& file) {
  constexpr std::uint64_t k_most = 64U << 10;
  if (file.entry.content != layers::ContentKind::text || file.size() == 0 || file.size() > k_most) return false;
  const std::string_view head = as_text(file.head);
  if (head.find("* *") == std::string_view::npos && head.find("@reboot") == std::string_view::npos) return false;
  for (std::size_t at = 0; at < head.size();) {
    const std::string_view line = head.substr(at, head.find('\n', at) - at);
    const std::size_t first = line.find_first_not_of(" \t");
    if (first != std::string_view::npos &&
        std::string_view("*@0123456789").find(line[first]) != std::string_view::npos) {
      StartFile parsed;
      read_crontab(line, false, parsed);
      if (!parsed.commands.empty()) return true;
    }
    at += line.size() + 1;
  }
  return false;
}

class LinkedCrontabs final : public layers::Collector {
 public:
  explicit LinkedCrontabs(StartFileKind kind) : m_kind(kind) {}
  bool wants(const layers::FileInfo& file) const override {
    return may_be_crontab(file) && !start_file_kind(file.path()).has_value();
  }
  Result<Buffer> record(const layers::FileView& file) const override {
    StartFile parsed = parse_start_file(m_kind, file.text());
    if (parsed.commands.empty()) return Buffer{};
    follow_commands(parsed);
    return encode_start_file(parsed);
  }

 private:
  StartFileKind m_kind;
};

}  // namespace

std::string_view to_string(StartFileKind kind) {
  static constexpr std::array<std::string_view, 13> k_names = {
      "crontab",    "crontab",  "systemd unit", "supervisor", "inittab",         "ld.so.preload", "systemd unit",
      "anacrontab", "apt hook", "udev rule",    "Procfile",   "project scripts", "Makefile"};
  return k_names[static_cast<std::size_t>(kind)];
}

std::optional<StartFileKind> start_file_kind(std::string_view path) {
  const std::string_view folder = layers::parent_path(path);
  const std::string_view name = layers::base_name(path);
  const std::string_view last = layers::base_name(folder);
  if (last == "etc" && name == "crontab") return StartFileKind::system_crontab;
  if (last == "cron.d") return StartFileKind::system_crontab;
  if (last == "crontabs" || has_folder(path, "spool/cron")) return StartFileKind::user_crontab;
  if (last == "etc" && name == "anacrontab") return StartFileKind::anacrontab;
  // A drop-in may replace the command of a unit.
  const bool unit = name.ends_with(".service") || (name.ends_with(".conf") && last.ends_with(".service.d"));
  const bool trigger = name.ends_with(".timer") || name.ends_with(".socket") || name.ends_with(".path");
  if ((unit || trigger) && has_folder(path, "systemd"))
    return unit ? StartFileKind::systemd_unit : StartFileKind::systemd_trigger;
  if (last == "apt.conf.d" || (last == "apt" && name == "apt.conf")) return StartFileKind::apt_hook;
  if (last == "rules.d" && name.ends_with(".rules") && has_folder(path, "udev")) return StartFileKind::udev_rule;
  if (last == "etc" && name == "ld.so.preload") return StartFileKind::preload;
  if (last == "etc" && name == "inittab") return StartFileKind::inittab;
  if (name == "Procfile") return StartFileKind::procfile;
  if (is_one(name, k_project_names) && !is_of_a_library(path)) return StartFileKind::project_scripts;
  if (is_one(name, k_makefile_names) && !is_of_a_library(path)) return StartFileKind::makefile;
  const bool ini = name.ends_with(".conf") || name.ends_with(".ini");
  if (ini && (name.starts_with("supervisor") || has_folder(path, "supervisor") || has_folder(path, "supervisor.d") ||
              has_folder(path, "supervisord.d")))
    return StartFileKind::supervisor;
  return std::nullopt;
}

StartFile parse_start_file(StartFileKind kind, std::string_view text) {
  StartFile out;
  out.kind = kind;
  switch (kind) {
    case StartFileKind::system_crontab: read_crontab(text, true, out); break;
    case StartFileKind::user_crontab: read_crontab(text, false, out); break;
    case StartFileKind::systemd_unit: read_unit(text, out); break;
    case StartFileKind::supervisor: read_supervisor(text, out); break;
    case StartFileKind::inittab: read_inittab(text, out); break;
    case StartFileKind::preload: read_preload(text, out); break;
    case StartFileKind::systemd_trigger: read_trigger(text, out); break;
    case StartFileKind::anacrontab: read_anacrontab(text, out); break;
    case StartFileKind::apt_hook: AptReader(out).read(text); break;
    case StartFileKind::udev_rule: read_udev(text, out); break;
    case StartFileKind::procfile: read_procfile(text, out); break;
    case StartFileKind::project_scripts: read_project_scripts(text, out); break;
    case StartFileKind::makefile: read_makefile(text, out); break;
  }
  return out;
}

Buffer encode_start_file(const StartFile& file) {
  util::Encoder out;
  out.u64(static_cast<std::uint64_t>(file.kind));
  out.boolean(file.truncated);
  out.u64(file.commands.size());
  for (const StartCommand& command : file.commands) {
    out.u64(command.line);
    out.string(command.command);
    out.string(command.when);
    out.boolean(command.facts != nullptr);
    if (command.facts) out.bytes(encode_shell_facts(*command.facts));
  }
  return out.take();
}

Result<StartFile> decode_start_file(Bytes bytes) {
  util::Decoder in(bytes);
  StartFile file;
  const std::uint64_t kind = in.u64();
  if (kind > static_cast<std::uint64_t>(StartFileKind::makefile)) in.fail();
  file.kind = static_cast<StartFileKind>(in.failed() ? 0 : kind);
  file.truncated = in.boolean();
  const std::size_t count = in.count(4);
  if (count > k_most_commands) in.fail();
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    StartCommand command;
    command.line = in.u32();
    command.command = in.string();
    command.when = in.string();
    if (in.boolean()) {
      auto facts = decode_shell_facts(in.bytes());
      if (!facts) in.fail();
      if (facts) command.facts = std::make_shared<const ShellFacts>(std::move(*facts));
    }
    file.commands.push_back(std::move(command));
  }
  if (in.failed() || !in.at_end())
    return make_error(ErrorCode::malformed, "start-file-malformed", "the stored start commands do not decode");
  return file;
}

const layers::Collector& linked_crontab_collector(StartFileKind kind) {
  static const LinkedCrontabs system(StartFileKind::system_crontab);
  static const LinkedCrontabs user(StartFileKind::user_crontab);
  return kind == StartFileKind::system_crontab ? system : user;
}

const layers::Collector& start_file_collector() {
  static const StartFiles collector;
  return collector;
}

std::string start_file_fingerprint() { return "start-files " + std::to_string(k_version); }

}  // namespace hullcheck::detect
