// Walks the tree of a script: groups, pipelines, commands, assignments, redirections. See shell_facts.hpp.
#include "detect/shell/shell_evaluator.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <utility>

namespace hullcheck::detect {
namespace {

using formats::GroupKind;
using formats::RedirectOp;

constexpr std::size_t k_most_descriptors = 32;
constexpr unsigned k_most_calls = 8;  // of one function, with different arguments
constexpr std::string_view k_operator_names[] = {"<", ">", ">>", "<>", "<&", ">&", "&>", "&>>", "<<", "<<<"};

// Restores a member when a group or call ends.
template <class T>
class Saved {
 public:
  explicit Saved(T& place) : m_place(place), m_old(place) {}
  ~Saved() { m_place = std::move(m_old); }
  Saved(const Saved&) = delete;
  Saved& operator=(const Saved&) = delete;

 private:
  T& m_place;
  T m_old;
};

bool declares(std::string_view word) {
  return word == "export" || word == "local" || word == "declare" || word == "typeset" || word == "readonly";
}

// Also "/dev/tcp/$HOST/$PORT" of which only the start is known.
bool names_connection(std::string_view path) {
  return path.starts_with("/dev/tcp/") || path.starts_with("/dev/udp/");
}

// The one program that a pattern such as "/???/b?n/c??l" can mean, of those that matter.
std::string_view program_meant(std::string_view pattern) {
  constexpr std::size_t k_most = 256;
  static constexpr std::array<std::string_view, 10> k_programs = {
      "/bin/sh",       "/bin/bash",        "/bin/nc",         "/usr/bin/curl", "/usr/bin/wget",
      "/usr/bin/bash", "/usr/bin/python3", "/usr/bin/base64", "/usr/bin/perl", "/usr/bin/nc"};
  if (pattern.size() > k_most) return {};
  const std::string text(pattern);
  for (const std::string_view program : k_programs)
    if (::fnmatch(text.c_str(), std::string(program).c_str(), FNM_PATHNAME) == 0) return program;
  return {};
}

// "$name", quoted or not; quotes may leave an empty part.
const formats::ShellPart* first_part(const formats::ShellWord& word) {
  const auto part = std::find_if(word.parts.begin(), word.parts.end(), [](const formats::ShellPart& one) {
    return one.kind != formats::PartKind::literal || !one.text.empty();
  });
  return part == word.parts.end() ? nullptr : &*part;
}

bool begins_with_variable(const formats::ShellWord& word, std::string_view name) {
  const formats::ShellPart* part = first_part(word);
  return part != nullptr && part->kind == formats::PartKind::variable && part->text == name;
}

}  // namespace

void StageRole::add(const StageRole& inner) {
  shell = shell || inner.shell;
  interactive = interactive || inner.interactive;
  shell_from_connection = shell_from_connection || inner.shell_from_connection;
  shell_from_fifo = shell_from_fifo || inner.shell_from_fifo;
  connection = connection || inner.connection;
  listens = listens || inner.listens;
  writes_fifo = writes_fifo || inner.writes_fifo;
  if (host.empty()) host = inner.host;
  if (port.empty()) port = inner.port;
  if (tool.empty()) tool = inner.tool;
}

ShellFacts ShellEvaluator::text(std::string_view script) {
  if (script.size() > m_limits.syntax.max_bytes) {
    script = script.substr(0, m_limits.syntax.max_bytes);
    m_facts.truncated = true;
  }
  run_script({std::string(script), true, nullptr}, 0, true);
  finish();
  return std::move(m_facts);
}

ShellFacts ShellEvaluator::argv(std::span<const std::string> words) {
  m_scripts.emplace_back();
  m_recorded.emplace_back();
  m_lines.push_back(1);
  m_fixed_line.push_back(true);
  Io io;
  ShellCommand record;
  record.line = 1;
  Invocation invocation{{}, io, 1, &record};
  for (const std::string& word : words) invocation.argv.push_back({word, true, nullptr});
  for (const std::string& word : words) record.argv.push_back(word);
  if (!words.empty()) {
    record_command(record);
    execute(invocation);
    ShellFlow run;
    run.kind = FlowKind::run_path;
    run.line = 1;
    run.path = words[0];
    run.detail = "program";
    flow(std::move(run));
  }
  finish();
  return std::move(m_facts);
}

// A command is kept once, and again for other words that a loop or a call gives it.
bool ShellEvaluator::is_new(std::uint32_t script, std::uint32_t index, const ShellCommand& record) {
  constexpr std::uint8_t k_most_times = 16;
  std::uint64_t key = (std::uint64_t{script} << 32U) + index;
  for (const std::string& word : record.argv) key = key * 1099511628211ULL + std::hash<std::string>{}(word);
  std::uint8_t& times = m_recorded[script][index];
  if (times >= k_most_times || (!m_record_keys.insert(key).second && times != 0)) return false;
  ++times;
  return true;
}

// Functions that nobody called still show what the script can do. Those that a call defines come in another round, if
// they stand before it.
void ShellEvaluator::finish() {
  for (bool more = true; more;) {
    more = false;
    for (auto& [name, function] : m_functions) {
      if (function.calls != 0) continue;
      more = true;
      Io io;
      Invocation invocation{{{name, true, nullptr}}, io, 0, nullptr};
      m_script = function.script;
      m_arguments.reset();
      call(function, invocation);
      function.calls = k_most_calls;
    }
  }
  lies_where_code_is_loaded();
}

// ---- texts

// `line` is added to the text's own lines, or replaces them when the text was made at run time.
Value ShellEvaluator::run_script(Value code, std::uint32_t line, bool line_offset) {
  // Parsing again costs more than copying; the script itself is not counted.
  const bool nested = !m_scripts.empty();
  if (m_scripts.size() >= m_limits.max_texts || m_depth >= m_limits.max_depth ||
      (nested && !spend(4 * code.text.size()))) {
    m_facts.truncated = true;
    return Value::unknown();
  }
  auto parsed = formats::parse_shell(code.text, m_limits.syntax);
  if (!parsed.ok()) {
    m_facts.truncated = true;
    return Value::unknown();
  }
  const auto index = static_cast<std::uint32_t>(m_scripts.size());
  for (const auto& problem : parsed->problems)
    if (m_facts.problems.size() < m_limits.syntax.max_problems)
      m_facts.problems.push_back({line_offset ? problem.line + line : line, problem.message});
  m_facts.truncated = m_facts.truncated || parsed->truncated;
  m_recorded.emplace_back(parsed->commands.size(), false);
  m_scripts.push_back(std::move(*parsed));
  m_lines.push_back(line);
  m_fixed_line.push_back(!line_offset);
  const Saved<std::uint32_t> script(m_script);
  const Saved<std::uint32_t> depth(m_text_depth);
  if (index != 0) ++m_text_depth;
  m_script = index;
  return run_group(0, std::nullopt);
}

Value ShellEvaluator::run_group(std::uint32_t index, std::optional<Value> input) {
  if (m_depth >= m_limits.max_depth) {
    m_facts.truncated = true;
    return Value::unknown();
  }
  ++m_depth;
  const formats::ShellGroup& group = m_scripts[m_script].groups[index];
  Value output;
  if (group.kind == GroupKind::function) {
    m_functions[group.name] = {m_script, index, 0, false};
  } else {
    const Saved<std::map<int, Target>> fds(m_fds);
    Io io{m_fds, std::move(input)};
    redirect(group.redirects, io, nullptr);
    m_fds = io.fds;
    const bool loops =
        group.kind == GroupKind::for_loop || group.kind == GroupKind::select_loop || group.kind == GroupKind::loop;
    if (group.kind == GroupKind::case_of) expand_fields(group.words);
    const bool separate = group.kind == GroupKind::subshell || group.kind == GroupKind::substitution;
    const std::string cwd = m_cwd;
    output = loops ? run_loop(index, io) : run_pipelines(index, io.input);
    if (separate) m_cwd = cwd;
    output = deliver(std::move(output), io, "redirect", line_of(group.line));
  }
  --m_depth;
  return output;
}

Value ShellEvaluator::run_pipelines(std::uint32_t group, const std::optional<Value>& input) {
  Value output;
  const std::vector<std::uint32_t>& pipelines = m_scripts[m_script].groups[group].pipelines;
  for (const std::uint32_t pipeline : pipelines) {
    if (m_steps > m_limits.max_steps) {
      m_facts.truncated = true;
      return Value::unknown();
    }
    append(output, run_pipeline(pipeline, input));
  }
  return output;
}

Value ShellEvaluator::run_pipeline(std::uint32_t index, std::optional<Value> input) {
  const formats::ShellScript& script = m_scripts[m_script];
  const formats::ShellPipeline& pipeline = script.pipelines[index];
  const std::size_t count = pipeline.stages.size();
  std::vector<StageRole> roles(count);
  StageRole* const outer = m_role;
  std::uint32_t line = 0;
  const std::uint32_t number = m_pipelines++;
  Value flowing;
  for (std::size_t i = 0; i < count; ++i) {
    const formats::ShellStage& stage = pipeline.stages[i];
    m_role = &roles[i];
    std::optional<Value> stage_input = i == 0 ? std::move(input) : std::optional<Value>(std::move(flowing));
    const std::map<int, Target> fds = count > 1 ? m_fds : std::map<int, Target>{};
    if (i > 0) m_fds.erase(0);
    if (i + 1 < count) m_fds.erase(1);
    const std::uint32_t stage_line =
        stage.is_group ? script.groups[stage.index].line : script.commands[stage.index].line;
    if (line == 0) line = line_of(stage_line);
    flowing = stage.is_group ? run_group(stage.index, std::move(stage_input))
                             : run_command(script.commands[stage.index], stage.index, number, std::move(stage_input));
    if (count > 1) m_fds = fds;
  }
  m_role = outer;
  if (count > 1) remote_shell_of_stages(roles, line);
  if (!pipeline.coprocess.empty()) {
    start_coprocess(std::string(pipeline.coprocess), flowing, roles);
    return {};
  }
  if (outer != nullptr)
    for (const StageRole& role : roles) outer->add(role);
  return flowing;
}

// NAME[0] is what it prints, NAME[1] what it reads.
void ShellEvaluator::start_coprocess(const std::string& name, const Value& output,
                                     const std::vector<StageRole>& roles) {
  constexpr int k_first = 60;
  constexpr int k_most = 16;
  if (m_coprocesses >= k_most) return;
  const int fd = k_first + 2 * m_coprocesses++;
  Target out, in;
  out.kind = in.kind = Target::Kind::file;
  out.path = "/dev/coprocess/" + name + "/0";
  in.path = "/dev/coprocess/" + name + "/1";
  if (output.origin && output.origin->connection) {
    out.kind = Target::Kind::network;
    out.host = output.origin->host;
    out.port = output.origin->port;
    in = out;
  } else {
    m_files[out.path].content = output;
    FileState& reads = m_files[in.path];
    reads.fifo = reads.coprocess = true;
    if (std::any_of(roles.begin(), roles.end(), [](const StageRole& role) { return role.shell; }))
      reads.reader = "sh";
  }
  m_fds[fd] = std::move(out);
  m_fds[fd + 1] = std::move(in);
  m_variables[name] = Variable{{}, {{std::to_string(fd), true, nullptr}, {std::to_string(fd + 1), true, nullptr}}};
}

// A shell whose input comes from a connection and whose output goes back to one, whatever lies between.
void ShellEvaluator::remote_shell_of_stages(const std::vector<StageRole>& roles, std::uint32_t line) {
  for (std::size_t i = 0; i < roles.size(); ++i) {
    if (!roles[i].shell) continue;
    const StageRole* sends = nullptr;
    const StageRole* connection = nullptr;
    bool back = roles[i].writes_fifo;
    for (std::size_t k = 0; k < roles.size(); ++k) {
      if (roles[k].connection && connection == nullptr) connection = &roles[k];
      if (k > i && roles[k].connection) sends = &roles[k];
      if (k > i && roles[k].writes_fifo) back = true;
    }
    if (connection == nullptr) continue;
    const bool from_network = roles[i].shell_from_connection;
    const bool fed = from_network || roles[i].shell_from_fifo || roles[i].interactive;
    if (!(fed && sends != nullptr) && !(from_network && back)) continue;
    const StageRole& end = *connection;
    // What was taken for a mere download over a connection is half of this.
    auto& flows = m_facts.flows;
    flows.erase(std::remove_if(flows.begin(), flows.end(),
                               [&](const ShellFlow& flow) {
                                 return flow.kind == FlowKind::fetch_to_interpreter && flow.urls.empty() &&
                                        flow.line == line && flow.host == end.host;
                               }),
                flows.end());
    reverse_shell(end.host, end.port, end.tool, end.listens, line);
    return;
  }
}

// ---- commands

Value ShellEvaluator::run_command(const formats::SimpleCommand& command, std::uint32_t index, std::uint32_t pipeline,
                                  std::optional<Value> input) {
  ++m_steps;
  ShellCommand record;
  record.line = line_of(command.line);
  record.pipeline = pipeline;
  record.position = command.position;
  record.depth = m_text_depth;
  if (command.function != formats::k_no_index) record.function = m_scripts[m_script].groups[command.function].name;
  record.stdin_from_pipeline = command.position > 0;
  record.background = command.background;
  record.condition = command.condition;
  record.branch = command.branch;
  record.loop = command.loop;
  const Saved<bool> branch(m_branch);
  m_branch = command.branch;

  Io io{m_fds, std::move(input)};
  if (!io.input && io.at(0) != nullptr) io.input = input_of(*io.at(0));
  Invocation invocation{expand_fields(command.words), io, record.line, nullptr};
  const bool keeps = invocation.argv.empty() || declares(invocation.arg(0));
  std::vector<std::pair<std::string, std::optional<Variable>>> old;
  if (!keeps) {
    for (const auto& assignment : command.assignments) {
      const auto found = m_variables.find(assignment.name);
      old.emplace_back(assignment.name,
                       found == m_variables.end() ? std::nullopt : std::optional<Variable>(found->second));
    }
  }
  assign(command, record);
  redirect(command.redirects, io, &record);
  for (const Value& value : invocation.argv) record.argv.push_back(value.text);
  const std::uint32_t script = m_script;
  if (is_new(script, index, record)) {
    record_command(record);
    invocation.record = &record;
  }
  const std::string tool = invocation.name();
  Value output = execute(invocation);
  // $(<file) is the file.
  if (invocation.argv.empty() && io.input && command.assignments.empty()) output = *io.input;
  output = deliver(std::move(output), io, tool, record.line);
  for (auto& [name, value] : old) {
    if (value) {
      m_variables[name] = std::move(*value);
    } else {
      m_variables.erase(name);
    }
  }
  return output;
}

void ShellEvaluator::assign(const formats::SimpleCommand& command, ShellCommand& record) {
  for (const formats::ShellAssignment& assignment : command.assignments) {
    if (assignment.array) {
      Variable variable;
      if (assignment.append) variable.elements = elements(assignment.name);
      for (Value& element : expand_fields(assignment.elements))
        if (variable.elements.size() < 1024) variable.elements.push_back(std::move(element));
      std::string text;
      for (const Value& element : variable.elements) text += (text.empty() ? "" : " ") + cut(element.text, 256);
      record.assignments.push_back(assignment.name + "=(" + text + ")");
      m_variables[assignment.name] = std::move(variable);
      continue;
    }
    // c=$c$(…) in a loop begins with nothing; names in capitals may come from outside.
    const bool grows =
        m_loops > 0 && begins_with_variable(assignment.value, assignment.name) && !is_set(assignment.name) &&
        std::none_of(assignment.name.begin(), assignment.name.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (grows) set_variable(assignment.name, {}, false, false);
    const Value value = expand_single(assignment.value);
    record.assignments.push_back(assignment.name + "=" + value.text);
    preload_fetched(assignment.name, value, record.line);
    set_variable(assignment.name, value, assignment.append, command.branch);
  }
}

void ShellEvaluator::set_variable(const std::string& name, Value value, bool append_to, bool branch) {
  constexpr std::size_t k_most_variables = 20'000;
  if (m_variables.size() > k_most_variables) {
    m_facts.truncated = true;
    return;
  }
  const std::size_t bracket = name.find('[');
  if (bracket != std::string::npos) {
    auto& list = m_variables[name.substr(0, bracket)].elements;
    const std::string index = name.substr(bracket + 1, name.size() - bracket - 2);
    const bool small =
        !index.empty() && index.size() < 4 && index.find_first_not_of("0123456789") == std::string::npos;
    const std::size_t place = small ? std::stoul(index) : list.size();
    if (place >= list.size() && place < 1024) list.resize(place + 1);
    if (place < list.size()) list[place] = std::move(value);
    return;
  }
  // What an interactive shell runs before each prompt.
  if (name == "PROMPT_COMMAND" && value.known && !value.text.empty()) {
    const Io io;
    consume_code(Value(value), "eval", io, 0, false, nullptr);
  }
  Variable& variable = m_variables[name];
  if (append_to) {
    Value joined = variable.value;
    append(joined, value);
    variable.value = std::move(joined);
    return;
  }
  // What only some runs replace, and by what we cannot know, stays; where it may come from is added.
  if (branch && !value.known && variable.value.known && !variable.value.text.empty()) {
    merge_origin(variable.value, value);
    return;
  }
  variable = Variable{std::move(value), {}};
}

Target ShellEvaluator::target_of(const Value& path) const {
  Target target;
  target.kind = Target::Kind::file;
  target.path = path.text;
  for (const std::string_view prefix : {"/dev/tcp/", "/dev/udp/"}) {
    if (path.text.compare(0, prefix.size(), prefix) != 0) continue;
    const std::string rest = path.text.substr(prefix.size());
    const std::size_t slash = rest.find('/');
    if (slash == std::string::npos) break;
    target.kind = Target::Kind::network;
    target.host = rest.substr(0, slash);
    target.port = rest.substr(slash + 1);
  }
  return target;
}

Value ShellEvaluator::input_of(const Target& target) {
  if (target.kind == Target::Kind::network) {
    Origin origin;
    origin.connection = true;
    origin.host = target.host;
    origin.port = target.port;
    origin.tool = "/dev/tcp";
    return with_origin(Value::unknown(), origin);
  }
  if (target.kind == Target::Kind::file) return read_file({target.path, true, nullptr});
  return Value::unknown();
}

void ShellEvaluator::redirect(const std::vector<formats::ShellRedirect>& redirects, Io& io, ShellCommand* record) {
  for (const formats::ShellRedirect& one : redirects) {
    const bool here = one.op == RedirectOp::here_document;
    Value value = here ? expand_single(m_scripts[m_script].here_documents[one.index]) : expand_single(one.target);
    if (one.op == RedirectOp::here_string) append(value, "\n");
    int fd = one.fd;
    if (!one.fd_variable.empty()) {
      fd = 10 + static_cast<int>(io.fds.size() % 100);
      set_variable(one.fd_variable, {std::to_string(fd), true, nullptr}, false, false);
    }
    if (record != nullptr)
      record->redirects.push_back({fd, std::string(k_operator_names[static_cast<std::size_t>(one.op)]), value.text});
    if (here || one.op == RedirectOp::here_string) {
      if (fd == 0) {
        io.input = value;
        io.fds.erase(0);
      }
      continue;
    }
    const bool number = !value.text.empty() && value.text.size() < 5 &&
                        value.text.find_first_not_of("0123456789") == std::string::npos;
    const bool duplicates = one.op == RedirectOp::duplicate_in || one.op == RedirectOp::duplicate_out;
    Target target;
    if (duplicates && number) {
      const Target* source = io.at(std::stoi(value.text));
      if (source != nullptr) target = *source;
    } else if (duplicates && (value.text == "-" || (!value.known && !names_connection(value.text)))) {
      if (value.text == "-") io.fds.erase(fd);
      continue;
    } else {
      target = target_of(value);
      target.append = one.op == RedirectOp::append || one.op == RedirectOp::append_both;
    }
    if (io.fds.size() < k_most_descriptors) io.fds[fd] = target;
    const bool both = one.op == RedirectOp::write_both || one.op == RedirectOp::append_both ||
                      (one.op == RedirectOp::duplicate_out && !number);
    if (both) io.fds[2] = target;
    if (fd == 0 && target.kind != Target::Kind::inherited) io.input = input_of(target);
  }
}

// Standard output to where it goes: the pipe (returned) or a file.
Value ShellEvaluator::deliver(Value output, const Io& io, std::string_view tool, std::uint32_t line) {
  const Target* out = io.at(1);
  if (out == nullptr || out->kind == Target::Kind::inherited) return output;
  if (out->kind == Target::Kind::file) {
    const auto file = m_files.find(file_key(out->path));
    if (file != m_files.end() && file->second.fifo) {
      if (m_role != nullptr) m_role->writes_fifo = true;
      feed(file->first, output, line);
    } else if (m_fds.find(1) == m_fds.end() || m_fds.at(1).path != out->path) {
      write_file({out->path, is_resolved(out->path), nullptr}, output, out->append, tool, line);
    } else if (output.origin || !output.text.empty()) {
      write_file({out->path, is_resolved(out->path), nullptr}, output, true, tool, line);
    }
  }
  return {};
}

Value ShellEvaluator::call(Function& function, Invocation& invocation) {
  if (function.active || function.calls >= k_most_calls || m_depth >= m_limits.max_depth) return Value::unknown();
  ++function.calls;
  function.active = true;
  const Saved<std::uint32_t> script(m_script);
  const Saved<std::optional<std::vector<Value>>> arguments(m_arguments);
  m_script = function.script;
  if (invocation.line != 0 && !invocation.argv.empty())
    m_arguments.emplace(invocation.argv.begin() + 1, invocation.argv.end());
  const Saved<std::map<int, Target>> fds(m_fds);
  m_fds = invocation.io.fds;
  m_fds.erase(1);
  ++m_depth;
  Value output = run_pipelines(function.group, invocation.io.input);
  --m_depth;
  function.active = false;
  return output;
}

Value ShellEvaluator::execute(Invocation& invocation) {
  if (invocation.argv.empty()) return {};
  if (++m_steps > m_limits.max_steps || m_depth >= m_limits.max_depth) {
    m_facts.truncated = true;
    return Value::unknown();
  }
  ++m_depth;
  Value output = dispatch(invocation);
  --m_depth;
  return output;
}

Value ShellEvaluator::dispatch(Invocation& invocation) {
  const Value& program = invocation.argv[0];
  if (program.text.find_first_of("?*[") != std::string::npos && program.text.starts_with('/')) {
    if (const std::string_view meant = program_meant(program.text); !meant.empty()) {
      invocation.argv[0] = {std::string(meant), true, nullptr};
      return dispatch(invocation);
    }
  }
  if (program.origin && (program.origin->fetched || program.origin->connection || program.origin->decoded)) {
    Value code = program;
    code.known = false;  // its words are run below
    code.text.clear();
    Value ignored;
    consume_code(code, "sh", invocation.io, invocation.line, false, &ignored);
  }
  const auto function = m_functions.find(program.text);
  if (function != m_functions.end()) return call(function->second, invocation);
  if (const auto alias = m_aliases.find(program.text); alias != m_aliases.end())
    return call_alias(std::string(alias->second), invocation);
  if (!m_renamed.empty()) {
    const auto renamed =
        m_renamed.find(program.text.find('/') == std::string::npos ? program.text : file_key(program.text));
    if (renamed != m_renamed.end()) {
      std::vector<Value> words = invocation.argv;
      words[0] = {renamed->second, true, nullptr};
      return run_inner(invocation, std::move(words));
    }
  }
  if (program.text.find('/') != std::string::npos) {
    const HandlerRow* row = handler(invocation.name());
    if (row == nullptr || m_files.find(file_key(program.text)) != m_files.end() || tree_of(program.text) != nullptr)
      return run_file(program, "", "program", invocation);
    run_path(program, "program", invocation.line);
    return (this->*row->handler)(invocation);
  }
  if (std::string path; program_written(program.text, path) != nullptr)
    return run_file({path, true, nullptr}, "", "program", invocation);
  const HandlerRow* row = handler(invocation.name());
  return row == nullptr ? Value::unknown() : (this->*row->handler)(invocation);
}

// cp /usr/bin/curl /tmp/c: from now on that is curl, by its path, and by its name where names are looked for.
void ShellEvaluator::note_copy(const std::string& from, const std::string& to) {
  constexpr std::size_t k_most_copies = 64;
  static constexpr std::array<std::string_view, 4> k_folders = {"/bin", "/sbin", "/usr", "/opt"};
  static constexpr std::array<std::string_view, 1> k_more = {"chattr"};
  const std::string name = from.substr(from.rfind('/') + 1);
  const bool program = from.find("bin/") != std::string::npos || from.starts_with("${()}");
  const bool known = handler(name) != nullptr || name == k_more[0];
  if (!program || !known || m_renamed.size() >= k_most_copies || !is_resolved(to)) return;
  const std::string last = to.substr(to.rfind('/') + 1);
  if (last == name || last.empty() || handler(last) != nullptr) return;
  m_renamed[file_key(to)] = name;
  if (std::any_of(k_folders.begin(), k_folders.end(), [&](std::string_view one) { return to.starts_with(one); }))
    m_renamed[last] = name;
}

// The command inside a wrapper: recorded beside the outer one, and run with the same input and output.
Value ShellEvaluator::run_inner(Invocation& outer, std::vector<Value> argv) {
  if (argv.empty()) return {};
  Invocation inner{std::move(argv), outer.io, outer.line, nullptr};
  ShellCommand record;
  if (outer.record != nullptr) {
    record = *outer.record;
    record.unwrapped = true;
    record.argv.clear();
    for (const Value& value : inner.argv) record.argv.push_back(value.text);
    record_command(record);
    inner.record = &record;
  }
  return execute(inner);
}

ShellFacts facts_of_text(std::string_view text, const ShellFactLimits& limits) {
  return ShellEvaluator(limits).text(text);
}

ShellFacts facts_of_argv(std::span<const std::string> argv, const ShellFactLimits& limits) {
  return ShellEvaluator(limits).argv(argv);
}

}  // namespace hullcheck::detect
