// The words of a TOML document: space, keys, texts in their four spellings, plain values. See toml.hpp.
#pragma once

#include <string>
#include <string_view>

#include "formats/toml.hpp"
#include "util/result.hpp"

namespace hullcheck::formats {

struct TomlScalar {
  TomlKind kind = TomlKind::text;
  std::string text;
};

// Where the reading of a document has come to. Every error is "toml-malformed".
class TomlScanner {
 public:
  explicit TomlScanner(std::string_view text) : m_text(text) {}

  bool at_end() const { return m_at >= m_text.size(); }
  std::size_t line() const { return m_line; }
  char peek() const { return at_end() ? '\0' : m_text[m_at]; }
  // Takes this word if it comes next.
  bool take(std::string_view word);

  void skip_blanks();
  // Blanks, line ends and remarks.
  Result<void> skip_lines();
  // What may stand behind a header or a value: blanks, a remark, and the end of the line or of the document.
  Result<void> end_line();

  // "a", "'b'" or "\"c\"" of "a.'b'.\"c\"".
  Result<std::string> key();
  // Anything but lists and inline tables.
  Result<TomlScalar> scalar();

  Error error(std::string message) const;

 private:
  Result<void> skip_remark();
  bool take_newline();
  Result<std::string> basic_text();
  Result<std::string> literal_text();
  Result<std::string> long_text(char quote);
  Result<void> escape(std::string& out, bool lines_may_end);
  Result<void> unicode(std::string& out, int digits);
  Result<void> character(std::string& out);
  Result<TomlScalar> plain_value();

  std::string_view m_text;
  std::size_t m_at = 0, m_line = 1;
};

}  // namespace hullcheck::formats
