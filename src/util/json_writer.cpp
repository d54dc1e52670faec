#include "util/json_writer.hpp"

#include <fmt/format.h>

#include <cmath>

#include "util/result.hpp"
#include "util/text.hpp"

namespace hullcheck::util {
namespace {

constexpr std::size_t k_flush_at = 16 * 1024;
constexpr std::string_view k_replacement = "\xef\xbf\xbd";  // U+FFFD

// The escape for a code point, or "" where it stands for itself.
std::string escape_of(const CodePoint& point) {
  if (!point.valid) return std::string(k_replacement);
  switch (point.value) {
    case '"': return "\\\"";
    case '\\': return "\\\\";
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    default: break;
  }
  if (point.value < 0x20 || point.value == 0x7f || point.value == '<' || point.value == 0x2028 ||
      point.value == 0x2029)
    return fmt::format("\\u{:04x}", static_cast<std::uint32_t>(point.value));
  return {};
}

}  // namespace

JsonWriter::JsonWriter(Sink sink, JsonStyle style) : m_sink(std::move(sink)), m_style(style) {
  m_buffer.reserve(k_flush_at + 1024);
}

void JsonWriter::put(std::string_view text) {
  m_buffer += text;
  if (m_buffer.size() < k_flush_at) return;
  m_sink(m_buffer);
  m_buffer.clear();
}

void JsonWriter::new_line() {
  if (m_style == JsonStyle::compact) return;
  put("\n");
  put(std::string(2 * m_open.size(), ' '));
}

void JsonWriter::before_value() {
  if (m_after_key) {
    m_after_key = false;
    return;
  }
  if (m_open.empty()) return;
  HULLCHECK_ASSERT(m_open.back().bracket == '[');
  if (!m_open.back().empty) put(",");
  m_open.back().empty = false;
  new_line();
}

void JsonWriter::key(std::string_view name) {
  HULLCHECK_ASSERT(!m_after_key && !m_open.empty() && m_open.back().bracket == '{');
  if (!m_open.back().empty) put(",");
  m_open.back().empty = false;
  new_line();
  quoted(name);
  put(m_style == JsonStyle::compact ? ":" : ": ");
  m_after_key = true;
}

void JsonWriter::open(char bracket) {
  before_value();
  put({&bracket, 1});
  m_open.push_back({bracket});
}

void JsonWriter::close(char bracket) {
  HULLCHECK_ASSERT(!m_after_key && !m_open.empty() && m_open.back().bracket == (bracket == '}' ? '{' : '['));
  const bool empty = m_open.back().empty;
  m_open.pop_back();
  if (!empty) new_line();
  put({&bracket, 1});
}

void JsonWriter::scalar(std::string_view text) {
  before_value();
  put(text);
}

void JsonWriter::value(std::string_view text) {
  before_value();
  quoted(text);
}

void JsonWriter::value(double number) {
  if (std::isfinite(number))
    scalar(fmt::format("{}", number));
  else
    null();
}

void JsonWriter::quoted(std::string_view text) {
  put("\"");
  std::size_t plain = 0;  // where the run that needs no escape began
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\' && byte != '<') {
      ++at;
      continue;
    }
    const CodePoint point = decode_utf8(text.substr(at));
    if (const std::string escape = escape_of(point); !escape.empty()) {
      put(text.substr(plain, at - plain));
      put(escape);
      plain = at + point.size;
    }
    at += point.size;
  }
  put(text.substr(plain));
  put("\"");
}

void JsonWriter::field_or_null(std::string_view name, std::string_view text) {
  key(name);
  if (text.empty())
    null();
  else
    value(text);
}

void JsonWriter::strings(std::string_view name, const std::vector<std::string>& items) {
  key(name);
  begin_array();
  for (const std::string& item : items) value(item);
  end_array();
}

void JsonWriter::finish() {
  HULLCHECK_ASSERT(m_open.empty() && !m_after_key);
  put("\n");
  m_sink(m_buffer);
  m_buffer.clear();
}

}  // namespace hullcheck::util
