// Commands of a shell script: lists, pipelines, simple commands, redirections. See shell.hpp for the language.
#include "formats/shell_parser.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace hullcheck::formats {
namespace {

struct ReservedCloser {
  std::string_view word;
  Closer closer;
};
constexpr ReservedCloser k_closers[] = {{"}", Closer::brace},   {"then", Closer::then}, {"fi", Closer::fi},
                                        {"elif", Closer::fi},   {"else", Closer::fi},   {"do", Closer::loop_do},
                                        {"done", Closer::done}, {"esac", Closer::esac}};

constexpr std::string_view k_declarations[] = {"export", "local", "declare", "typeset", "readonly"};

bool declares(std::string_view word) {
  return std::find(std::begin(k_declarations), std::end(k_declarations), word) != std::end(k_declarations);
}

}  // namespace

ShellParser::ShellParser(std::string_view text, const ShellLimits& limits)
    : m_limits(limits), m_lookahead(2 * text.size() + 4096) {
  m_src.text = text;
}

ShellScript ShellParser::run() {
  m_script.groups.push_back({});
  m_script.groups[0].line = 1;
  while (!at_end()) {
    const std::size_t before = m_src.pos;
    parse_list();
    if (at_end()) break;
    if (m_src.pos == before) take();  // a closing token that nobody waits for
  }
  read_here_documents();
  return std::move(m_script);
}

// ---- cursor and budgets

void ShellParser::skip_to_line_end() {
  const std::size_t end = m_src.text.find('\n', m_src.pos);
  m_src.pos = end == std::string_view::npos ? m_src.text.size() : end;
}

bool ShellParser::skip_continuation() {
  if (peek() != '\\') return false;
  const std::size_t length = peek(1) == '\n' ? 2 : peek(1) == '\r' && peek(2) == '\n' ? 3 : 0;
  if (length == 0) return false;
  skip(length - 1);
  take();
  return true;
}

void ShellParser::skip_blanks() {
  while (!at_end()) {
    if (is_shell_blank(peek())) {
      skip(1);
    } else if (!skip_continuation()) {
      return;
    }
  }
}

void ShellParser::skip_blank_lines() {
  while (!at_end()) {
    skip_blanks();
    if (peek() == '#') skip_to_line_end();
    if (at_end() || peek() != '\n') return;
    newline();
  }
}

void ShellParser::newline() {
  take();
  if (!m_src.pending.empty()) read_here_documents();
}

void ShellParser::read_here_documents() {
  const auto pending = std::exchange(m_src.pending, {});
  for (const PendingHereDocument& wanted : pending) {
    const std::uint32_t first_line = m_src.line;
    std::string body;
    bool found = false;
    while (!at_end() && !found) {
      const std::size_t start = m_src.pos;
      skip_to_line_end();
      std::string_view line = m_src.text.substr(start, m_src.pos - start);
      if (!at_end()) take();
      if (wanted.strip_tabs) line.remove_prefix(std::min(line.find_first_not_of('\t'), line.size()));
      std::string_view compared = line;
      if (!compared.empty() && compared.back() == '\r') compared.remove_suffix(1);
      found = compared == wanted.delimiter;
      if (found) break;
      body.append(line);
      body.push_back('\n');
    }
    if (!found && !m_stop) problem("here-document without its end");
    ShellWord word;
    if (wanted.quoted) {
      add_text(word, body, true);
    } else {
      within(body, first_line, [&] { read_double_text(word, '\0'); });
    }
    m_script.here_documents[wanted.index] = std::move(word);
  }
}

// Reads another text with the same rules; its lines count from `line`.
void ShellParser::within(std::string_view text, std::uint32_t line, const std::function<void()>& read) {
  Source outer = std::move(m_src);
  m_src = Source{text, 0, line, {}};
  read();
  read_here_documents();
  m_src = std::move(outer);
}

void ShellParser::problem(std::string message) {
  if (m_script.problems.size() < m_limits.max_problems) m_script.problems.push_back({m_src.line, std::move(message)});
}

bool ShellParser::enter() {
  if (m_depth >= m_limits.max_nesting) {
    if (!m_script.truncated) problem("nested too deep");
    m_script.truncated = true;
    return false;
  }
  ++m_depth;
  return true;
}

bool ShellParser::reread(std::size_t pos, std::uint32_t line) {
  if (m_rereads >= m_limits.max_rereads) {
    m_script.truncated = true;
    return false;
  }
  ++m_rereads;
  m_src.pos = pos;
  m_src.line = line;
  return true;
}

// ---- lists and pipelines

// True when the list ends here. `foreign` is set for a closing word that nothing waits for: the caller drops it.
bool ShellParser::at_closer(bool& foreign) {
  foreign = false;
  if (peek() == ')') {
    foreign = waiting(Closer::paren) == 0;
    return true;
  }
  if (peek() == ';' && (peek(1) == ';' || peek(1) == '&')) {
    foreign = waiting(Closer::esac) == 0;
    return true;
  }
  const std::string_view word = reserved();
  for (const ReservedCloser& row : k_closers) {
    if (row.word != word) continue;
    foreign = waiting(row.closer) == 0;
    return true;
  }
  return false;
}

void ShellParser::parse_list() {
  while (!at_end()) {
    skip_blank_lines();
    if (at_end()) return;
    bool foreign = false;
    if (at_closer(foreign)) {
      if (!foreign) return;
      problem("unexpected closing word");
      skip(peek() == ')' ? 1 : peek() == ';' ? 2 : reserved().size());
      continue;
    }
    if (peek() == ';' || peek() == '&' || peek() == '|') {
      problem("operator without a command");
      skip(1);
      continue;
    }
    parse_and_or();
  }
}

void ShellParser::parse_and_or() {
  Connector connector = Connector::sequence;
  const bool outer_branch = m_context.branch;
  const std::size_t first_command = m_script.commands.size();
  const std::size_t first_pipeline = m_script.pipelines.size();
  std::size_t count = 0;
  std::uint32_t last = k_no_index;
  while (!at_end()) {
    last = parse_pipeline(connector);
    ++count;
    skip_blanks();
    const bool both = peek() == '&' && peek(1) == '&';
    const bool either = peek() == '|' && peek(1) == '|';
    if (!both && !either) break;
    connector = both ? Connector::on_success : Connector::on_failure;
    m_context.branch = true;
    skip(2);
    skip_blank_lines();
    bool foreign = false;
    if (at_closer(foreign)) break;
  }
  m_context.branch = outer_branch;
  if (peek() == '&' && peek(1) != '&') {
    skip(1);
    for (std::size_t i = first_command; i < m_script.commands.size(); ++i) m_script.commands[i].background = true;
    for (std::size_t i = first_pipeline; i < m_script.pipelines.size(); ++i)
      if (m_script.pipelines[i].group == m_context.group) m_script.pipelines[i].background = true;
    return;
  }
  if (peek() == ';' && peek(1) != ';' && peek(1) != '&') skip(1);
  if (count != 1 || m_context.group != 0 || last == k_no_index || m_stop || !m_src.pending.empty()) return;
  // An unconditional exit of the script itself: what follows is an archive or other data.
  const ShellPipeline& pipeline = m_script.pipelines[last];
  if (pipeline.stages.size() != 1 || pipeline.stages[0].is_group) return;
  const SimpleCommand& command = m_script.commands[pipeline.stages[0].index];
  if (!command.words.empty() && command.words[0].plain() == "exit") m_stop = true;
}

std::uint32_t ShellParser::parse_pipeline(Connector connector) {
  const auto id = static_cast<std::uint32_t>(m_script.pipelines.size());
  ShellPipeline pipeline;
  pipeline.group = m_context.group;
  pipeline.connector = connector;
  pipeline.condition = m_context.condition;
  m_script.pipelines.push_back(std::move(pipeline));
  m_script.groups[m_context.group].pipelines.push_back(id);
  const std::size_t first = m_script.commands.size();
  while (!at_end()) {
    parse_stage(id);
    skip_blanks();
    if (peek() != '|' || peek(1) == '|') break;
    skip(peek(1) == '&' ? 2 : 1);
    skip_blank_lines();
  }
  if (m_script.pipelines[id].stages.size() > 1)
    for (std::size_t i = first; i < m_script.commands.size(); ++i) m_script.commands[i].subshell = true;
  return id;
}

void ShellParser::parse_stage(std::uint32_t pipeline) {
  skip_blanks();
  for (std::string_view word = reserved(); word == "!" || word == "time" || word == "coproc"; word = reserved()) {
    if (word == "time") {
      // A keyword before compound commands; before simple ones it stays a word, as `time -p cmd` needs its options.
      std::size_t next = m_src.pos + word.size();
      while (next < m_src.text.size() && is_shell_blank(m_src.text[next])) ++next;
      if (next >= m_src.text.size() || (m_src.text[next] != '(' && m_src.text[next] != '{')) break;
    }
    const bool coprocess = word == "coproc";
    skip(word.size());
    skip_blanks();
    if (coprocess) m_script.pipelines[pipeline].coprocess = coprocess_name();
  }
  const std::string_view word = reserved();
  if (peek() == '(' || (!word.empty() && word != "time")) {
    if (parse_compound(pipeline, word)) return;
  }
  const auto position = static_cast<std::uint32_t>(m_script.pipelines[pipeline].stages.size());
  parse_simple(pipeline, position);
}

// coproc NAME { … }: only before compound commands there is a name.
std::string ShellParser::coprocess_name() {
  std::size_t length = 0;
  while (is_name_char(peek(length))) ++length;
  std::size_t next = length;
  while (is_shell_blank(peek(next))) ++next;
  if (length == 0 || next == length || (peek(next) != '{' && peek(next) != '(')) return "COPROC";
  std::string name(rest().substr(0, length));
  skip(next);
  return name;
}

// ---- simple commands

void ShellParser::parse_simple(std::uint32_t pipeline, std::uint32_t position) {
  SimpleCommand command;
  command.line = m_src.line;
  command.group = m_context.group;
  command.pipeline = pipeline;
  command.position = position;
  command.function = m_context.function;
  command.condition = m_context.condition;
  command.branch = m_context.branch;
  command.loop = m_context.loop;
  command.subshell = m_context.subshell;
  const std::size_t start = m_src.pos;
  bool test = false;
  while (!at_end()) {
    if (test && peek() == '\n') {
      test = false;
      const std::string_view last = command.words.back().plain();
      if (last != "&&" && last != "||" && last != "[[") {
        const std::size_t next = m_src.text.find_first_not_of(" \t\r\n", m_src.pos);
        const std::string_view ahead = next == std::string_view::npos ? "" : m_src.text.substr(next, 2);
        if (ahead != "&&" && ahead != "||" && ahead != "]]") break;
      }
      test = true;
      newline();
    }
    skip_blanks();
    if (at_end()) break;
    if (peek() == '(' && !test && command.words.size() == 1 && command.assignments.empty() &&
        command.redirects.empty() && at_function_parentheses()) {
      std::string name;
      for (const ShellPart& part : command.words[0].parts) name += part.text;
      parse_function(pipeline, std::move(name));
      return;
    }
    if (!parse_simple_item(command, test)) break;
  }
  if (!at_end() && peek() == '(') {
    problem("parenthesis inside a command");
    skip_to_line_end();
  }
  if (m_src.pos == start && !at_end()) {
    bool foreign = false;
    if (!at_closer(foreign) && peek() != '\n' && peek() != '#') skip(1);  // always make progress
    return;
  }
  finish_simple(std::move(command), pipeline);
}

// One word, assignment or redirection; false at the end of the command.
bool ShellParser::parse_simple_item(SimpleCommand& command, bool& test) {
  const char c = peek();
  if (test) {
    if (c == '\n') return true;
    ShellWord word;
    const char behind = peek(2);
    if (rest().substr(0, 2) == "]]" &&
        (behind == '\0' || behind == '\n' || is_shell_blank(behind) || is_shell_meta(behind))) {
      test = false;
      add_text(word, "]]", false);
      skip(2);
    } else if (c == '#') {
      skip_to_line_end();
      return true;
    } else if (!read_word(word, WordStyle::test)) {
      return false;
    }
    command.words.push_back(std::move(word));
    return true;
  }
  if (c == '\n' || c == '#') return false;
  if (parse_redirect(command.redirects)) return true;
  const bool process = (c == '<' || c == '>') && peek(1) == '(';
  if (is_shell_meta(c) && !process) return false;
  const bool assigns =
      command.words.empty() || (!command.words[0].plain().empty() && declares(command.words[0].plain()));
  if (assigns && parse_assignment(command)) return true;
  ShellWord word;
  if (!read_word(word, WordStyle::normal)) return false;
  command.words.push_back(std::move(word));
  if (command.words.size() == 1 && command.words[0].plain() == "[[") test = true;
  return true;
}

void ShellParser::finish_simple(SimpleCommand&& command, std::uint32_t pipeline) {
  if (command.words.empty() && command.assignments.empty() && command.redirects.empty()) return;
  if (m_script.commands.size() >= m_limits.max_commands) {
    m_script.truncated = true;
    m_stop = true;
    return;
  }
  const auto index = static_cast<std::uint32_t>(m_script.commands.size());
  m_script.commands.push_back(std::move(command));
  m_script.pipelines[pipeline].stages.push_back({false, index});
}

bool ShellParser::at_function_parentheses() {
  std::size_t next = 1;
  while (is_shell_blank(peek(next))) ++next;
  if (peek(next) != ')') return false;
  skip(next + 1);
  return true;
}

// NAME=value, NAME+=value, NAME[i]=value, NAME=(words)
bool ShellParser::parse_assignment(SimpleCommand& command) {
  if (!is_name_start(peek())) return false;
  const std::string_view text = rest();
  std::size_t length = 1;
  while (length < text.size() && is_name_char(text[length])) ++length;
  if (length < text.size() && text[length] == '[') {
    const std::string_view line = text.substr(length, 256);
    const std::size_t end = line.find(']');
    if (end == std::string_view::npos || line.find('\n') < end) return false;
    length += end + 1;
  }
  ShellAssignment assignment;
  assignment.name = std::string(text.substr(0, length));
  if (text.substr(length, 2) == "+=") {
    assignment.append = true;
    ++length;
  }
  if (text.substr(length, 1) != "=") return false;
  skip(length + 1);
  if (peek() != '(') {
    read_word(assignment.value, WordStyle::normal);
  } else {
    assignment.array = true;
    skip(1);
    while (!at_end()) {
      skip_blank_lines();
      if (at_end() || peek() == ')') break;
      ShellWord word;
      if (read_word(word, WordStyle::normal)) {
        assignment.elements.push_back(std::move(word));
      } else if (!at_end()) {
        problem("operator inside an array");
        skip(1);
      }
    }
    if (!at_end()) skip(1);
  }
  command.assignments.push_back(std::move(assignment));
  return true;
}

struct OperatorRow {
  std::string_view text;
  RedirectOp op;
  int fd;
};
constexpr OperatorRow k_redirects[] = {
    {"&>>", RedirectOp::append_both, 1},   {"&>", RedirectOp::write_both, 1},    {"<<<", RedirectOp::here_string, 0},
    {"<<-", RedirectOp::here_document, 0}, {"<<", RedirectOp::here_document, 0}, {"<&", RedirectOp::duplicate_in, 0},
    {"<>", RedirectOp::read_write, 0},     {"<", RedirectOp::read, 0},           {">>", RedirectOp::append, 1},
    {">&", RedirectOp::duplicate_out, 1},  {">|", RedirectOp::write, 1},         {">", RedirectOp::write, 1}};

bool ShellParser::parse_redirect(std::vector<ShellRedirect>& out) {
  const std::string_view text = rest();
  std::size_t length = 0;
  ShellRedirect redirect;
  while (length < 4 && length < text.size() && is_digit(text[length])) ++length;
  if (length > 0) {
    redirect.fd = 0;
    for (const char digit : text.substr(0, length)) redirect.fd = redirect.fd * 10 + (digit - '0');
  } else if (!text.empty() && text[0] == '{') {
    while (length + 1 < text.size() && length < 64 && is_name_char(text[length + 1])) ++length;
    if (length == 0 || text.substr(length + 1, 1) != "}") return false;
    redirect.fd_variable = std::string(text.substr(1, length));
    length += 2;
  }
  const bool numbered = length > 0;
  const OperatorRow* row = nullptr;
  for (const OperatorRow& candidate : k_redirects) {
    if (text.substr(length, candidate.text.size()) != candidate.text) continue;
    row = &candidate;
    break;
  }
  if (row == nullptr || (numbered && row->text[0] == '&')) return false;
  const char behind = length + row->text.size() < text.size() ? text[length + row->text.size()] : '\0';
  if (!numbered && behind == '(' && (row->text == "<" || row->text == ">")) return false;  // <( and >(
  redirect.op = row->op;
  redirect.line = m_src.line;
  if (!numbered) redirect.fd = row->fd;
  skip(length + row->text.size());
  skip_blanks();
  if (!read_word(redirect.target, WordStyle::normal)) problem("redirection without a target");
  if (redirect.op == RedirectOp::here_document) {
    PendingHereDocument pending;
    pending.index = static_cast<std::uint32_t>(m_script.here_documents.size());
    pending.strip_tabs = row->text == "<<-";
    pending.quoted = false;
    for (const ShellPart& part : redirect.target.parts) {
      pending.delimiter += part.text;
      pending.quoted = pending.quoted || part.quoted;
    }
    redirect.index = pending.index;
    m_script.here_documents.emplace_back();
    m_src.pending.push_back(std::move(pending));
  }
  out.push_back(std::move(redirect));
  return true;
}

}  // namespace hullcheck::formats
