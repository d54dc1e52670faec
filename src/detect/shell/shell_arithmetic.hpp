// Whole numbers as a shell reckons with them: $((…)), ((…)), let, and the offsets of ${name:from:count}.
//
// Only what is known counts: a variable without a known number makes the whole unknown. Hostile: the depth of
// brackets and the number of operators are bounded.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace hullcheck::detect {

struct ShellNumbers {
  std::function<std::optional<std::int64_t>(std::string_view name)> get;
  std::function<void(std::string_view name, std::int64_t value)> set;  // empty: assignments make it unknown
};

// The value of the last of the expressions between commas.
std::optional<std::int64_t> shell_number(std::string_view text, const ShellNumbers& numbers);

}  // namespace hullcheck::detect
