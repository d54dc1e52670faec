// Hostile: bytes may be made so that every place looks like a pattern; each place costs one comparison for each
// pattern that holds the pair, and the number of hits is bounded by the caller.
#include "detect/content/difference_search.hpp"

#include <algorithm>

#include "util/result.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_pairs = 65536;

std::uint32_t pair_at(const std::string& pattern, std::size_t offset) {
  return static_cast<std::uint32_t>(static_cast<std::uint8_t>(pattern[offset]) |
                                    static_cast<std::uint8_t>(pattern[offset + 1]) << 8U);
}

bool matches(Bytes bytes, std::size_t begin, const std::string& pattern) {
  if (begin > bytes.size() || pattern.size() >= bytes.size() - begin) return false;
  for (std::size_t i = 0; i < pattern.size(); ++i)
    if ((bytes[begin + i] ^ bytes[begin + i + 1]) != static_cast<std::uint8_t>(pattern[i])) return false;
  return true;
}

}  // namespace

DifferenceSearch::DifferenceSearch(std::vector<std::string> patterns) : m_patterns(std::move(patterns)) {
  if (m_patterns.empty()) return;
  std::size_t shortest = m_patterns.front().size();
  for (const std::string& pattern : m_patterns) shortest = std::min(shortest, pattern.size());
  HULLCHECK_ASSERT(shortest >= k_fewest_differences);
  // A pattern holds shortest - 1 pairs in a row, so one of them stands at a place that is looked at.
  m_stride = shortest - 1;
  m_pairs.resize(k_pairs / 64);
  for (std::uint32_t i = 0; i < m_patterns.size(); ++i) {
    for (std::uint32_t offset = 0; offset < m_stride; ++offset) {
      const std::uint32_t pair = pair_at(m_patterns[i], offset);
      m_pairs[pair / 64] |= std::uint64_t{1} << (pair % 64);
      m_places.push_back({pair, {i, offset}});
    }
  }
  std::stable_sort(m_places.begin(), m_places.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
}

bool DifferenceSearch::search(Bytes bytes, std::size_t most, std::vector<PatternHit>& hits) const {
  if (empty() || bytes.size() < 3) return true;
  const std::uint8_t* const data = bytes.data();
  const std::uint64_t* const pairs = m_pairs.data();
  const std::size_t stride = m_stride;
  const std::size_t last = bytes.size() - 2;
  for (std::size_t at = 0; at < last; at += stride) {
    // Of three bytes in a row, both differences in one step.
    const std::uint32_t three = data[at] | data[at + 1] << 8U | data[at + 2] << 16U;
    const std::uint32_t pair = (three ^ three >> 8U) & 0xffffU;
    if ((pairs[pair / 64] >> (pair % 64) & 1U) != 0 && !verify(bytes, at, pair, most, hits)) return false;
  }
  return true;
}

bool DifferenceSearch::verify(Bytes bytes, std::size_t at, std::uint32_t pair, std::size_t most,
                              std::vector<PatternHit>& hits) const {
  auto place = std::lower_bound(m_places.begin(), m_places.end(), pair,
                                [](const auto& one, std::uint32_t wanted) { return one.first < wanted; });
  for (; place != m_places.end() && place->first == pair; ++place) {
    if (place->second.offset > at) continue;
    const std::size_t begin = at - place->second.offset;
    if (!matches(bytes, begin, m_patterns[place->second.pattern])) continue;
    if (hits.size() >= most) return false;
    // A longer pattern can be met at two places.
    const PatternHit hit{begin, place->second.pattern};
    if (std::find(hits.begin(), hits.end(), hit) == hits.end()) hits.push_back(hit);
  }
  return true;
}

}  // namespace hullcheck::detect
