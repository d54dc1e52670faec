// Files that run because of where they stand or what the environment says: preload, cron, systemd, init, supervisors,
// profiles, hooks of interpreters.
//
// Each needs somebody who reads it: a daemon that the start chain has reached. Preload needs nobody, since every
// dynamic program reads it. A crontab that no package owns needs nobody either: it was put there on purpose, for a
// cron that may run elsewhere (a shared folder of the host).
#include <algorithm>
#include <array>

#include "detect/start/project_files.hpp"
#include "detect/start/start_walk.hpp"
#include "util/path.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_children = 1024;
constexpr std::array<std::string_view, 11> k_usual_tops = {
    "etc/",    "var/spool/cron/", "lib/systemd/", "usr/lib/systemd/",       "docker-entrypoint", "service/",
    "custom-", "root/",           "home/",        "usr/local/lib/systemd/", "run/systemd/"};

constexpr std::array<std::string_view, 9> k_cron_script_folders = {
    "etc/cron.hourly",     "etc/cron.daily",     "etc/cron.weekly",     "etc/cron.monthly",    "etc/periodic/15min",
    "etc/periodic/hourly", "etc/periodic/daily", "etc/periodic/weekly", "etc/periodic/monthly"};
constexpr std::array<std::string_view, 4> k_crontab_folders = {"etc/cron.d", "etc/crontabs", "var/spool/cron",
                                                               "var/spool/cron/crontabs"};
// In the order in which systemd looks.
constexpr std::array<std::string_view, 5> k_unit_folders = {"etc/systemd/system", "run/systemd/system",
                                                            "usr/local/lib/systemd/system", "lib/systemd/system",
                                                            "usr/lib/systemd/system"};
constexpr std::array<std::string_view, 4> k_user_unit_folders = {"etc/systemd/user", "usr/local/lib/systemd/user",
                                                                 "lib/systemd/user", "usr/lib/systemd/user"};
// Programs that systemd runs without any unit.
constexpr std::array<std::string_view, 6> k_systemd_program_folders = {
    "etc/systemd/system-generators",     "lib/systemd/system-generators",
    "usr/lib/systemd/system-generators", "etc/systemd/system-environment-generators",
    "lib/systemd/system-shutdown",       "usr/lib/systemd/system-shutdown"};
constexpr std::array<std::string_view, 4> k_entrypoint_folders = {"docker-entrypoint.d", "docker-entrypoint-initdb.d",
                                                                  "entrypoint.d", "container-entrypoint.d"};
constexpr std::array<std::string_view, 4> k_runlevels = {"etc/rcS.d", "etc/rc2.d", "etc/rc3.d", "etc/rc5.d"};
constexpr std::array<std::string_view, 3> k_openrc_runlevels = {"etc/runlevels/sysinit", "etc/runlevels/boot",
                                                                "etc/runlevels/default"};

constexpr std::array<std::string_view, 3> k_at_folders = {"var/spool/cron/atjobs", "var/spool/at",
                                                          "var/spool/atjobs"};

}  // namespace

bool StartWalk::start_places() {
  const std::size_t nodes = m_graph.m_nodes.size();
  const std::size_t texts = m_graph.m_texts.size();
  start_preload();
  start_environment();
  start_cron();
  if (const Chain* by = started({"systemd"})) start_units(*by);
  if (const Chain* by = started({"init", "systemd", "openrc-init"})) start_init(*by);
  start_supervisors();
  start_profiles();
  start_python();
  if (!m_programs.empty())
    for (const std::string_view folder : k_entrypoint_folders) start_scripts_in(folder, {"Entrypoint"});
  return nodes != m_graph.m_nodes.size() || texts != m_graph.m_texts.size();
}

// Names of the entries of a folder. The view lists no folder that an archive only implies, so paths in the usual
// places are looked through for those.
std::vector<std::string> StartWalk::names_in(std::string_view folder) {
  if (m_implied.empty()) {
    m_implied.insert("");
    m_image.each_final([&](layers::FileRef, const std::string& path) {
      const bool usual = std::any_of(k_usual_tops.begin(), k_usual_tops.end(),
                                     [&](std::string_view top) { return path.starts_with(top); });
      if (usual) m_implied.insert(path);
    });
  }
  std::set<std::string> names;
  for (const layers::FileRef file : m_image.children(folder))
    names.emplace(layers::base_name(m_image.entry(file).path));
  const std::string start = m_image.real_path(folder).value_or(std::string(folder)) + "/";
  for (auto at = m_implied.lower_bound(start); at != m_implied.end() && at->starts_with(start); ++at) {
    names.insert(at->substr(start.size(), at->find('/', start.size()) - start.size()));
    if (names.size() >= k_most_children) break;
  }
  return {names.begin(), names.end()};
}

const StartWalk::Chain* StartWalk::started(std::initializer_list<std::string_view> names) const {
  for (const std::string_view name : names)
    if (const auto found = m_programs.find(name); found != m_programs.end()) return &found->second;
  return nullptr;
}

bool StartWalk::somebody_put_it_there(layers::FileRef file) const {
  return m_ownership == nullptr || m_ownership->integrity(file) == inventory::Integrity::unowned;
}

void StartWalk::start_preload() {
  const std::string path = "etc/ld.so.preload";
  const auto record = start_record(path);
  if (!record) return;
  reach_file(path, record->file, {}, 0);
  const auto file = decode_start_file(record->data);
  if (!file.ok()) return;
  for (const StartCommand& library : file.value().commands)
    reach_program(library.command, {"/" + path + ":" + std::to_string(library.line)}, 1, true);
}

void StartWalk::start_cron() {
  const Chain* daemon = started({"cron", "crond", "anacron", "fcron", "supercronic", "dcron", "go-crond"});
  const Chain by = daemon == nullptr ? Chain{} : *daemon;
  start_crontab("etc/crontab", by);
  start_crontab("etc/anacrontab", by);
  for (const std::string_view folder : k_crontab_folders)
    for (const std::string& name : names_in(folder)) start_crontab(util::join_path(folder, name), by);
  for (const std::string_view folder : k_cron_script_folders)
    for (const std::string& name : names_in(folder)) {
      const auto file = m_image.resolve(util::join_path(folder, name));
      if (file && (daemon != nullptr || somebody_put_it_there(*file)))
        start_script(util::join_path(folder, name), by);
    }
  if (const Chain* at = started({"atd"}))
    for (const std::string_view folder : k_at_folders) start_scripts_in(folder, Chain(*at));
  if (const Chain* udev = started({"systemd-udevd", "udevd", "systemd"}))
    for (const std::string_view folder : {"etc/udev/rules.d", "run/udev/rules.d"})
      for (const std::string& name : names_in(folder))
        start_file_commands(util::join_path(folder, name), Chain(*udev));
  if (const Chain* network = started({"NetworkManager"}))
    start_scripts_in("etc/NetworkManager/dispatcher.d", Chain(*network));
}

void StartWalk::start_crontab(const std::string& path, const Chain& daemon) {
  const auto file = m_image.resolve(path);
  if (!file || m_image.entry(*file).type != layers::EntryType::file) return;
  if (daemon.empty() && !somebody_put_it_there(*file)) return;
  start_file_commands(path, daemon);
}

// A layer is read name by name: what a link makes a crontab was no crontab then.
std::optional<layers::RecordRef> StartWalk::start_record(const std::string& path) {
  if (auto record = m_image.record_at(k_start_section, path)) return record;
  const auto kind = start_file_kind(path);
  if (kind == StartFileKind::system_crontab)
    if (auto record = m_image.record_at(k_linked_system_section, path)) return record;
  if (kind == StartFileKind::user_crontab)
    if (auto record = m_image.record_at(k_linked_user_section, path)) return record;
  const auto file = m_image.resolve(path);
  if (!file || !start_file_kind(path)) return std::nullopt;
  const layers::Entry& content = m_image.entry(m_image.content_of(*file));
  if (content.type != layers::EntryType::file || content.size == 0) return std::nullopt;
  if (start_file_kind(content.path) != start_file_kind(path) && m_graph.m_unread.size() < k_most_children &&
      std::find(m_graph.m_unread.begin(), m_graph.m_unread.end(), path) == m_graph.m_unread.end())
    m_graph.m_unread.push_back(path);
  return std::nullopt;
}

void StartWalk::start_file_commands(const std::string& path, const Chain& by) {
  if (const auto record = start_record(path)) start_table(*record, path, by);
}

void StartWalk::start_table(const layers::RecordRef& record, const std::string& path, const Chain& by) {
  const auto file = decode_start_file(record.data);
  if (file.ok() && runs_when_named(file->kind)) return;
  const std::string real = m_image.path(record.file);
  reach_file(real, record.file, by, 1);
  if (!file.ok()) return;
  for (const StartCommand& command : file.value().commands) {
    if (names_a_unit(file.value(), command)) continue;
    Chain chain = by;
    if (real != path && !start_file_kind(real)) chain.push_back("/" + path);
    chain.push_back("/" + real + ":" + std::to_string(command.line));
    start_text({real, record.file, command.line, {}, command.command, std::move(chain), command.facts}, 1);
  }
}

// Files of commands that a program is given: crontab FILE, supercronic FILE, crond -c FOLDER, supervisord -c FILE. A
// supervisor that is given none looks beside itself as well.
void StartWalk::follow_tables(const ShellCommand& command, const Chain& chain) {
  const std::string_view base = layers::base_name(command.argv[0]);
  const bool supervisor = base == "supervisord", daemon = base == "crond" || base == "busybox";
  if (!supervisor && !daemon && base != "crontab" && base != "supercronic" && base != "go-crond") return;
  std::vector<std::string> names;
  for (std::size_t i = 1; i < command.argv.size(); ++i) {
    const std::string& word = command.argv[i];
    const std::string& before = command.argv[i - 1];
    const bool option = before == "-c" || before == "--configuration";
    if (word.starts_with("--configuration=")) names.push_back(word.substr(word.find('=') + 1));
    if (is_resolved(word) && word.size() > 1 && word[0] != '-' && (option || !(supervisor || daemon)))
      names.push_back(word);
  }
  if (supervisor && names.empty()) names = {"supervisord.conf", "etc/supervisord.conf"};
  std::vector<std::string> folders = {m_image.config().working_dir};
  folders.insert(folders.end(), m_folders.begin(), m_folders.end());
  for (const std::string& name : names)
    for (const std::string& folder : name.starts_with('/') ? std::vector<std::string>{""} : folders) {
      const std::string path = layers::canonical_path(folder + "/" + name).path;
      std::vector<std::string> paths = {path};
      if (daemon)
        for (const std::string& user : names_in(path)) paths.push_back(util::join_path(path, user));
      for (const std::string& one : paths)
        for (const std::string_view section : {k_start_section, k_linked_user_section})
          if (const auto record = m_image.record_at(section, one)) {
            start_table(*record, one, chain);
            break;
          }
    }
}

void StartWalk::start_script(const std::string& path, const Chain& by) {
  const auto file = m_image.resolve(path);
  if (!file || m_image.entry(*file).type != layers::EntryType::file) return;
  reach_file(m_image.real_path(path).value_or(path), *file, by, 1);
}

void StartWalk::start_scripts_in(std::string_view folder, const Chain& by) {
  for (const std::string& name : names_in(folder)) start_script(util::join_path(folder, name), by);
}

void StartWalk::start_nested(std::string_view folder, std::string_view name, const Chain& by) {
  for (const std::string& service : names_in(folder))
    start_script(util::join_path(util::join_path(folder, service), name), by);
}

// Everything that some target wants. Which targets the default one pulls in is not worked out: more is followed than
// would run, and nothing that would run is left out.
void StartWalk::start_units(const Chain& by) {
  for (const std::string_view folder : k_unit_folders) start_wanted(folder, by);
  for (const std::string_view folder : k_systemd_program_folders) start_scripts_in(folder, by);
  start_user_units(by);
}

void StartWalk::start_wanted(std::string_view folder, const Chain& by) {
  for (const std::string& target : names_in(folder)) {
    // A drop-in changes a unit whether or not it is wanted by name.
    if (target.ends_with(".service.d"))
      for (const std::string& part : names_in(util::join_path(folder, target)))
        start_file_commands(util::join_path(util::join_path(folder, target), part), by);
    if (!target.ends_with(".wants") && !target.ends_with(".requires") && !target.ends_with(".upholds")) continue;
    for (const std::string& unit : names_in(util::join_path(folder, target))) {
      start_unit(util::join_path(util::join_path(folder, target), unit), by);
      if (!m_image.resolve(util::join_path(util::join_path(folder, target), unit))) start_unit_named(unit, by);
    }
  }
}

// A timer, socket or path is there for a service.
void StartWalk::start_unit(const std::string& path, const Chain& by) {
  const std::string_view name = layers::base_name(path);
  const std::size_t dot = name.rfind('.');
  const std::string_view kind = dot == std::string_view::npos ? std::string_view{} : name.substr(dot);
  start_file_commands(path, by);
  if (kind != ".timer" && kind != ".socket" && kind != ".path") return;
  start_unit_named(std::string(name.substr(0, dot)) + ".service", by);
  const auto record = start_record(path);
  if (!record) return;
  const auto file = decode_start_file(record->data);
  if (!file.ok()) return;
  for (const StartCommand& unit : file.value().commands)
    if (!unit.when.starts_with("Exec")) start_unit_named(unit.command, by);
}

void StartWalk::start_unit_named(std::string_view name, const Chain& by) {
  if (name.empty() || name.find('/') != std::string_view::npos) return;
  // "worker@1.service" is made from "worker@.service".
  const std::size_t at = name.find('@'), dot = name.rfind('.');
  const std::string pattern = at == std::string_view::npos || dot == std::string_view::npos || dot < at
                                  ? std::string(name)
                                  : std::string(name.substr(0, at + 1)) + std::string(name.substr(dot));
  for (const std::string_view folder : k_unit_folders)
    for (const std::string& candidate : {util::join_path(folder, name), util::join_path(folder, pattern)})
      if (m_image.resolve(candidate)) return start_file_commands(candidate, by);
}

// The manager of a user's units runs from login, or at start where the user lingers.
void StartWalk::start_user_units(const Chain& by) {
  for (const std::string_view folder : k_user_unit_folders) start_wanted(folder, by);
  for (const std::string& home : homes()) {
    start_wanted(home + "/.config/systemd/user", by);
    start_wanted(home + "/.local/share/systemd/user", by);
  }
}

std::vector<std::string> StartWalk::homes() {
  std::vector<std::string> found = {"root"};
  for (const std::string& name : names_in("home")) found.push_back(util::join_path("home", name));
  return found;
}

void StartWalk::start_init(const Chain& by) {
  start_file_commands("etc/inittab", by);
  for (const std::string_view folder : k_runlevels)
    for (const std::string& name : names_in(folder))
      if (name.starts_with('S')) start_script(util::join_path(folder, name), by);
  for (const std::string_view folder : k_openrc_runlevels) start_scripts_in(folder, by);
  start_script("etc/rc.local", by);
  start_scripts_in("etc/local.d", by);
}

void StartWalk::start_supervisors() {
  if (const Chain* by = started({"supervisord"})) {
    const Chain chain = *by;
    for (const std::string_view path : {"etc/supervisord.conf", "etc/supervisor/supervisord.conf"})
      start_file_commands(std::string(path), chain);
    for (const std::string_view folder : {"etc/supervisor/conf.d", "etc/supervisor.d", "etc/supervisord.d"})
      for (const std::string& name : names_in(folder)) start_file_commands(util::join_path(folder, name), chain);
  }
  if (const Chain* by = started({"foreman", "forego", "goreman", "hivemind", "overmind", "honcho"})) {
    const Chain chain = *by;
    start_file_commands(layers::canonical_path(m_image.config().working_dir + "/Procfile").path, chain);
  }
  if (const Chain* by =
          started({"s6-svscan", "s6-overlay-suexec", "init", "runsvdir", "my_init", "runit", "runsv"})) {
    const Chain chain = *by;
    for (const std::string_view folder : {"etc/cont-init.d", "etc/my_init.d", "custom-cont-init.d"})
      start_scripts_in(folder, chain);
    for (const std::string_view folder : {"etc/services.d", "etc/service", "etc/sv", "etc/s6", "etc/s6/services",
                                          "etc/s6-overlay/s6-rc.d", "custom-services.d", "service"}) {
      start_nested(folder, "run", chain);
      start_nested(folder, "up", chain);
    }
  }
}

void StartWalk::start_profiles() {
  if (!m_login_shell && !m_interactive_bash) return;
  const std::vector<std::string> all_homes = homes();
  if (m_login_shell) {
    const Chain by = {"login shell"};
    start_script("etc/profile", by);
    start_scripts_in("etc/profile.d", by);
    start_scripts_in("etc/update-motd.d", by);
    for (const std::string& home : all_homes)
      for (const std::string_view name : {".bash_profile", ".bash_login", ".profile", ".zprofile", ".zlogin"})
        start_script(util::join_path(home, name), by);
  }
  const Chain by = {"interactive shell"};
  for (const std::string_view path : {"etc/bash.bashrc", "etc/bashrc", "etc/zsh/zshrc", "etc/zshrc", "etc/zshenv"})
    start_script(std::string(path), by);
  for (const std::string& home : all_homes)
    for (const std::string_view name : {".bashrc", ".zshrc", ".zshenv", ".kshrc"})
      start_script(util::join_path(home, name), by);
}

// Variables that make a program load or run a file first.
void StartWalk::start_environment() {
  static constexpr std::array<std::string_view, 3> k_one_file = {"BASH_ENV", "ENV", "PYTHONSTARTUP"};
  static constexpr std::array<std::string_view, 8> k_options = {
      "--require=", "-r=", "--require", "--import=", "-javaagent:", "-agentpath:", "-r", "-M"};
  const auto load = [&](std::string_view file, std::string_view name) {
    if (file.find('/') != std::string_view::npos) reach_program(file, {"Env " + std::string(name)}, 1, false);
  };
  for (const std::string& line : m_image.config().env) {
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos) continue;
    const std::string name = line.substr(0, equals);
    std::string_view value = std::string_view(line).substr(equals + 1);
    if (std::find(k_one_file.begin(), k_one_file.end(), name) != k_one_file.end()) load(value, name);
    const bool libraries = name == "LD_PRELOAD" || name == "LD_AUDIT";
    const bool options = name == "NODE_OPTIONS" || name == "RUBYOPT" || name == "PERL5OPT" ||
                         name == "JAVA_TOOL_OPTIONS" || name == "JDK_JAVA_OPTIONS" || name == "_JAVA_OPTIONS";
    if (!libraries && !options) continue;
    for (std::size_t count = 0; !value.empty() && count < k_most_children; ++count) {
      const std::size_t end = std::min(value.find_first_of(libraries ? " :" : " "), value.size());
      std::string_view word = value.substr(0, end);
      value.remove_prefix(std::min(end + 1, value.size()));
      if (options)
        for (const std::string_view option : k_options)
          if (word.starts_with(option)) {
            word.remove_prefix(option.size());
            break;
          }
      load(word.substr(0, word.find('=')), name);
    }
  }
}

// Python runs the "import" lines of .pth files and two modules of its own whenever it starts.
void StartWalk::start_python() {
  const auto python = m_programs.lower_bound("python");
  const Chain* by = python != m_programs.end() && python->first.starts_with("python") ? &python->second : nullptr;
  if (by == nullptr) by = started({"pypy3", "gunicorn", "uvicorn", "celery", "flask", "django-admin", "ipython"});
  if (by == nullptr) return;
  if (m_python_hooks.empty()) {
    m_python_hooks.emplace_back();  // looked for once
    m_image.each_final([&](layers::FileRef, const std::string& path) {
      const bool hook =
          path.ends_with(".pth") || path.ends_with("/sitecustomize.py") || path.ends_with("/usercustomize.py");
      if (hook && m_python_hooks.size() < k_most_children) m_python_hooks.push_back(path);
    });
  }
  const Chain chain = *by;
  for (const std::string& path : m_python_hooks)
    if (!path.empty()) start_script(path, chain);
}

}  // namespace hullcheck::detect
