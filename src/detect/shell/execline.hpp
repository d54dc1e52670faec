// Scripts of execline, the language of s6's service files, said as a shell would say them.
//
// A script is one command line in which each program runs the rest: `cd /srv foreground { sleep 1 } ./app`. Blocks in
// braces are commands of their own. What has a meaning for the flow (pipelines, redirections, variables, folders) is
// translated; other programs that run the rest of the line are left for the shell's table of wrappers.
//
// Source: the execline pages of skarnet.org, "The execline language" and the pages of its commands. Hostile: depth,
// words and the result are bounded; what was cut is left out, and `complete` says so. Pure.
#pragma once

#include <string>
#include <string_view>

namespace hullcheck::detect {

// "#!" with execlineb in it.
bool is_execline(std::string_view text);

struct ExeclineText {
  std::string shell;  // its lines are those of the script
  bool complete = true;
};
ExeclineText execline_as_shell(std::string_view text);

}  // namespace hullcheck::detect
