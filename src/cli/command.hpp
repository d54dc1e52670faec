// Subcommands, one file each. A command declares its options on a CLI11 app of its own and gives back what runs it.
//
// Exit codes: 0 done or safe, 1 a negative answer or unsafe, 2 unknown, 3 failed, 130 interrupted.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "util/registry.hpp"
#include "util/result.hpp"

namespace CLI {
class App;
}

namespace hullcheck::cli {

constexpr int k_done = 0;
constexpr int k_negative = 1;
constexpr int k_failed = 3;
constexpr int k_interrupted = 130;

struct CommandDescriptor {
  std::string_view id;  // "image"; sorts the help
  int version = 1;
  std::string_view summary;  // one line of `hullcheck --help`
  std::string_view example;  // lines shown below the command's own --help
};

class Command {
 public:
  using Kind = Command;
  using Descriptor = CommandDescriptor;
  virtual ~Command() = default;
  // Called once. Options must be bound to something that outlives the call: keep them in a shared_ptr inside the
  // function that is given back, which is called if this command was chosen, and returns the exit code.
  virtual std::function<int()> declare(CLI::App& app) const = 0;
};

using CommandRegistry = util::Registry<Command>;

// Parses, runs one command, returns the exit code. Prints help and errors.
int run(int argc, char** argv);

// "hullcheck: what: why" and, if given, "  hint: what to do" on stderr; escaped for a terminal. Gives k_failed.
int fail(const Error& error, std::string_view hint = {});
int fail(std::string_view message, std::string_view hint = {});
// For commands of the shape Result<int>.
int finish(Result<int> result);

}  // namespace hullcheck::cli
