// The scripting languages that are read, and which of them a file is written in.
#pragma once

#include <cstdint>
#include <string_view>

#include "layers/collector.hpp"

namespace hullcheck::detect {

enum class ScriptLanguage : std::uint8_t { none, python, javascript, php, perl, ruby, lua, java, asp, r };
std::string_view to_string(ScriptLanguage language);  // "Python"

// By suffix, "#!" line, or the marks of embedded pages.
ScriptLanguage script_language_of(const layers::FileInfo& file);
// "python", "node", "php", "perl", "ruby", "lua", "Rscript" as in EmbeddedCode.
ScriptLanguage script_language_named(std::string_view name);

}  // namespace hullcheck::detect
