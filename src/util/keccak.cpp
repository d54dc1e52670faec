// Keccak[c = 512] ("The Keccak reference", version 3.0). It differs from the SHA3-256 of FIPS 202, which libraries
// offer, in one byte: here the padding starts with 0x01, there with 0x06.
#include "util/keccak.hpp"

#include <algorithm>

namespace hullcheck::util {
namespace {

constexpr std::size_t k_rate = 136;  // bytes absorbed at a time
using State = std::array<std::uint64_t, 25>;

// Round constants from the reference's shift register, so that no table of them stands in the program.
constexpr std::array<std::uint64_t, 24> make_round_constants() {
  std::array<std::uint64_t, 24> constants{};
  std::uint8_t shift = 1;
  for (std::uint64_t& constant : constants) {
    for (unsigned bit = 0; bit < 7; ++bit) {
      if ((shift & 1U) != 0) constant |= std::uint64_t{1} << ((1U << bit) - 1U);
      shift = static_cast<std::uint8_t>((shift << 1U) ^ ((shift & 0x80U) != 0 ? 0x71U : 0U));
    }
  }
  return constants;
}
constexpr auto k_round_constants = make_round_constants();

std::uint64_t rotate(std::uint64_t value, unsigned by) {
  by %= 64;
  return by == 0 ? value : (value << by) | (value >> (64U - by));
}

void mix_columns(State& a) {
  std::array<std::uint64_t, 5> parity{};
  for (std::size_t x = 0; x < 5; ++x) parity[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
  for (std::size_t x = 0; x < 5; ++x) {
    const std::uint64_t effect = parity[(x + 4) % 5] ^ rotate(parity[(x + 1) % 5], 1);
    for (std::size_t y = 0; y < 25; y += 5) a[x + y] ^= effect;
  }
}

// Moves each lane along (x, y) -> (y, 2x + 3y) and turns it by the triangular numbers.
void move_lanes(State& a) {
  std::size_t x = 1, y = 0;
  std::uint64_t lane = a[1];
  for (unsigned step = 1; step <= 24; ++step) {
    const std::size_t next_y = (2 * x + 3 * y) % 5;
    x = y;
    y = next_y;
    const std::uint64_t turned = rotate(lane, step * (step + 1) / 2);
    lane = a[x + 5 * y];
    a[x + 5 * y] = turned;
  }
}

void combine_rows(State& a) {
  for (std::size_t y = 0; y < 25; y += 5) {
    const std::array<std::uint64_t, 5> row = {a[y], a[y + 1], a[y + 2], a[y + 3], a[y + 4]};
    for (std::size_t x = 0; x < 5; ++x) a[x + y] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]);
  }
}

void absorb(State& state, Bytes block) {
  for (std::size_t i = 0; i < block.size(); ++i) state[i / 8] ^= std::uint64_t{block[i]} << (8 * (i % 8));
}

void permute(State& state) {
  for (const std::uint64_t constant : k_round_constants) {
    mix_columns(state);
    move_lanes(state);
    combine_rows(state);
    state[0] ^= constant;
  }
}

}  // namespace

std::array<std::uint8_t, 32> keccak_256(Bytes bytes) {
  State state{};
  while (bytes.size() >= k_rate) {
    absorb(state, bytes.first(k_rate));
    permute(state);
    bytes = bytes.subspan(k_rate);
  }
  std::array<std::uint8_t, k_rate> last{};
  std::copy(bytes.begin(), bytes.end(), last.begin());
  last[bytes.size()] ^= 0x01;
  last[k_rate - 1] ^= 0x80;
  absorb(state, last);
  permute(state);
  std::array<std::uint8_t, 32> digest{};
  for (std::size_t i = 0; i < digest.size(); ++i)
    digest[i] = static_cast<std::uint8_t>(state[i / 8] >> (8 * (i % 8)));
  return digest;
}

}  // namespace hullcheck::util
