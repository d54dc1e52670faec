// Words of command lines that people are given to copy.
#pragma once

#include <string>
#include <string_view>

namespace hullcheck::util {

// True for what every shell takes for one plain word, in any place but that of a command: letters, digits and
// + - . / : @ _ of ASCII, no dash first, which would be an option. Never true of "".
bool is_shell_word(std::string_view text);

// The word as it is, or in single quotes where it is no such word. POSIX shells read one word either way.
std::string shell_quoted(std::string_view word);

}  // namespace hullcheck::util
