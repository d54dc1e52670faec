// A stretch of 31 bytes or more holds a whole aligned block of 16, so only such blocks are looked for; what stands
// before and behind one is looked at byte by byte.
#include "detect/content/digit_stretches.hpp"

#include <array>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_block = 16;

constexpr std::array<bool, 256> make_digits() {
  std::array<bool, 256> digits{};
  for (int c = 'a'; c <= 'z'; ++c) digits[static_cast<std::size_t>(c)] = true;
  for (int c = 'A'; c <= 'Z'; ++c) digits[static_cast<std::size_t>(c)] = true;
  for (int c = '0'; c <= '9'; ++c) digits[static_cast<std::size_t>(c)] = true;
  for (const char c : {'+', '/', '-', '_'}) digits[static_cast<std::size_t>(c)] = true;
  return digits;
}
constexpr std::array<bool, 256> k_digits = make_digits();

// The first whole block at or behind `at`, both multiples of k_block; `end` if there is none before it.
using NextBlock = std::size_t (*)(const std::uint8_t* data, std::size_t at, std::size_t end);

std::size_t next_block_plainly(const std::uint8_t* data, std::size_t at, std::size_t end) {
  for (; at < end; at += k_block) {
    std::size_t i = k_block;
    // From the end: what breaks the block there breaks the next one at no cost.
    while (i > 0 && k_digits[data[at + i - 1]]) --i;
    if (i == 0) return at;
  }
  return end;
}

#if defined(__x86_64__)
// Two tables, by the lower and by the upper half of a byte, have a bit in common for a digit and for nothing else.
__attribute__((target("avx2"))) std::size_t next_block_by_lanes(const std::uint8_t* data, std::size_t at,
                                                                std::size_t end) {
  constexpr char k_signs = 1, k_figures = 2, k_first_letters = 4, k_last_letters = 8, k_line = 16;
  constexpr char k_first = k_first_letters, k_both = k_first_letters | k_last_letters;
  const __m256i lower = _mm256_broadcastsi128_si256(_mm_setr_epi8(
      k_figures | k_last_letters, k_figures | k_both, k_figures | k_both, k_figures | k_both, k_figures | k_both,
      k_figures | k_both, k_figures | k_both, k_figures | k_both, k_figures | k_both, k_figures | k_both, k_both,
      k_first | k_signs, k_first, k_first | k_signs, k_first, k_first | k_signs | k_line));
  const __m256i upper =
      _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 0, k_signs, k_figures, k_first_letters, k_last_letters | k_line,
                                                k_first_letters, k_last_letters, 0, 0, 0, 0, 0, 0, 0, 0));
  const __m256i half = _mm256_set1_epi8(0x0f);
  const __m256i none = _mm256_setzero_si256();
  for (; at + 2 * k_block <= end; at += 2 * k_block) {
    const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(data + at));
    const __m256i low = _mm256_shuffle_epi8(lower, _mm256_and_si256(bytes, half));
    const __m256i high = _mm256_shuffle_epi8(upper, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half));
    const auto others =
        static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_and_si256(low, high), none)));
    if ((others & 0xffffU) == 0) return at;
    if (others >> 16U == 0) return at + k_block;
  }
  return next_block_plainly(data, at, end);
}
#endif

NextBlock choose() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") != 0) return next_block_by_lanes;
#endif
  return next_block_plainly;
}

}  // namespace

bool is_stretch_digit(std::uint8_t byte) { return k_digits[byte]; }

void find_digit_stretches(Bytes window, std::vector<DigitStretch>& out) {
  static const NextBlock k_next_block = choose();
  out.clear();
  const std::uint8_t* const data = window.data();
  const std::size_t blocks_end = window.size() - window.size() % k_block;
  std::size_t floor = 0;  // behind the last stretch
  for (std::size_t at = k_next_block(data, 0, blocks_end); at < blocks_end;
       at = k_next_block(data, (floor + k_block - 1) / k_block * k_block, blocks_end)) {
    DigitStretch found{at, at + k_block};
    while (found.begin > floor && k_digits[data[found.begin - 1]]) --found.begin;
    while (found.end < window.size() && k_digits[data[found.end]]) ++found.end;
    floor = found.end;
    if (found.end - found.begin >= k_least_stretch) out.push_back(found);
    if (floor >= blocks_end) break;
  }
}

}  // namespace hullcheck::detect
