// Configuration files that say what runs: crontabs, systemd units, supervisor programs, inittab, ld.so.preload,
// Procfiles, and hooks of package managers and udev.
// Shell scripts are not here; see shell_facts.hpp.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "detect/shell/shell_facts.hpp"
#include "layers/collector.hpp"
#include "util/bytes.hpp"
#include "util/result.hpp"

namespace hullcheck::detect {

enum class StartFileKind : std::uint8_t {
  system_crontab,  // with a user column: /etc/crontab, /etc/cron.d/*
  user_crontab,    // without: /var/spool/cron/**, /etc/crontabs/*
  systemd_unit,
  supervisor,
  inittab,
  preload,          // the "commands" are the paths of libraries
  systemd_trigger,  // timer, socket, path: the "commands" are the units that it starts, none for that of its own name
  anacrontab,
  apt_hook,
  udev_rule,
  procfile,
  project_scripts,  // of package.json and its like; this and the next run when somebody names them
                    // (project_files.hpp)
  makefile,
};
std::string_view to_string(StartFileKind kind);

struct StartCommand {
  std::uint32_t line = 0;
  std::string command;  // as a shell would read it
  std::string when;     // "*/5 * * * *", "ExecStart", "program:web", "respawn"; "" for libraries
  // What it does, in kept files only: there its secrets are blanked (secrets/blank.hpp). Null for names of units and
  // libraries.
  std::shared_ptr<const ShellFacts> facts = nullptr;
};

struct StartFile {
  StartFileKind kind = StartFileKind::system_crontab;
  std::vector<StartCommand> commands;  // in file order, bounded
  bool truncated = false;              // there were more, or one was too long
};

// Of a timer, socket or path: what it starts is a unit, not a command.
inline bool names_a_unit(const StartFile& file, const StartCommand& command) {
  return file.kind == StartFileKind::systemd_trigger && !command.when.starts_with("Exec");
}

// By place and name within a layer; nothing for any other file.
std::optional<StartFileKind> start_file_kind(std::string_view path);
StartFile parse_start_file(StartFileKind kind, std::string_view text);

Buffer encode_start_file(const StartFile& file);
Result<StartFile> decode_start_file(Bytes bytes);  // "start-file-malformed"

constexpr std::string_view k_start_section = "detect/start";
const layers::Collector& start_file_collector();

// Texts with lines of a crontab that stand where none is read: a link may make them one. Kept as either kind would be
// read; whether one of them is, only the whole image says.
constexpr std::string_view k_linked_system_section = "detect/linked-crontab";
constexpr std::string_view k_linked_user_section = "detect/linked-user-crontab";
const layers::Collector& linked_crontab_collector(StartFileKind kind);
std::string start_file_fingerprint();

}  // namespace hullcheck::detect
