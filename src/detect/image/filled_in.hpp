// What a script or start command does once variables of the image's environment have their values.
//
// Files are followed without an image around them, once for all images that hold them: `eval "$RUN"` says nothing
// then. Their commands are kept, though, and with them a script can be written down again and followed anew.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "detect/shell/shell_facts.hpp"

namespace hullcheck::detect {

using Variables = std::vector<std::pair<std::string, std::string>>;  // names and values

// Whether a command has one of the variables in it.
bool mentions(const ShellFacts& facts, const Variables& variables);

// Flows that are there only because of the values: they stand in lines of `facts`. Conditions and loops are not
// written down again, as evaluation walks every branch anyway.
std::vector<ShellFlow> flows_filled_in(const ShellFacts& facts, const Variables& variables);

// The same for a text of the configuration; all flows are in its first line.
std::vector<ShellFlow> flows_filled_in(const std::string& text, const Variables& variables);

}  // namespace hullcheck::detect
