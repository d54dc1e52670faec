// Builds a StartGraph. Used by the files that define its parts only.
#pragma once

#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "detect/assess.hpp"
#include "detect/config_facts.hpp"
#include "detect/shell/shell_facts.hpp"
#include "detect/start/script_loads.hpp"
#include "detect/start/start_files.hpp"

namespace hullcheck::detect {

constexpr int k_most_start_depth = 8;

// start_projects.cpp: the command behind `bundle exec`, `npx`, `poetry run` and their like.
std::optional<ShellCommand> behind_runner(const ShellCommand& command);

class StartWalk {
 public:
  StartWalk(StartGraph& graph, const layers::ImageView& image, const inventory::Ownership* ownership,
            const ConfigFacts* config)
      : m_graph(graph), m_image(image), m_ownership(ownership), m_config(config), m_search(image) {}
  void run();

 private:
  using Chain = std::vector<std::string>;

  // start_graph.cpp: following.
  void start_config();
  void start_command();
  void start_healthcheck();
  void start_text(StartText text, int depth);
  void cut_off(const StartNode& node, const ShellFacts& facts);
  void follow(const ShellFacts& facts, const std::string& base, const Chain& chain, std::uint32_t first_line,
              int depth);
  void follow_words(const ShellCommand& command, bool config, const Chain& called, int depth);
  void follow_command(const ShellCommand& command, const Chain& chain, int depth);
  void follow_folders(const ShellCommand& command, const Chain& chain, int depth);
  bool reach_pattern(std::string_view pattern, const Chain& chain, int depth);
  enum class Arguments { all, configuration };
  void follow_arguments(const ShellCommand& command, Arguments which, Chain chain, int depth);
  void note_folders(const ShellFacts& facts);
  void note_folder(std::string folder);
  void note_shell(const ShellCommand& command);
  void reach_program(std::string_view name, const Chain& chain, int depth, bool report_missing);
  void reach_file(const std::string& path, layers::FileRef file, Chain chain, int depth);
  void drain();

  // start_projects.cpp: commands that projects keep under names.
  void follow_project(const ShellCommand& command, const Chain& chain, int depth);
  bool is_asked_first(std::string line);
  std::vector<std::string> project_files(const std::string& folder, const std::string& file,
                                         std::string_view names) const;
  void add_members(std::vector<std::string>& paths);
  void start_named(const layers::RecordRef& record, const StartFile& file, std::string_view name, const Chain& chain,
                   int depth);
  void start_project_command(const layers::RecordRef& record, const StartCommand& command, Chain chain, int depth);
  bool start_main(const std::string& folder, const Chain& chain, int depth);

  // start_loads.cpp: what programs in scripting languages load from around them.
  void follow_loads(const StartNode& node);
  void follow_code(const ShellFacts& facts, const Chain& chain, int depth);
  void follow_default_files(const ShellCommand& command, const Chain& chain, int depth);
  void follow_modules(const ShellCommand& command, const Chain& chain, int depth);
  void follow_node_folder(const ShellCommand& command, const Chain& chain, int depth);
  void follow_python_modules(const ShellCommand& command, const Chain& chain, int depth);
  void load(const ScriptLoad& load, ScriptLanguage language, const std::string& folder, const Chain& chain,
            int depth);
  bool load_from(const std::string& folder, const ScriptLoad& load, ScriptLanguage language, const Chain& chain,
                 int depth);
  const std::vector<std::string>& folders_of_variables();

  // start_places.cpp: files that a started daemon, or any start, reads.
  bool start_places();  // true when something was added
  void start_preload();
  void start_cron();
  void start_crontab(const std::string& path, const Chain& daemon);
  void follow_tables(const ShellCommand& command, const Chain& chain);
  void start_table(const layers::RecordRef& record, const std::string& path, const Chain& by);
  void start_script(const std::string& path, const Chain& by);
  void start_scripts_in(std::string_view folder, const Chain& by);
  void start_nested(std::string_view folder, std::string_view name, const Chain& by);
  void start_units(const Chain& by);
  void start_unit(const std::string& path, const Chain& by);
  void start_unit_named(std::string_view name, const Chain& by);
  void start_wanted(std::string_view folder, const Chain& by);
  void start_user_units(const Chain& by);
  void start_init(const Chain& by);
  void start_supervisors();
  void start_profiles();
  void start_environment();
  void start_python();
  std::vector<std::string> homes();
  std::optional<layers::RecordRef> start_record(const std::string& path);
  void start_file_commands(const std::string& path, const Chain& by);
  bool somebody_put_it_there(layers::FileRef file) const;
  std::vector<std::string> names_in(std::string_view folder);
  const Chain* started(std::initializer_list<std::string_view> names) const;

  StartGraph& m_graph;
  const layers::ImageView& m_image;
  const inventory::Ownership* m_ownership;
  const ConfigFacts* m_config;
  SearchFolders m_search;
  std::deque<std::size_t> m_queue;                       // indices of nodes whose scripts are to be followed
  std::map<std::string, Chain, std::less<>> m_programs;  // base names that start, with the way to the first
  std::set<std::string> m_texts_seen;
  std::set<std::string> m_folders;       // where commands may stand
  std::set<std::string> m_load_folders;  // of scripts that a command runs: interpreters search them for modules
  std::set<std::string> m_asked;         // commands of projects that were looked for
  std::size_t m_load_tries = 0;          // names that were looked up
  std::optional<std::vector<std::string>> m_variable_folders;  // PYTHONPATH and its like
  std::set<layers::FileRef> m_loaded_files;                    // what scripts load, against what commands run
  std::optional<std::vector<std::string>> m_projects;          // all package.json that hold commands
  std::set<std::string, std::less<>> m_patterns;               // that were followed
  std::set<std::string, std::less<>> m_implied;                // final paths in the usual places
  std::vector<std::string> m_python_hooks;                     // what an interpreter of Python runs by itself
  Chain m_arguments_chain;  // how the entrypoint hands over to Cmd, if it was seen to
  bool m_login_shell = false;
  bool m_interactive_bash = false;
};

}  // namespace hullcheck::detect
