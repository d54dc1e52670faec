#include "util/shell_word.hpp"

#include <algorithm>

namespace hullcheck::util {

bool is_shell_word(std::string_view text) {
  if (text.empty() || text.front() == '-') return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("+-./:@_").find(c) != std::string_view::npos;
  });
}

std::string shell_quoted(std::string_view word) {
  if (is_shell_word(word)) return std::string(word);
  std::string out = "'";
  for (const char c : word) {
    // A quote cannot stand between quotes: they end, it follows escaped, and they begin again.
    if (c == '\'')
      out += "'\\''";
    else
      out += c;
  }
  return out + "'";
}

}  // namespace hullcheck::util
