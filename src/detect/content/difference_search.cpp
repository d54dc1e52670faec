// Hostile: bytes may be made so that every place looks like a pattern; each place costs one comparison for each
// pattern that holds these differences, and the number of hits is bounded by the caller.
#include "detect/content/difference_search.hpp"

#include <algorithm>
#include <cstring>

#include "util/result.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_read = 4;     // bytes that a key is made from: three differences
constexpr std::size_t k_at_once = 4;  // places
constexpr unsigned k_key_bits = 16;

// Others may share it.
std::uint32_t key_of(std::uint32_t three_differences) {
  return ((three_differences << 8U) * 0x9e3779b1U) >> (32U - k_key_bits);
}

std::uint32_t key_in(const std::string& pattern, std::size_t offset) {
  std::uint32_t differences = 0;
  std::memcpy(&differences, pattern.data() + offset, 3);
  return key_of(differences);
}

std::uint32_t key_at(const std::uint8_t* bytes) {
  std::uint32_t four;
  std::memcpy(&four, bytes, sizeof four);
  return key_of(four ^ four >> 8U);
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
  // A pattern holds shortest - 2 threes in a row, so one of them stands at a place that is looked at.
  m_stride = shortest - 2;
  m_keys.resize((std::size_t{1} << k_key_bits) / 64);
  for (std::uint32_t i = 0; i < m_patterns.size(); ++i) {
    for (std::uint32_t offset = 0; offset < m_stride; ++offset) {
      const std::uint32_t key = key_in(m_patterns[i], offset);
      m_keys[key / 64] |= std::uint64_t{1} << (key % 64);
      m_places.push_back({key, {i, offset}});
    }
  }
  std::stable_sort(m_places.begin(), m_places.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
}

bool DifferenceSearch::search(Bytes bytes, std::size_t most, std::vector<PatternHit>& hits) const {
  if (empty() || bytes.size() < k_read) return true;
  const std::uint8_t* const data = bytes.data();
  const std::uint64_t* const keys = m_keys.data();
  const std::size_t stride = m_stride;
  const std::size_t last = bytes.size() - k_read;
  const auto bit = [&](std::size_t at) {
    const std::uint32_t key = key_at(data + at);
    return keys[key / 64] >> (key % 64);
  };
  std::size_t at = 0;
  for (; at + (k_at_once - 1) * stride <= last; at += k_at_once * stride) {
    const std::uint64_t any = bit(at) | bit(at + stride) | bit(at + 2 * stride) | bit(at + 3 * stride);
    if ((any & 1U) == 0) continue;
    for (std::size_t i = 0; i < k_at_once; ++i)
      if ((bit(at + i * stride) & 1U) != 0 && !verify(bytes, at + i * stride, most, hits)) return false;
  }
  for (; at <= last; at += stride)
    if ((bit(at) & 1U) != 0 && !verify(bytes, at, most, hits)) return false;
  return true;
}

bool DifferenceSearch::verify(Bytes bytes, std::size_t at, std::size_t most, std::vector<PatternHit>& hits) const {
  const std::uint32_t key = key_at(bytes.data() + at);
  auto place = std::lower_bound(m_places.begin(), m_places.end(), key,
                                [](const auto& one, std::uint32_t wanted) { return one.first < wanted; });
  for (; place != m_places.end() && place->first == key; ++place) {
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
