// Commands that a project keeps under names, for whoever asks for one: the "scripts" of package.json and
// composer.json, the "tasks" of deno.json, and the rules of a Makefile.
//
// Each is one StartCommand whose `when` is its name; of a Makefile the name and, behind it, what has to be made
// first, separated by blanks. A rule's recipe is one text, so that what one line fetches and the next runs is seen as
// one act. The variables of a Makefile are put in; what it does not set stands as a variable of the shell, since make
// takes it from the environment.
//
// Sources: npm-scripts (package.json "scripts" and "main"), Composer's schema, GNU make's manual 3.1 to 6.2.
// Hostile: bounded as start files are; a variable that holds itself ends with the room of a command.
#pragma once

#include <string_view>
#include <vector>

#include "detect/start/start_files.hpp"

namespace hullcheck::detect {

// Commands that run when somebody names them, and otherwise not.
inline bool runs_when_named(StartFileKind kind) {
  return kind == StartFileKind::project_scripts || kind == StartFileKind::makefile;
}

// The name under which "main" of package.json stands, as a command: `node DIR` runs it. No script is called so.
constexpr std::string_view k_main_script = ":main";
// What a Makefile runs while it is read, whatever is asked of it. No rule has this name.
constexpr std::string_view k_when_read = ":";

void read_project_scripts(std::string_view text, StartFile& out);
void read_makefile(std::string_view text, StartFile& out);

}  // namespace hullcheck::detect
