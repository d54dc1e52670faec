// What a script loads from the files around it: modules of its own program, included pages. A program is all of
// these, and what it does at start may stand in any of them.
//
// Kept of scripts that belong to no library (node_modules, site-packages, /usr/lib …): what a program loads from
// those is not followed. Names are taken as they stand; nothing is evaluated.
// Hostile: files, names and their number are bounded, and what is more is left out.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "detect/scripts/script_language.hpp"
#include "layers/collector.hpp"
#include "util/result.hpp"

namespace hullcheck::detect {

// Paths at which libraries lie that a program did not come with.
bool is_of_a_library(std::string_view path);

struct ScriptLoad {
  std::uint32_t line = 0;
  // "./lib/x" is beside the script; "lib/x" there, or below a folder that the interpreter searches. Suffixes are as
  // written: interpreters add theirs.
  std::string name;
  bool operator==(const ScriptLoad&) const = default;
};

struct ScriptLoads {
  ScriptLanguage language = ScriptLanguage::none;
  std::vector<ScriptLoad> loads;
};

ScriptLoads script_loads(ScriptLanguage language, std::string_view text);
// What an interpreter appends to a name until there is a file: "", ".py", "/__init__.py". None for languages whose
// files load none.
std::span<const std::string_view> load_suffixes(ScriptLanguage language);
// "pkg.mod" of Python's -m and of servers, as a name of a ScriptLoad; "" for what is no module.
std::string module_path(std::string_view dotted);

Buffer encode_script_loads(const ScriptLoads& loads);
Result<ScriptLoads> decode_script_loads(Bytes bytes);  // "script-loads-malformed"

constexpr std::string_view k_loads_section = "detect/loads";
const layers::Collector& script_loads_collector();
std::string script_loads_fingerprint();

}  // namespace hullcheck::detect
