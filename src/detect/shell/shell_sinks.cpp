// What becomes of code and of files in the evaluator: the flows are made here. See shell_facts.hpp.
#include <algorithm>

#include "detect/scripts/embedded_code.hpp"
#include "detect/shell/shell_evaluator.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_files = 4096;

std::string_view last_part(std::string_view path) { return path.substr(path.rfind('/') + 1); }

bool is_device(std::string_view path) {
  return path == "/dev/null" || path == "/dev/stdout" || path == "/dev/stderr" || path == "/dev/tty" ||
         path.substr(0, 8) == "/dev/fd/" || path.substr(0, 14) == "/proc/self/fd/";
}

// Where the fetched tend to hide; "" for an ordinary place.
std::string_view place_class(std::string_view path) {
  for (const std::string_view prefix : {"/tmp/", "/var/tmp/", "/dev/shm/", "/run/shm/", "/run/user/"})
    if (path.substr(0, prefix.size()) == prefix) return "temp";
  for (std::size_t slash = 0; slash != std::string_view::npos; slash = path.find('/', slash + 1)) {
    const std::string_view part = path.substr(slash == 0 && path.substr(0, 1) != "/" ? 0 : slash + 1);
    if (part.size() > 1 && part[0] == '.' && part[1] != '/' && part.substr(0, 3) != "../" && part != "..")
      return "hidden";
  }
  return "";
}

std::string_view language_of(std::string_view interpreter) {
  for (const std::string_view language : {"python", "perl", "ruby", "node", "php", "lua"})
    if (interpreter.substr(0, language.size()) == language) return language;
  if (interpreter == "Rscript" || interpreter == "R") return "Rscript";
  return interpreter == "pypy3" || interpreter == "pypy" ? "python" : "";
}

}  // namespace

bool is_resolved(std::string_view text) { return text.find("${") == std::string_view::npos; }

std::string_view to_string(FlowKind kind) {
  constexpr std::string_view k_names[] = {
      "fetch_to_interpreter", "fetch_to_file", "fetch_to_file_run", "decode_to_interpreter",
      "reverse_shell",        "write_file",    "run_path"};
  return k_names[static_cast<std::size_t>(kind)];
}

// ---- storing facts

std::string ShellEvaluator::cut(std::string_view text, std::size_t limit) {
  const std::size_t left = m_limits.max_total_bytes - std::min(m_limits.max_total_bytes, m_stored);
  if (text.size() > left) m_facts.truncated = true;
  const bool shorter = text.size() > std::min(limit, left);
  std::string kept(text.substr(0, std::min(limit, left)));
  m_stored += kept.size();
  if (shorter) kept += "\u2026";
  return kept;
}

void ShellEvaluator::record_command(ShellCommand command) {
  constexpr std::size_t k_most_arguments = 256;
  if (m_facts.commands.size() >= m_limits.max_commands) {
    m_facts.truncated = true;
    return;
  }
  const auto bound = [this](std::vector<std::string>& list) {
    if (list.size() > k_most_arguments) {
      list.resize(k_most_arguments);
      m_facts.truncated = true;
    }
    for (std::string& text : list) text = cut(text, m_limits.max_string_bytes);
  };
  bound(command.argv);
  bound(command.assignments);
  if (command.redirects.size() > k_most_arguments) command.redirects.resize(k_most_arguments);
  for (ShellFd& fd : command.redirects) fd.target = cut(fd.target, m_limits.max_string_bytes);
  command.function = cut(command.function, 256);
  m_facts.commands.push_back(std::move(command));
}

void ShellEvaluator::flow(ShellFlow one) {
  std::size_t& count = m_flow_counts[static_cast<std::size_t>(one.kind)];
  if (count >= m_limits.max_flows) {
    m_facts.truncated = true;
    return;
  }
  one.depth = m_text_depth;
  std::string key = std::to_string(static_cast<unsigned>(one.kind)) + "|" + std::to_string(one.line);
  for (const std::string_view part :
       {std::string_view(one.path), std::string_view(one.host), std::string_view(one.port),
        std::string_view(one.detail), std::string_view(one.text).substr(0, 512)})
    key.append("|").append(part.substr(0, 512));
  for (const std::string& url : one.urls) key.append("|").append(url, 0, 512);
  if (!m_flow_keys.insert(std::move(key)).second) return;
  ++count;
  for (std::string& url : one.urls) url = cut(url, m_limits.max_string_bytes);
  for (std::string* text : {&one.path, &one.host, &one.port, &one.tool, &one.interpreter})
    *text = cut(*text, m_limits.max_string_bytes);
  one.text = cut(one.text, m_limits.max_text_bytes);
  m_facts.flows.push_back(std::move(one));
}

void ShellEvaluator::reverse_shell(std::string_view host, std::string_view port, std::string_view tool, bool listens,
                                   std::uint32_t line) {
  ShellFlow one;
  one.kind = FlowKind::reverse_shell;
  one.line = line;
  one.host = host;
  one.port = port;
  one.tool = tool;
  one.detail = listens ? "listen" : "connect";
  flow(std::move(one));
}

void ShellEvaluator::run_path(const Value& path, std::string_view detail, std::uint32_t line) {
  ShellFlow one;
  one.kind = FlowKind::run_path;
  one.line = line;
  // A bare name is looked for on PATH, everything else from the folder of the moment.
  one.path = path.text.find('/') == std::string::npos ? path.text : file_key(path.text);
  one.detail = detail;
  if (path.text == "${@}" || path.text == "${1}") one.detail = "arguments";
  flow(std::move(one));
}

// ---- code

// `output` receives what the code prints, when it can be followed.
void ShellEvaluator::consume_code(const Value& code, std::string_view interpreter, const Io& io, std::uint32_t line,
                                  bool offset, Value* output) {
  if (code.origin) {
    const Origin& origin = *code.origin;
    ShellFlow one;
    one.line = line;
    one.interpreter = interpreter;
    if (const auto pipe = m_files.find(origin.pipe); pipe != m_files.end() && pipe->second.fifo)
      pipe->second.reader = interpreter;
    if (origin.decoded) {
      one.kind = FlowKind::decode_to_interpreter;
      one.tool = origin.decoder;
      if (code.known) one.text = code.text;
      flow(one);
      one.text.clear();
    }
    if (origin.connection && (io.network(1) || io.network(2))) {
      reverse_shell(origin.host, origin.port, origin.tool, false, line);
    } else if (origin.fetched || origin.connection) {
      one.kind = FlowKind::fetch_to_interpreter;
      one.tool = origin.tool;
      one.urls = origin.urls;
      one.host = origin.host;
      one.port = origin.port;
      flow(one);
    }
  }
  if (code.text.empty()) return;
  const std::string_view language = language_of(interpreter);
  if (!language.empty()) {
    if (code.text != "${()}") consume_embedded(code, language, line, output);
  } else if (code.known || !is_resolved(code.text) || !code.origin) {
    // A placeholder reads as an expansion again, so half-known text keeps its shape.
    Value printed = run_script(code, line, offset);
    if (output != nullptr) *output = std::move(printed);
  }
}

void ShellEvaluator::consume_embedded(const Value& code, std::string_view language, std::uint32_t line,
                                      Value* output) {
  const EmbeddedSummary summary = summarise_code(language, code.text);
  if (m_facts.embedded.size() < m_limits.max_embedded && code.text.size() <= m_limits.max_embedded_bytes) {
    m_facts.embedded.push_back({line, std::string(language), cut(code.text, m_limits.max_embedded_bytes)});
  } else {
    m_facts.truncated = true;
  }
  if (summary.reverse_shell) reverse_shell(summary.host, summary.port, language, summary.listens, line);
  ShellFlow one;
  one.line = line;
  one.tool = language;
  one.interpreter = language;
  if (summary.runs_decoded) {
    one.kind = FlowKind::decode_to_interpreter;
    flow(one);
  }
  if (summary.runs_fetched) {
    one.kind = FlowKind::fetch_to_interpreter;
    one.urls = summary.urls;
    flow(one);
  }
  if (summary.fetches) save_embedded(summary, language, line);
  if (output == nullptr) return;
  *output = Value::unknown();
  Origin origin;
  origin.fetched = summary.fetches;
  origin.decoded = summary.decodes;
  origin.urls = summary.urls;
  if (summary.fetches) origin.tool = language;
  if (summary.decodes) origin.decoder = language;
  if (summary.fetches || summary.decodes) *output = with_origin(*output, origin);
}

// Files into which code of another language puts what it fetched.
void ShellEvaluator::save_embedded(const EmbeddedSummary& summary, std::string_view language, std::uint32_t line) {
  Origin origin;
  origin.fetched = true;
  origin.tool = language;
  origin.urls = summary.urls;
  for (const std::string& path : summary.saved) {
    write_file({path, true, nullptr}, with_origin(Value::unknown(), origin), false, language, line);
    if (summary.runs_saved) run_fetched(origin, path, language, m_steps, line);
  }
}

// ---- files

// The path as the script's folder makes it, without empty, "." and ".." parts: what two spellings share.
std::string ShellEvaluator::file_key(std::string_view path) const {
  if (path.starts_with("./${")) path.remove_prefix(2);  // the same as without, whatever it stands for
  const bool rooted = path.substr(0, 1) == "/" || path.substr(0, 1) == "~" || path.substr(0, 2) == "${";
  const std::string whole = rooted || m_cwd.empty() ? std::string(path) : m_cwd + "/" + std::string(path);
  std::string key;
  std::size_t start = 0;
  while (start <= whole.size()) {
    const std::size_t end = std::min(whole.find('/', start), whole.size());
    const std::string_view part = std::string_view(whole).substr(start, end - start);
    start = end + 1;
    if (part.empty() || part == ".") continue;
    const std::size_t slash = key.rfind('/');
    if (part == ".." && slash != std::string::npos) {
      key.resize(slash);
      continue;
    }
    if (!key.empty() || whole.substr(0, 1) == "/") key += '/';
    key += part;
  }
  return key;
}

Value ShellEvaluator::read_file(const Value& path) {
  const Target target = target_of(path);
  if (target.kind == Target::Kind::network) return input_of(target);
  const auto found = m_files.find(file_key(path.text));
  if (found == m_files.end()) {
    const FetchedTree* tree = target.kind == Target::Kind::file ? tree_of(path.text) : nullptr;
    return tree == nullptr ? Value::unknown() : with_origin(Value::unknown(), *tree->origin);
  }
  if (!found->second.fifo) return found->second.content;
  Origin origin;
  origin.fifo = true;
  origin.pipe = found->first;
  Value value = with_origin(Value::unknown(), origin);
  merge_origin(value, found->second.content);
  return value;
}

void ShellEvaluator::write_file(const Value& path, const Value& content, bool append_to, std::string_view tool,
                                std::uint32_t line) {
  if (path.text.empty() || is_device(path.text)) return;
  const std::string key = file_key(path.text);
  auto found = m_files.find(key);
  if (found != m_files.end() && found->second.fifo) {
    if (m_role != nullptr) m_role->writes_fifo = true;
    feed(key, content, line);
    return;
  }
  if (found == m_files.end() && m_files.size() < k_most_files) found = m_files.emplace(key, FileState{}).first;
  if (found != m_files.end()) {
    if (!append_to) {
      found->second = FileState{};
      found->second.content = content;
    } else {
      Value joined = found->second.content;
      append(joined, content);
      found->second.content = std::move(joined);
    }
    found->second.written = m_steps;
    found->second.line = line;
  }
  ShellFlow one;
  one.kind = FlowKind::write_file;
  one.line = line;
  one.path = tool == "crontab" ? path.text : key;
  one.text = content.text;
  one.tool = tool;
  one.append = append_to;
  const bool blank =
      path.text == "${()}" || (path.text.substr(0, 2) == "${" && path.text.find('/') == std::string::npos);
  if (!blank) flow(std::move(one));
  if (content.origin && content.origin->fetched) fetch_to_file(path, content, line);
}

// What goes into a pipe out of which an interpreter reads is code; else it waits there for one.
void ShellEvaluator::feed(const std::string& pipe, const Value& content, std::uint32_t line) {
  const auto found = m_files.find(pipe);
  if (found == m_files.end() || !content.origin) return;
  FileState& file = found->second;
  const Origin& origin = *content.origin;
  if (!origin.fetched && !origin.decoded && !(origin.connection && file.coprocess)) return;
  if (file.reader.empty()) {
    file.content = content;
    return;
  }
  const Io io;
  consume_code(Value(content), std::string(file.reader), io, line, false, nullptr);
}

void ShellEvaluator::fetch_to_file(const Value& path, const Value& content, std::uint32_t line) {
  ShellFlow one;
  one.kind = FlowKind::fetch_to_file;
  one.line = line;
  one.path = file_key(path.text);
  one.detail = place_class(one.path);
  one.urls = content.origin->urls;
  one.tool = content.origin->tool;
  flow(std::move(one));
}

// Runs a program or script by its path. `interpreter` is empty when the file itself is the program.
Value ShellEvaluator::run_file(const Value& path, std::string_view interpreter, std::string_view detail,
                               Invocation& invocation) {
  const auto found = m_files.find(file_key(path.text));
  const bool known = found != m_files.end();
  if (!known || !found->second.substitution) run_path(path, detail, invocation.line);
  if (!known) {
    if (const FetchedTree* tree = tree_of(path.text); tree != nullptr)
      run_fetched(*tree->origin, path.text, interpreter, tree->written, invocation.line);
    return Value::unknown();
  }
  if (found->second.fifo) {
    Value output = Value::unknown();
    if (!interpreter.empty())
      consume_code(read_file(path), interpreter, invocation.io, invocation.line, false, &output);
    return output;
  }
  Value content = found->second.content;
  Value output = Value::unknown();
  const std::string shell = interpreter.empty() ? std::string("sh") : std::string(interpreter);
  if (!found->second.substitution && content.origin && content.origin->fetched) {
    run_fetched(*content.origin, path.text, interpreter, found->second.written, invocation.line);
    if (content.origin->decoded) {
      Origin rest = *content.origin;
      rest.fetched = rest.connection = false;
      content.origin = std::make_shared<const Origin>(rest);
    } else {
      content.origin = nullptr;
    }
  }
  // A file that the script wrote itself is evaluated once; a marker keeps it from running itself for ever.
  const Value again = std::exchange(found->second.content, Value::unknown());
  std::string_view runner = shell;
  if (interpreter.empty() && content.text.substr(0, 2) == "#!") {
    const std::string_view first = std::string_view(content.text).substr(0, content.text.find('\n'));
    for (const std::string_view word : {"python", "perl", "ruby", "node", "php", "lua"})
      if (last_part(first).find(word) != std::string_view::npos) runner = word;
  }
  consume_code(content, runner, invocation.io, invocation.line, false, &output);
  const auto still = m_files.find(file_key(path.text));
  if (still != m_files.end() && still->second.content.text.empty()) still->second.content = again;
  return output;
}

}  // namespace hullcheck::detect
