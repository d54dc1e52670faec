// Text of protocols and formats: ASCII only, whatever the locale says. Bytes above 127 are left as they are.
#pragma once

#include <string>
#include <string_view>

namespace hullcheck::util {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

// Letters half the alphabet on.
constexpr char rot13(char c) {
  const char small = lower(c);
  if (small < 'a' || small > 'z') return c;
  return static_cast<char>(small < 'n' ? c + 13 : c - 13);
}

inline std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = lower(c);
  return out;
}

// Without blanks, tabs and line ends around it.
constexpr std::string_view trim(std::string_view text) {
  constexpr std::string_view k_blanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(k_blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(k_blanks) - first + 1);
}

}  // namespace hullcheck::util
