// Which files are shell scripts, and their stored summaries.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "detect/shell/shell_facts.hpp"
#include "layers/collector.hpp"

namespace hullcheck::detect {

constexpr std::string_view k_script_section = "detect/shell";

// A shell's "#!" line, a shell script's suffix, or a place from which shells read: profiles, init.d, cron folders.
// Small texts with commands in them have summaries as well: they are scripts once something that starts names them.
bool is_shell_script(const layers::FileInfo& file);

const layers::Collector& script_collector();
std::string script_fingerprint();

// Words as one shell command line: each quoted where it must be.
std::string shell_line(const std::vector<std::string>& words);

}  // namespace hullcheck::detect
