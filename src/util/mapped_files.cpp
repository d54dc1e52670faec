#include "util/mapped_files.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

namespace hullcheck::util {
namespace {

// Of smaller ones several may lie in memory whole.
constexpr std::size_t k_small = std::size_t{24} << 20U;
// At the speed of memory a reader takes in 20 MB meanwhile.
constexpr std::chrono::milliseconds k_interval{4};

// Bytes of mapped files that are in memory now: the third number of statm, in pages.
std::optional<std::size_t> mapped_in_memory(int statm) {
  std::array<char, 128> text{};
  if (statm < 0 || ::pread(statm, text.data(), text.size() - 1, 0) <= 0) return std::nullopt;
  char* at = text.data();
  std::strtoull(at, &at, 10);
  std::strtoull(at, &at, 10);
  return static_cast<std::size_t>(std::strtoull(at, &at, 10)) * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

class Watch {
 public:
  ~Watch() {
    {
      const std::lock_guard lock(m_mutex);
      m_stop = true;
    }
    m_changed.notify_all();
    if (m_thread.joinable()) m_thread.join();
  }

  void add(void* begin, std::size_t size) {
    const std::lock_guard lock(m_mutex);
    m_ranges.push_back({begin, size});
    if (!m_thread.joinable()) start();
    m_changed.notify_all();
  }

  void remove(void* begin) {
    const std::lock_guard lock(m_mutex);
    m_ranges.erase(std::remove_if(m_ranges.begin(), m_ranges.end(), [&](const Range& r) { return r.begin == begin; }),
                   m_ranges.end());
  }

 private:
  struct Range {
    void* begin;
    std::size_t size;
  };

  // Where no more threads may be made the pages stay until the file is done with.
  void start() {
    try {
      m_thread = std::thread([this] { run(); });
    } catch (const std::system_error&) {
    }
  }

  void run() {
    const int statm = ::open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    std::unique_lock lock(m_mutex);
    while (!m_stop) {
      if (m_ranges.empty())
        m_changed.wait(lock);
      else
        m_changed.wait_for(lock, k_interval);
      // Where the kernel does not tell it is taken for too much. Under the lock: no range goes away meanwhile.
      if (mapped_in_memory(statm).value_or(k_most_mapped + 1) <= k_most_mapped) continue;
      for (const Range& range : m_ranges) ::madvise(range.begin, range.size, MADV_DONTNEED);
    }
    if (statm >= 0) ::close(statm);
  }

  std::mutex m_mutex;
  std::condition_variable m_changed;
  std::vector<Range> m_ranges;
  std::thread m_thread;
  bool m_stop = false;
};

Watch& watch() {
  static Watch the_watch;
  return the_watch;
}

}  // namespace

void watch_mapped(void* begin, std::size_t size) {
  if (size >= k_small) watch().add(begin, size);
}

void unwatch_mapped(void* begin) { watch().remove(begin); }

}  // namespace hullcheck::util
