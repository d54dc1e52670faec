// Escapes in texts of scripting languages. Their kinds differ less than their names: one reader with a few switches.
#include "detect/scripts/script_tokens.hpp"

#include <algorithm>

namespace hullcheck::detect {
namespace {

void append_code_point(std::string& out, unsigned long code) {
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<char>(0xc0U | (code >> 6U)));
    out.push_back(static_cast<char>(0x80U | (code & 0x3fU)));
  } else if (code < 0x10000) {
    out.push_back(static_cast<char>(0xe0U | (code >> 12U)));
    out.push_back(static_cast<char>(0x80U | ((code >> 6U) & 0x3fU)));
    out.push_back(static_cast<char>(0x80U | (code & 0x3fU)));
  }
}

// Digits of an escape, at most `most`; the position moves behind them.
unsigned long escape_number(std::string_view raw, std::size_t& pos, unsigned base, std::size_t most) {
  unsigned long value = 0;
  for (std::size_t count = 0; count < most && pos < raw.size(); ++count, ++pos) {
    const char c = raw[pos];
    const unsigned digit = c >= '0' && c <= '9'   ? static_cast<unsigned>(c - '0')
                           : c >= 'a' && c <= 'f' ? static_cast<unsigned>(c - 'a' + 10)
                           : c >= 'A' && c <= 'F' ? static_cast<unsigned>(c - 'A' + 10)
                                                  : 99U;
    if (digit >= base) break;
    value = value * base + digit;
  }
  return value;
}

void append_escape(std::string_view raw, std::size_t& pos, const ScriptToken& token, ScriptLanguage language,
                   std::string& out) {
  const char c = raw[pos++];
  switch (c) {
    case 'n': out.push_back('\n'); return;
    case 't': out.push_back('\t'); return;
    case 'r': out.push_back('\r'); return;
    case '\n': return;
    case 'e':
      if (language != ScriptLanguage::python && language != ScriptLanguage::javascript) {
        out.push_back('\x1b');
        return;
      }
      break;
    case 'x': {
      const bool braces = pos < raw.size() && raw[pos] == '{';
      if (braces) ++pos;
      const unsigned long value = escape_number(raw, pos, 16, braces ? 6 : 2);
      if (braces && pos < raw.size()) ++pos;
      // In a text of characters a byte above 127 is a character; kept as a byte, which is what decoders make of it.
      out.push_back(static_cast<char>(value & 0xffU));
      return;
    }
    case 'u':
    case 'U':
      if (!token.bytes) {
        const bool braces = pos < raw.size() && raw[pos] == '{';
        if (braces) ++pos;
        append_code_point(out, escape_number(raw, pos, 16, c == 'U' ? 8 : braces ? 6 : 4));
        if (braces && pos < raw.size()) ++pos;
        return;
      }
      break;
    default:
      if (c >= '0' && c <= '7') {
        --pos;
        // Lua counts in tens.
        const unsigned long value =
            language == ScriptLanguage::lua ? escape_number(raw, pos, 10, 3) : escape_number(raw, pos, 8, 3);
        out.push_back(static_cast<char>(value & 0xffU));
        return;
      }
  }
  // Python keeps what it does not know.
  if (language == ScriptLanguage::python && c != '\\' && c != '\'' && c != '"') out.push_back('\\');
  out.push_back(c);
}

}  // namespace

std::string unescaped(std::string_view raw, const ScriptToken& token, ScriptLanguage language) {
  if (token.quote == 'v' || token.quote == '/') return std::string(raw);
  const bool single = token.quote == '\'' && (language == ScriptLanguage::php || language == ScriptLanguage::perl ||
                                              language == ScriptLanguage::ruby);
  std::string out;
  out.reserve(raw.size());
  for (std::size_t pos = 0; pos < raw.size();) {
    const std::size_t next =
        std::min(raw.find(language == ScriptLanguage::asp ? token.quote : '\\', pos), raw.size());
    out.append(raw.substr(pos, next - pos));
    pos = next;
    if (pos + 1 >= raw.size()) break;
    ++pos;
    if (language == ScriptLanguage::asp) {
      out.push_back(raw[pos++]);
    } else if (single) {
      if (raw[pos] != '\\' && raw[pos] != '\'') out.push_back('\\');
      out.push_back(raw[pos++]);
    } else {
      append_escape(raw, pos, token, language, out);
    }
  }
  return out;
}

}  // namespace hullcheck::detect
