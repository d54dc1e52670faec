// See script_tokens.hpp.
#include "detect/scripts/script_tokens.hpp"

#include <algorithm>
#include <array>

#include "detect/scripts/script_tokenizer.hpp"

namespace hullcheck::detect {
namespace {

using L = ScriptLanguage;

constexpr std::array<std::string_view, 46> k_signs = {
    "<<<", ">>>", "===", "!==", "**=", "...", "<=>", "<<=", ">>=", "?->", "&&=", "||=", "?\?=", "//=", "=>", "->",
    "::",  "**",  "==",  "!=",  "<=",  ">=",  "&&",  "||",  "??",  "+=",  "-=",  ".=",  "^=",   "|=",  "&=", "*=",
    "/=",  "%=",  "<<",  ">>",  "..",  ":=",  "=~",  "!~",  "?.",  "++",  "--",  "//",  "~=",   "x="};

constexpr std::array<bool, 256> k_begins_sign = [] {
  std::array<bool, 256> table{};
  for (const std::string_view sign : k_signs) table[static_cast<unsigned char>(sign[0])] = true;
  return table;
}();

}  // namespace

ScriptTokens ScriptTokenizer::run() {
  constexpr std::size_t k_bytes_of_a_token = 8;  // of ordinary code at least
  m_out.tokens.reserve(std::min(m_most, m_code.size() / k_bytes_of_a_token + 1));
  if (m_page) skip_page();
  while (m_pos < m_code.size() && !m_stop) {
    if (m_out.tokens.size() >= m_most) {
      m_out.truncated = true;
      break;
    }
    step();
  }
  add(TokenKind::end, m_pos, m_pos);
  return std::move(m_out);
}

ScriptToken& ScriptTokenizer::add(TokenKind kind, std::size_t begin, std::size_t end) {
  ScriptToken token;
  token.kind = kind;
  token.line = m_line;
  token.column = m_column;
  token.begin = static_cast<std::uint32_t>(begin);
  token.end = static_cast<std::uint32_t>(end);
  token.match = static_cast<std::uint32_t>(m_out.tokens.size());
  m_out.tokens.push_back(token);
  return m_out.tokens.back();
}

void ScriptTokenizer::advance_to(std::size_t end) {
  end = std::min(end, m_code.size());
  m_line += static_cast<std::uint32_t>(std::count(m_code.begin() + static_cast<std::ptrdiff_t>(m_pos),
                                                  m_code.begin() + static_cast<std::ptrdiff_t>(end), '\n'));
  m_pos = end;
}

// Asked for again and again on one long line: looked for once.
std::size_t ScriptTokenizer::end_of_line(std::size_t from) {
  if (from > m_line_end || from < m_line_from) {
    m_line_from = from;
    m_line_end = find("\n", from);
  }
  return m_line_end;
}

std::size_t ScriptTokenizer::find(std::string_view what, std::size_t from) const {
  const std::size_t found = m_code.find(what, from);
  return found == std::string_view::npos ? m_code.size() : found;
}

// To the next piece of code in a page. "<%=" and "<?=" give a value, which reads as a statement.
void ScriptTokenizer::skip_page() {
  const std::string_view open = is(L::php) ? "<?" : "<%";
  std::size_t found = find(open, m_pos);
  if (is(L::asp) || is(L::java)) {
    // <script runat="server"> and <jsp:scriptlet> hold code as well.
    const std::size_t other = find(is(L::asp) ? "<script" : "<jsp:scriptlet>", m_pos);
    if (other < found) {
      advance_to(find(">", other) + 1);
      add(TokenKind::end, m_pos, m_pos);
      return;
    }
  }
  advance_to(found + 2);
  if (starts("php") || starts("PHP")) m_pos += 3;
  while (at(m_pos) == '=' || at(m_pos) == '!' || at(m_pos) == '@') ++m_pos;
  add(TokenKind::end, m_pos, m_pos);
}

bool ScriptTokenizer::ends_line() const {
  if (is(L::python)) return m_open.empty();
  if (is(L::asp)) return !in_round();
  if (is(L::r)) return !in_round() && !m_out.tokens.empty() && !is_operator(m_out.tokens.back());
  if (!is(L::javascript) && !is(L::ruby)) return false;
  if (in_round() || m_out.tokens.empty()) return false;
  const ScriptToken& last = m_out.tokens.back();
  if (last.kind == TokenKind::sign) {
    const char c = m_code[last.end - 1];
    if (c != ')' && c != ']' && c != '}') return false;
  }
  std::size_t next = m_pos;
  while (next < m_pos + k_most_blank && (is_blank(at(next)) || at(next) == '\n')) ++next;
  return std::string_view(".+*%&|?:=,)]").find(at(next)) == std::string_view::npos;
}

// Of R: a line that ends so goes on in the next.
bool ScriptTokenizer::is_operator(const ScriptToken& token) const {
  return token.kind == TokenKind::sign &&
         std::string_view("+-*/^<=&|,~").find(m_code[token.end - 1]) != std::string_view::npos;
}

void ScriptTokenizer::step() {
  const char c = m_code[m_pos];
  if (c == '\n') {
    if (ends_line()) add(TokenKind::end, m_pos, m_pos);
    ++m_pos;
    ++m_line;
    std::size_t indent = m_pos;
    while (at(indent) == ' ' || at(indent) == '\t') ++indent;
    m_column = static_cast<std::uint32_t>(indent - m_pos);
    if (at_line_start()) return;
    return;
  }
  if (is_blank(c) || c == '\0') {
    ++m_pos;
  } else if (c == '\\' && at(m_pos + 1) == '\n') {
    m_pos += 2;
    ++m_line;
  } else if (m_page && (starts("?>") || starts("%>") || starts("</script>") || starts("</jsp:scriptlet>"))) {
    add(TokenKind::end, m_pos, m_pos);
    m_pos += 2;
    skip_page();
  } else if (!comment() && !text()) {
    word_or_sign();
  }
}

// Things that only stand at the beginning of a line: Perl's POD, Ruby's =begin, the end of the program.
bool ScriptTokenizer::at_line_start() {
  if (!is(L::perl) && !is(L::ruby)) return false;
  if (starts("=begin") || (is(L::perl) && at(m_pos) == '=' && is_name_start(at(m_pos + 1)))) {
    const std::size_t end = find(is(L::ruby) ? "\n=end" : "\n=cut", m_pos);
    advance_to(std::min(find("\n", end + 1), m_code.size()));
    return true;
  }
  if (starts("__END__") || starts("__DATA__")) {
    const std::size_t end = find("\n", m_pos);
    m_out.data = m_code.substr(std::min(end + 1, m_code.size()));
    m_stop = true;
    return true;
  }
  return false;
}

// A comment ends with its line, or where the code of a page ends.
std::size_t ScriptTokenizer::end_of_line_or_page() const {
  const std::size_t end = find("\n", m_pos);
  if (!m_page) return end;
  const std::size_t close = m_code.substr(m_pos, end - m_pos).find(is(L::php) ? "?>" : "%>");
  return close == std::string_view::npos ? end : m_pos + close;
}

bool ScriptTokenizer::comment() {
  const char c = m_code[m_pos];
  if (c != '#' && c != '/' && c != '-' && c != '<') return false;
  const bool hash = c == '#' && (is(L::python) || is(L::php) || is(L::perl) || is(L::ruby) || is(L::r));
  const bool slashes = starts("//") && (is(L::javascript) || is(L::php) || is(L::java) || is(L::asp));
  const bool shebang = c == '#' && m_pos == 0;
  if (hash || slashes || shebang || (is(L::lua) && starts("--") && !starts("--[["))) {
    m_pos = end_of_line_or_page();
    return true;
  }
  const bool block = starts("/*") && (is(L::javascript) || is(L::php) || is(L::java) || is(L::asp));
  if (block || (is(L::lua) && starts("--[["))) {
    advance_to(find(block ? "*/" : "]]", m_pos + 2) + 2);
    return true;
  }
  if (m_page && starts("<%--")) {
    advance_to(find("--%>", m_pos) + 4);
    return true;
  }
  return false;
}

std::size_t ScriptTokenizer::end_of_name(std::size_t pos) const {
  for (;; ++pos) {
    while (pos < m_code.size() && is_name_char(m_code[pos])) ++pos;
    const bool more = (is(L::javascript) && at(pos) == '$') || (is(L::r) && at(pos) == '.');
    if (!more) return pos;
  }
}

void ScriptTokenizer::word_or_sign() {
  const char c = m_code[m_pos];
  const bool sigil = (is(L::php) && c == '$') || ((is(L::perl) || is(L::ruby)) && (c == '$' || c == '@'));
  const char next = at(m_pos + 1);
  if (is_name_start(c) || (c == '$' && is(L::javascript)) ||
      (sigil && (is_name_start(next) || (is(L::perl) && (next == '_' || is_digit(next)))))) {
    std::size_t end = end_of_name(m_pos + 1);
    if (is(L::ruby) && (at(end) == '?' || at(end) == '!') && at(end + 1) != '=') ++end;
    // A hash of Perl and a namespace are part of the name.
    while ((is(L::perl) || is(L::ruby)) && at(end) == ':' && at(end + 1) == ':' && is_name_start(at(end + 2))) {
      end += 2;
      while (is_name_char(at(end))) ++end;
    }
    add(TokenKind::name, m_pos, end);
    m_pos = end;
    return;
  }
  if (is(L::ruby) && c == ':' && is_name_start(next) && at(m_pos - 1) != ':') {
    std::size_t end = m_pos + 1;
    while (is_name_char(at(end))) ++end;
    add(TokenKind::text, m_pos + 1, end).quote = 'v';
    m_pos = end;
    return;
  }
  if (is(L::php) && c == '\\' && is_name_start(next)) {  // \system
    ++m_pos;
    return;
  }
  if (is_digit(c)) {
    std::size_t end = m_pos + 1;
    while (is_name_char(at(end)) || (at(end) == '.' && is_digit(at(end + 1)))) ++end;
    add(TokenKind::number, m_pos, end);
    m_pos = end;
    return;
  }
  sign();
}

void ScriptTokenizer::sign() {
  std::size_t length = 1;
  if (is(L::r) && (starts("<-") || starts("<<-"))) {
    const std::size_t begin = m_pos;
    m_pos += starts("<-") ? 2 : 3;
    add(TokenKind::sign, begin, m_pos);
    return;
  }
  const bool longer = k_begins_sign[static_cast<unsigned char>(m_code[m_pos])] &&
                      std::string_view("=>-:*&|?<./+~").find(at(m_pos + 1)) != std::string_view::npos;
  for (const std::string_view one : k_signs) {
    if (!longer) break;
    if ((one == "=~" || one == "!~") && !is(L::perl) && !is(L::ruby)) continue;
    if (one == "x=" || (one == "//" && !is(L::python) && !is(L::perl)) || !starts(one)) continue;
    length = one.size();
    break;
  }
  ScriptToken& token = add(TokenKind::sign, m_pos, m_pos + length);
  const auto index = static_cast<std::uint32_t>(m_out.tokens.size() - 1);
  const char c = m_code[m_pos];
  m_pos += length;
  if (length > 1) return;
  if (c == '(' || c == '[' || c == '{') {
    m_open.push_back(index);
  } else if ((c == ')' || c == ']' || c == '}') && !m_open.empty()) {
    const char open = m_code[m_out.tokens[m_open.back()].begin];
    const bool fits = (open == '(' && c == ')') || (open == '[' && c == ']') || (open == '{' && c == '}');
    if (!fits) return;
    token.match = m_open.back();
    m_out.tokens[m_open.back()].match = index;
    m_open.pop_back();
  }
}

ScriptTokens script_tokens(std::string_view code, ScriptLanguage language, bool page, std::size_t most) {
  return ScriptTokenizer(code, language, page, most).run();
}

std::string spoken_code(const ScriptTokens& t) {
  std::string out;
  std::size_t from = 0, end = 0;  // the code between them is said next, in one piece
  const auto say = [&] {
    out.append(t.code.substr(from, end - from));
    from = end;
  };
  const auto ends_statement = [&](std::size_t i) {
    return i >= t.tokens.size() || t.tokens[i].kind == TokenKind::end || t.is_sign(i, ":");
  };
  for (std::size_t i = 0; i < t.tokens.size(); ++i) {
    const ScriptToken& token = t.tokens[i];
    const bool text = token.kind == TokenKind::text;
    if (text && t.language == ScriptLanguage::python && (i == 0 || ends_statement(i - 1)) && ends_statement(i + 1))
      continue;
    const std::size_t begin = token.begin - std::min<std::size_t>(token.begin, text ? 1 : 0);
    const bool first = out.empty() && from == end;
    if (begin == end + 1 && t.code[end] == ' ' && !first) {
      end = begin;
    } else if (begin > end) {
      say();
      if (!first) out.push_back(' ');
      from = end = begin;
    }
    const std::size_t stop = std::min<std::size_t>(token.end + (text ? 1 : 0), t.code.size());
    if (stop <= end) continue;
    // qx(…) and %x(…): what they are does not stand in the text itself.
    if (text && token.quote == '`' && t.code[end] != '`') {
      say();
      out.push_back('`');
    }
    end = stop;
    if (text && token.quote == 'E') {
      say();
      out += "ee";
    }
  }
  say();
  return out;
}

}  // namespace hullcheck::detect
