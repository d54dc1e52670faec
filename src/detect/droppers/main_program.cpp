#include "detect/droppers/main_program.hpp"

#include <algorithm>
#include <array>

#include "detect/shell/shell_support.hpp"
#include "detect/words.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<std::string_view, 46> k_parts_of_the_shell = {
    "cd",    "echo",  "exit",     "set",     "wait",     "true",   "false",   ":",       ".",    "source",
    "exec",  "eval",  "export",   "read",    "test",     "[",      "[[",      "((",      "trap", "return",
    "shift", "unset", "printf",   "kill",    "ulimit",   "umask",  "local",   "declare", "let",  "break",
    "done",  "fi",    "continue", "pwd",     "hash",     "type",   "command", "builtin", "jobs", "shopt",
    "alias", "bg",    "fg",       "getopts", "readonly", "typeset"};

}  // namespace

std::string main_program(const ShellFacts& facts) {
  const std::vector<const ShellCommand*> commands = own_commands(facts);
  const auto last = std::find_if(commands.rbegin(), commands.rend(), [](const ShellCommand* command) {
    return command->function.empty() && !command->argv.empty();
  });
  if (last == commands.rend()) return {};
  const std::string& name = (*last)->argv[0];
  const bool bare = !name.empty() && name.find_first_of("/ *?[=") == std::string::npos && is_resolved(name);
  if (!bare || is_one(name, k_parts_of_the_shell)) return {};
  const bool own = std::any_of(facts.commands.begin(), facts.commands.end(),
                               [&](const ShellCommand& command) { return command.function == name; });
  return own ? std::string() : name;
}

bool lacks_program(const ImageContext& context, std::string_view name) {
  if (name.empty()) return false;
  for (const std::string& folder : context.search.path())
    if (context.image.resolve(folder + "/" + std::string(name))) return false;
  bool found = false;
  context.image.each_final(
      [&](layers::FileRef, const std::string& path) { found = found || layers::base_name(path) == name; });
  return !found;
}

}  // namespace hullcheck::detect
