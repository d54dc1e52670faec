#include "detect/inner/keyed_headers.hpp"

#include <algorithm>
#include <array>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_block = 1024;
constexpr std::size_t k_header = 64;
constexpr std::size_t k_lane = 32;
constexpr std::size_t k_longest_key = 8;
constexpr std::size_t k_reach = 16;  // bytes behind a place that are compared

// Two pairs of bytes of a header that are the same in every program, `distance` apart, and how they differ. A
// distance serves the keys whose length divides it.
struct Pairs {
  std::size_t distance, first, second;
  std::uint8_t first_difference, second_difference;
};
constexpr std::array<Pairs, 4> k_pairs{
    {{8, 0, 1, 0x7f, 'E'}, {6, 0, 2, 0x7f ^ 1, 'L'}, {5, 1, 3, 'E' ^ 1, 'F'}, {7, 1, 2, 'E', 'L'}}};

bool may_begin(const std::uint8_t* at) {
  return std::any_of(k_pairs.begin(), k_pairs.end(), [&](const Pairs& one) {
    return (at[one.first] ^ at[one.first + one.distance]) == one.first_difference &&
           (at[one.second] ^ at[one.second + one.distance]) == one.second_difference;
  });
}

// The first place in [at, end) where a header may begin, of those whose lane may hold one; `end` if there is none.
using NextLane = std::size_t (*)(const std::uint8_t* data, std::size_t at, std::size_t end);

std::size_t next_lane_plainly(const std::uint8_t* data, std::size_t at, std::size_t end) {
  while (at < end && !may_begin(data + at)) ++at;
  return at;
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) std::size_t next_lane_by_lanes(const std::uint8_t* data, std::size_t at,
                                                               std::size_t end) {
  const auto load = [&](std::size_t from) __attribute__((target("avx2"))) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(data + from));
  };
  const auto differs = [&](std::size_t from, std::size_t distance, std::uint8_t difference)
      __attribute__((target("avx2"))) {
    return _mm256_cmpeq_epi8(_mm256_xor_si256(load(from), load(from + distance)),
                             _mm256_set1_epi8(static_cast<char>(difference)));
  };
  for (; at + k_lane <= end; at += k_lane) {
    __m256i found = _mm256_setzero_si256();
    for (const Pairs& one : k_pairs)
      found = _mm256_or_si256(found, _mm256_and_si256(differs(at + one.first, one.distance, one.first_difference),
                                                      differs(at + one.second, one.distance, one.second_difference)));
    const auto mask = static_cast<std::uint32_t>(_mm256_movemask_epi8(found));
    if (mask != 0) return at + static_cast<std::size_t>(__builtin_ctz(mask));
  }
  return next_lane_plainly(data, at, end);
}
#endif

NextLane choose_next_lane() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") != 0) return next_lane_by_lanes;
#endif
  return next_lane_plainly;
}

// A sample of a block has next to nothing but ASCII.
bool is_text(Bytes window, std::size_t at) {
  constexpr std::size_t k_sample = 32, k_few = 2;
  const std::size_t from = at + k_block / 2;
  if (from + k_sample > window.size()) return false;
  const Bytes sample = window.subspan(from, k_sample);
  const auto odd = std::count_if(sample.begin(), sample.end(), [](std::uint8_t byte) {
    return byte < '\t' || (byte > '\r' && byte < ' ') || byte >= 0x7f;
  });
  return static_cast<std::size_t>(odd) < k_few;
}

}  // namespace

void find_keyed_headers(Bytes window, std::uint64_t offset, std::size_t from, std::size_t to,
                        std::vector<KeyedHeader>& out) {
  static const NextLane k_next_lane = choose_next_lane();
  // A lane's last place is compared with what lies behind it.
  const std::size_t room = k_header + k_lane + k_reach;
  const std::size_t limit = std::min(to, window.size() < room ? 0 : window.size() - room);
  for (std::size_t begin = from; begin < limit;) {
    const auto into = static_cast<std::size_t>((offset + begin) % k_block);
    const std::size_t end = std::min(limit, begin + (k_block - into));
    // The samples of this block and of the next one.
    const bool text = begin >= into && is_text(window, begin - into) && is_text(window, begin - into + k_block);
    for (std::size_t at = begin; !text && (at = k_next_lane(window.data(), at, end)) < end; ++at) {
      const auto disguise = find_disguise(window.subspan(at, k_header));
      // Of a longer key there is too little left to tell it from a program in the clear that names its system
      // otherwise.
      const bool key = disguise && disguise->kind == Disguise::Kind::key;
      if (key && disguise->length > 1 && disguise->length <= k_longest_key) out.push_back({at, *disguise});
    }
    begin = end;
  }
}

}  // namespace hullcheck::detect
