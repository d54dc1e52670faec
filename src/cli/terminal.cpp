#include "cli/terminal.hpp"

#include <fmt/core.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>

#include "util/ascii.hpp"
#include "util/file.hpp"
#include "util/text.hpp"

namespace hullcheck::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto k_draw_after = 500ms;
constexpr auto k_draw_every = 100ms;
constexpr int k_default_width = 100;
constexpr int k_grace_milliseconds = 2000;  // between SIGINT and the end, if the scan does not end by itself

class StandardOutput final : public report::Output {
 public:
  void write(std::string_view text) override {
    m_failed = m_failed || std::fwrite(text.data(), 1, text.size(), stdout) != text.size();
  }
  Result<void> finish() override {
    if (std::fflush(stdout) != 0) m_failed = true;
    if (m_failed) return make_error(ErrorCode::io, "output-unwritable", std::strerror(errno), "standard output");
    return {};
  }

 private:
  bool m_failed = false;
};

class FileOutput final : public report::Output {
 public:
  explicit FileOutput(std::string path) : m_path(std::move(path)) {}
  void write(std::string_view text) override { m_text += text; }
  Result<void> finish() override { return util::write_output_file(m_path, as_bytes(m_text), 0644); }

 private:
  std::string m_path;
  std::string m_text;
};

}  // namespace

bool is_terminal(int descriptor) { return ::isatty(descriptor) == 1; }

int terminal_width(int descriptor) {
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  if (const char* const columns = std::getenv("COLUMNS"); columns != nullptr) {
    const int width = std::atoi(columns);
    if (width > 0) return width;
  }
  return k_default_width;
}

namespace {

bool knows_sequences() {
  const char* const terminal = std::getenv("TERM");
  return terminal == nullptr || std::strcmp(terminal, "dumb") != 0;
}

}  // namespace

bool want_color(When when) {
  if (when != When::automatic) return when == When::always;
  const auto set = [](const char* name) {
    const char* const value = std::getenv(name);
    return value != nullptr && *value != '\0';
  };
  if (set("NO_COLOR")) return false;
  if (set("CLICOLOR_FORCE")) return true;
  return is_terminal(STDOUT_FILENO) && knows_sequences();
}

bool takes_utf8(int descriptor) {
  if (!is_terminal(descriptor)) return true;
  for (const char* const name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* const value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    const std::string locale = util::lower(value);
    return locale.find("utf-8") != std::string::npos || locale.find("utf8") != std::string::npos;
  }
  return false;
}

std::unique_ptr<report::Output> standard_output() { return std::make_unique<StandardOutput>(); }
std::unique_ptr<report::Output> file_output(std::string path) {
  return std::make_unique<FileOutput>(std::move(path));
}

ProgressLine::ProgressLine(bool enabled) {
  if (enabled && knows_sequences()) m_thread = std::jthread([this](std::stop_token stop) { draw(std::move(stop)); });
}

ProgressLine::~ProgressLine() = default;

// Stage names are literals of ours, so that a pointer is enough.
void ProgressLine::stage(std::string_view name) { m_stage = name.data(); }
void ProgressLine::expect(std::uint64_t bytes) { m_expected += bytes; }
void ProgressLine::advance(std::uint64_t bytes) { m_done += bytes; }

std::string ProgressLine::line() const {
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start).count();
  const std::uint64_t done = m_done;
  const std::uint64_t expected = m_expected;
  std::string text = m_stage.load();
  if (done > 0) text += "  " + util::human_size(done);
  if (expected >= done && expected > 0)
    text += fmt::format(" of {} ({} %)", util::human_size(expected), done * 100 / expected);
  if (done > 0 && seconds > 0)
    text += "  " + util::human_size(static_cast<std::uint64_t>(static_cast<double>(done) / seconds)) + "/s";
  return text;
}

void ProgressLine::draw(std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any ended;
  bool drawn = false;
  std::unique_lock lock(mutex);
  while (!ended.wait_for(lock, stop, k_draw_every, [&] { return stop.stop_requested(); })) {
    if (std::chrono::steady_clock::now() - m_start < k_draw_after) continue;
    // A line that wraps would be cleared in part only.
    const auto columns = static_cast<std::size_t>(std::max(terminal_width(STDERR_FILENO) - 1, 1));
    std::fprintf(stderr, "\r\033[K%s", util::truncate_end(line(), columns).c_str());
    std::fflush(stderr);
    drawn = true;
  }
  if (drawn) std::fputs("\r\033[K", stderr);
}

StopWatch::StopWatch(std::optional<std::chrono::seconds> timeout) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  m_signals = ::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  m_end = ::eventfd(0, EFD_CLOEXEC);
  m_thread = std::thread([this, timeout] { watch(timeout); });
}

StopWatch::~StopWatch() {
  const std::uint64_t one = 1;
  (void)!::write(m_end, &one, sizeof one);
  m_thread.join();
  ::close(m_signals);
  ::close(m_end);
}

void StopWatch::watch(std::optional<std::chrono::seconds> timeout) {
  const auto start = std::chrono::steady_clock::now();
  for (;;) {
    int wait = -1;
    if (timeout && !m_timed_out) {
      const auto left = *timeout - (std::chrono::steady_clock::now() - start);
      wait = static_cast<int>(std::max<std::int64_t>(0, std::chrono::ceil<std::chrono::milliseconds>(left).count()));
    }
    // A read that waits for somebody else's bytes does not see the stop request.
    if (m_interrupted) wait = k_grace_milliseconds;
    pollfd waits[] = {{m_signals, POLLIN, 0}, {m_end, POLLIN, 0}};
    const int ready = ::poll(waits, 2, wait);
    if (ready < 0 && errno == EINTR) continue;
    if ((waits[1].revents & POLLIN) != 0) return;
    if (ready == 0) {
      if (m_interrupted) ::_exit(130);
      m_timed_out = true;
      m_source.request_stop();
    }
    signalfd_siginfo signal;
    if ((waits[0].revents & POLLIN) == 0 || ::read(m_signals, &signal, sizeof signal) <= 0) continue;
    // Whoever asks twice does not want to wait for the tidy end.
    if (m_interrupted.exchange(true)) ::_exit(130);
    m_source.request_stop();
  }
}

}  // namespace hullcheck::cli
