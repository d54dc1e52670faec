#include "util/process.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

extern char** environ;

namespace hullcheck::util {
namespace {

using Clock = std::chrono::steady_clock;

// One end of a socket pair. Sockets rather than pipes: writing to one whose reader is gone can be done without a
// signal, and a library must not change how the process takes signals.
class Descriptor {
 public:
  explicit Descriptor(int value = -1) : m_value(value) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return m_value; }
  void reset(int value) {
    close();
    m_value = value;
  }
  void close() {
    if (m_value >= 0) ::close(m_value);
    m_value = -1;
  }

 private:
  int m_value;
};

bool make_pair(Descriptor& ours, Descriptor& theirs) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return false;
  ours.reset(ends[0]);
  theirs.reset(ends[1]);
  return true;
}

Result<pid_t> spawn(const std::vector<std::string>& command, int input, int output) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  std::vector<char*> arguments;
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t child = -1;
  const int error = ::posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error == ENOENT)
    return make_error(ErrorCode::not_found, "process-not-found", "there is no such program", command[0]);
  if (error != 0) return make_error(ErrorCode::io, "process-start", std::strerror(error), command[0]);
  return child;
}

// Moves bytes both ways until the program closes its output.
Result<void> converse(const ProcessRequest& request, Descriptor& input, int output, std::string& out,
                      const std::stop_token& stop) {
  const auto end = Clock::now() + request.timeout;
  std::size_t written = 0;
  std::array<char, 16 * 1024> block{};
  if (request.input.empty()) input.close();
  while (true) {
    if (stop.stop_requested()) return make_error(ErrorCode::cancelled, "cancelled", "the scan was stopped");
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
    if (left <= 0)
      return make_error(ErrorCode::timeout, "process-timeout",
                        fmt::format("the program did not finish within {} ms", request.timeout.count()),
                        request.command[0]);
    std::array<pollfd, 2> wait{{{output, POLLIN, 0}, {input.get(), POLLOUT, 0}}};
    // Short waits, as a stop token cannot wake poll().
    if (::poll(wait.data(), wait.size(), static_cast<int>(std::min<std::int64_t>(left, 100))) < 0 && errno != EINTR)
      return make_error(ErrorCode::io, "process-start", std::strerror(errno), request.command[0]);
    if (input.get() >= 0 && wait[1].revents != 0) {
      const ssize_t sent = ::send(input.get(), request.input.data() + written, request.input.size() - written,
                                  MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent > 0) written += static_cast<std::size_t>(sent);
      if ((sent < 0 && errno != EAGAIN && errno != EINTR) || written == request.input.size()) input.close();
    }
    if (wait[0].revents != 0) {
      const ssize_t got = ::read(output, block.data(), block.size());
      if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (got <= 0) return {};
      if (static_cast<std::size_t>(got) > request.output_bytes - out.size())
        return make_error(ErrorCode::limit, "process-output-limit",
                          fmt::format("the program wrote more than {} bytes", request.output_bytes),
                          request.command[0]);
      out.append(block.data(), static_cast<std::size_t>(got));
    }
  }
}

// Its output is closed, so it is about to end; one that is not gets killed.
int wait_for(pid_t child, std::chrono::milliseconds patience) {
  const auto end = Clock::now() + patience;
  int status = 0;
  while (true) {
    const pid_t ended = ::waitpid(child, &status, WNOHANG);
    if (ended == child || (ended < 0 && errno != EINTR)) return status;
    if (Clock::now() > end) ::kill(child, SIGKILL);
    ::poll(nullptr, 0, 2);
  }
}

}  // namespace

Result<ProcessResult> run_process(const ProcessRequest& request, std::stop_token stop) {
  if (request.command.empty() || request.command[0].empty())
    return make_error(ErrorCode::invalid_argument, "process-not-found", "there is no program to run");
  Descriptor input, child_input, output, child_output;
  if (!make_pair(input, child_input) || !make_pair(output, child_output))
    return make_error(ErrorCode::io, "process-start", std::strerror(errno), request.command[0]);
  const pid_t child = TRY(spawn(request.command, child_input.get(), child_output.get()));
  child_input.close();
  child_output.close();
  ProcessResult result;
  auto talked = converse(request, input, output.get(), result.output, stop);
  if (!talked) ::kill(child, SIGKILL);
  input.close();
  const int status = wait_for(child, request.timeout);
  if (!talked) return std::move(talked).error();
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

}  // namespace hullcheck::util
