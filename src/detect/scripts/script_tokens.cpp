// See script_tokens.hpp.
#include "detect/scripts/script_tokens.hpp"

#include <algorithm>
#include <array>

namespace hullcheck::detect {
namespace {

using L = ScriptLanguage;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (static_cast<unsigned char>(c) & 0x80U) != 0;
}
constexpr std::array<bool, 256> k_name_chars = [] {
  std::array<bool, 256> table{};
  for (int c = 0; c < 256; ++c)
    table[static_cast<std::size_t>(c)] =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c >= 0x80;
  return table;
}();
bool is_name_char(char c) { return k_name_chars[static_cast<unsigned char>(c)]; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v'; }

constexpr std::array<std::string_view, 46> k_signs = {
    "<<<", ">>>", "===", "!==", "**=", "...", "<=>", "<<=", ">>=", "?->", "&&=", "||=", "?\?=", "//=", "=>", "->",
    "::",  "**",  "==",  "!=",  "<=",  ">=",  "&&",  "||",  "??",  "+=",  "-=",  ".=",  "^=",   "|=",  "&=", "*=",
    "/=",  "%=",  "<<",  ">>",  "..",  ":=",  "=~",  "!~",  "?.",  "++",  "--",  "//",  "~=",   "x="};

constexpr std::array<bool, 256> k_begins_sign = [] {
  std::array<bool, 256> table{};
  for (const std::string_view sign : k_signs) table[static_cast<unsigned char>(sign[0])] = true;
  return table;
}();

class Tokenizer {
 public:
  Tokenizer(std::string_view code, ScriptLanguage language, bool page, std::size_t most)
      : m_code(code.substr(0, k_most_bytes)), m_language(language), m_page(page), m_most(most) {
    m_out.code = code;
    m_out.language = language;
    m_out.truncated = code.size() > k_most_bytes;
  }

  ScriptTokens run() {
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

 private:
  static constexpr std::size_t k_most_bytes = std::size_t{1} << 30;
  static constexpr std::size_t k_most_blank = 256;   // looked over for what goes on in the next line
  static constexpr std::size_t k_most_regex = 4096;  // bytes of a regular expression
  static constexpr unsigned k_most_here = 4;         // here-documents that begin on one line

  // The first byte settles most questions.
  bool starts(std::string_view what) const {
    return m_pos < m_code.size() && m_code[m_pos] == what[0] && m_code.compare(m_pos, what.size(), what) == 0;
  }
  char at(std::size_t pos) const { return pos < m_code.size() ? m_code[pos] : '\0'; }
  bool is(ScriptLanguage language) const { return m_language == language; }

  ScriptToken& add(TokenKind kind, std::size_t begin, std::size_t end) {
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

  void advance_to(std::size_t end) {
    end = std::min(end, m_code.size());
    m_line += static_cast<std::uint32_t>(std::count(m_code.begin() + static_cast<std::ptrdiff_t>(m_pos),
                                                    m_code.begin() + static_cast<std::ptrdiff_t>(end), '\n'));
    m_pos = end;
  }
  // Asked for again and again on one long line: looked for once.
  std::size_t end_of_line(std::size_t from) {
    if (from > m_line_end || from < m_line_from) {
      m_line_from = from;
      m_line_end = find("\n", from);
    }
    return m_line_end;
  }
  std::size_t find(std::string_view what, std::size_t from) const {
    const std::size_t found = m_code.find(what, from);
    return found == std::string_view::npos ? m_code.size() : found;
  }

  // To the next piece of code in a page. "<%=" and "<?=" give a value, which reads as a statement.
  void skip_page() {
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

  bool in_round() const { return !m_open.empty() && m_code[m_out.tokens[m_open.back()].begin] != '{'; }

  bool ends_line() const {
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
  bool is_operator(const ScriptToken& token) const {
    return token.kind == TokenKind::sign &&
           std::string_view("+-*/^<=&|,~").find(m_code[token.end - 1]) != std::string_view::npos;
  }

  void step() {
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
  bool at_line_start() {
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
  std::size_t end_of_line_or_page() const {
    const std::size_t end = find("\n", m_pos);
    if (!m_page) return end;
    const std::size_t close = m_code.substr(m_pos, end - m_pos).find(is(L::php) ? "?>" : "%>");
    return close == std::string_view::npos ? end : m_pos + close;
  }

  bool comment() {
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

  // ---- texts

  bool text() {
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
    if (c == '/' && (is(L::javascript) || is(L::ruby) || is(L::perl)) && value_expected())
      return regular_expression();
    if (is(L::perl) || is(L::ruby)) return quote_like();
    return false;
  }

  // r, b, f and u before a quote of Python, taken back from the names.
  std::string_view prefix() {
    if (!is(L::python) || m_out.tokens.empty()) return {};
    const ScriptToken& last = m_out.tokens.back();
    if (last.kind != TokenKind::name || last.end != m_pos || last.end - last.begin > 2) return {};
    const std::string_view name = m_code.substr(last.begin, last.end - last.begin);
    if (name.find_first_not_of("rRbBfFuU") != std::string_view::npos) return {};
    m_out.tokens.pop_back();
    return name;
  }

  void quoted(char quote, std::string_view before) {
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
    token.filled =
        before.find_first_of("fF") != std::string_view::npos || names || (is(L::javascript) && quote == '`');
    advance_to(pos + close.size());
  }
  std::size_t find_either(char quote, std::size_t pos) const {
    while (pos < m_code.size() && m_code[pos] != quote && m_code[pos] != '\\') ++pos;
    return pos;
  }

  bool long_bracket() {
    std::size_t level = m_pos + 1;
    while (at(level) == '=') ++level;
    if (at(level) != '[') return false;
    const std::string close = "]" + std::string(level - m_pos - 1, '=') + "]";
    const std::size_t end = find(close, level + 1);
    add(TokenKind::text, level + 1, end).quote = 'v';
    advance_to(end + close.size());
    return true;
  }

  bool here_document() {
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
  bool value_expected() const {
    if (m_out.tokens.empty()) return true;
    const ScriptToken& last = m_out.tokens.back();
    if (last.kind == TokenKind::end) return true;
    if (last.kind == TokenKind::name) {
      const std::string_view name = m_code.substr(last.begin, last.end - last.begin);
      return name == "return" || name == "typeof" || name == "case" || name == "and" || name == "or" ||
             name == "if" || name == "unless" || name == "split" || name == "in";
    }
    if (last.kind != TokenKind::sign) return false;
    const char c = m_code[last.end - 1];
    return c != ')' && c != ']' && c != '}';
  }

  bool regular_expression() {
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
  bool quote_like() {
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
  std::size_t close_of(char open, std::size_t pos) const {
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

  // ---- the rest

  std::size_t end_of_name(std::size_t pos) const {
    for (;; ++pos) {
      while (pos < m_code.size() && is_name_char(m_code[pos])) ++pos;
      const bool more = (is(L::javascript) && at(pos) == '$') || (is(L::r) && at(pos) == '.');
      if (!more) return pos;
    }
  }

  void word_or_sign() {
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

  void sign() {
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

  std::string_view m_code;
  ScriptLanguage m_language;
  bool m_page;
  std::size_t m_most;
  std::size_t m_pos = 0;
  std::uint32_t m_line = 1;
  std::uint32_t m_column = 0;
  std::size_t m_line_from = 1;  // m_line_end is known for places from here on
  std::size_t m_line_end = 0;
  bool m_stop = false;
  unsigned m_here = 0;
  std::vector<std::uint32_t> m_open;
  ScriptTokens m_out;
};

}  // namespace

ScriptTokens script_tokens(std::string_view code, ScriptLanguage language, bool page, std::size_t most) {
  return Tokenizer(code, language, page, most).run();
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
