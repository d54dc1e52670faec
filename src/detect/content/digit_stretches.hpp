// Where a window holds nothing but letters, digits and "+/-_" for a while: addresses of coins, base64 and hexadecimal
// text can stand nowhere else, so one fast pass over a window serves the searches for all of them.
#pragma once

#include <cstdint>
#include <vector>

#include "util/bytes.hpp"

namespace hullcheck::detect {

struct DigitStretch {
  std::size_t begin = 0, end = 0;  // in the window
};

// Shorter ones are in every text.
constexpr std::size_t k_least_stretch = 32;

// All longest possible stretches of at least k_least_stretch bytes, in order; `out` is emptied first. Linear; a
// window of such bytes only is one stretch.
void find_digit_stretches(Bytes window, std::vector<DigitStretch>& out);

bool is_stretch_digit(std::uint8_t byte);

}  // namespace hullcheck::detect
