// Paths as text: "/" between the parts, on whatever system.
#pragma once

#include <string>
#include <string_view>

namespace hullcheck::util {

// "FOLDER/NAME"; the name alone where the folder is "". Nothing is cleaned: what comes from outside goes through
// layers::canonical_path() or acquire's clean_member_name() first, or after.
inline std::string join_path(std::string_view folder, std::string_view name) {
  std::string path;
  path.reserve(folder.size() + 1 + name.size());
  path.append(folder);
  if (!folder.empty()) path += '/';
  return path.append(name);
}

}  // namespace hullcheck::util
