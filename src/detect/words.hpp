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

}  // namespace hullcheck::detect
