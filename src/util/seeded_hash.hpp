// A hash of text for tables whose keys an attacker chooses: seeded anew in every process, so that names that all fall
// into one bucket cannot be prepared. Never let it decide the order of anything that is printed or stored.
#pragma once

#include <cstdint>
#include <cstring>
#include <random>
#include <string_view>

namespace hullcheck::util {

inline std::uint64_t hash_seed() {
  static const std::uint64_t seed = [] {
    std::random_device device;
    return (std::uint64_t{device()} << 32 | device()) | 1;
  }();
  return seed;
}

// `also` is a number that belongs to the key, such as the folder that a name stands in. Any thread.
inline std::uint64_t seeded_hash(std::string_view text, std::uint64_t also = 0) {
  // The halves of the 128-bit product folded together: every bit of the word reaches every bit of the state.
  const auto mix = [](std::uint64_t a, std::uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = Wide{a} * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  };
  const std::uint64_t seed = hash_seed();
  std::uint64_t state = mix(also ^ seed, 0x9e3779b97f4a7c15ULL) ^ text.size();
  const auto take = [&](std::uint64_t word) {
    state = mix(state ^ word ^ seed, 0xd6e8feb86659fd93ULL ^ (seed << 1));
  };
  std::uint64_t word = 0;
  for (; text.size() >= sizeof word; text.remove_prefix(sizeof word)) {
    std::memcpy(&word, text.data(), sizeof word);
    take(word);
  }
  if (!text.empty()) {
    word = 0;
    std::memcpy(&word, text.data(), text.size());
    take(word);
  }
  return mix(state, seed);
}

struct SeededHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return static_cast<std::size_t>(seeded_hash(text)); }
};

}  // namespace hullcheck::util
