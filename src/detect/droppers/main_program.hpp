// The program that a start script is there for, and whether the image holds it.
#pragma once

#include <string>

#include "detect/assess.hpp"
#include "detect/shell/shell_facts.hpp"

namespace hullcheck::detect {

// The bare name of the last command of a script, "" where that is a path, part of the shell, a function of the
// script, or not known.
std::string main_program(const ShellFacts& facts);

// True when no file of the image has that name: neither on PATH nor in a folder that the script may add to it.
bool lacks_program(const ImageContext& context, std::string_view name);

}  // namespace hullcheck::detect
