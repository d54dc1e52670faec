// The tokenizer behind script_tokens(): for script_tokens.cpp and script_texts.cpp only.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "detect/scripts/script_tokens.hpp"

namespace hullcheck::detect {

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (static_cast<unsigned char>(c) & 0x80U) != 0;
}
inline constexpr std::array<bool, 256> k_name_chars = [] {
  std::array<bool, 256> table{};
  for (int c = 0; c < 256; ++c)
    table[static_cast<std::size_t>(c)] =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c >= 0x80;
  return table;
}();
inline bool is_name_char(char c) { return k_name_chars[static_cast<unsigned char>(c)]; }
inline bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v'; }

// One use: run() takes the code from its beginning to its end.
class ScriptTokenizer {
 public:
  ScriptTokenizer(std::string_view code, ScriptLanguage language, bool page, std::size_t most)
      : m_code(code.substr(0, k_most_bytes)), m_language(language), m_page(page), m_most(most) {
    m_out.code = code;
    m_out.language = language;
    m_out.truncated = code.size() > k_most_bytes;
  }

  ScriptTokens run();

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
  bool in_round() const { return !m_open.empty() && m_code[m_out.tokens[m_open.back()].begin] != '{'; }

  ScriptToken& add(TokenKind kind, std::size_t begin, std::size_t end);
  void advance_to(std::size_t end);
  std::size_t end_of_line(std::size_t from);
  std::size_t find(std::string_view what, std::size_t from) const;
  void skip_page();
  bool ends_line() const;
  bool is_operator(const ScriptToken& token) const;
  void step();
  bool at_line_start();
  std::size_t end_of_line_or_page() const;
  bool comment();
  std::size_t end_of_name(std::size_t pos) const;
  void word_or_sign();
  void sign();

  // In script_texts.cpp.
  bool text();
  std::string_view prefix();
  void quoted(char quote, std::string_view before);
  std::size_t find_either(char quote, std::size_t pos) const;
  bool long_bracket();
  bool here_document();
  bool value_expected() const;
  bool regular_expression();
  bool quote_like();
  std::size_t close_of(char open, std::size_t pos) const;

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

}  // namespace hullcheck::detect
