// Which files are shell scripts, their stored summaries, and the summary of any command line.
#pragma once

#include <string>
#include <string_view>

#include "detect/shell_facts.hpp"
#include "layers/collector.hpp"

namespace hullcheck::detect {

constexpr std::string_view k_script_section = "detect/shell";

// A shell's "#!" line, a shell script's suffix, or a place from which shells read: profiles, init.d, cron folders.
bool is_shell_script(const layers::FileInfo& file);

const layers::Collector& script_collector();
std::string script_fingerprint();

// Never fails: a text beyond the parser's limits is cut, and the facts say so.
ShellFacts shell_facts_of(std::string_view text);

// Words as one shell command line: each quoted where it must be.
std::string shell_line(const std::vector<std::string>& words);

}  // namespace hullcheck::detect
