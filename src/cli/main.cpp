#include <csignal>
#include <exception>

#include "cli/command.hpp"
#include "util/memory.hpp"

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is a write error with a message, not a silent death
  hullcheck::util::keep_freed_memory();
  try {
    return hullcheck::cli::run(argc, argv);
  } catch (const std::exception& error) {
    // Ours never throw; this is what a library or a full memory had to say.
    return hullcheck::cli::fail(error.what());
  }
}
