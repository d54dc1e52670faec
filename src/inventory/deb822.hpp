// Stanzas of "Field: value" lines (deb822(5)): dpkg's status and control files, DEP-5 copyright files.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

namespace hullcheck::inventory {

using Stanza = std::vector<std::pair<std::string_view, std::string_view>>;  // borrowed from the text

// Takes the next stanza off `text`. A value runs to the line before the next field, continuation lines included.
// Lines that are neither field nor continuation are passed over; a second "Package" begins a stanza of its own. False
// at the end. `odd`, if given, tells whether a package manager would stop at this stanza: it had such a line, no blank
// line behind it, or one of the fields twice that say what is installed.
bool next_stanza(std::string_view& text, Stanza& out, bool* odd = nullptr);

// The value of a field, whatever its case, or "".
std::string_view field(const Stanza& stanza, std::string_view name);

}  // namespace hullcheck::inventory
