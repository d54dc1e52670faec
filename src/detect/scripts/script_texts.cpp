// Tokens that are texts, in all the ways that the languages have of writing one.
#include <algorithm>
#include <array>

#include "detect/scripts/script_tokenizer.hpp"

namespace hullcheck::detect {
namespace {

using L = ScriptLanguage;

}  // namespace

bool ScriptTokenizer::text() {
  const char c = m_code[m_pos];
  // $` of Perl and Ruby is what stood before the last match: no command begins there.
  if (c == '`' && (is(L::perl) || is(L::ruby)) && at(m_pos - 1) == '$') return false;
  if (c == '"' || c == '\'') {
    // Visual Basic's comment; C# knows it as a character only.
    if (is(L::asp) && c == '\'' && at(m_pos + 2) != '\'' && at(m_pos + 1) != '\\') {
      m_pos = end_of_line_or_page();
      return true;
    }
    quoted(c, prefix());
    return true;
  }
  if (c == '`' && !is(L::python) && !is(L::java) && !is(L::asp) && !is(L::lua) && !is(L::r)) {
    quoted(c, "");
    return true;
  }
  if (is(L::lua) && c == '[' && (at(m_pos + 1) == '[' || at(m_pos + 1) == '=')) return long_bracket();
  if (starts("<<") && (is(L::php) || is(L::perl) || is(L::ruby))) return here_document();
  if (c == '/' && (is(L::javascript) || is(L::ruby) || is(L::perl)) && value_expected()) return regular_expression();
  if (is(L::perl) || is(L::ruby)) return quote_like();
  return false;
}

// r, b, f and u before a quote of Python, taken back from the names.
std::string_view ScriptTokenizer::prefix() {
  if (!is(L::python) || m_out.tokens.empty()) return {};
  const ScriptToken& last = m_out.tokens.back();
  if (last.kind != TokenKind::name || last.end != m_pos || last.end - last.begin > 2) return {};
  const std::string_view name = m_code.substr(last.begin, last.end - last.begin);
  if (name.find_first_not_of("rRbBfFuU") != std::string_view::npos) return {};
  m_out.tokens.pop_back();
  return name;
}

void ScriptTokenizer::quoted(char quote, std::string_view before) {
  const std::string triple(3, quote);
  const bool three = is(L::python) && starts(triple);
  const bool doubled = is(L::asp);  // "" inside a text
  const bool raw = before.find_first_of("rR") != std::string_view::npos;
  const std::size_t begin = m_pos + (three ? 3 : 1);
  std::size_t pos = begin;
  const std::string_view close = three ? std::string_view(triple) : std::string_view(&quote, 1);
  while (pos < m_code.size()) {
    pos = three ? find_either(close[0], pos) : find_either(quote, pos);
    if (pos >= m_code.size()) break;
    if (m_code[pos] == '\\' && !doubled) {
      pos = std::min(pos + 2, m_code.size());
      continue;
    }
    if (m_code[pos] == '\\') {
      ++pos;
      continue;
    }
    if (m_code.compare(pos, close.size(), close) != 0) {
      ++pos;
      continue;
    }
    if (!doubled || at(pos + 1) != quote) break;
    pos += 2;
  }
  ScriptToken& token = add(TokenKind::text, begin, std::min(pos, m_code.size()));
  token.quote = raw ? 'v' : quote;
  token.bytes = before.find_first_of("bB") != std::string_view::npos;
  const bool names = (is(L::php) || is(L::perl) || is(L::ruby)) && quote != '\'';
  token.filled = before.find_first_of("fF") != std::string_view::npos || names || (is(L::javascript) && quote == '`');
  advance_to(pos + close.size());
}

std::size_t ScriptTokenizer::find_either(char quote, std::size_t pos) const {
  while (pos < m_code.size() && m_code[pos] != quote && m_code[pos] != '\\') ++pos;
  return pos;
}

bool ScriptTokenizer::long_bracket() {
  std::size_t level = m_pos + 1;
  while (at(level) == '=') ++level;
  if (at(level) != '[') return false;
  const std::string close = "]" + std::string(level - m_pos - 1, '=') + "]";
  const std::size_t end = find(close, level + 1);
  add(TokenKind::text, level + 1, end).quote = 'v';
  advance_to(end + close.size());
  return true;
}

bool ScriptTokenizer::here_document() {
  std::size_t pos = m_pos + (is(L::php) ? 3 : 2);
  if (is(L::php) ? at(m_pos + 2) != '<' : !value_expected()) return false;
  if (m_here >= k_most_here) return false;
  while (at(pos) == '~' || at(pos) == '-' || (is(L::php) && at(pos) == ' ')) ++pos;
  const char quote = at(pos) == '"' || at(pos) == '\'' ? at(pos) : '\0';
  if (quote != '\0') ++pos;
  const std::size_t from = pos;
  while (is_name_char(at(pos))) ++pos;
  if (pos == from || is_digit(at(from))) return false;
  if (quote == '\0' && !is(L::php) && !(at(from) >= 'A' && at(from) <= 'Z')) return false;
  const std::string mark(m_code.substr(from, pos - from));
  if (quote != '\0') ++pos;
  const std::size_t body = end_of_line(pos) + 1;
  if (body > m_code.size()) return false;
  // The mark stands alone on a line, perhaps indented.
  std::size_t line = body;
  std::size_t end = m_code.size();
  while (line < m_code.size()) {
    const std::size_t word = std::min(m_code.find_first_not_of(" \t", line), m_code.size());
    if (m_code.compare(word, mark.size(), mark) == 0 && !is_name_char(at(word + mark.size()))) {
      end = word + mark.size();
      break;
    }
    line = find("\n", line) + 1;
  }
  line = std::min(line, m_code.size());
  ScriptToken& token = add(TokenKind::text, body, std::max(body, line == body ? body : line - 1));
  token.quote = quote == '\'' ? 'v' : '"';
  token.filled = quote != '\'';
  // The rest of the line is code still; it is looked at before the body for once.
  const std::size_t rest_end = body - 1;
  m_pos = pos;
  ++m_here;
  while (m_pos < rest_end && m_out.tokens.size() < m_most) step();
  --m_here;
  if (end > m_pos) advance_to(end);
  return true;
}

// A value is expected where an operator cannot stand.
bool ScriptTokenizer::value_expected() const {
  if (m_out.tokens.empty()) return true;
  const ScriptToken& last = m_out.tokens.back();
  if (last.kind == TokenKind::end) return true;
  if (last.kind == TokenKind::name) {
    const std::string_view name = m_code.substr(last.begin, last.end - last.begin);
    return name == "return" || name == "typeof" || name == "case" || name == "and" || name == "or" || name == "if" ||
           name == "unless" || name == "split" || name == "in";
  }
  if (last.kind != TokenKind::sign) return false;
  const char c = m_code[last.end - 1];
  return c != ')' && c != ']' && c != '}';
}

bool ScriptTokenizer::regular_expression() {
  std::size_t pos = m_pos + 1;
  bool group = false;
  for (; pos < m_code.size() && pos < m_pos + k_most_regex && m_code[pos] != '\n'; ++pos) {
    if (m_code[pos] == '\\')
      ++pos;
    else if (m_code[pos] == '[')
      group = true;
    else if (m_code[pos] == ']')
      group = false;
    else if (m_code[pos] == '/' && !group)
      break;
  }
  if (pos >= m_code.size() || m_code[pos] != '/') return false;
  add(TokenKind::text, m_pos + 1, pos).quote = '/';
  ++pos;
  while (is_name_char(at(pos))) ++pos;
  m_pos = pos;
  return true;
}

// q(…), qq{…}, qx/…/, qw(…), %q(…); s///, tr/// and y/// are two texts.
bool ScriptTokenizer::quote_like() {
  std::size_t pos = m_pos;
  std::string_view word;
  if (is(L::ruby)) {
    if (at(pos) != '%' || !value_expected()) return false;
    ++pos;
    const std::size_t from = pos;
    while (is_name_start(at(pos))) ++pos;
    word = m_code.substr(from, pos - from);
    if (word.empty() && at(pos) != '(' && at(pos) != '{') return false;
  } else {
    if (!is_name_start(at(pos)) ||
        (pos > 0 && (is_name_char(at(pos - 1)) || at(pos - 1) == '$' || at(pos - 1) == '@' || at(pos - 1) == '%' ||
                     at(pos - 1) == '>' || at(pos - 1) == '{')))
      return false;
    const std::size_t from = pos;
    while (is_name_char(at(pos)) && pos - from < 3) ++pos;
    word = m_code.substr(from, pos - from);
    static constexpr std::array<std::string_view, 9> k_words = {"q", "qq", "qx", "qw", "m", "qr", "s", "tr", "y"};
    if (is_name_char(at(pos)) || std::find(k_words.begin(), k_words.end(), word) == k_words.end()) return false;
  }
  while (at(pos) == ' ') ++pos;
  const char open = at(pos);
  if (open == '\0' || is_name_char(open) || is_blank(open) || open == '\n' || open == '=' || open == ',' ||
      open == ';' || open == ')' || (open == '#' && pos > m_pos + word.size()))
    return false;
  const std::size_t begin = pos + 1;
  std::size_t end = close_of(open, pos);
  const bool two = word == "s" || word == "tr" || word == "y";
  ScriptToken& token = add(TokenKind::text, begin, end);
  const bool shell = word == "qx" || word == "x";
  const bool plain = word == "q" || word == "qw" || word == "w" || word == "i";
  token.quote = shell ? '`' : two || word == "m" || word == "qr" || word == "r" ? '/' : plain ? '\'' : '"';
  token.filled = !plain && token.quote != '/';
  if (two) {
    std::size_t second = end + 1;
    if (open == '(' || open == '{' || open == '[' || open == '<') {
      while (at(second) == ' ' || at(second) == '\n') ++second;
      end = close_of(at(second), second);
      ++second;
    } else {
      end = close_of(open, end);
    }
    pos = end + 1;
    while (is_name_start(at(pos))) ++pos;
    const std::string_view flags = m_code.substr(std::min(end + 1, m_code.size()), pos - end - 1);
    const std::size_t first = flags.find('e');
    const bool twice = first != std::string_view::npos && flags.find('e', first + 1) != std::string_view::npos;
    add(TokenKind::text, std::min(second, end), end).quote = word != "s"                       ? 'y'
                                                             : twice                           ? 'E'
                                                             : first != std::string_view::npos ? 'e'
                                                                                               : 's';
    end = pos - 1;
  }
  advance_to(end + 1);
  return true;
}

std::size_t ScriptTokenizer::close_of(char open, std::size_t pos) const {
  const char close = open == '(' ? ')' : open == '{' ? '}' : open == '[' ? ']' : open == '<' ? '>' : open;
  std::size_t depth = 0;
  for (++pos; pos < m_code.size(); ++pos) {
    if (m_code[pos] == '\\')
      ++pos;
    else if (m_code[pos] == close && depth-- == 0)
      return pos;
    else if (m_code[pos] == open && open != close)
      ++depth;
  }
  return m_code.size();
}

}  // namespace hullcheck::detect
