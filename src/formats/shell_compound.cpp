// Compound commands of a shell script: groups, conditions, loops, case, functions. See shell.hpp for the language.
#include <algorithm>
#include <iterator>

#include "formats/shell_parser.hpp"

namespace hullcheck::formats {
namespace {

constexpr std::string_view k_reserved[] = {"if",    "then",     "elif", "else", "fi",    "for",  "select",
                                           "while", "until",    "do",   "done", "case",  "esac", "{",
                                           "}",     "function", "!",    "time", "coproc"};

}  // namespace

// The reserved word at the cursor, or nothing.
std::string_view ShellParser::reserved() const {
  const std::string_view text = rest().substr(0, 9);
  std::size_t length = 0;
  while (length < text.size()) {
    const char c = text[length];
    if (c == '\n' || is_shell_blank(c) || is_shell_meta(c)) break;
    ++length;
  }
  const std::string_view word = text.substr(0, length);
  const bool known = std::find(std::begin(k_reserved), std::end(k_reserved), word) != std::end(k_reserved);
  return known ? word : std::string_view{};
}

std::uint32_t ShellParser::new_group(GroupKind kind, std::string name) {
  ShellGroup group;
  group.kind = kind;
  group.line = m_src.line;
  group.parent = m_context.group;
  group.name = std::move(name);
  m_script.groups.push_back(std::move(group));
  if (m_script.groups.size() > m_limits.max_commands) {
    m_script.truncated = true;
    m_stop = true;
  }
  return static_cast<std::uint32_t>(m_script.groups.size() - 1);
}

void ShellParser::attach_group(std::uint32_t pipeline, std::uint32_t group) {
  m_script.pipelines[pipeline].stages.push_back({true, group});
}

bool ShellParser::expect(std::string_view word) {
  skip_blank_lines();
  if (word.size() == 1 ? peek() == word[0] : reserved() == word) {
    skip(word.size());
    return true;
  }
  if (!m_stop) problem("expected \"" + std::string(word) + "\"");
  return false;
}

void ShellParser::list_until(Closer closer) {
  ++waiting(closer);
  parse_list();
  --waiting(closer);
}

// True when the stage was a compound command. Beyond the nesting budget only the opening token is taken.
bool ShellParser::parse_compound(std::uint32_t pipeline, std::string_view word) {
  if (word == "then" || word == "do" || word == "done" || word == "fi" || word == "esac" || word == "elif" ||
      word == "else" || word == "}" || word == "!")
    return false;
  if (!enter()) {
    skip(word.empty() ? 1 : word.size());
    return true;
  }
  const bool arithmetic = word.empty() && peek(1) == '(';
  if (arithmetic && arithmetic_length(m_src.pos + 2) != std::string_view::npos) {
    parse_arithmetic_command(pipeline);
    leave();
    return true;
  }
  if (word == "function") {
    skip(word.size());
    skip_blanks();
    ShellWord name;
    read_word(name, WordStyle::normal);
    skip_blanks();
    if (peek() == '(') at_function_parentheses();
    std::string text;
    for (const ShellPart& part : name.parts) text += part.text;
    parse_function(pipeline, std::move(text));
    leave();
    return true;
  }
  const GroupKind kind = word.empty()       ? GroupKind::subshell
                         : word == "{"      ? GroupKind::brace
                         : word == "if"     ? GroupKind::conditional
                         : word == "for"    ? GroupKind::for_loop
                         : word == "select" ? GroupKind::select_loop
                         : word == "case"   ? GroupKind::case_of
                                            : GroupKind::loop;
  const std::uint32_t group = new_group(kind);
  attach_group(pipeline, group);
  const Context outer = m_context;
  m_context.group = group;
  skip(word.empty() ? 1 : word.size());
  switch (kind) {
    case GroupKind::subshell: parse_subshell(); break;
    case GroupKind::brace: parse_brace(); break;
    case GroupKind::conditional: parse_if(); break;
    case GroupKind::for_loop:
    case GroupKind::select_loop: parse_for(group); break;
    case GroupKind::case_of: parse_case(group); break;
    default: parse_while(); break;
  }
  m_context = outer;
  std::vector<ShellRedirect> redirects;
  skip_blanks();
  while (!at_end() && parse_redirect(redirects)) skip_blanks();
  m_script.groups[group].redirects = std::move(redirects);
  leave();
  return true;
}

void ShellParser::parse_function(std::uint32_t pipeline, std::string name) {
  const std::uint32_t group = new_group(GroupKind::function, std::move(name));
  attach_group(pipeline, group);
  if (!enter()) return;
  const Context outer = m_context;
  m_context = Context{};
  m_context.group = group;
  m_context.function = group;
  skip_blank_lines();
  bool foreign = false;
  if (!at_end() && !at_closer(foreign)) {
    const std::uint32_t body = parse_pipeline(Connector::sequence);
    static_cast<void>(body);
  }
  m_context = outer;
  leave();
}

void ShellParser::parse_brace() {
  list_until(Closer::brace);
  expect("}");
}

void ShellParser::parse_subshell() {
  m_context.subshell = true;
  list_until(Closer::paren);
  expect(")");
}

void ShellParser::parse_if() {
  ++waiting(Closer::fi);
  const bool outer_branch = m_context.branch;
  const bool outer_condition = m_context.condition;
  for (bool more = true; more && !at_end();) {
    m_context.condition = true;
    list_until(Closer::then);
    m_context.condition = outer_condition;
    expect("then");
    m_context.branch = true;
    parse_list();
    if (reserved() == "else") {
      skip(4);
      parse_list();
    }
    more = reserved() == "elif";
    if (more) skip(4);
    m_context.branch = outer_branch || more;
  }
  --waiting(Closer::fi);
  expect("fi");
}

void ShellParser::parse_while() {
  const bool outer_condition = m_context.condition;
  m_context.loop = true;
  m_context.condition = true;
  list_until(Closer::loop_do);
  m_context.condition = outer_condition;
  if (!expect("do")) return;
  list_until(Closer::done);
  expect("done");
}

void ShellParser::parse_for(std::uint32_t group) {
  m_context.loop = true;
  skip_blanks();
  if (peek() == '(' && peek(1) == '(') {
    const std::size_t length = arithmetic_length(m_src.pos + 2);
    if (length == std::string_view::npos) {
      problem("for (( without its end");
      skip_to_line_end();
    } else {
      const std::string_view header = m_src.text.substr(m_src.pos, length + 4);
      // The list is what stands in the brackets, one word, under a name that no variable has.
      ShellWord body;
      within(header.substr(2, length), m_src.line, [&] { read_double_text(body, '\0'); });
      m_script.groups[group].name = "((";
      m_script.groups[group].words.push_back(std::move(body));
      m_src.line += static_cast<std::uint32_t>(std::count(header.begin(), header.end(), '\n'));
      m_src.pos += header.size();
    }
  } else {
    ShellWord name;
    read_word(name, WordStyle::normal);
    m_script.groups[group].name = std::string(name.plain());
    skip_blank_lines();
    if (rest().substr(0, 2) == "in" && (is_shell_blank(peek(2)) || peek(2) == '\n' || peek(2) == ';')) {
      skip(2);
      std::vector<ShellWord> words;
      for (skip_blanks(); !at_end() && peek() != ';' && peek() != '\n' && peek() != '#'; skip_blanks()) {
        ShellWord word;
        if (!read_word(word, WordStyle::normal)) break;
        words.push_back(std::move(word));
      }
      m_script.groups[group].words = std::move(words);
    } else {
      ShellWord all;
      add_part(all, {PartKind::variable, true, k_no_index, "@"});
      m_script.groups[group].words.push_back(std::move(all));
    }
  }
  skip_blanks();
  if (peek() == ';') skip(1);
  skip_blank_lines();
  if (reserved() == "{") {  // bash: for x in a; { …; }
    skip(1);
    parse_brace();
    return;
  }
  if (!expect("do")) return;
  list_until(Closer::done);
  expect("done");
}

void ShellParser::parse_case(std::uint32_t group) {
  skip_blanks();
  ShellWord subject;
  read_word(subject, WordStyle::normal);
  m_script.groups[group].words.push_back(std::move(subject));
  skip_blank_lines();
  if (rest().substr(0, 2) != "in") {
    problem("expected \"in\"");
    return;
  }
  skip(2);
  m_context.branch = true;
  ++waiting(Closer::esac);
  parse_case_items();
  --waiting(Closer::esac);
  expect("esac");
}

void ShellParser::parse_case_items() {
  while (!at_end()) {
    skip_blank_lines();
    if (at_end() || reserved() == "esac") return;
    if (peek() == '(') skip(1);
    while (!at_end() && peek() != ')') {
      ShellWord pattern;
      skip_blanks();
      if (read_word(pattern, WordStyle::normal)) continue;
      if (peek() == '|') {
        skip(1);
        continue;
      }
      if (peek() == ')') break;
      problem("unreadable pattern of case");
      skip_to_line_end();
      return;
    }
    if (at_end()) return;
    skip(1);
    parse_list();
    if (peek() == ';' && (peek(1) == ';' || peek(1) == '&')) {
      const bool both = peek(1) == ';' && peek(2) == '&';
      skip(both ? 3 : 2);
    } else if (reserved() != "esac") {
      return;
    }
  }
}

// (( … )) becomes a command of two words, so that the substitutions inside are not lost.
void ShellParser::parse_arithmetic_command(std::uint32_t pipeline) {
  SimpleCommand command;
  command.line = m_src.line;
  command.group = m_context.group;
  command.pipeline = pipeline;
  command.position = static_cast<std::uint32_t>(m_script.pipelines[pipeline].stages.size());
  command.function = m_context.function;
  const std::size_t start = m_src.pos + 2;
  std::size_t depth = 0;
  std::size_t end = start;
  while (end < m_src.text.size() && !(depth == 0 && m_src.text[end] == ')')) {
    if (m_src.text[end] == '(') ++depth;
    if (m_src.text[end] == ')') --depth;
    ++end;
  }
  const std::string_view text = m_src.text.substr(start, end - start);
  ShellWord name;
  add_text(name, "((", true);
  ShellWord body;
  within(text, m_src.line, [&] { read_double_text(body, '\0'); });
  command.words.push_back(std::move(name));
  command.words.push_back(std::move(body));
  m_src.line += static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n'));
  m_src.pos = std::min(end + 2, m_src.text.size());
  skip_blanks();
  while (!at_end() && parse_redirect(command.redirects)) skip_blanks();
  finish_simple(std::move(command), pipeline);
}

Result<ShellScript> parse_shell(std::string_view text, const ShellLimits& limits) {
  if (text.size() > limits.max_bytes)
    return make_error(ErrorCode::limit, "shell-size-limit", "the script is longer than the limit");
  if (text.find('\0') == std::string_view::npos) return ShellParser(text, limits).run();
  std::string clean;
  clean.reserve(text.size());
  std::copy_if(text.begin(), text.end(), std::back_inserter(clean), [](char c) { return c != '\0'; });
  return ShellParser(clean, limits).run();
}

}  // namespace hullcheck::formats
