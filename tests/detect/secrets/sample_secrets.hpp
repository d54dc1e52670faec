// Makes credentials from the templates of the table: {CLASS COUNT} is random text of a class, {@MAKER} what has a
// structure or a checksum. The same seed makes the same text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hullcheck::detect::secrets {

struct Sample {
  std::string text;
  std::vector<std::string> random;  // the random parts of `text`, in order
};

// Classes: d digits, x and X hexadecimal, l and u letters, m letters of both cases, a and A letters and digits,
// w letters of both cases and digits, s the same with "_" and "-", b with "/" and "+", q and z base 32, n base 58.
Sample make_sample(std::string_view pattern, std::uint32_t seed);

}  // namespace hullcheck::detect::secrets
