// Which scripts are worth following, by the words that they hold: those that run code or commands together with words
// for where these come from. Pure functions for any thread, linear in the text.
#pragma once

#include <cstdint>
#include <string_view>

#include "detect/scripts/script_language.hpp"

namespace hullcheck::detect {

// What a script is followed for: what it runs, or at least what it decodes and may keep or hand on. Ascending.
enum class Interest : std::uint8_t { none, holds, runs };
Interest interest_in(ScriptLanguage language, std::string_view text);

// Words that make what a program calls input into input from the network.
bool serves_requests(ScriptLanguage language, std::string_view text);

}  // namespace hullcheck::detect
