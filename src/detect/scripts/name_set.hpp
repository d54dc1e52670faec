// Sets of names that are asked about every name of a script, most of which are not in them.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <unordered_set>

namespace hullcheck::detect {

// The lengths of the words that begin with each byte: what settles most questions at no cost.
class WordShapes {
 public:
  constexpr void add(std::string_view word) {
    if (!word.empty()) m_lengths[static_cast<unsigned char>(word[0])] |= bit_of(word.size());
  }
  // The empty word may always be there.
  constexpr bool may_have(std::string_view word) const {
    return word.empty() || (m_lengths[static_cast<unsigned char>(word[0])] & bit_of(word.size())) != 0;
  }

 private:
  static constexpr std::uint64_t bit_of(std::size_t length) { return std::uint64_t{1} << (length % 64); }

  std::array<std::uint64_t, 256> m_lengths{};
};

// A list of words that is known when the program is built.
template <std::size_t Size>
class FixedWords {
 public:
  explicit constexpr FixedWords(const std::string_view (&words)[Size]) : m_words(std::to_array(words)) {
    for (const std::string_view word : words) m_shapes.add(word);
  }
  constexpr bool has(std::string_view word) const {
    if (!m_shapes.may_have(word)) return false;
    for (const std::string_view one : m_words)
      if (one == word) return true;
    return false;
  }

 private:
  std::array<std::string_view, Size> m_words;
  WordShapes m_shapes;
};
template <std::size_t Size>
FixedWords(const std::string_view (&)[Size]) -> FixedWords<Size>;

// The names are borrowed.
class NameSet {
 public:
  bool insert(std::string_view name) {
    m_shapes.add(name);
    return m_names.insert(name).second;
  }
  bool has(std::string_view name) const { return m_shapes.may_have(name) && m_names.count(name) != 0; }
  std::size_t size() const { return m_names.size(); }

 private:
  WordShapes m_shapes;
  std::unordered_set<std::string_view> m_names;
};

}  // namespace hullcheck::detect
