// Lists of words, as detectors have them.
#pragma once

#include <algorithm>
#include <iterator>
#include <string_view>

namespace hullcheck::detect {

// `words` is any list of texts. By comparison, one after the other: the lists are short.
template <class Words>
bool is_one(std::string_view word, const Words& words) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

// Of what languages and shells make names from: letters, figures and the underscore.
constexpr bool is_identifier_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// `list` is one text: words with a blank before and behind each.
inline bool is_listed(std::string_view list, std::string_view word) {
  if (word.empty() || word.find(' ') != std::string_view::npos) return false;
  for (std::size_t at = list.find(word); at != std::string_view::npos; at = list.find(word, at + 1))
    if (at > 0 && list[at - 1] == ' ' && list.substr(at + word.size()).starts_with(' ')) return true;
  return false;
}

}  // namespace hullcheck::detect
