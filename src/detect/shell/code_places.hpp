// Folders from which servers, interpreters and daemons load code by themselves: nobody names the file.
#pragma once

#include <string_view>

namespace hullcheck::detect {

// Who loads the file at `path` as code, "" for a place that holds data. Only the path is looked at; parts that are
// not known (${HOME}) may stand in it.
std::string_view loader_of(std::string_view path);
// The same for a folder of which only the name is known, not what lies in it.
std::string_view loader_of_folder(std::string_view folder);

}  // namespace hullcheck::detect
