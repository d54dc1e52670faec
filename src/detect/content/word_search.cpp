#include "detect/content/word_search.hpp"

#include <algorithm>
#include <cctype>
#include <cstring>

#include "util/result.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_width = 3;
constexpr std::size_t k_step = 2;  // only every second place of a text is looked at
constexpr std::size_t k_at_once = 8;

// Of the three bytes at the bottom of `bytes`; the fourth is shifted out. Others may share it.
std::uint32_t key_of(std::uint32_t bytes) { return ((bytes << 8U) * 0x9e3779b1U) >> (32U - WordSearch::k_key_bits); }

std::uint32_t key_at(std::string_view text, std::size_t at) {
  std::uint32_t bytes = 0;
  std::memcpy(&bytes, text.data() + at, k_width);
  return key_of(bytes);
}

// How often ordinary text has it, roughly.
int commonness(char letter) {
  if (std::string_view("etaoinsrlhdcu").find(letter) != std::string_view::npos) return 4;
  const auto byte = static_cast<unsigned char>(letter);
  if (std::islower(byte) != 0 || letter == ' ') return 3;
  return std::isalnum(byte) != 0 || letter == '_' ? 2 : 1;
}

// Of the places `first`, `first` + 2, `first` + 4 …
std::size_t rarest_place(std::string_view word, std::size_t first) {
  std::size_t best = first;
  int least = 1000;
  for (std::size_t at = first; at + k_width <= word.size(); at += k_step) {
    const int common = commonness(word[at]) + commonness(word[at + 1]) + commonness(word[at + 2]);
    if (common < least) {
      least = common;
      best = at;
    }
  }
  return best;
}

}  // namespace

WordSearch::WordSearch(std::vector<std::string_view> words) : m_words(std::move(words)) {
  HULLCHECK_ASSERT(m_words.size() <= k_most_words);
  for (std::size_t i = 0; i < m_words.size(); ++i) {
    if (m_words[i].size() < k_width + k_step - 1) {
      m_short.push_back(i);
      continue;
    }
    for (std::size_t first = 0; first < k_step; ++first) {
      const std::size_t offset = rarest_place(m_words[i], first);
      const std::uint32_t key = key_at(m_words[i], offset);
      m_keys[key / 64] |= std::uint64_t{1} << (key % 64);
      m_places.push_back({key, static_cast<std::uint16_t>(i), static_cast<std::uint16_t>(offset)});
    }
  }
  std::stable_sort(m_places.begin(), m_places.end(), [](const Place& a, const Place& b) { return a.key < b.key; });
}

bool WordSearch::look(std::string_view text, std::size_t at, std::uint32_t key, Found& found) const {
  auto place = std::lower_bound(m_places.begin(), m_places.end(), key,
                                [](const Place& one, std::uint32_t wanted) { return one.key < wanted; });
  bool all = true;
  for (; place != m_places.end() && place->key == key; ++place) {
    if (found[place->word]) continue;
    const std::string_view word = m_words[place->word];
    if (place->offset <= at && text.compare(at - place->offset, word.size(), word) == 0)
      found[place->word] = true;
    else
      all = false;
  }
  return all;
}

WordSearch::Found WordSearch::find(std::string_view text) const {
  Found found;
  for (const std::size_t i : m_short) found[i] = text.find(m_words[i]) != std::string_view::npos;
  Keys left;  // written only when the first key is no longer wanted: most texts are small and have no word
  const Keys* wanted = &m_keys;
  const auto is_wanted = [&wanted](std::uint32_t key) { return (*wanted)[key / 64] >> (key % 64) & 1U; };
  const auto visit = [&](std::size_t at) {
    const std::uint32_t key = key_at(text, at);
    if (is_wanted(key) == 0 || !look(text, at, key, found)) return;
    if (wanted == &m_keys) {
      left = m_keys;
      wanted = &left;
    }
    left[key / 64] &= ~(std::uint64_t{1} << (key % 64));
  };
  const auto key_within = [](std::uint64_t bytes, std::size_t byte) {
    return key_of(static_cast<std::uint32_t>(bytes >> (8 * byte)));
  };
  std::size_t at = 0;
  for (; at + k_at_once + sizeof(std::uint64_t) <= text.size(); at += k_at_once) {
    std::uint64_t first, second;
    std::memcpy(&first, text.data() + at, sizeof first);
    std::memcpy(&second, text.data() + at + k_at_once / 2, sizeof second);
    const std::uint64_t any = is_wanted(key_within(first, 0)) | is_wanted(key_within(first, k_step)) |
                              is_wanted(key_within(second, 0)) | is_wanted(key_within(second, k_step));
    if (any == 0) continue;
    for (std::size_t i = 0; i < k_at_once; i += k_step) visit(at + i);
  }
  for (; at + k_width <= text.size(); at += k_step) visit(at);
  return found;
}

}  // namespace hullcheck::detect
