// Named timers and counters behind --profile. Cheap enough to stay on: threads add to their own stage once per file
// or block, not per byte.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace hullcheck::util {

class Profile {
 public:
  struct Row {
    std::string name;
    double seconds = 0;  // summed over threads
    std::uint64_t count = 0;
    std::uint64_t bytes = 0;
  };

  // Any thread.
  void add(std::string_view name, std::chrono::steady_clock::duration time, std::uint64_t count = 1,
           std::uint64_t bytes = 0);
  std::vector<Row> rows() const;  // in order of first use

 private:
  mutable std::mutex m_mutex;
  std::vector<Row> m_rows;
  std::map<std::string, std::size_t, std::less<>> m_index;
};

// Adds the time from construction to destruction (or stop()) to one row.
class Timer {
 public:
  Timer(Profile& profile, std::string_view name) : m_profile(&profile), m_name(name) {}
  ~Timer() { stop(); }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  void stop() {
    if (m_profile != nullptr) m_profile->add(m_name, std::chrono::steady_clock::now() - m_start);
    m_profile = nullptr;
  }

 private:
  Profile* m_profile;
  std::string_view m_name;  // a literal
  std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
};

}  // namespace hullcheck::util
