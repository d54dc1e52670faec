// Finds bytes that lie under an unknown one-byte XOR key: by their differences, which the key does not change.
//
// The patterns are long and few, so only every k-th place is looked at, k being as far apart as the shortest pattern
// allows: three differences there lead to the patterns that hold them. That is several times faster than making the
// differences and searching them, and needs no memory.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "detect/content/pattern_database.hpp"
#include "util/bytes.hpp"

namespace hullcheck::detect {

// Immutable: any thread.
class DifferenceSearch {
 public:
  static constexpr std::size_t k_fewest_differences = 8;

  // Each pattern holds differences: the XOR of a byte with the next one, at least k_fewest_differences of them.
  explicit DifferenceSearch(std::vector<std::string> patterns);

  bool empty() const { return m_patterns.empty(); }
  // Adds a hit for each place of `bytes` whose differences are those of a pattern, in no order. False when there were
  // more than `most`.
  bool search(Bytes bytes, std::size_t most, std::vector<PatternHit>& hits) const;

 private:
  struct Place {
    std::uint32_t pattern;
    std::uint32_t offset;
  };
  bool verify(Bytes bytes, std::size_t at, std::size_t most, std::vector<PatternHit>& hits) const;

  std::vector<std::string> m_patterns;
  std::size_t m_stride = 1;
  std::vector<std::uint64_t> m_keys;                      // a bit for each key of three differences in a pattern
  std::vector<std::pair<std::uint32_t, Place>> m_places;  // by key, sorted
};

}  // namespace hullcheck::detect
