// Words of a shell script: quotes, expansions, substitutions. See shell.hpp for the language and its dangers.
#include <algorithm>

#include "formats/shell_parser.hpp"

namespace hullcheck::formats {
namespace {

struct Escape {
  char letter;
  char value;
};
constexpr Escape k_escapes[] = {{'n', '\n'}, {'t', '\t'},   {'r', '\r'},   {'a', '\a'},  {'b', '\b'},  {'f', '\f'},
                                {'v', '\v'}, {'e', '\x1b'}, {'E', '\x1b'}, {'\\', '\\'}, {'\'', '\''}, {'"', '"'}};

// Longest first, so that ":-" is not read as ":".
constexpr std::string_view k_expansion_operators[] = {":-", ":=", ":+", ":?", "##", "%%", "//", "/#",
                                                      "/%", "^^", ",,", "-",  "=",  "+",  "?",  "#",
                                                      "%",  "/",  "^",  ",",  ":",  "@"};

int digit_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto push = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) {
    push(code);
  } else if (code < 0x800) {
    push(0xc0 | (code >> 6));
    push(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    push(0xe0 | (code >> 12));
    push(0x80 | ((code >> 6) & 0x3f));
    push(0x80 | (code & 0x3f));
  } else {
    push(0xf0 | ((code >> 18) & 7));
    push(0x80 | ((code >> 12) & 0x3f));
    push(0x80 | ((code >> 6) & 0x3f));
    push(0x80 | (code & 0x3f));
  }
}

bool is_special_parameter(char c) { return std::string_view("@*#?-$!").find(c) != std::string_view::npos; }

}  // namespace

// ---- storing parts

void ShellParser::add_part(ShellWord& word, ShellPart part) {
  if (++m_parts > m_limits.max_parts) {
    m_script.truncated = true;
    m_stop = true;
    return;
  }
  word.parts.push_back(std::move(part));
}

void ShellParser::add_text(ShellWord& word, std::string_view text, bool quoted) {
  if (!word.parts.empty()) {
    ShellPart& last = word.parts.back();
    if (last.kind == PartKind::literal) {
      if (text.empty()) return;  // cu''rl
      if (last.text.empty()) last.quoted = quoted;
      if (last.quoted == quoted) {
        last.text.append(text);
        return;
      }
    }
  }
  add_part(word, {PartKind::literal, quoted, k_no_index, std::string(text)});
}

// ---- a word

bool ShellParser::read_word(ShellWord& word, WordStyle style) {
  const std::size_t start = m_src.pos;
  while (!at_end()) {
    const char c = peek();
    if (c == '\n' || is_shell_blank(c)) break;
    const bool meta = is_shell_meta(c);
    if (meta && style == WordStyle::normal) {
      if ((c == '<' || c == '>') && peek(1) == '(') {
        read_substitution(word, c == '<' ? PartKind::process_in : PartKind::process_out, false);
        continue;
      }
      const char before = m_src.pos > start ? m_src.text[m_src.pos - 1] : '\0';
      if (c == '(' && (before == '?' || before == '*' || before == '+' || before == '@' ||
                       (before == '!' && m_src.pos > start + 1))) {
        read_extended_pattern(word);
        continue;
      }
      break;
    }
    if (c == '\'') {
      read_single_quoted(word);
    } else if (c == '"') {
      read_double_quoted(word);
    } else if (c == '\\') {
      if (skip_continuation()) continue;
      skip(1);
      if (at_end()) break;
      add_char(word, peek(), true);
      take();
    } else if (c == '$') {
      read_dollar(word, false);
    } else if (c == '`') {
      read_backticks(word, false);
    } else {
      std::size_t length = 1;
      const std::string_view text = rest();
      while (length < text.size()) {
        const char next = text[length];
        if (next == '\n' || is_shell_blank(next) || is_shell_meta(next) || next == '\'' || next == '"' ||
            next == '\\' || next == '$' || next == '`')
          break;
        ++length;
      }
      add_text(word, text.substr(0, length), false);
      skip(length);
    }
  }
  return m_src.pos != start;
}

void ShellParser::read_extended_pattern(ShellWord& word) {
  unsigned open = 0;
  while (!at_end() && peek() != '\n') {
    const char c = peek();
    if (c == '(') ++open;
    if (c == ')') --open;
    if (c == '$') {
      read_dollar(word, false);
    } else {
      add_char(word, c, false);
      skip(1);
    }
    if (open == 0) return;
  }
}

// ---- quotes

void ShellParser::read_single_quoted(ShellWord& word) {
  const std::size_t start = m_src.pos;
  const std::size_t end = m_src.text.find('\'', start + 1);
  if (end == std::string_view::npos) {
    problem("single quote without its end");
    add_char(word, '\'', true);
    skip(1);
    return;  // no quote follows, so the rest cannot bait us here again
  }
  const std::string_view text = m_src.text.substr(start + 1, end - start - 1);
  m_src.line += static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n'));
  m_src.pos = end + 1;
  add_text(word, text, true);
}

void ShellParser::read_double_quoted(ShellWord& word) {
  const std::size_t start = m_src.pos;
  const std::uint32_t line = m_src.line;
  skip(1);
  add_text(word, {}, true);
  const std::size_t parts = word.parts.size();
  read_double_text(word, '"');
  if (!at_end()) {
    skip(1);
    return;
  }
  if (m_stop) return;
  problem("double quote without its end");
  if (!reread(start + 1, line)) return;
  word.parts.resize(std::min(parts, word.parts.size()));
}

// Up to the closer (not taken) or the end of the source; '\0' reads all of a here-document.
void ShellParser::read_double_text(ShellWord& word, char closer) {
  while (!at_end()) {
    const char c = peek();
    if (c == closer && closer != '\0') return;
    if (c == '\\') {
      if (skip_continuation()) continue;
      const char next = peek(1);
      const bool escapes = next == '$' || next == '`' || next == '\\' || (next == '"' && closer == '"');
      if (!escapes) add_char(word, '\\', true);
      skip(1);
      if (escapes) {
        add_char(word, next, true);
        skip(1);
      }
    } else if (c == '$') {
      read_dollar(word, true);
    } else if (c == '`') {
      read_backticks(word, true);
    } else {
      const std::string_view text = rest();
      std::size_t length = 1;
      if (c == '\n') ++m_src.line;
      while (length < text.size() && text[length] != closer && text[length] != '\\' && text[length] != '$' &&
             text[length] != '`') {
        if (text[length] == '\n') ++m_src.line;
        ++length;
      }
      add_text(word, text.substr(0, length), true);
      m_src.pos += length;
    }
  }
}

void ShellParser::read_ansi_quoted(ShellWord& word) {  // at the quote of $'
  const std::size_t start = m_src.pos;
  const std::uint32_t line = m_src.line;
  skip(1);
  std::string text;
  while (!at_end() && peek() != '\'') {
    if (peek() == '\\') {
      skip(1);
      text += ansi_escape();
    } else {
      text.push_back(peek());
      take();
    }
  }
  if (at_end()) {
    problem("$' quote without its end");
    if (reread(start, line)) skip(1);
    return;
  }
  skip(1);
  add_text(word, text, true);
}

std::string ShellParser::ansi_escape() {  // after the backslash
  if (at_end()) return "\\";
  const char c = peek();
  for (const Escape& escape : k_escapes) {
    if (escape.letter != c) continue;
    skip(1);
    return {escape.value};
  }
  const bool unicode = c == 'u' || c == 'U';
  const bool octal = c >= '0' && c <= '7';
  if (c != 'x' && !unicode && !octal) {
    take();
    return std::string("\\") + c;
  }
  if (!octal) skip(1);
  const int base = octal ? 8 : 16;
  const std::size_t longest = octal ? 3 : c == 'x' ? 2 : c == 'u' ? 4 : 8;
  std::uint32_t value = 0;
  std::size_t digits = 0;
  for (; digits < longest && digit_value(peek()) < base; ++digits) {
    value = value * static_cast<std::uint32_t>(base) + static_cast<std::uint32_t>(digit_value(peek()));
    skip(1);
  }
  if (digits == 0) return std::string("\\") + c;
  std::string text;
  if (unicode) {
    append_utf8(text, value);
  } else if ((value & 0xff) != 0) {
    text.push_back(static_cast<char>(value & 0xff));
  }
  return text;
}

// ---- after a dollar

void ShellParser::read_dollar(ShellWord& word, bool quoted) {
  const char next = peek(1);
  if (next == '(') {
    if (peek(2) == '(' && read_arithmetic(word, quoted)) return;
    skip(1);
    read_substitution(word, PartKind::command, quoted);
  } else if (next == '{') {
    const std::size_t start = m_src.pos;
    const std::uint32_t line = m_src.line;
    const bool deep = !enter();
    const bool good = !deep && read_braced(word, quoted);
    if (!deep) leave();
    if (good) return;
    if (!m_stop && (deep || reread(start, line))) {
      add_text(word, "${", quoted);
      skip(2);
    }
  } else if (next == '\'' && !quoted) {
    skip(1);
    read_ansi_quoted(word);
  } else if (next == '"' && !quoted) {
    skip(1);
    read_double_quoted(word);
  } else if (is_name_start(next)) {
    skip(1);
    const std::string_view text = rest();
    std::size_t length = 1;
    while (length < text.size() && is_name_char(text[length])) ++length;
    add_part(word, {PartKind::variable, quoted, k_no_index, std::string(text.substr(0, length))});
    skip(length);
  } else if (is_digit(next) || is_special_parameter(next)) {
    add_part(word, {PartKind::variable, quoted, k_no_index, std::string(1, next)});
    skip(2);
  } else {
    add_char(word, '$', quoted);
    skip(1);
  }
}

std::string ShellParser::read_parameter_name() {
  std::string name;
  if (is_name_start(peek())) {
    while (is_name_char(peek())) {
      name.push_back(peek());
      skip(1);
    }
  } else if (is_digit(peek())) {
    while (is_digit(peek())) {
      name.push_back(peek());
      skip(1);
    }
  } else if (is_special_parameter(peek())) {
    name.push_back(peek());
    skip(1);
  }
  if (!name.empty() && peek() == '[') {
    const std::string_view line = rest().substr(0, 256);
    const std::size_t end = line.find(']');
    if (end != std::string_view::npos && line.find('\n') > end) {
      name.append(line.substr(0, end + 1));
      skip(end + 1);
    }
  }
  return name;
}

bool ShellParser::read_braced(ShellWord& word, bool quoted) {
  skip(2);
  ShellExpansion expansion;
  const char first = peek();
  if ((first == '#' || first == '!') && peek(1) != '}' && (is_name_char(peek(1)) || is_special_parameter(peek(1)))) {
    expansion.op = first == '#' ? "length" : "indirect";
    skip(1);
  }
  expansion.name = read_parameter_name();
  bool good = true;
  if (peek() != '}') {
    std::string op;
    for (const std::string_view candidate : k_expansion_operators) {
      if (rest().substr(0, candidate.size()) != candidate) continue;
      op = candidate;
      break;
    }
    skip(op.size());
    if (expansion.op.empty()) expansion.op = op;
    good = read_braced_argument(expansion.argument, quoted);
  }
  if (good && !at_end()) {
    skip(1);
    const auto index = static_cast<std::uint32_t>(m_script.expansions.size());
    const bool bare = expansion.op.empty() && expansion.argument.parts.empty();
    std::string name = expansion.name;
    if (!bare) m_script.expansions.push_back(std::move(expansion));
    add_part(word, {PartKind::variable, quoted, bare ? k_no_index : index, std::move(name)});
  } else if (!m_stop) {
    good = false;
    problem("${ without its end");
  }
  return good;
}

bool ShellParser::read_braced_argument(ShellWord& word, bool quoted) {
  while (!at_end()) {
    const char c = peek();
    if (c == '}') return true;
    if (c == '\'' && !quoted) {
      read_single_quoted(word);
    } else if (c == '"') {
      read_double_quoted(word);
    } else if (c == '\\') {
      if (skip_continuation()) continue;
      skip(1);
      if (at_end()) break;
      add_char(word, peek(), true);
      take();
    } else if (c == '$') {
      read_dollar(word, quoted);
    } else if (c == '`') {
      read_backticks(word, quoted);
    } else {
      add_char(word, c, quoted);
      take();
    }
  }
  return false;
}

// ---- arithmetic and substitutions

// Characters from `from` (just behind "((") to the matching "))", or npos when this is no arithmetic.
std::size_t ShellParser::arithmetic_length(std::size_t from) {
  std::size_t depth = 0;
  for (std::size_t i = from; i < m_src.text.size(); ++i) {
    if (m_lookahead == 0) return std::string_view::npos;
    --m_lookahead;
    const char c = m_src.text[i];
    if (c == '(') ++depth;
    if (c != ')') continue;
    if (depth > 0) {
      --depth;
      continue;
    }
    const bool closes = i + 1 < m_src.text.size() && m_src.text[i + 1] == ')';
    return closes ? i - from : std::string_view::npos;
  }
  return std::string_view::npos;
}

bool ShellParser::read_arithmetic(ShellWord& word, bool quoted) {  // at the dollar of $((
  const std::size_t length = arithmetic_length(m_src.pos + 3);
  if (length == std::string_view::npos) return false;
  if (!enter()) return false;
  const std::string_view text = m_src.text.substr(m_src.pos + 3, length);
  const std::uint32_t line = m_src.line;
  ShellExpansion expansion;
  within(text, line, [&] { read_double_text(expansion.argument, '\0'); });
  m_src.line += static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n'));
  m_src.pos += 3 + length + 2;
  const auto index = static_cast<std::uint32_t>(m_script.expansions.size());
  m_script.expansions.push_back(std::move(expansion));
  add_part(word, {PartKind::arithmetic, quoted, index, std::string(text.substr(0, 256))});
  leave();
  return true;
}

void ShellParser::read_substitution(ShellWord& word, PartKind kind, bool quoted) {  // at "(", or "<(" and ">("
  if (!enter()) {
    add_char(word, peek(), quoted);
    skip(1);
    if (kind != PartKind::command) skip(1);
    return;
  }
  skip(kind == PartKind::command ? 1 : 2);
  const auto group = new_group(kind == PartKind::command ? GroupKind::substitution : GroupKind::process);
  const Context outer = m_context;
  m_context.group = group;
  m_context.subshell = true;
  // Reserved words of the outside mean nothing in here.
  const auto waiting_outside = m_waiting;
  m_waiting = {};
  waiting(Closer::paren) = 1;
  parse_list();
  m_waiting = waiting_outside;
  m_context = outer;
  if (peek() == ')') {
    skip(1);
  } else if (!m_stop) {
    problem("substitution without its end");
  }
  add_part(word, {kind, quoted, group, {}});
  leave();
}

void ShellParser::read_backticks(ShellWord& word, bool quoted) {
  const std::uint32_t line = m_src.line;
  std::string code;
  std::size_t i = m_src.pos + 1;
  for (; i < m_src.text.size() && m_src.text[i] != '`'; ++i) {
    char c = m_src.text[i];
    if (c == '\\' && i + 1 < m_src.text.size()) {
      const char next = m_src.text[i + 1];
      if (next == '`' || next == '\\' || next == '$' || (quoted && next == '"')) {
        c = next;
        ++i;
      }
    }
    code.push_back(c);
  }
  if (i >= m_src.text.size() || !enter()) {
    if (i >= m_src.text.size()) problem("backtick without its end");
    add_char(word, '`', quoted);
    skip(1);
    return;
  }
  const auto group = new_group(GroupKind::substitution);
  const Context outer = m_context;
  m_context.group = group;
  m_context.subshell = true;
  const auto waiting_outside = m_waiting;
  m_waiting = {};
  within(code, line, [&] { parse_list(); });
  m_waiting = waiting_outside;
  m_context = outer;
  const std::string_view raw = m_src.text.substr(m_src.pos, i - m_src.pos);
  m_src.line += static_cast<std::uint32_t>(std::count(raw.begin(), raw.end(), '\n'));
  m_src.pos = i + 1;
  add_part(word, {PartKind::command, quoted, group, {}});
  leave();
}

}  // namespace hullcheck::formats
