#include "util/thread_pool.hpp"

#include <algorithm>

namespace hullcheck::util {

ThreadPool::ThreadPool(std::size_t threads) {
  for (std::size_t i = 0; i < std::max<std::size_t>(threads, 1); ++i) m_threads.emplace_back([this] { work(); });
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(m_mutex);
    m_closing = true;
  }
  m_wake.notify_all();
  for (std::thread& thread : m_threads) thread.join();
}

void ThreadPool::submit(std::function<void()> job) {
  {
    const std::lock_guard lock(m_mutex);
    m_jobs.push_back(std::move(job));
  }
  m_wake.notify_one();
}

bool ThreadPool::submit_if_idle(std::function<void()> job) {
  {
    const std::lock_guard lock(m_mutex);
    if (m_jobs.size() + m_running >= m_threads.size()) return false;
    m_jobs.push_back(std::move(job));
  }
  m_wake.notify_one();
  return true;
}

bool ThreadPool::has_idle() const {
  const std::lock_guard lock(m_mutex);
  return m_jobs.size() + m_running < m_threads.size();
}

bool ThreadPool::has_waiting() const {
  const std::lock_guard lock(m_mutex);
  return !m_jobs.empty();
}

void ThreadPool::wait_idle() {
  std::unique_lock lock(m_mutex);
  m_idle.wait(lock, [this] { return m_jobs.empty() && m_running == 0; });
}

void ThreadPool::work() {
  std::unique_lock lock(m_mutex);
  for (;;) {
    m_wake.wait(lock, [this] { return m_closing || !m_jobs.empty(); });
    if (m_jobs.empty()) return;
    std::function<void()> job = std::move(m_jobs.front());
    m_jobs.pop_front();
    ++m_running;
    lock.unlock();
    job();
    job = nullptr;  // what it held ends before anyone is told that it is done, and outside the lock
    lock.lock();
    --m_running;
    if (m_jobs.empty() && m_running == 0) m_idle.notify_all();
  }
}

}  // namespace hullcheck::util
