// What sed and awk make of text that is known, as far as scripts use them to put commands together.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hullcheck::detect {

// The substitutions of a sed script, line by line; nothing when it holds anything else.
std::optional<std::string> substituted(std::string_view text, std::string_view script, bool extended);

struct AwkOutput {
  std::string text;
  bool codes = false;  // characters were given by their numbers
};
// What an awk program prints, when that is literal: print "…", printf "%c%c", 99, 117, or the numbers of a text or of
// the input, printed as characters.
std::optional<AwkOutput> printed_by_awk(std::string_view program, std::string_view input);

}  // namespace hullcheck::detect
