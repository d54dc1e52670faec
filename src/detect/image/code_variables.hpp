// Code of a scripting language with the variables of the environment that it asks for put in: what
// `exec(os.environ["RUN"])` runs is known once the environment is.
#pragma once

#include <string>
#include <string_view>

#include "detect/image/filled_in.hpp"
#include "detect/scripts/script_language.hpp"

namespace hullcheck::detect {

// The code with `os.environ["NAME"]`, `process.env.NAME`, `$ENV{NAME}`, `getenv("NAME")` and their like as literals;
// "" where it asks for none of the variables. Bounded by the sizes of both.
std::string code_filled_in(ScriptLanguage language, std::string_view code, const Variables& variables);

}  // namespace hullcheck::detect
