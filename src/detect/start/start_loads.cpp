// A program in a scripting language is more than the file that is started: modules beside it, pages that it includes.
// They run as a part of it, so they lie as deep in the chain as it does.
//
// Modules are looked for beside the script that loads them and where the interpreter looks: beside the script that
// was started, in the working folder, and in the folders of the environment's variables. Libraries are left out.
#include <algorithm>
#include <array>

#include "detect/scripts/script_language.hpp"
#include "detect/shell/argument_words.hpp"
#include "detect/start/start_walk.hpp"
#include "detect/words.hpp"
#include "util/path.hpp"

namespace hullcheck::detect {
namespace {

// Files that one image's programs load, and names that are looked up for them. What is nearest to the start comes
// first; what is not followed is judged as present.
constexpr std::size_t k_most_loaded = 2048;
constexpr std::size_t k_most_load_folders = 16;
constexpr std::size_t k_most_load_tries = 200'000;

constexpr std::array<std::string_view, 5> k_search_variables = {"PYTHONPATH", "NODE_PATH", "PERL5LIB", "RUBYLIB",
                                                                "LUA_PATH"};
constexpr std::array<std::string_view, 3> k_module_variables = {
    "FLASK_APP=", "DJANGO_SETTINGS_MODULE=", "CELERY_APP="};
// Programs with a module of Python among their arguments.
constexpr std::string_view k_module_servers =
    " gunicorn uvicorn hypercorn daphne celery flask waitress-serve granian uwsgi ";

// Programs that read a script of the folder in which they stand without being told. Lists are as is_listed() takes
// them; the files' names are separated by blanks.
struct DefaultFiles {
  std::string_view programs, files;
};
constexpr std::array<DefaultFiles, 15> k_default_files{{
    {" gunicorn ", "gunicorn.conf.py"},
    {" flask ", "app.py wsgi.py"},
    {" celery ", "celeryconfig.py"},
    {" invoke inv ", "tasks.py"},
    {" fab ", "fabfile.py"},
    {" locust ", "locustfile.py"},
    {" rake ", "Rakefile rakefile Rakefile.rb"},
    {" rackup thin unicorn puma passenger ", "config.ru config/puma.rb config/unicorn.rb"},
    {" rails ", "config.ru config/boot.rb config/application.rb"},
    {" gulp ", "gulpfile.js gulpfile.mjs gulpfile.cjs"},
    {" grunt ", "Gruntfile.js"},
    {" next ", "next.config.js next.config.mjs next.config.ts"},
    {" vite ", "vite.config.js vite.config.mjs vite.config.ts"},
    {" webpack webpack-dev-server ", "webpack.config.js webpack.config.ts"},
    {" pm2 pm2-runtime pm2-docker ", "ecosystem.config.js ecosystem.config.cjs"},
}};

}  // namespace

// With `bundle exec` and `npx` before it the program is a command of its own by then.
void StartWalk::follow_default_files(const ShellCommand& command, const Chain& chain, int depth) {
  if (command.argv.empty()) return;
  const std::string_view base = layers::base_name(command.argv[0]);
  for (const DefaultFiles& row : k_default_files) {
    if (!is_listed(row.programs, base) || !is_asked_first(std::string(base))) continue;
    for (std::string_view rest = row.files; !rest.empty();) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      for (const std::string& path : project_files("", "", rest.substr(0, end)))
        reach_program("/" + path, chain, depth + 1, false);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
}

void StartWalk::follow_loads(const StartNode& node) {
  const auto record = m_image.record_at(k_loads_section, node.path);
  if (!record) return;
  const auto loads = decode_script_loads(record->data);
  if (!loads.ok()) return;
  const std::string folder(layers::parent_path(node.path));
  if (!m_loaded_files.contains(node.file) && m_load_folders.size() < k_most_load_folders)
    m_load_folders.insert(folder);
  for (const ScriptLoad& one : loads->loads) {
    Chain chain = node.chain;
    if (!chain.empty()) chain.back() = "/" + node.path + ":" + std::to_string(one.line);
    load(one, loads->language, folder, chain, node.depth);
  }
}

// python -c "import app", node -e "require('./app')"
void StartWalk::follow_code(const ShellFacts& facts, const Chain& chain, int depth) {
  for (const EmbeddedCode& code : facts.embedded) {
    const ScriptLoads loads = script_loads(script_language_named(code.language), code.code);
    for (const ScriptLoad& one : loads.loads)
      load(one, loads.language, m_image.config().working_dir, chain, depth + 1);
  }
}

// Programs that interpreters find by less than a file's name.
void StartWalk::follow_modules(const ShellCommand& command, const Chain& chain, int depth) {
  if (command.argv.size() < 2) return;
  const std::string_view base = layers::base_name(command.argv[0]);
  if (base == "node" || base == "nodejs" || base == "nodemon")
    follow_node_folder(command, chain, depth);
  else if (base.starts_with("python") || base.starts_with("pypy") || is_listed(k_module_servers, base))
    follow_python_modules(command, chain, depth);
}

// node . or node FILE without its suffix
void StartWalk::follow_node_folder(const ShellCommand& command, const Chain& chain, int depth) {
  const auto word = std::find_if(command.argv.begin() + 1, command.argv.end(),
                                 [](const std::string& one) { return !is_flag(one); });
  if (word == command.argv.end()) return;
  if (!is_asked_first("node " + *word) || start_main(*word, chain, depth)) return;
  const bool absolute = word->starts_with('/');
  load({command.line, absolute ? *word : "./" + *word}, ScriptLanguage::javascript, m_image.config().working_dir,
       chain, depth + 1);
}

// python -m app.main, python FOLDER, gunicorn app.wsgi:application, flask --app shop run
void StartWalk::follow_python_modules(const ShellCommand& command, const Chain& chain, int depth) {
  const bool by_module = command.argv[0].find("py") == std::string::npos ||
                         std::find(command.argv.begin(), command.argv.end(), "-m") != command.argv.end();
  std::vector<std::string> names;
  for (std::size_t i = 1; i < command.argv.size(); ++i) {
    std::string_view word = command.argv[i];
    if (word.starts_with("--app=")) word.remove_prefix(6);
    if (is_flag(word)) continue;
    if (!by_module) {
      names.push_back(std::string(word) + "/__main__");
      break;
    }
    const std::string module = module_path(word);
    if (!module.empty()) names.insert(names.end(), {module, module + "/__main__"});
  }
  for (const std::string_view variable : k_module_variables)
    for (const std::string& line : m_image.config().env)
      if (by_module && line.starts_with(variable))
        names.push_back(module_path(std::string_view(line).substr(variable.size())));
  for (const std::string& name : names)
    if (!name.empty())
      load({command.line, name}, ScriptLanguage::python, m_image.config().working_dir, chain, depth + 1);
}

void StartWalk::load(const ScriptLoad& load, ScriptLanguage language, const std::string& folder, const Chain& chain,
                     int depth) {
  const auto is_in = [&](const std::string& one) { return load_from(one, load, language, chain, depth); };
  if (load.name.starts_with('/')) {
    is_in("");
    return;
  }
  if (is_in(folder) || load.name.starts_with("./") || load.name.starts_with("../")) return;
  const auto any_of = [&](const auto& folders) { return std::any_of(folders.begin(), folders.end(), is_in); };
  if (!any_of(m_load_folders) && !is_in(m_image.config().working_dir) && !any_of(m_folders))
    any_of(folders_of_variables());
}

// True when it is there, or nothing more is looked for.
bool StartWalk::load_from(const std::string& folder, const ScriptLoad& load, ScriptLanguage language,
                          const Chain& chain, int depth) {
  for (const std::string_view suffix : load_suffixes(language)) {
    if (++m_load_tries > k_most_load_tries) return true;
    const std::string path = layers::canonical_path("/" + folder + "/" + load.name + std::string(suffix)).path;
    const auto file = m_image.resolve(path);
    if (!file || m_image.entry(*file).type != layers::EntryType::file) continue;
    if (m_graph.m_by_file.contains(*file) || m_loaded_files.size() >= k_most_loaded) return true;
    m_loaded_files.insert(*file);
    reach_file(m_image.real_path(path).value_or(path), *file, chain, depth);
    return true;
  }
  return false;
}

const std::vector<std::string>& StartWalk::folders_of_variables() {
  if (m_variable_folders) return *m_variable_folders;
  std::vector<std::string>& folders = m_variable_folders.emplace();
  for (const std::string& line : m_image.config().env) {
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos || !is_one(std::string_view(line).substr(0, equals), k_search_variables))
      continue;
    std::string_view rest = std::string_view(line).substr(equals + 1);
    while (!rest.empty() && folders.size() < k_most_load_folders) {
      const std::size_t end = std::min(rest.find_first_of(":;"), rest.size());
      if (end > 0) folders.emplace_back(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return folders;
}

}  // namespace hullcheck::detect
