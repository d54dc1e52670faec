// The parser behind parse_shell(): used by shell_lexer.cpp (words) and shell_parser.cpp (commands), by nobody else.
//
// One cursor walks the text once. Recursion follows nesting, so every way down passes enter(), which has a budget.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/shell.hpp"

namespace hullcheck::formats {

// What an open construct waits for. A closing word that somebody outside waits for ends the constructs inside it.
enum class Closer : std::uint8_t { paren, brace, then, fi, loop_do, done, esac, count };

class ShellParser {
 public:
  ShellParser(std::string_view text, const ShellLimits& limits);
  ShellScript run();

 private:
  struct PendingHereDocument {
    std::uint32_t index;
    std::string delimiter;
    bool strip_tabs;
    bool quoted;
  };
  // The text being read: the script, or a part of it that was unescaped first.
  struct Source {
    std::string_view text;
    std::size_t pos = 0;
    std::uint32_t line = 1;
    std::vector<PendingHereDocument> pending;
  };
  // Where commands go and what they inherit.
  struct Context {
    std::uint32_t group = 0;
    std::uint32_t function = k_no_index;
    bool condition = false;
    bool branch = false;
    bool loop = false;
    bool subshell = false;
  };
  enum class WordStyle : std::uint8_t { normal, test };

  // Cursor.
  bool at_end() const { return m_stop || m_src.pos >= m_src.text.size(); }
  char peek(std::size_t ahead = 0) const {
    return m_stop || m_src.pos + ahead >= m_src.text.size() ? '\0' : m_src.text[m_src.pos + ahead];
  }
  std::string_view rest() const { return m_stop ? std::string_view{} : m_src.text.substr(m_src.pos); }
  void take() {
    if (m_src.text[m_src.pos++] == '\n') ++m_src.line;
  }
  void skip(std::size_t count) { m_src.pos += count; }  // of characters that are not newlines
  void skip_to_line_end();
  bool skip_continuation();
  void skip_blanks();
  void skip_blank_lines();  // blanks, comments and newlines, with the here-documents that begin there
  void newline();
  void read_here_documents();
  void within(std::string_view text, std::uint32_t line, const std::function<void()>& read);

  // Budgets.
  void problem(std::string message);
  bool enter();
  void leave() { --m_depth; }
  bool reread(std::size_t pos, std::uint32_t line);
  void add_part(ShellWord& word, ShellPart part);
  void add_text(ShellWord& word, std::string_view text, bool quoted);
  void add_char(ShellWord& word, char c, bool quoted) { add_text(word, std::string_view(&c, 1), quoted); }

  // Words.
  bool read_word(ShellWord& word, WordStyle style);
  void read_single_quoted(ShellWord& word);
  void read_double_quoted(ShellWord& word);
  void read_double_text(ShellWord& word, char closer);
  void read_ansi_quoted(ShellWord& word);
  std::string ansi_escape();
  void read_dollar(ShellWord& word, bool quoted);
  bool read_braced(ShellWord& word, bool quoted);
  std::string read_parameter_name();
  bool read_braced_argument(ShellWord& word, bool quoted);
  bool read_arithmetic(ShellWord& word, bool quoted);
  void read_backticks(ShellWord& word, bool quoted);
  void read_substitution(ShellWord& word, PartKind kind, bool quoted);
  void read_extended_pattern(ShellWord& word);
  std::size_t arithmetic_length(std::size_t from);

  // Commands.
  void parse_list();
  bool at_closer(bool& foreign);
  void parse_and_or();
  std::uint32_t parse_pipeline(Connector connector);
  void parse_stage(std::uint32_t pipeline);
  std::string coprocess_name();
  void parse_simple(std::uint32_t pipeline, std::uint32_t position);
  bool parse_simple_item(SimpleCommand& command, bool& test);
  void finish_simple(SimpleCommand&& command, std::uint32_t pipeline);
  bool parse_redirect(std::vector<ShellRedirect>& out);
  bool parse_assignment(SimpleCommand& command);
  bool at_function_parentheses();
  std::string_view reserved() const;
  bool parse_compound(std::uint32_t pipeline, std::string_view word);
  void parse_function(std::uint32_t pipeline, std::string name);
  void parse_brace();
  void parse_subshell();
  void parse_if();
  void parse_while();
  void parse_for(std::uint32_t group);
  void parse_case(std::uint32_t group);
  void parse_case_items();
  void parse_arithmetic_command(std::uint32_t pipeline);
  bool expect(std::string_view word);
  void list_until(Closer closer);
  std::uint32_t new_group(GroupKind kind, std::string name = {});
  void attach_group(std::uint32_t pipeline, std::uint32_t group);
  unsigned& waiting(Closer closer) { return m_waiting[static_cast<std::size_t>(closer)]; }

  const ShellLimits& m_limits;
  ShellScript m_script;
  Source m_src;
  Context m_context;
  std::array<unsigned, static_cast<std::size_t>(Closer::count)> m_waiting{};
  std::size_t m_depth = 0;
  std::size_t m_parts = 0;
  std::size_t m_rereads = 0;
  std::size_t m_lookahead;  // characters that may still be read twice
  bool m_stop = false;
};

inline bool is_shell_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }
inline bool is_shell_meta(char c) {
  return c == ';' || c == '&' || c == '|' || c == '(' || c == ')' || c == '<' || c == '>';
}
inline bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_name_char(char c) { return is_name_start(c) || is_digit(c); }

}  // namespace hullcheck::formats
