#include "detect/content/word_search.hpp"

#include <algorithm>

#include "util/result.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_pairs = 65536;

std::uint32_t pair_at(std::string_view text, std::size_t at) {
  return static_cast<std::uint32_t>(static_cast<unsigned char>(text[at]) | static_cast<unsigned char>(text[at + 1])
                                                                               << 8U);
}

}  // namespace

WordSearch::WordSearch(std::vector<std::string_view> words) : m_words(std::move(words)), m_pairs(k_pairs / 64) {
  HULLCHECK_ASSERT(m_words.size() <= k_most_words);
  for (std::size_t i = 0; i < m_words.size(); ++i) {
    if (m_words[i].size() <= k_stride) {
      m_short.push_back(i);
      continue;
    }
    // Of so many pairs in a row one stands at a place that is looked at.
    for (std::size_t offset = 0; offset < k_stride; ++offset) {
      const std::uint32_t pair = pair_at(m_words[i], offset);
      m_pairs[pair / 64] |= std::uint64_t{1} << (pair % 64);
      m_places.push_back({pair, static_cast<std::uint16_t>(i), static_cast<std::uint16_t>(offset)});
    }
  }
  std::stable_sort(m_places.begin(), m_places.end(), [](const Place& a, const Place& b) { return a.pair < b.pair; });
}

WordSearch::Found WordSearch::find(std::string_view text) const {
  Found found;
  for (const std::size_t i : m_short) found[i] = text.find(m_words[i]) != std::string_view::npos;
  for (std::size_t at = 0; at + 1 < text.size(); at += k_stride) {
    const std::uint32_t pair = pair_at(text, at);
    if ((m_pairs[pair / 64] >> (pair % 64) & 1U) == 0) continue;
    auto place = std::lower_bound(m_places.begin(), m_places.end(), pair,
                                  [](const Place& one, std::uint32_t wanted) { return one.pair < wanted; });
    for (; place != m_places.end() && place->pair == pair; ++place) {
      if (found[place->word] || place->offset > at) continue;
      const std::string_view word = m_words[place->word];
      if (text.compare(at - place->offset, word.size(), word) == 0) found[place->word] = true;
    }
  }
  return found;
}

}  // namespace hullcheck::detect
