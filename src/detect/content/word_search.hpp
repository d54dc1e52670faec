// Which words of a short list occur in a text, wherever they stand: one walk over it for all of them.
#pragma once

#include <bitset>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace hullcheck::detect {

// Immutable. Looks at two bytes of every three, and at more where a word holds them; words of less than four bytes
// are looked for one by one. Hostile: each place costs one comparison for each word that has not been seen yet.
class WordSearch {
 public:
  static constexpr std::size_t k_most_words = 128;
  using Found = std::bitset<k_most_words>;

  // Borrowed; no more than k_most_words.
  explicit WordSearch(std::vector<std::string_view> words);
  // By the places of the words in the list.
  Found find(std::string_view text) const;

 private:
  static constexpr std::size_t k_stride = 3;
  struct Place {
    std::uint32_t pair;
    std::uint16_t word, offset;
  };

  std::vector<std::string_view> m_words;
  std::vector<std::size_t> m_short;
  std::vector<std::uint64_t> m_pairs;  // one bit for each pair of bytes that stands in m_places
  std::vector<Place> m_places;         // by pair
};

}  // namespace hullcheck::detect
