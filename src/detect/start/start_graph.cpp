// What runs when a container starts, followed from the configuration through scripts.
//
// Names are resolved as the container would: PATH of the image's Env, WorkingDir for relative ones, links inside the
// image. Scripts are followed through the stored summaries of their commands; nothing is read or run. Hostile:
// scripts may start each other in circles and by the thousand, so each file is visited once, and depth and number are
// bounded.
#include <fnmatch.h>

#include <algorithm>

#include "detect/assess.hpp"
#include "detect/shell/script_facts.hpp"
#include "detect/start/project_files.hpp"
#include "detect/start/start_walk.hpp"
#include "util/path.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_nodes = 4096;
constexpr std::size_t k_most_missing = 256;
constexpr std::size_t k_most_texts = 2048;
constexpr std::size_t k_most_rounds = 8;
constexpr std::size_t k_most_folders = 32;
constexpr std::size_t k_most_patterns = 64;
constexpr std::size_t k_most_cut_off = 16;

std::string place_of(const std::string& path, std::uint32_t line) {
  if (path.starts_with("config:")) return path.substr(7);
  return "/" + path + (line == 0 ? "" : ":" + std::to_string(line));
}

// The chain of what is called from `base`: its own last element, now with the line of the call.
std::vector<std::string> calling(std::vector<std::string> chain, const std::string& base, std::uint32_t line) {
  if (chain.empty())
    chain.push_back(place_of(base, line));
  else if (!base.starts_with("config:"))
    chain.back() = place_of(base, line);
  return chain;
}

bool is_shell_name(std::string_view name) {
  return name == "sh" || name == "bash" || name == "ash" || name == "dash" || name == "zsh" || name == "ksh";
}

// The word behind find's -exec: a shell, or the file itself.
bool runs_found(std::string_view program) { return program == "{}" || is_shell_name(layers::base_name(program)); }

}  // namespace

ShellFacts facts_of(const StartText& text) {
  if (text.facts) return *text.facts;
  return text.argv.empty() ? facts_of_text(text.text) : facts_of_argv(text.argv);
}

StartGraph::StartGraph(const layers::ImageView& image, const inventory::Ownership* ownership,
                       const ConfigFacts* config) {
  StartWalk(*this, image, ownership, config).run();
}

const StartNode* StartGraph::find(layers::FileRef file) const {
  const auto found = m_by_file.find(file);
  return found == m_by_file.end() ? nullptr : &m_nodes[found->second];
}

void StartWalk::run() {
  start_config();
  drain();
  for (std::size_t round = 0; round < k_most_rounds && start_places(); ++round) drain();
}

void StartWalk::start_config() {
  const model::ImageConfig& config = m_image.config();
  const bool entrypoint = !config.entrypoint.empty();
  std::vector<std::string> whole = config.entrypoint;
  whole.insert(whole.end(), config.cmd.begin(), config.cmd.end());
  if (!whole.empty())
    start_text({entrypoint ? "config:Entrypoint" : "config:Cmd",
                {},
                1,
                whole,
                "",
                {entrypoint ? "Entrypoint" : "Cmd"},
                m_config ? m_config->start : nullptr},
               0);
  drain();
  if (entrypoint && !config.cmd.empty()) start_command();
  start_healthcheck();
}

// The arguments by themselves, since most entrypoints end by running them. Where they are options or words for the
// entrypoint, nothing of that name is found and nothing is added.
void StartWalk::start_command() {
  Chain chain = m_arguments_chain.empty() ? Chain{"Entrypoint"} : m_arguments_chain;
  chain.push_back("Cmd");
  const auto facts = m_config ? m_config->arguments : nullptr;
  start_text({"config:Cmd", {}, 1, m_image.config().cmd, "", std::move(chain), facts}, 0);
}

void StartWalk::start_healthcheck() {
  const std::vector<std::string>& check = m_image.config().healthcheck;
  if (check.size() < 2) return;
  StartText text{"config:Healthcheck", {}, 1, {}, "", {"Healthcheck"}, m_config ? m_config->healthcheck : nullptr};
  if (check[0] == "CMD-SHELL")
    text.text = check[1];
  else if (check[0] == "CMD")
    text.argv.assign(check.begin() + 1, check.end());
  else
    return;
  start_text(std::move(text), 0);
}

void StartWalk::start_text(StartText text, int depth) {
  if (m_graph.m_texts.size() >= k_most_texts) {
    m_graph.m_too_many = true;
    return;
  }
  const std::string key = text.path + ":" + std::to_string(text.line) + ":" + text.text + shell_line(text.argv);
  if (!m_texts_seen.insert(key).second) return;
  follow(facts_of(text), text.path, text.chain, text.line, depth);
  m_graph.m_texts.push_back(std::move(text));
}

void StartWalk::follow(const ShellFacts& facts, const std::string& base, const Chain& chain, std::uint32_t first_line,
                       int depth) {
  note_folders(facts);
  const auto kind = start_file_kind(base);
  const bool config = base.starts_with("config:") || (kind && runs_when_named(*kind));
  for (const ShellFlow& flow : facts.flows) {
    if (flow.kind != FlowKind::run_path) continue;
    const std::uint32_t line = first_line + (flow.line == 0 ? 0 : flow.line - 1);
    if (flow.detail == "arguments") {
      if (m_arguments_chain.empty()) m_arguments_chain = calling(chain, base, line);
      continue;
    }
    if (!is_resolved(flow.path) || flow.path.empty()) continue;
    reach_program(flow.path, calling(chain, base, line), depth + 1, config);
  }
  for (const ShellCommand& command : facts.commands) {
    note_shell(command);
    const Chain called = calling(chain, base, first_line + (command.line == 0 ? 0 : command.line - 1));
    follow_words(command, config, called, depth);
    if (auto inner = behind_runner(command)) follow_words(*inner, config, called, depth);
  }
  follow_code(facts, chain, depth);
}

void StartWalk::follow_words(const ShellCommand& command, bool config, const Chain& called, int depth) {
  follow_command(command, called, depth);
  follow_project(command, called, depth);
  follow_modules(command, called, depth);
  follow_default_files(command, called, depth);
  follow_arguments(command, config ? Arguments::all : Arguments::configuration, called, depth);
}

// Files that a start command names: a program's configuration, an archive for an interpreter. Commands of scripts are
// asked for what an option calls configuration only, as they look at all sorts of files.
void StartWalk::follow_arguments(const ShellCommand& command, Arguments which, Chain chain, int depth) {
  if (command.argv.size() < 2 || !is_resolved(command.argv[0])) return;
  const std::string& program = command.argv[0];
  chain.push_back(program.starts_with('/') ? program : std::string(layers::base_name(program)));
  for (std::size_t i = 1; i < command.argv.size(); ++i) {
    const std::string& word = command.argv[i];
    if (!is_resolved(word)) continue;
    const std::size_t equals = word.starts_with('-') ? word.find('=') : std::string::npos;  // "--config=/etc/x.json"
    const std::string& option = equals == std::string::npos ? command.argv[i - 1] : word;
    if (which == Arguments::configuration && !(option == "-c" || option.find("-conf") < 2)) continue;
    const std::string name = equals == std::string::npos ? word : word.substr(equals + 1);
    if (name.find('/') == std::string::npos && name.find('.') == std::string::npos) continue;
    const std::string whole = name.starts_with('/') ? name : m_image.config().working_dir + "/" + name;
    const std::string path = layers::canonical_path(whole).path;
    const auto file = m_image.resolve(path);
    if (file && m_image.entry(*file).type == layers::EntryType::file)
      reach_file(m_image.real_path(path).value_or(path), *file, chain, depth + 1);
  }
}

// "/hooks/*.sh" in a loop or behind an interpreter: every file there whose name is meant. False when it is no
// pattern.
bool StartWalk::reach_pattern(std::string_view pattern, const Chain& chain, int depth) {
  const std::size_t slash = pattern.rfind('/');
  if (!pattern.starts_with('/') || slash == 0 || pattern.find_first_of("*?[") < slash) return false;
  const std::string folder(pattern.substr(1, slash - 1)), names(pattern.substr(slash + 1));
  // Many stars make the comparison slow, and no honest name has them.
  if (names.find_first_of("*?[") == std::string::npos || std::count(names.begin(), names.end(), '*') > 3)
    return false;
  if (m_patterns.size() >= k_most_patterns || !m_patterns.emplace(pattern).second) return true;
  for (const std::string& name : names_in(folder)) {
    if (::fnmatch(names.c_str(), name.c_str(), FNM_PERIOD) != 0) continue;
    const std::string path = util::join_path(folder, name);
    const auto file = m_image.resolve(path);
    if (file && m_image.entry(*file).type == layers::EntryType::file)
      reach_file(m_image.real_path(path).value_or(path), *file, chain, depth);
  }
  return true;
}

// Commands that run what lies in a folder: run-parts FOLDER, find FOLDER -exec sh {}.
void StartWalk::follow_folders(const ShellCommand& command, const Chain& chain, int depth) {
  const std::string_view base = layers::base_name(command.argv[0]);
  if (base != "run-parts" && base != "find") return;
  std::vector<std::string> folders;
  bool runs = base == "run-parts";
  for (std::size_t i = 1; i < command.argv.size(); ++i) {
    const std::string& word = command.argv[i];
    if (word.starts_with('/') && is_resolved(word)) folders.push_back(word);
    if (word == "-exec" && i + 1 < command.argv.size()) {
      runs = runs || runs_found(command.argv[i + 1]);
      break;
    }
  }
  if (!runs) return;
  for (const std::string& folder : folders) reach_pattern(folder + "/*", chain, depth + 1);
}

// Programs by their bare names, and services by theirs.
void StartWalk::follow_command(const ShellCommand& command, const Chain& chain, int depth) {
  if (command.argv.empty() || !is_resolved(command.argv[0])) return;
  const std::string& name = command.argv[0];
  if (name.empty()) return;
  const std::string_view base = layers::base_name(name);
  follow_folders(command, chain, depth);
  follow_tables(command, chain);
  const bool by_name = name.find('/') == std::string::npos && !m_programs.contains(name);
  if (by_name) reach_program(name, chain, depth + 1, false);
  if (command.argv.size() < 3) return;
  if (base == "service" || base == "rc-service")
    reach_program("/etc/init.d/" + command.argv[1], chain, depth + 1, false);
  if (base == "systemctl" && command.argv[1] == "start") m_programs.try_emplace(command.argv[2], chain);
}

// Where scripts go before they name something by a relative path. Which of them was the last is not worked out.
void StartWalk::note_folders(const ShellFacts& facts) {
  for (const ShellCommand& command : facts.commands) {
    const bool goes = command.argv.size() == 2 && (command.argv[0] == "cd" || command.argv[0] == "pushd");
    if (goes && command.argv[1].starts_with('/') && is_resolved(command.argv[1])) note_folder(command.argv[1]);
  }
}

void StartWalk::note_folder(std::string folder) {
  if (m_folders.size() < k_most_folders) m_folders.insert(std::move(folder));
}

// A login shell reads the profile files, an interactive bash its rc files.
void StartWalk::note_shell(const ShellCommand& command) {
  if (command.argv.empty()) return;
  const std::string_view name = layers::base_name(command.argv[0]);
  if (name == "login" || name == "sshd") m_login_shell = true;
  const auto has = [&](auto test) { return std::any_of(command.argv.begin() + 1, command.argv.end(), test); };
  if (name == "su" || name == "runuser")
    m_login_shell |= has([](const std::string& word) { return word == "-" || word == "-l" || word == "--login"; });
  if (!is_shell_name(name)) return;
  m_login_shell |= has([](const std::string& word) {
    return word == "--login" || (word.size() > 1 && word[0] == '-' && word[1] != '-' && word.find('l') < word.size());
  });
  const bool alone = command.argv.size() == 1 && !command.stdin_from_pipeline && command.redirects.empty();
  const bool asked = has([](const std::string& word) { return word == "-i"; });
  m_interactive_bash |= name == "bash" && (alone || asked);
}

void StartWalk::reach_program(std::string_view name, const Chain& chain, int depth, bool report_missing) {
  if (reach_pattern(name, chain, depth)) return;
  const std::string base(layers::base_name(name));
  m_programs.try_emplace(base, chain);
  std::vector<std::string> candidates;
  if (name.starts_with('/')) {
    candidates.emplace_back(name);
  } else if (name.find('/') != std::string_view::npos) {
    candidates.push_back(m_image.config().working_dir + "/" + std::string(name));
    for (const std::string& folder : m_folders) candidates.push_back(folder + "/" + std::string(name));
  } else {
    for (const std::string& folder : m_search.path()) candidates.push_back(folder + "/" + std::string(name));
    // An interpreter's argument is found where the container stands.
    candidates.push_back(m_image.config().working_dir + "/" + std::string(name));
  }
  for (const std::string& candidate : candidates) {
    const std::string path = layers::canonical_path(candidate).path;
    const auto file = m_image.resolve(path);
    if (!file || m_image.entry(*file).type != layers::EntryType::file) continue;
    const std::string real = m_image.real_path(path).value_or(path);
    m_programs.try_emplace(std::string(layers::base_name(real)), chain);
    reach_file(real, *file, chain, depth);
    return;
  }
  const bool named_place = name.find('/') != std::string_view::npos;
  if ((!report_missing && !named_place) || m_graph.m_missing.size() >= k_most_missing) return;
  StartNode node{std::string(name), {}, chain, depth};
  node.path = layers::canonical_path(name).path;
  m_graph.m_missing.push_back(std::move(node));
}

void StartWalk::reach_file(const std::string& path, layers::FileRef file, Chain chain, int depth) {
  if (m_graph.m_by_file.contains(file)) return;
  if (m_graph.m_nodes.size() >= k_most_nodes) {
    m_graph.m_too_many = true;
    return;
  }
  chain.push_back("/" + path);
  m_graph.m_by_file[file] = m_graph.m_nodes.size();
  m_queue.push_back(m_graph.m_nodes.size());
  m_graph.m_nodes.push_back({path, file, std::move(chain), depth});
}

void StartWalk::drain() {
  while (!m_queue.empty()) {
    const StartNode node = m_graph.m_nodes[m_queue.front()];
    m_queue.pop_front();
    follow_loads(node);
    const auto record = m_image.record_at(k_script_section, node.path);
    if (!record) continue;
    const auto facts = decode_shell_facts(record->data);
    if (!facts.ok()) continue;
    if (node.depth >= k_most_start_depth)
      cut_off(node, facts.value());
    else
      follow(facts.value(), node.path, node.chain, 1, node.depth);
  }
}

void StartWalk::cut_off(const StartNode& node, const ShellFacts& facts) {
  if (facts.commands.empty() || m_graph.m_cut_off.size() >= k_most_cut_off) return;
  if (m_ownership != nullptr && m_ownership->integrity(node.file) == inventory::Integrity::owned_match) return;
  m_graph.m_cut_off.push_back(node);
}

}  // namespace hullcheck::detect
