// Reverse and bind shells written in a scripting language: the shapes, for files and for code inside shell commands.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace hullcheck::detect {

struct InterpreterShell {
  std::string_view language;  // "Python"
  bool python = false;
  bool certain = true;  // false: the shape also fits some honest remote administration
  std::size_t position = 0;
};

// Looks for any shape in a piece of code. Linear in its size.
std::optional<InterpreterShell> find_interpreter_shell(std::string_view code);

}  // namespace hullcheck::detect
