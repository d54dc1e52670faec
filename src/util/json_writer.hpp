// Writes JSON (RFC 8259) as a stream: nothing is kept but the stack of open brackets and one small buffer, so a
// report of any length costs the same memory. Keys come out in the order they are given.
//
// Text may be any bytes: what is no UTF-8 becomes U+FFFD, control characters are escaped, and so are U+2028, U+2029
// and
// "<", which keep a report harmless inside a script or a web page.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace hullcheck::util {

enum class JsonStyle : std::uint8_t { pretty, compact };  // two spaces a level, or no white space at all

// Wrong nesting is a bug of the caller and stops the program. One thread at a time.
class JsonWriter {
 public:
  using Sink = std::function<void(std::string_view)>;
  explicit JsonWriter(Sink sink, JsonStyle style = JsonStyle::pretty);

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }
  void key(std::string_view name);

  void value(std::string_view text);
  void value(const char* text) { value(std::string_view(text)); }
  void value(const std::string& text) { value(std::string_view(text)); }
  template <std::same_as<bool> Bool>
  void value(Bool flag) {
    scalar(flag ? "true" : "false");
  }
  template <std::integral Integer>
  requires(!std::same_as<Integer, bool>) void value(Integer number) { scalar(std::to_string(number)); }
  void value(double number);  // shortest form that reads back the same; null where JSON has no such number
  void null() { scalar("null"); }

  template <class T>
  void field(std::string_view name, const T& content) {
    key(name);
    value(content);
  }
  // null for the empty string: "there is none" in our reports.
  void field_or_null(std::string_view name, std::string_view text);
  void strings(std::string_view name, const std::vector<std::string>& items);

  // Ends the document with a newline and hands the rest of the buffer on.
  void finish();

 private:
  void open(char bracket);
  void close(char bracket);
  void scalar(std::string_view text);
  void before_value();
  void new_line();
  void quoted(std::string_view text);
  void put(std::string_view text);

  struct Level {
    char bracket;
    bool empty = true;
  };
  Sink m_sink;
  JsonStyle m_style;
  std::vector<Level> m_open;
  bool m_after_key = false;
  std::string m_buffer;
};

}  // namespace hullcheck::util
