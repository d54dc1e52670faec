// The evaluator behind facts_of_text(): used by the shell_*.cpp files of this folder, by nobody else.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "detect/shell/shell_facts.hpp"

namespace hullcheck::detect {

struct EmbeddedSummary;  // embedded_code.hpp

// Where a text came from, if that matters.
struct Origin {
  bool fetched = false;
  bool decoded = false;
  bool connection = false;  // read from a bare network connection
  bool fifo = false;
  std::string pipe;  // the fifo's path
  std::vector<std::string> urls;
  std::string tool;     // that fetched
  std::string decoder;  // that decoded
  std::string host;
  std::string port;
};

struct Value {
  std::string text;
  bool known = true;
  std::shared_ptr<const Origin> origin;
  static Value unknown() { return {{}, false, nullptr}; }
};
Value with_origin(Value value, const Origin& more);
void merge_origin(Value& into, const Value& from);

// What a descriptor stands for.
struct Target {
  enum class Kind : std::uint8_t { inherited, file, network } kind = Kind::inherited;
  std::string path;
  std::string host;
  std::string port;
  bool append = false;
};

struct Io {
  std::map<int, Target> fds;
  std::optional<Value> input;  // what standard input holds, when it is not the terminal
  const Target* at(int fd) const {
    const auto found = fds.find(fd);
    return found == fds.end() ? nullptr : &found->second;
  }
  bool network(int fd) const { return at(fd) != nullptr && at(fd)->kind == Target::Kind::network; }
};

// What a stage of a pipeline turned out to be: pairs of stages make remote shells.
struct StageRole {
  bool shell = false;
  bool interactive = false;
  bool shell_from_connection = false;
  bool shell_from_fifo = false;
  bool connection = false;
  bool listens = false;
  bool writes_fifo = false;
  std::string host;
  std::string port;
  std::string tool;
  void add(const StageRole& inner);
};

struct Invocation {
  std::vector<Value> argv;
  Io& io;
  std::uint32_t line;
  const ShellCommand* record;  // the outer command's record to copy for an unwrapped one, or null
  std::string name() const;    // last part of argv[0]
  std::string_view arg(std::size_t i) const { return i < argv.size() ? std::string_view(argv[i].text) : ""; }
};

struct Options {
  std::vector<std::pair<std::string, Value>> values;  // flags have an empty value
  std::vector<Value> operands;
  std::size_t first_operand = 0;  // in argv
  bool has(std::string_view name) const;
  const Value* get(std::string_view name) const;
};
enum class OperandRule : std::uint8_t { collect, stop_at_first };
// `short_values` are letters that take a value, `long_values` names with spaces around each.
Options parse_options(const std::vector<Value>& argv, std::string_view short_values, std::string_view long_values,
                      OperandRule rule);

class ShellEvaluator {
 public:
  explicit ShellEvaluator(const ShellFactLimits& limits) : m_limits(limits) {}
  ShellFacts text(std::string_view script);
  ShellFacts argv(std::span<const std::string> words);

  using Handler = Value (ShellEvaluator::*)(Invocation&);
  struct HandlerRow {
    std::string_view name;
    Handler handler;
  };

 private:
  struct Variable {
    Value value;
    std::vector<Value> elements;
  };
  struct FileState {
    Value content;
    bool fifo = false;
    bool coprocess = false;     // the way into one
    std::string reader;         // the interpreter that runs what comes out of the fifo
    bool substitution = false;  // /dev/fd/N of <(…)
    std::size_t written = 0;    // the step of the last write: a later check covers it
    std::uint32_t line = 0;     // of the last write
  };
  // A folder into which an archive or repository was put.
  struct FetchedTree {
    std::string folder;
    std::shared_ptr<const Origin> origin;
    std::size_t written = 0;
    std::uint32_t line = 0;
  };
  struct Function {
    std::uint32_t script = 0;
    std::uint32_t group = 0;
    unsigned calls = 0;
    bool active = false;
  };

  // shell_evaluator.cpp: the tree.
  void finish();
  bool is_new(std::uint32_t script, std::uint32_t index, const ShellCommand& record);
  Value run_script(Value code, std::uint32_t line, bool line_offset);
  Value run_group(std::uint32_t group, std::optional<Value> input);
  Value run_pipelines(std::uint32_t group, const std::optional<Value>& input);
  Value run_pipeline(std::uint32_t pipeline, std::optional<Value> input);
  void start_coprocess(const std::string& name, const Value& output, const std::vector<StageRole>& roles);
  // shell_loops.cpp
  Value run_loop(std::uint32_t group, const Io& io);
  std::vector<Value> loop_values(const formats::ShellGroup& group);
  Value run_for(std::uint32_t group, const Io& io);
  Value run_counted(std::uint32_t group, const Io& io);
  bool goes_round_again(const formats::ShellGroup& group, std::string& before);
  std::optional<bool> holds(const formats::SimpleCommand& test);
  std::string asked(const formats::SimpleCommand& test);
  void remote_shell_of_stages(const std::vector<StageRole>& roles, std::uint32_t line);
  Value run_command(const formats::SimpleCommand& command, std::uint32_t index, std::uint32_t pipeline,
                    std::optional<Value> input);
  void assign(const formats::SimpleCommand& command, ShellCommand& record);
  void set_variable(const std::string& name, Value value, bool append, bool branch);
  void redirect(const std::vector<formats::ShellRedirect>& redirects, Io& io, ShellCommand* record);
  Target target_of(const Value& path) const;
  Value input_of(const Target& target);
  Value deliver(Value output, const Io& io, std::string_view tool, std::uint32_t line);
  Value call(Function& function, Invocation& invocation);
  Value execute(Invocation& invocation);
  Value dispatch(Invocation& invocation);
  Value run_inner(Invocation& outer, std::vector<Value> argv);
  void note_copy(const std::string& from, const std::string& to);

  // shell_expand.cpp: words.
  std::vector<Value> expand_fields(const std::vector<formats::ShellWord>& words);
  void expand_word(const formats::ShellWord& word, std::vector<Value>& fields, unsigned braces);
  Value expand_single(const formats::ShellWord& word);
  bool spend(std::size_t bytes);
  std::vector<Value> part_values(const formats::ShellPart& part, bool& list);
  Value variable(std::string_view name) const;
  bool is_set(std::string_view name) const;
  std::vector<Value> elements(std::string_view name) const;
  Value apply_expansion(const formats::ShellExpansion& expansion);
  std::optional<std::int64_t> number_of(std::string_view name) const;
  std::optional<std::int64_t> reckoned(std::string_view text) const;
  std::optional<std::int64_t> reckon(std::string_view text);
  std::string substring(std::string_view text, std::string_view range, bool& good) const;
  void append(Value& value, std::string_view text);
  void append(Value& value, const Value& more);

  // shell_sinks.cpp: what becomes of code and files.
  void consume_code(const Value& code, std::string_view interpreter, const Io& io, std::uint32_t line, bool offset,
                    Value* output);
  void consume_embedded(const Value& code, std::string_view language, std::uint32_t line, Value* output);
  void save_embedded(const EmbeddedSummary& summary, std::string_view language, std::uint32_t line);
  Value run_file(const Value& path, std::string_view interpreter, std::string_view detail, Invocation& invocation);
  Value read_file(const Value& path);
  void run_path(const Value& path, std::string_view detail, std::uint32_t line);
  void write_file(const Value& path, const Value& content, bool append, std::string_view tool, std::uint32_t line);
  void feed(const std::string& pipe, const Value& content, std::uint32_t line);
  void fetch_to_file(const Value& path, const Value& content, std::uint32_t line);
  std::string file_key(std::string_view path) const;
  void flow(ShellFlow flow);
  void reverse_shell(std::string_view host, std::string_view port, std::string_view tool, bool listens,
                     std::uint32_t line);
  void record_command(ShellCommand command);
  std::string cut(std::string_view text, std::size_t limit);

  // shell_interpreters.cpp
  Value run_shell(Invocation&);
  Value run_language(Invocation&);
  Value run_awk(Invocation&);
  Value run_arithmetic(Invocation&);
  Value run_eval(Invocation&);
  Value run_source(Invocation&);
  Value run_trap(Invocation&);
  Value run_alias(Invocation&);
  Value call_alias(const std::string& text, Invocation&);
  Value run_at(Invocation&);
  Value run_wrapper(Invocation&);
  Value run_env(Invocation&);
  Value run_exec(Invocation&);
  Value run_su(Invocation&);
  Value run_xargs(Invocation&);
  Value run_find(Invocation&);
  std::string fetched_below(std::string_view folder) const;
  Value run_busybox(Invocation&);
  Value shell_from_input(Invocation&, bool interactive);

  // shell_compilers.cpp
  Value run_compiler(Invocation&);
  Value run_reader(Invocation&);

  // shell_carried.cpp
  Value run_editor(Invocation&);
  Value run_make(Invocation&);
  Value run_parallel(Invocation&);
  Value run_tcl(Invocation&);
  Value run_ztcp(Invocation&);
  Value run_tmux(Invocation&);
  Value run_which(Invocation&);
  Value run_behind(Invocation&);
  Value run_together(Invocation&);
  Value run_starter(Invocation&);
  Value run_lookup(Invocation&);
  Value run_mapfile(Invocation&);
  Value run_macros(Invocation&);
  Value run_powershell(Invocation&);
  Value run_hidden_text(Invocation&);
  void run_options_of_tar(Invocation& invocation);
  void run_options_of_git(Invocation& invocation);
  void run_carried(std::string_view command, Invocation& invocation);
  void run_commands_of_awk(const Value& code, Invocation& invocation);
  void run_command_of_sed(const Value& expression, Invocation& invocation);

  // shell_text_tools.cpp
  Value run_echo(Invocation&);
  Value run_printf(Invocation&);
  Value run_cat(Invocation&);
  Value run_tee(Invocation&);
  Value run_filter(Invocation&);
  Value run_sed(Invocation&);
  Value run_fold(Invocation&);
  Value run_base64(Invocation&);
  Value run_xxd(Invocation&);
  Value run_rev(Invocation&);
  Value run_tr(Invocation&);
  Value run_unpack(Invocation&);
  Value run_copy(Invocation&);
  Value run_dd(Invocation&);
  Value run_crontab(Invocation&);
  Value run_mkfifo(Invocation&);
  Value run_cd(Invocation&);
  Value run_read(Invocation&);
  Value run_set(Invocation&);
  Value run_checksum(Invocation&);
  Value run_pwd(Invocation&);
  Value decoded(Value input, std::string_view tool, std::optional<std::string> text) const;
  Value file_or_input(Invocation&, const std::vector<Value>& operands);

  // shell_network.cpp
  Value run_curl(Invocation&);
  Value run_wget(Invocation&);
  Value run_fetcher(Invocation&);
  Value run_netcat(Invocation&);
  Value run_socat(Invocation&);
  Value run_telnet(Invocation&);
  Value run_openssl(Invocation&);
  Value run_websocat(Invocation&);
  Value fetched(std::string_view tool, const std::vector<Value>& urls) const;
  Value save_fetched(const Value& content, const Value& path, Invocation& invocation);
  Value connected(Invocation&, std::string_view host, std::string_view port, bool listens);

  // shell_delivery.cpp
  Value run_archive(Invocation&);
  Value run_checkout(Invocation&);
  Value run_transfer(Invocation&);
  Value run_puller(Invocation&);
  Value run_container(Invocation&);
  Value run_installer(Invocation&);
  void add_tree(std::string_view folder, const Value& content, std::uint32_t line);
  const FetchedTree* tree_of(std::string_view path) const;
  void run_fetched(const Origin& origin, std::string_view path, std::string_view interpreter, std::size_t written,
                   std::uint32_t line);
  bool run_if_fetched(const Value& path, std::string_view tool, std::uint32_t line);
  const Value* program_written(const std::string& name, std::string& path) const;

  // shell_transfers.cpp
  Value run_session(Invocation&);
  Value run_store(Invocation&);
  Value save_from(const Value& remote, const Value& local, Invocation& invocation);
  Value fetch_listed(std::string_view tool, const Value& list, const Value* folder, Invocation& invocation);
  Value fetch_configured(const Value& file, Invocation& invocation);

  // shell_loaders.cpp
  Value run_loader(Invocation&);
  Value run_java(Invocation&);
  Value run_server(Invocation&);
  bool load_fetched(std::string_view entry, std::string_view suffixes, std::string_view tool, std::uint32_t line);
  void load_list(std::string_view list, std::string_view separators, std::string_view suffixes, std::string_view tool,
                 std::uint32_t line);
  bool load_option(std::string_view word, std::string_view next, std::string_view tool, std::uint32_t line);
  void preload_fetched(const std::string& name, const Value& value, std::uint32_t line);
  void lies_where_code_is_loaded();

  static const HandlerRow* handler(std::string_view name);

  const ShellFactLimits& m_limits;
  ShellFacts m_facts;
  std::deque<formats::ShellScript> m_scripts;
  std::vector<std::vector<std::uint8_t>> m_recorded;  // how often, by script and command
  std::set<std::uint64_t> m_record_keys;              // of commands with their words
  std::vector<std::uint32_t> m_lines;                 // added to a script's own lines
  std::vector<bool> m_fixed_line;                     // all of the script has the line of what runs it
  std::uint32_t m_script = 0;
  std::uint32_t m_text_depth = 0;
  std::size_t m_depth = 0;
  std::size_t m_steps = 0;
  std::size_t m_checked = 0;  // the step of the last checksum or signature check
  std::size_t m_expanded = 0;
  std::size_t m_stored = 0;
  std::uint32_t m_pipelines = 0;
  unsigned m_substitutions = 0;
  int m_coprocesses = 0;
  bool m_branch = false;
  unsigned m_loops = 0;  // for loops around the command of the moment
  std::map<std::string, Variable, std::less<>> m_variables;
  std::map<std::string, Function, std::less<>> m_functions;
  std::map<std::string, std::string, std::less<>> m_aliases;
  std::map<std::string, std::string, std::less<>> m_renamed;  // copies of programs, by path: what they are
  std::map<std::string, FileState, std::less<>> m_files;
  std::vector<FetchedTree> m_trees;
  std::optional<std::vector<Value>> m_arguments;
  std::string m_cwd;
  std::map<int, Target> m_fds;
  StageRole* m_role = nullptr;
  std::array<std::size_t, k_flow_kinds> m_flow_counts{};
  std::set<std::string> m_flow_keys;
  std::uint32_t line_of(std::uint32_t line) const {
    return m_fixed_line[m_script] ? m_lines[m_script] : m_lines[m_script] + line;
  }
};

}  // namespace hullcheck::detect
