// Block by block a mask says which bytes are no digits. A block holds no whole stretch between two of them, so the
// first and the last one of a block are all that matters.
#include "detect/content/digit_stretches.hpp"

#include <array>
#include <bit>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_block = 32;  // bytes for each bit of a mask
static_assert(k_least_stretch >= k_block);

constexpr std::array<bool, 256> make_digits() {
  std::array<bool, 256> digits{};
  for (int c = 'a'; c <= 'z'; ++c) digits[static_cast<std::size_t>(c)] = true;
  for (int c = 'A'; c <= 'Z'; ++c) digits[static_cast<std::size_t>(c)] = true;
  for (int c = '0'; c <= '9'; ++c) digits[static_cast<std::size_t>(c)] = true;
  for (const char c : {'+', '/', '-', '_'}) digits[static_cast<std::size_t>(c)] = true;
  return digits;
}
constexpr std::array<bool, 256> k_digits = make_digits();

// Follows the stretch that is open from block to block.
class Stretches {
 public:
  explicit Stretches(std::vector<DigitStretch>& out) : m_out(out) {}

  // The next 32 bytes, from `at` on; a bit is set for each that is no digit.
  void block(std::size_t at, std::uint32_t others) {
    if (others == 0) return;
    close(at + static_cast<std::size_t>(std::countr_zero(others)));
    m_begin = at + k_block - static_cast<std::size_t>(std::countl_zero(others));
  }
  void byte(std::size_t at, bool digit) {
    if (digit) return;
    close(at);
    m_begin = at + 1;
  }
  void close(std::size_t end) {
    if (end - m_begin >= k_least_stretch) m_out.push_back({m_begin, end});
  }

 private:
  std::vector<DigitStretch>& m_out;
  std::size_t m_begin = 0;
};

// Up to the last whole block; returns where it ends.
using Blocks = std::size_t (*)(Bytes window, Stretches& stretches);

std::size_t blocks_plainly(Bytes window, Stretches& stretches) {
  std::size_t at = 0;
  for (; at + k_block <= window.size(); at += k_block)
    for (std::size_t i = at; i < at + k_block; ++i) stretches.byte(i, k_digits[window[i]]);
  return at;
}

#if defined(__x86_64__)
// Two tables, by the lower and by the upper half of a byte, have a bit in common for a digit and for nothing else.
__attribute__((target("avx2"))) std::size_t blocks_by_lanes(Bytes window, Stretches& stretches) {
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
  std::size_t at = 0;
  for (; at + k_block <= window.size(); at += k_block) {
    const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(window.data() + at));
    const __m256i low = _mm256_shuffle_epi8(lower, _mm256_and_si256(bytes, half));
    const __m256i high = _mm256_shuffle_epi8(upper, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half));
    stretches.block(
        at, static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_and_si256(low, high), none))));
  }
  return at;
}
#endif

Blocks choose() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") != 0) return blocks_by_lanes;
#endif
  return blocks_plainly;
}

}  // namespace

bool is_stretch_digit(std::uint8_t byte) { return k_digits[byte]; }

void find_digit_stretches(Bytes window, std::vector<DigitStretch>& out) {
  static const Blocks k_blocks = choose();
  out.clear();
  Stretches stretches(out);
  for (std::size_t at = k_blocks(window, stretches); at < window.size(); ++at)
    stretches.byte(at, k_digits[window[at]]);
  stretches.close(window.size());
}

}  // namespace hullcheck::detect
