// Which words of a short list occur in a text, wherever they stand: one walk over it for all of them.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace hullcheck::detect {

// Immutable. Each word is looked for by the three of its bytes in a row that ordinary text has least, once of those
// that begin at an even place of the word and once of the others: so every second place of a text is enough. Words of
// three bytes and less are looked for one by one. Hostile: each place costs one comparison for each word that has not
// been seen yet.
class WordSearch {
 public:
  static constexpr std::size_t k_most_words = 192;
  static constexpr std::uint32_t k_key_bits = 16;
  using Found = std::bitset<k_most_words>;

  // Borrowed; no more than k_most_words.
  explicit WordSearch(std::vector<std::string_view> words);
  // By the places of the words in the list.
  Found find(std::string_view text) const;

 private:
  using Keys =
      std::array<std::uint64_t, (std::size_t{1} << k_key_bits) / 64>;  // a bit each; the nearest cache holds it
  struct Place {
    std::uint32_t key;  // of the three bytes
    std::uint16_t word, offset;
  };

  // True when no word with this key is left to be found.
  bool look(std::string_view text, std::size_t at, std::uint32_t key, Found& found) const;

  std::vector<std::string_view> m_words;
  std::vector<std::size_t> m_short;
  Keys m_keys{};                // those of m_places
  std::vector<Place> m_places;  // by key
};

}  // namespace hullcheck::detect
