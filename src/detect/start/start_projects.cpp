// Commands of projects that a started command asks for by name: `npm start`, `yarn serve`, `make -C /app run`,
// `composer run worker`. The names stand in files of the folder in which the command runs.
#include <algorithm>
#include <array>

#include "detect/shell/argument_words.hpp"
#include "detect/shell/script_facts.hpp"
#include "detect/start/project_files.hpp"
#include "detect/start/start_walk.hpp"
#include "detect/words.hpp"
#include "formats/makefile.hpp"
#include "util/path.hpp"

namespace hullcheck::detect {
namespace {

// Lists of words are as is_listed() takes them; "-" stands for no word at all.
struct Runner {
  std::string_view name;
  std::string_view files;     // where its names stand; the first that is there counts
  std::string_view asks;      // verbs before a name
  std::string_view verbs;     // names that are verbs too; "*" where any other word is a name
  std::string_view installs;  // verbs that run the hooks of the project itself
};
constexpr std::array<Runner, 10> k_runners{{
    {"npm", "package.json", " run run-script rum urn ", " start stop restart test t tst ",
     " install i ci add install-test it "},
    {"yarn", "package.json", " run ", "*", " install - "},
    {"pnpm", "package.json", " run run-script ", "*", " install i "},
    {"bun", "package.json", " run ", "*", " install i "},
    {"deno", "deno.json deno.jsonc package.json", " task ", "", ""},
    {"composer", "composer.json", " run run-script ", "*", " install update "},
    {"lerna", "package.json", " run ", "", ""},
    {"turbo", "package.json", " run ", "*", ""},
    {"make", "GNUmakefile makefile Makefile", "", "", ""},
    {"just", "justfile Justfile .justfile", "", "", ""},
}};
constexpr std::size_t k_most_folders = 8;
constexpr std::string_view k_folder_options = " --prefix --cwd -C --dir --directory --working-dir -d ";
constexpr std::string_view k_file_options = " -f --file --makefile --justfile ";
constexpr std::string_view k_value_options = " -w --workspace --filter -F --loglevel -j --jobs -o -W -I --registry ";
// With these a name is one of the projects below the folder, of some or of all of them.
constexpr std::string_view k_member_options =
    " -w --workspace --workspaces --filter -F -r --recursive --include-workspace-root ";
constexpr std::string_view k_install_hooks =
    " preinstall install postinstall prepublish prepare pre-install-cmd post-install-cmd pre-update-cmd "
    "post-update-cmd post-autoload-dump ";

// Programs that run the rest of the line within a project; "" where no verb stands between.
constexpr std::array<std::pair<std::string_view, std::string_view>, 15> k_prefixes{{
    {"bundle", "exec"},
    {"npx", ""},
    {"bunx", ""},
    {"npm", "exec"},
    {"pnpm", "exec"},
    {"pnpm", "dlx"},
    {"yarn", "exec"},
    {"yarn", "dlx"},
    {"poetry", "run"},
    {"pipenv", "run"},
    {"uv", "run"},
    {"pdm", "run"},
    {"hatch", "run"},
    {"rye", "run"},
    {"cross-env", ""},
}};

const Runner* runner_of(const ShellCommand& command) {
  const std::string_view base = layers::base_name(command.argv[0]);
  const auto found = std::find_if(k_runners.begin(), k_runners.end(), [&](const Runner& row) {
    return row.name == base || (row.name == "make" && base == "gmake");
  });
  return found == k_runners.end() ? nullptr : &*found;
}

// What a command line says: which names, where.
struct Asked {
  std::vector<std::string> words;  // neither options nor their values
  std::string folder, file;        // "" where none is named
  bool members = false;            // projects below the folder are meant
};

Asked read_arguments(const ShellCommand& command) {
  Asked asked;
  for (std::size_t i = 1; i < command.argv.size(); ++i) {
    std::string_view word = command.argv[i];
    if (word == "--") break;
    std::string_view value;
    const std::size_t equals = word.starts_with("--") ? word.find('=') : std::string_view::npos;
    const bool own_value = equals != std::string_view::npos;
    if (own_value) value = word.substr(equals + 1);
    word = word.substr(0, equals);
    const bool folder = is_listed(k_folder_options, word), file = is_listed(k_file_options, word);
    asked.members = asked.members || is_listed(k_member_options, word);
    if ((folder || file || is_listed(k_value_options, word)) && !own_value && i + 1 < command.argv.size())
      value = command.argv[++i];
    if (folder) asked.folder = value;
    if (file) asked.file = value;
    if (!is_flag(word) && !own_value && !folder && word.find('=') == std::string_view::npos)
      asked.words.emplace_back(word);
  }
  // yarn workspace NAME SCRIPT, yarn workspaces foreach run SCRIPT
  std::size_t skip = 0;
  if (!asked.words.empty() && asked.words[0] == "workspace") skip = 2;
  if (!asked.words.empty() && asked.words[0] == "workspaces")
    skip = asked.words.size() > 1 && asked.words[1] == "foreach" ? 2 : 1;
  asked.members = asked.members || skip > 0;
  asked.words.erase(asked.words.begin(),
                    asked.words.begin() + static_cast<std::ptrdiff_t>(std::min(skip, asked.words.size())));
  return asked;
}

std::string_view verb_of(const Asked& asked) { return asked.words.empty() ? std::string_view("-") : asked.words[0]; }

// Under which names the commands stand that run; "" is what is made when nothing is named.
std::vector<std::string> names_asked(const Runner& runner, const Asked& asked) {
  if (runner.name == "make" || runner.name == "just")
    return asked.words.empty() ? std::vector<std::string>{""} : asked.words;
  const std::string_view verb = verb_of(asked);
  std::string name;
  if (is_listed(runner.asks, verb))
    name = asked.words.size() > 1 ? asked.words[1] : "";
  else if (is_listed(runner.verbs, verb) || (runner.verbs == "*" && !is_listed(runner.installs, verb)))
    name = verb == "t" || verb == "tst" ? "test" : verb;
  if (name.empty()) return {};
  return {"pre" + name, name, "post" + name};
}

// "build:*" of npm-run-all is every script that begins so.
bool is_named(std::string_view asked, std::string_view name) {
  const std::size_t star = asked.find('*');
  return star == std::string_view::npos || star == 0 ? asked == name : name.starts_with(asked.substr(0, star));
}

}  // namespace

std::optional<ShellCommand> behind_runner(const ShellCommand& command) {
  if (command.argv.size() < 2) return std::nullopt;
  const std::string_view base = layers::base_name(command.argv[0]);
  for (const auto& [name, verb] : k_prefixes) {
    if (base != name) continue;
    std::size_t first = 1;
    if (!verb.empty()) {
      while (first < command.argv.size() && is_flag(command.argv[first])) ++first;
      if (first >= command.argv.size() || command.argv[first] != verb) continue;
      ++first;
    }
    const auto is_before = [](const std::string& word) {
      return is_flag(word) || (word.find('=') != std::string::npos && word.find('/') == std::string::npos);
    };
    while (first < command.argv.size() && is_before(command.argv[first])) ++first;
    if (first >= command.argv.size()) return std::nullopt;
    ShellCommand inner = command;
    inner.argv.erase(inner.argv.begin(), inner.argv.begin() + static_cast<std::ptrdiff_t>(first));
    return inner;
  }
  return std::nullopt;
}

void StartWalk::follow_project(const ShellCommand& command, const Chain& chain, int depth) {
  const Runner* const runner = command.argv.empty() ? nullptr : runner_of(command);
  if (runner == nullptr || !is_asked_first(shell_line(command.argv))) return;
  const Asked asked = read_arguments(command);
  const bool hooks = is_listed(runner->installs, verb_of(asked));
  const std::vector<std::string> names = names_asked(*runner, asked);
  if (names.empty() && !hooks) return;
  Chain called = chain;
  called.emplace_back(runner->name);
  bool told = false;  // what "start" is
  std::vector<std::string> paths = project_files(asked.folder, asked.file, runner->files);
  if (asked.members || runner->name == "lerna" || runner->name == "turbo") add_members(paths);
  for (const std::string& path : paths) {
    const auto record = m_image.record_at(k_start_section, path);
    if (!record) continue;
    const auto file = decode_start_file(record->data);
    if (!file.ok() || !runs_when_named(file->kind)) continue;
    for (const StartCommand& one : file->commands)
      if (one.when == k_when_read) start_project_command(*record, one, called, depth + 1);
    for (const std::string& name : names) start_named(*record, *file, name, called, depth + 1);
    for (const StartCommand& one : file->commands) {
      told = told || one.when == "start";
      if (hooks && is_listed(k_install_hooks, one.when)) start_project_command(*record, one, called, depth + 1);
    }
  }
  // npm's own default.
  if (!told && runner->name == "npm" && std::find(names.begin(), names.end(), "start") != names.end())
    for (const std::string& path : project_files(asked.folder, "", "server.js"))
      reach_program("/" + path, called, depth + 1, false);
}

// Each command line once for each set of folders in which it may stand, and not more of them than anybody has: every
// one reads files.
bool StartWalk::is_asked_first(std::string line) {
  constexpr std::size_t k_most_asked = 256;
  line += " in " + std::to_string(m_folders.size());
  if (m_asked.size() < k_most_asked) return m_asked.insert(line).second;
  m_graph.m_too_many |= !m_asked.contains(line);
  return false;
}

// Paths of the files that a runner may read, by its options or from where it may stand.
std::vector<std::string> StartWalk::project_files(const std::string& folder, const std::string& file,
                                                  std::string_view names) const {
  std::vector<std::string> folders;
  const std::string& start = m_image.config().working_dir;
  if (folder.starts_with('/')) {
    folders = {folder};
  } else {
    folders.push_back(start + "/" + folder);
    for (const std::string& one : m_folders)
      if (folders.size() < k_most_folders) folders.push_back(one + "/" + folder);
  }
  std::vector<std::string> found;
  if (file.starts_with('/')) folders = {""};
  for (const std::string& one : folders) {
    std::string_view rest = file.empty() ? names : std::string_view(file);
    while (!rest.empty()) {
      const std::size_t end = std::min(file.empty() ? rest.find(' ') : rest.size(), rest.size());
      const std::string path = layers::canonical_path(one + "/" + std::string(rest.substr(0, end))).path;
      rest.remove_prefix(std::min(end + 1, rest.size()));
      if (!m_image.resolve(path)) continue;
      found.push_back(m_image.real_path(path).value_or(path));
      break;
    }
  }
  return found;
}

// The projects below those at `paths`, as workspaces are. Which of them belong to it is not asked.
void StartWalk::add_members(std::vector<std::string>& paths) {
  constexpr std::size_t k_most_projects = 1024, k_most_members = 64;
  if (!m_projects) {
    m_projects.emplace();
    m_image.each_final([&](layers::FileRef, const std::string& path) {
      if (m_projects->size() < k_most_projects && path.ends_with("/package.json") && start_file_kind(path))
        m_projects->push_back(path);
    });
  }
  const std::vector<std::string> above = paths;
  for (const std::string& path : *m_projects) {
    if (paths.size() >= above.size() + k_most_members) return;
    const bool below = std::any_of(above.begin(), above.end(), [&](const std::string& one) {
      const std::string folder(layers::parent_path(one));
      return one != path && path.starts_with(folder.empty() ? folder : folder + "/");
    });
    if (below) paths.push_back(path);
  }
}

// The command of a name and, of a Makefile, of all that it needs.
void StartWalk::start_named(const layers::RecordRef& record, const StartFile& file, std::string_view name,
                            const Chain& chain, int depth) {
  constexpr std::size_t k_most_names = 64;
  std::vector<std::string> names = {std::string(name)};
  for (std::size_t next = 0; next < names.size(); ++next) {
    for (const StartCommand& one : file.commands) {
      const std::string_view when = one.when;
      if (when == k_when_read) continue;
      const std::string_view own = file.kind == StartFileKind::makefile ? when.substr(0, when.find(' ')) : when;
      // Of a Makefile the first target, and all rules of it.
      const bool is_default = names[next].empty() && formats::may_be_default(own);
      if (is_default) names[next] = own;
      if (!is_named(names[next], own)) continue;
      std::string_view needs = file.kind == StartFileKind::makefile ? when.substr(own.size()) : std::string_view();
      while (!(needs = needs.substr(std::min(needs.find_first_not_of(' '), needs.size()))).empty()) {
        const std::string need(needs.substr(0, needs.find(' ')));
        needs.remove_prefix(need.size());
        if (names.size() < k_most_names && std::find(names.begin(), names.end(), need) == names.end())
          names.push_back(need);
      }
      start_project_command(record, one, chain, depth);
    }
  }
}

void StartWalk::start_project_command(const layers::RecordRef& record, const StartCommand& command, Chain chain,
                                      int depth) {
  if (depth > k_most_start_depth) {
    m_graph.m_too_many = true;
    return;
  }
  const std::string path = m_image.path(record.file);
  note_folder("/" + std::string(layers::parent_path(path)));
  chain.push_back("/" + path + ":" + std::to_string(command.line));
  start_text({path, record.file, command.line, {}, command.command, std::move(chain), command.facts}, depth);
}

// A folder as a program of Node.js: what package.json calls "main", else index.js. False when it is none.
bool StartWalk::start_main(const std::string& folder, const Chain& chain, int depth) {
  bool told = false;
  for (const std::string& path : project_files(folder, "", "package.json")) {
    const auto record = m_image.record_at(k_start_section, path);
    if (!record) continue;
    const auto file = decode_start_file(record->data);
    if (!file.ok()) continue;
    for (const StartCommand& one : file->commands)
      if (one.when == k_main_script) {
        told = true;
        start_project_command(*record, one, chain, depth + 1);
      }
  }
  if (told) return true;
  for (const std::string& path : project_files(folder, "", "index.js")) {
    told = true;
    reach_program("/" + path, chain, depth + 1, false);
  }
  return told;
}

}  // namespace hullcheck::detect
