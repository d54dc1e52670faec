// Text that our own program needs but must not show: a scanner that carries what it looks for in the clear would find
// itself, and so would others.
//
//   constexpr auto k_word = hide("some words");     the words exist while compiling only
//   const std::string word = k_word.reveal();
//
// The mask is a stream of bytes that no single XOR key undoes. It keeps bytes apart, it keeps no secret.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace hullcheck::detect {

namespace hidden {

constexpr std::uint32_t k_seed = 0x5bd1e995U;
constexpr std::uint32_t next(std::uint32_t state) { return state * 1664525U + 1013904223U; }
constexpr std::uint8_t mask(std::uint32_t state) { return static_cast<std::uint8_t>(state >> 24U); }

}  // namespace hidden

template <std::size_t size>
struct HiddenLiteral {
  std::array<std::uint8_t, size> bytes{};

  std::string reveal() const {
    // Read where the optimiser cannot see it, or it would put the plain text back into the program.
    const volatile std::uint32_t seed = hidden::k_seed;
    std::uint32_t state = seed;
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i) {
      state = hidden::next(state);
      text[i] = static_cast<char>(bytes[i] ^ hidden::mask(state));
    }
    return text;
  }
};

template <std::size_t size>
consteval HiddenLiteral<size - 1> hide(const char (&text)[size]) {
  HiddenLiteral<size - 1> literal;
  std::uint32_t state = hidden::k_seed;
  for (std::size_t i = 0; i + 1 < size; ++i) {
    state = hidden::next(state);
    literal.bytes[i] = static_cast<std::uint8_t>(static_cast<std::uint8_t>(text[i]) ^ hidden::mask(state));
  }
  return literal;
}

}  // namespace hullcheck::detect
