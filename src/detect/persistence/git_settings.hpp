// Settings of git that name a program: git-config(1) of a user, of the system, or of a repository.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hullcheck::detect {

struct GitCommand {
  std::string key;      // "core.fsmonitor"
  std::string command;  // as a shell reads it; of core.hooksPath the folder
  bool folder = false;
  std::uint32_t line = 0;
};

bool is_git_settings(std::string_view path);
// In the order of the file, bounded.
std::vector<GitCommand> commands_of_git(std::string_view text);

}  // namespace hullcheck::detect
