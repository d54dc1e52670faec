// What a pickle of Python calls when it is loaded. A pickle is a program for a small machine (pickletools.py of
// Python tells its instructions); those that matter here name a function and call it with the texts before.
//
// Hostile: lengths are checked against what is there, each byte is read once, and what is kept is bounded.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hullcheck::detect {

struct PickledCall {
  std::string function;            // "os.system"
  std::vector<std::string> texts;  // its arguments, as far as they are texts
  bool code = false;               // they are Python; else a command
};

// The first function that runs code or commands; nothing when the pickle names none.
std::optional<PickledCall> pickled_call(std::string_view pickle);

}  // namespace hullcheck::detect
