// What a word among a command's arguments is by its look.
#pragma once

#include <string_view>

namespace hullcheck::detect {

inline bool is_flag(std::string_view word) { return word.size() > 1 && word[0] == '-'; }

// "https://…", of any scheme.
inline bool has_scheme(std::string_view word) {
  const std::size_t scheme = word.find("://");
  return scheme != std::string_view::npos && scheme > 1 && scheme < 12;
}

// And what git and pip take for one.
inline bool is_url(std::string_view word) {
  return has_scheme(word) || word.starts_with("git@") || word.starts_with("git+");
}

// user@host:path, host:path, rsync modules and the buckets of object stores.
inline bool is_remote(std::string_view word) {
  if (is_url(word)) return true;
  const std::size_t colon = word.find(':');
  return colon != std::string_view::npos && colon > 1 && word.find('/') > colon && word[0] != '-';
}

}  // namespace hullcheck::detect
