// What the command line knows about its surroundings: terminals, signals, time.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "report/report.hpp"
#include "util/progress.hpp"

namespace hullcheck::cli {

enum class When : std::uint8_t { automatic, always, never };

bool is_terminal(int descriptor);
int terminal_width(int descriptor);  // columns; 100 where there is no terminal
// Colour for stdout: "never" wins, then NO_COLOR, CLICOLOR_FORCE, and whether it is a terminal that can.
bool want_color(When when);
// False for a terminal of another encoding, by the locale of the environment: there bytes of UTF-8 can be commands.
bool takes_utf8(int descriptor);

// Standard output, or a file that appears complete at finish().
std::unique_ptr<report::Output> standard_output();
std::unique_ptr<report::Output> file_output(std::string path);

// One line on stderr, drawn at 10 Hz once the work has taken half a second, and removed at the end. Silent when
// stderr is no terminal.
class ProgressLine final : public util::Progress {
 public:
  explicit ProgressLine(bool enabled);
  ~ProgressLine() override;
  void stage(std::string_view name) override;
  void expect(std::uint64_t bytes) override;
  void advance(std::uint64_t bytes) override;

 private:
  void draw(std::stop_token stop);
  std::string line() const;
  std::atomic<const char*> m_stage{"starting"};
  std::atomic<std::uint64_t> m_expected{0}, m_done{0};
  std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
  std::jthread m_thread;
};

// Asks for a stop at SIGINT, SIGTERM or after a time. Make it before any other thread, so that they inherit the
// signal mask.
class StopWatch {
 public:
  explicit StopWatch(std::optional<std::chrono::seconds> timeout);
  ~StopWatch();
  std::stop_token token() { return m_source.get_token(); }
  bool interrupted() const { return m_interrupted; }
  bool timed_out() const { return m_timed_out; }

 private:
  void watch(std::optional<std::chrono::seconds> timeout);
  std::stop_source m_source;
  std::atomic<bool> m_interrupted{false}, m_timed_out{false};
  int m_signals = -1;  // signalfd
  int m_end = -1;      // eventfd: written once, by the destructor
  std::thread m_thread;
};

}  // namespace hullcheck::cli
