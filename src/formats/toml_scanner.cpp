#include "formats/toml_scanner.hpp"

#include <algorithm>

#include "util/text.hpp"

namespace hullcheck::formats {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
constexpr bool is_key(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}
constexpr bool is_plain(char c) { return is_key(c) || c == '+' || c == '.' || c == ':'; }

// Digits with single underscores between them.
template <class Digit>
bool are_digits(std::string_view text, Digit digit) {
  bool after_digit = false;
  for (const char c : text) {
    if (c == '_' ? !after_digit : !digit(c)) return false;
    after_digit = c != '_';
  }
  return after_digit;
}

std::string_view without_sign(std::string_view text) {
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  return text;
}

bool is_decimal(std::string_view text) {
  return are_digits(text, is_digit) && (text.size() == 1 || text.front() != '0');
}

bool is_integer(std::string_view text) {
  const auto digits = text.substr(std::min<std::size_t>(text.size(), 2));
  if (text.starts_with("0x")) return are_digits(digits, is_hex);
  if (text.starts_with("0o")) return are_digits(digits, [](char c) { return c >= '0' && c <= '7'; });
  if (text.starts_with("0b")) return are_digits(digits, [](char c) { return c == '0' || c == '1'; });
  return is_decimal(without_sign(text));
}

bool is_real(std::string_view text) {
  text = without_sign(text);
  if (text == "inf" || text == "nan") return true;
  const auto exponent = text.find_first_of("eE");
  if (exponent != std::string_view::npos) {
    if (!are_digits(without_sign(text.substr(exponent + 1)), is_digit)) return false;
    text = text.substr(0, exponent);
  }
  const auto dot = text.find('.');
  if (dot == std::string_view::npos) return exponent != std::string_view::npos && is_decimal(text);
  return is_decimal(text.substr(0, dot)) && are_digits(text.substr(dot + 1), is_digit);
}

// "9999-99" against digits and what stands between them; the rest of `text` is what follows.
bool take_form(std::string_view& text, std::string_view form) {
  if (text.size() < form.size()) return false;
  for (std::size_t i = 0; i < form.size(); ++i)
    if (form[i] == '9' ? !is_digit(text[i]) : text[i] != form[i]) return false;
  text.remove_prefix(form.size());
  return true;
}

bool is_time(std::string_view text) {
  if (!take_form(text, "99:99:99")) return false;
  return text.empty() ||
         (text.front() == '.' && text.size() > 1 && std::all_of(text.begin() + 1, text.end(), is_digit));
}

bool is_date(std::string_view text) {
  if (!take_form(text, "9999-99-99")) return false;
  if (text.empty()) return true;
  if (text.front() != 'T' && text.front() != 't' && text.front() != ' ') return false;
  text.remove_prefix(1);
  if (text.ends_with('Z') || text.ends_with('z')) return is_time(text.substr(0, text.size() - 1));
  if (text.size() > 6) {
    auto offset = text.substr(text.size() - 6);
    if (take_form(offset, "+99:99") || take_form(offset, "-99:99")) text.remove_suffix(6);
  }
  return is_time(text);
}

void put_utf8(std::string& out, std::uint32_t code) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xc0 | (code >> 6U));
  } else if (code < 0x10000) {
    put(0xe0 | (code >> 12U));
    put(0x80 | ((code >> 6U) & 0x3fU));
  } else {
    put(0xf0 | (code >> 18U));
    put(0x80 | ((code >> 12U) & 0x3fU));
    put(0x80 | ((code >> 6U) & 0x3fU));
  }
  put(0x80 | (code & 0x3fU));
}

}  // namespace

Error TomlScanner::error(std::string message) const {
  return make_error(ErrorCode::malformed, "toml-malformed", std::move(message));
}

bool TomlScanner::take(std::string_view word) {
  if (m_text.substr(m_at, word.size()) != word) return false;
  m_at += word.size();
  return true;
}

bool TomlScanner::take_newline() {
  if (!take("\n") && !take("\r\n")) return false;
  ++m_line;
  return true;
}

void TomlScanner::skip_blanks() {
  while (peek() == ' ' || peek() == '\t') ++m_at;
}

// Any character but control characters, which only a tab is not.
Result<void> TomlScanner::character(std::string& out) {
  const auto code = util::decode_utf8(m_text.substr(m_at));
  if (!code.valid) return error("the file is not UTF-8");
  if ((code.value < 0x20 && code.value != '\t') || code.value == 0x7f)
    return error("a control character stands here");
  out.append(m_text.substr(m_at, code.size));
  m_at += code.size;
  return {};
}

Result<void> TomlScanner::skip_remark() {
  if (!take("#")) return {};
  std::string remark;
  while (!at_end() && peek() != '\n' && m_text.substr(m_at, 2) != "\r\n") {
    TRY(character(remark));
    remark.clear();
  }
  return {};
}

Result<void> TomlScanner::skip_lines() {
  do {
    skip_blanks();
    TRY(skip_remark());
  } while (take_newline());
  return {};
}

Result<void> TomlScanner::end_line() {
  skip_blanks();
  TRY(skip_remark());
  if (at_end() || take_newline()) return {};
  return error("the line should end here");
}

Result<std::string> TomlScanner::key() {
  if (take("\"")) return basic_text();
  if (take("'")) return literal_text();
  const auto start = m_at;
  while (!at_end() && is_key(peek())) ++m_at;
  if (m_at == start) return error("a key is missing here");
  return std::string(m_text.substr(start, m_at - start));
}

Result<TomlScalar> TomlScanner::scalar() {
  for (const char quote : {'"', '\''})
    if (take(std::string(3, quote))) return TomlScalar{TomlKind::text, TRY(long_text(quote))};
  if (take("\"")) return TomlScalar{TomlKind::text, TRY(basic_text())};
  if (take("'")) return TomlScalar{TomlKind::text, TRY(literal_text())};
  return plain_value();
}

Result<std::string> TomlScanner::basic_text() {
  std::string out;
  while (!take("\"")) {
    if (at_end() || peek() == '\n') return error("a text does not end on its line");
    if (take("\\"))
      TRY(escape(out, false));
    else
      TRY(character(out));
  }
  return out;
}

Result<std::string> TomlScanner::literal_text() {
  std::string out;
  while (!take("'")) {
    if (at_end() || peek() == '\n') return error("a text does not end on its line");
    TRY(character(out));
  }
  return out;
}

// Behind three quotes; up to two more may stand in front of the three that end it.
Result<std::string> TomlScanner::long_text(char quote) {
  const std::string three(3, quote), one(1, quote);
  std::string out;
  take_newline();
  while (!take(three)) {
    if (at_end()) return error("a text of several lines does not end");
    if (take_newline())
      out += '\n';
    else if (quote == '"' && take("\\"))
      TRY(escape(out, true));
    else
      TRY(character(out));
  }
  for (int more = 0; more < 2 && take(one); ++more) out += quote;
  return out;
}

Result<void> TomlScanner::escape(std::string& out, bool lines_may_end) {
  constexpr std::string_view k_letters = "btnfr\"\\", k_meant = "\b\t\n\f\r\"\\";
  const char letter = peek();
  const auto at = at_end() ? std::string_view::npos : k_letters.find(letter);
  if (at != std::string_view::npos) {
    ++m_at;
    out += k_meant[at];
    return {};
  }
  if (take("u")) return unicode(out, 4);
  if (take("U")) return unicode(out, 8);
  if (!lines_may_end) return error("a backslash stands before nothing that it may");
  skip_blanks();
  if (!take_newline()) return error("a backslash stands before nothing that it may");
  do skip_blanks();
  while (take_newline());
  return {};
}

Result<void> TomlScanner::unicode(std::string& out, int digits) {
  std::uint32_t code = 0;
  for (; digits > 0; --digits) {
    if (at_end() || !is_hex(peek())) return error("an escaped character has too few digits");
    const char c = m_text[m_at++];
    code = code * 16 + static_cast<std::uint32_t>(is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
  }
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return error("an escaped character is none");
  put_utf8(out, code);
  return {};
}

Result<TomlScalar> TomlScanner::plain_value() {
  const auto start = m_at;
  while (!at_end() && is_plain(peek())) ++m_at;
  // A date and a time may have a blank between them.
  auto day = m_text.substr(start, m_at - start), time = m_text.substr(m_at);
  if (take_form(day, "9999-99-99") && day.empty() && take_form(time, " 99:"))
    for (++m_at; !at_end() && is_plain(peek());) ++m_at;
  const auto text = m_text.substr(start, m_at - start);
  const auto as = [&](TomlKind kind) { return TomlScalar{kind, std::string(text)}; };
  if (text.empty()) return error("a value is missing here");
  if (text == "true" || text == "false") return as(TomlKind::boolean);
  if (is_integer(text)) return as(TomlKind::integer);
  if (is_real(text)) return as(TomlKind::real);
  if (is_date(text)) return as(TomlKind::date);
  if (is_time(text)) return as(TomlKind::time);
  return error("this is no value; texts stand in quotes");
}

}  // namespace hullcheck::formats
