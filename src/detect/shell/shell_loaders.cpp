// Programs that load code which a script fetched, in the evaluator: by their arguments, by variables of the
// environment, and because of where it lies. See shell_facts.hpp.
#include <algorithm>
#include <array>

#include "detect/shell/argument_words.hpp"
#include "detect/shell/code_places.hpp"
#include "detect/shell/shell_evaluator.hpp"
#include "detect/words.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_entries = 64;
constexpr std::string_view k_java_suffixes = " .jar .class .zip .war ";

bool has_suffix(std::string_view path, std::string_view suffixes) {
  const std::size_t dot = path.rfind('.');
  if (dot == std::string_view::npos || path.find('/', dot) != std::string_view::npos) return false;
  return is_listed(suffixes, path.substr(dot));
}

// What lies in a folder that a variable names is loaded when somebody asks for it.
struct LoadingVariable {
  std::string_view name, separators, suffixes;  // no suffixes: files by their names
};
constexpr std::array<LoadingVariable, 15> k_variables{{{"LD_PRELOAD", " :", ""},
                                                       {"LD_AUDIT", ":", ""},
                                                       {"PYTHONSTARTUP", "", ""},
                                                       {"BASH_ENV", "", ""},
                                                       {"ENV", "", ""},
                                                       {"CLASSPATH", ":", k_java_suffixes},
                                                       {"PYTHONPATH", ":", " .py .pyc .so .zip .egg "},
                                                       {"PYTHONHOME", ":", " .py .pyc .so "},
                                                       {"PERL5LIB", ":", " .pm .pl "},
                                                       {"RUBYLIB", ":", " .rb .so "},
                                                       {"NODE_PATH", ":", " .js .cjs .mjs .node "},
                                                       {"LD_LIBRARY_PATH", ":", " .so "},
                                                       {"GEM_PATH", ":", " .rb .so "},
                                                       {"LUA_PATH", ";", " .lua "},
                                                       {"R_PROFILE_USER", "", ""}}};

}  // namespace

// ---- one thing that is loaded

// A file, a folder with files of these kinds, "FOLDER/*", or an address.
bool ShellEvaluator::load_fetched(std::string_view entry, std::string_view suffixes, std::string_view tool,
                                  std::uint32_t line) {
  if (entry.empty() || entry == "." || entry == "/") return false;
  if (has_scheme(entry)) {
    const Value content = fetched(tool, {{std::string(entry), true, nullptr}});
    run_fetched(*content.origin, entry, "", m_steps, line);
    return true;
  }
  if (run_if_fetched({std::string(entry), true, nullptr}, tool, line)) return true;
  if (suffixes.empty()) return false;
  if (entry.ends_with("/*")) entry.remove_suffix(2);
  const std::string folder = file_key(entry) + "/";
  for (auto file = m_files.lower_bound(folder); file != m_files.end() && file->first.starts_with(folder); ++file)
    if (has_suffix(file->first, suffixes) && run_if_fetched({file->first, true, nullptr}, tool, line)) return true;
  return run_if_fetched({std::string(entry), true, nullptr}, tool, line);
}

void ShellEvaluator::load_list(std::string_view list, std::string_view separators, std::string_view suffixes,
                               std::string_view tool, std::uint32_t line) {
  if (has_scheme(list)) {
    load_fetched(list, suffixes, tool, line);
    return;
  }
  for (std::size_t count = 0; !list.empty() && count < k_most_entries; ++count) {
    const std::size_t end = std::min(list.find_first_of(separators), list.size());
    load_fetched(list.substr(0, end), suffixes, tool, line);
    list.remove_prefix(std::min(end + 1, list.size()));
  }
}

// "-javaagent:FILE=options", "--require FILE": options that load a file before the program. True for one that does.
bool ShellEvaluator::load_option(std::string_view word, std::string_view next, std::string_view tool,
                                 std::uint32_t line) {
  struct Row {
    std::string_view option, separators, suffixes;
  };
  static constexpr std::array<Row, 12> k_attached{{{"-javaagent:", "=", ""},
                                                   {"-agentpath:", "=", ""},
                                                   {"-Xbootclasspath/a:", ":", k_java_suffixes},
                                                   {"-Xbootclasspath/p:", ":", k_java_suffixes},
                                                   {"-Dloader.path=", ",", k_java_suffixes},
                                                   {"-Djava.ext.dirs=", ":", k_java_suffixes},
                                                   {"-Djava.class.path=", ":", k_java_suffixes},
                                                   {"--class-path=", ":", k_java_suffixes},
                                                   {"--module-path=", ":", k_java_suffixes},
                                                   {"--require=", "", ""},
                                                   {"--import=", "", ""},
                                                   {"--loader=", "", ""}}};
  for (const Row& row : k_attached) {
    if (!word.starts_with(row.option)) continue;
    std::string_view value = word.substr(row.option.size());
    if (row.separators == "=") {
      load_fetched(value.substr(0, value.find('=')), row.suffixes, tool, line);
    } else {
      load_list(value, row.separators, row.suffixes, tool, line);
    }
    return true;
  }
  const bool takes = word == "--require" || word == "--import" || word == "-r" || word == "--loader";
  return takes && load_fetched(next, "", tool, line);
}

// ---- programs that run a file

// ld-linux.so x, insmod x, dotnet x, wasmtime run x: the first operand is what runs.
Value ShellEvaluator::run_loader(Invocation& invocation) {
  const std::string name = invocation.name();
  for (std::size_t i = 1; i < invocation.argv.size(); ++i) {
    const std::string_view word = invocation.arg(i);
    if (word == "-" && invocation.io.input && invocation.io.input->origin) {
      Value code = *invocation.io.input;
      code.text.clear();
      code.known = false;
      consume_code(code, name, invocation.io, invocation.line, false, nullptr);
      return Value::unknown();
    }
    if (word.size() > 1 && word[0] == '-') {
      const bool path = word == "--library-path" || word == "--preload";
      if (path && i + 1 < invocation.argv.size() && run_if_fetched(invocation.argv[i + 1], name, invocation.line))
        return Value::unknown();
      if (word == "--library-path") ++i;
      continue;
    }
    if (word == "run" || word == "exec" || word == "watch") continue;
    if (has_scheme(word)) {
      const Value content = fetched(name, {invocation.argv[i]});
      run_fetched(*content.origin, word, "", m_steps, invocation.line);
    } else if (!run_if_fetched(invocation.argv[i], name, invocation.line)) {
      run_path(invocation.argv[i], "program", invocation.line);
    }
    return Value::unknown();
  }
  return Value::unknown();
}

// java [options] -jar FILE, or a class that is found by the class path.
Value ShellEvaluator::run_java(Invocation& invocation) {
  for (std::size_t i = 1; i < invocation.argv.size(); ++i) {
    const std::string_view word = invocation.arg(i), next = invocation.arg(i + 1);
    if (word == "-cp" || word == "-classpath" || word == "--class-path" || word == "-p" || word == "--module-path") {
      load_list(next, ":", k_java_suffixes, "java", invocation.line);
      ++i;
    } else if (word == "-jar" && i + 1 < invocation.argv.size()) {
      const std::string jar(next);
      if (!load_fetched(jar, "", "java", invocation.line))
        run_path(invocation.argv[i + 1], "program", invocation.line);
      return Value::unknown();
    } else if (word == "-m" || word == "--module") {
      return Value::unknown();
    } else if (word.starts_with('-')) {
      load_option(word, next, "java", invocation.line);
    } else {
      // A class, or a source that is compiled on the way.
      if (word.find_first_of("./") != std::string_view::npos && !load_fetched(word, "", "java", invocation.line) &&
          word.ends_with(".java"))
        run_path(invocation.argv[i], "program", invocation.line);
      return Value::unknown();
    }
  }
  return Value::unknown();
}

// Servers and tools that run the project in the folder of the moment, or in the one that an option names.
Value ShellEvaluator::run_server(Invocation& invocation) {
  static constexpr std::array<std::string_view, 10> k_folder_options = {
      "--chdir", "--app-dir", "-C", "--directory", "--prefix", "--cwd", "-p", "--project-dir", "--project", "-f"};
  const std::string name = invocation.name();
  bool elsewhere = false;
  for (std::size_t i = 1; i < invocation.argv.size(); ++i) {
    const std::string_view word = invocation.arg(i);
    const std::size_t equals = word.starts_with("--") ? word.find('=') : std::string_view::npos;
    const std::string_view option = word.substr(0, equals);
    if (std::find(k_folder_options.begin(), k_folder_options.end(), option) != k_folder_options.end()) {
      const std::string_view folder =
          equals == std::string_view::npos ? invocation.arg(i + 1) : word.substr(equals + 1);
      elsewhere |= folder.starts_with('/');
      if (run_if_fetched({std::string(folder), true, nullptr}, name, invocation.line)) return Value::unknown();
    } else if (has_scheme(word) && invocation.arg(1) == "run") {
      load_fetched(word, "", name, invocation.line);  // streamlit run ADDRESS
    } else if (word.find_first_of("./") != std::string_view::npos && !word.starts_with('-') &&
               run_if_fetched(invocation.argv[i], name, invocation.line)) {
      return Value::unknown();
    }
  }
  if (!elsewhere && !m_cwd.empty() && tree_of(m_cwd) != nullptr)
    run_if_fetched({m_cwd, true, nullptr}, name, invocation.line);
  return Value::unknown();
}

// ---- the environment

void ShellEvaluator::preload_fetched(const std::string& name, const Value& value, std::uint32_t line) {
  if (m_files.empty() && m_trees.empty() && value.text.find("://") == std::string::npos) return;
  for (const LoadingVariable& row : k_variables)
    if (row.name == name) load_list(value.text, row.separators, row.suffixes, name, line);
  const std::string_view text = value.text;
  if (text.find('-') == std::string_view::npos) return;
  std::size_t at = 0;
  for (std::size_t count = 0; at < text.size() && count < k_most_entries; ++count) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string_view word = text.substr(at, end - at);
    at = end + 1;
    const std::string_view rest = at < text.size() ? text.substr(at) : std::string_view();
    load_option(word, rest.substr(0, rest.find(' ')), name, line);
  }
}

// ---- places

// Whatever was fetched to where a server, an interpreter or a daemon looks for code by itself.
void ShellEvaluator::lies_where_code_is_loaded() {
  const auto loaded = [&](const std::shared_ptr<const Origin>& origin, const std::string& path,
                          std::string_view loader, std::size_t written, std::uint32_t line) {
    if (loader.empty()) return;
    ShellFlow one;
    one.kind = FlowKind::fetch_to_file_run;
    one.line = line;
    one.path = path;
    one.urls = origin->urls;
    one.host = origin->host;
    one.tool = origin->tool;
    one.verified = written < m_checked;
    one.detail = loader;
    flow(std::move(one));
  };
  for (const auto& [path, file] : m_files)
    if (file.content.origin && file.content.origin->fetched && !file.fifo)
      loaded(file.content.origin, path, path == "crontab" ? "cron" : loader_of(path), file.written, file.line);
  static constexpr std::array<std::string_view, 6> k_page_servers = {
      "apache2-foreground", "php", "frankenphp", "php-fpm", "docker-php-entrypoint", "litespeed"};
  const bool pages = std::any_of(m_facts.commands.begin(), m_facts.commands.end(), [](const ShellCommand& command) {
    if (command.argv.empty()) return false;
    std::string_view name = command.argv[0];
    name.remove_prefix(std::min(name.rfind('/') + 1, name.size()));
    if (name.starts_with("php-fpm")) name = "php-fpm";
    return std::find(k_page_servers.begin(), k_page_servers.end(), name) != k_page_servers.end();
  });
  for (const FetchedTree& tree : m_trees) {
    std::string_view loader = loader_of_folder(tree.folder);
    if (loader.empty() && pages && !loader_of(tree.folder + "/index.php").empty()) loader = "a server of PHP pages";
    loaded(tree.origin, tree.folder, loader, tree.written, tree.line);
  }
}

}  // namespace hullcheck::detect
