// Commands that bring whole trees, archives, packages or container images, and those that run what was brought, in
// the evaluator. See shell_facts.hpp.
//
// What lies in a fetched archive is not known, only where it goes: whatever runs from below that folder, and was not
// written by the script itself, came with it.
#include <algorithm>

#include "detect/shell/argument_words.hpp"
#include "detect/shell/shell_evaluator.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_trees = 256;

std::string_view without_suffixes(std::string_view name) {
  for (const std::string_view suffix : {".git", ".zip", ".gz", ".tgz", ".xz", ".bz2", ".tar"})
    if (name.size() > suffix.size() && name.ends_with(suffix)) name.remove_suffix(suffix.size());
  return name;
}

// The folder that a clone of the URL makes.
std::string checkout_name(std::string_view url) {
  while (url.ends_with('/')) url.remove_suffix(1);
  return std::string(without_suffixes(url.substr(url.find_last_of("/:") + 1)));
}

}  // namespace

// ---- trees

void ShellEvaluator::add_tree(std::string_view folder, const Value& content, std::uint32_t line) {
  if (!content.origin || !content.origin->fetched || m_trees.size() >= k_most_trees) return;
  m_trees.push_back({file_key(folder.empty() ? "." : folder), content.origin, m_steps, line});
  ShellFlow one;
  one.kind = FlowKind::fetch_to_file;
  one.line = line;
  one.path = m_trees.back().folder;
  one.urls = content.origin->urls;
  one.tool = content.origin->tool;
  one.detail = "tree";
  flow(std::move(one));
}

const ShellEvaluator::FetchedTree* ShellEvaluator::tree_of(std::string_view path) const {
  const std::string key = file_key(path);
  for (auto tree = m_trees.rbegin(); tree != m_trees.rend(); ++tree) {
    const std::string& folder = tree->folder;
    // Where the script stands is not known: then only what it names from there is meant.
    if (folder.empty() ? !key.starts_with('/') && !key.starts_with('~') && path.find('/') != std::string_view::npos
                       : key == folder || (key.starts_with(folder) && key.substr(folder.size()).starts_with('/')))
      return &*tree;
  }
  return nullptr;
}

void ShellEvaluator::run_fetched(const Origin& origin, std::string_view path, std::string_view interpreter,
                                 std::size_t written, std::uint32_t line) {
  ShellFlow one;
  one.kind = FlowKind::fetch_to_file_run;
  one.line = line;
  one.path = is_url(path) ? std::string(path) : file_key(path);
  one.urls = origin.urls;
  one.host = origin.host;
  one.tool = origin.tool;
  one.interpreter = interpreter;
  one.verified = written < m_checked;
  flow(std::move(one));
}

// What a tool that works on a file or folder makes of it, when that was fetched.
bool ShellEvaluator::run_if_fetched(const Value& path, std::string_view tool, std::uint32_t line) {
  const auto found = m_files.find(file_key(path.text));
  if (found != m_files.end() && found->second.content.origin && found->second.content.origin->fetched) {
    run_fetched(*found->second.content.origin, path.text, tool, found->second.written, line);
    return true;
  }
  const FetchedTree* tree = tree_of(path.text);
  if (tree == nullptr) return false;
  run_fetched(*tree->origin, path.text, tool, tree->written, line);
  return true;
}

// ---- archives

Value ShellEvaluator::run_archive(Invocation& invocation) {
  const std::string name = invocation.name();
  run_options_of_tar(invocation);
  const bool tar = name == "tar" || name == "bsdtar" || name == "gtar";
  bool unpacks = !tar && name != "cpio";
  bool prints = false;
  Value archive;
  std::string folder = ".";
  bool from_input = tar || name == "cpio";
  for (std::size_t i = 1; i < invocation.argv.size(); ++i) {
    const std::string_view word = invocation.arg(i);
    const std::string_view next = invocation.arg(i + 1);
    const bool letters = (is_flag(word) && word[1] != '-') || (tar && i == 1);
    if (word.starts_with("--directory=")) folder = word.substr(12);
    if (word == "-C" || word == "--directory" || (name == "unzip" && word == "-d")) folder = next;
    if (word.starts_with("-C") && word.size() > 2) folder = word.substr(2);
    if (name.starts_with("7z") && word.starts_with("-o") && word.size() > 2) folder = word.substr(2);
    if (word == "--extract" || word == "--get") unpacks = true;
    if (word == "--to-stdout") prints = true;
    if (word.starts_with("--file=")) archive = {std::string(word.substr(7)), true, nullptr}, from_input = false;
    if (letters && tar) {
      unpacks |= word.find('x') != std::string_view::npos;
      prints |= word.find('O') != std::string_view::npos;
      if (const std::size_t f = word.find('f'); f != std::string_view::npos && word.substr(0, 2) != "-C") {
        archive = f + 1 < word.size() && is_flag(word)
                      ? Value{std::string(word.substr(f + 1)), true, nullptr}
                      : (i + 1 < invocation.argv.size() ? invocation.argv[i + 1] : Value{});
        from_input = archive.text == "-" || archive.text.empty();
      }
    } else if (letters && name == "cpio") {
      unpacks |= word.find('i') != std::string_view::npos;
    } else if (!tar && !is_flag(word) && archive.text.empty() && word != "x" && word != "e") {
      archive = invocation.argv[i];
    }
    if (name == "unzip" && word == "-p") prints = true;
  }
  if (!unpacks) return run_filter(invocation);
  const Value content =
      from_input ? (invocation.io.input ? *invocation.io.input : Value::unknown()) : read_file(archive);
  if (prints) return decoded(content, name, std::nullopt);
  add_tree(folder, content, invocation.line);
  return {};
}

// ---- repositories

Value ShellEvaluator::run_checkout(Invocation& invocation) {
  static constexpr std::string_view k_git_values = "CcbojO";
  run_options_of_git(invocation);
  std::size_t i = 1;
  std::string base;
  for (std::size_t k = 1; k + 1 < invocation.argv.size() && is_flag(invocation.arg(k)); k += 2)
    if (invocation.arg(k) == "-C") base = invocation.arg(k + 1);
  while (i < invocation.argv.size() && is_flag(invocation.arg(i)))
    i += k_git_values.find(invocation.arg(i)[1]) != std::string_view::npos && invocation.arg(i).size() == 2 ? 2 : 1;
  const std::string_view verb = invocation.arg(i);
  // git and hg check out, branch and export what they hold already; svn and bzr ask a server.
  const bool holds_all = invocation.name() == "git" || invocation.name() == "hg";
  const bool copies =
      verb == "clone" || (!holds_all && (verb == "export" || verb == "checkout" || verb == "co" || verb == "branch"));
  const bool refreshes = invocation.name() == "git" && (verb == "pull" || verb == "fetch");
  Value url, folder;
  for (++i; i < invocation.argv.size(); ++i) {
    const std::string_view word = invocation.arg(i);
    if (is_flag(word)) {
      const bool value = word == "--depth" || word == "-b" || word == "--branch" || word == "-o" || word == "-j" ||
                         word == "-c" || word == "--config" || word == "-r" || word == "--origin" ||
                         word == "--reference" || word == "--username" || word == "--password";
      if (value) ++i;
    } else if (url.text.empty()) {
      url = invocation.argv[i];
    } else if (folder.text.empty()) {
      folder = invocation.argv[i];
    }
  }
  const bool computed = !url.known || !is_resolved(url.text);
  if (copies && (is_remote(url.text) || computed) && !url.text.empty()) {
    const Value content = fetched(invocation.name(), {url});
    const std::string place = folder.text.empty() ? checkout_name(url.text) : folder.text;
    const bool below = !base.empty() && !place.starts_with('/');
    add_tree(below ? base + "/" + place : place, content, invocation.line);
  } else if (refreshes && (!m_cwd.empty() || !base.empty())) {
    if (base.empty()) base = ".";
    const Value content = fetched("git", {Value{"the repository's origin", true, nullptr}});
    if (tree_of(base) == nullptr) add_tree(base, content, invocation.line);
  }
  return Value::unknown();
}

// ---- containers

Value ShellEvaluator::run_container(Invocation& invocation) {
  static constexpr std::string_view k_values[] = {"-v",
                                                  "--volume",
                                                  "-e",
                                                  "--env",
                                                  "-p",
                                                  "--publish",
                                                  "--name",
                                                  "-w",
                                                  "--workdir",
                                                  "--network",
                                                  "--net",
                                                  "-u",
                                                  "--user",
                                                  "--restart",
                                                  "-m",
                                                  "--memory",
                                                  "--cpus",
                                                  "--entrypoint",
                                                  "--mount",
                                                  "--pid",
                                                  "--ipc",
                                                  "--cap-add",
                                                  "--cap-drop",
                                                  "--device",
                                                  "--platform",
                                                  "-l",
                                                  "--label",
                                                  "--env-file",
                                                  "-h",
                                                  "--hostname",
                                                  "--security-opt",
                                                  "--add-host",
                                                  "--volumes-from",
                                                  "--log-driver",
                                                  "--log-opt",
                                                  "--gpus",
                                                  "--shm-size",
                                                  "--ulimit",
                                                  "--uts",
                                                  "--cgroupns",
                                                  "--dns",
                                                  "--tmpfs",
                                                  "--link",
                                                  "-a",
                                                  "--expose",
                                                  "--pull",
                                                  "--userns",
                                                  "--runtime"};
  std::size_t i = 1;
  while (i < invocation.argv.size() && is_flag(invocation.arg(i)))
    i += invocation.arg(i) == "-H" || invocation.arg(i) == "--host" || invocation.arg(i) == "--context" ||
                 invocation.arg(i) == "-n" || invocation.arg(i) == "--namespace"
             ? 2
             : 1;
  if (invocation.arg(i) == "container") ++i;
  const std::string_view verb = invocation.arg(i);
  if (verb == "cp") return run_transfer(invocation);
  if (verb != "run" && verb != "create") return Value::unknown();
  for (++i; i < invocation.argv.size(); ++i) {
    const std::string_view word = invocation.arg(i);
    if (is_flag(word)) {
      if (std::find(std::begin(k_values), std::end(k_values), word) != std::end(k_values)) ++i;
      continue;
    }
    const Value content = fetched(invocation.name(), {invocation.argv[i]});
    run_fetched(*content.origin, word, "", m_steps, invocation.line);
    return Value::unknown();
  }
  return Value::unknown();
}

// ---- packages, and programs that run a file

Value ShellEvaluator::run_installer(Invocation& invocation) {
  const std::string name = invocation.name();
  bool acts = name == "make" || name == "gmake" || name == "ninja" || name == "cmake" || name == "npx";
  bool here = acts && name != "npx";
  for (std::size_t i = 1; i < invocation.argv.size(); ++i) {
    const std::string_view word = invocation.arg(i);
    acts |= word == "install" || word == "add" || word == "i" || word == "run" || word == "start" || word == "-i" ||
            word == "-U" || word == "-Uvh" || word == "-ivh" || word == "--install" || word == "build" ||
            word == "localinstall" || word == "up" || word == "ci" || word == "test" || word == "exec";
    const bool url = is_url(word) ||
                     (name == "go" && word.find('@') != std::string_view::npos && is_resolved(word)) ||
                     word.starts_with("github:");
    // What a package manager fetches from a repository has its own row; what has only an address is code like any.
    if (acts && url && name != "git" && name != "make" && name != "curl") {
      const bool runs = name == "deno" || name == "npx" || name == "bunx" || name == "bun" || name == "go" ||
                        name == "uvx" || name == "pnpm" || name == "yarn";
      const bool subject = runs || word.find(".deb") != std::string_view::npos ||
                           word.find(".rpm") != std::string_view::npos || word.find(".apk") != std::string_view::npos;
      if (subject) {
        const Value content = fetched(name, {invocation.argv[i]});
        run_fetched(*content.origin, checkout_name(word), "", m_steps, invocation.line);
        return Value::unknown();
      }
    }
    if (word == "-C" || word == "--prefix" || word == "--directory") {
      if (i + 1 < invocation.argv.size() && run_if_fetched(invocation.argv[i + 1], name, invocation.line))
        return Value::unknown();
      continue;
    }
    if (!is_flag(word) && word.find_first_of("./") != std::string_view::npos &&
        run_if_fetched(invocation.argv[i], name, invocation.line))
      return Value::unknown();
    here |= word == "." || word == "start" || word == "run" || word == "install" || word == "up";
  }
  if (acts && here && !m_cwd.empty() && tree_of(m_cwd) != nullptr)
    run_if_fetched({m_cwd, true, nullptr}, name, invocation.line);
  return Value::unknown();
}

// A bare name, found in a folder of programs where the script put a file.
const Value* ShellEvaluator::program_written(const std::string& name, std::string& path) const {
  static constexpr std::string_view k_folders[] = {"/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
                                                   "/usr/bin",        "/sbin",          "/bin"};
  constexpr std::size_t k_few_files = 32;
  // Asked about every command: most scripts write few files, and none of a program's name.
  const bool bare = name.find('/') == std::string::npos && name != "." && name != "..";
  if (bare && m_files.size() <= k_few_files &&
      std::none_of(m_files.begin(), m_files.end(), [&](const auto& file) { return file.first.ends_with(name); }))
    return nullptr;
  const auto look = [&](std::string_view folder) {
    path = std::string(folder) + "/" + name;
    const auto found = m_files.find(file_key(path));
    return found == m_files.end() || found->second.fifo ? nullptr : &found->second.content;
  };
  for (const std::string_view folder : k_folders)
    if (const Value* content = look(folder)) return content;
  const std::string search = variable("PATH").text;
  std::size_t at = 0;
  for (unsigned count = 0; at < search.size() && count < 32; ++count) {
    const std::size_t end = std::min(search.find(':', at), search.size());
    const std::string_view folder = std::string_view(search).substr(at, end - at);
    if (!folder.empty() && is_resolved(folder))
      if (const Value* content = look(folder)) return content;
    at = end + 1;
  }
  return nullptr;
}

}  // namespace hullcheck::detect
