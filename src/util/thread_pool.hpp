// A fixed number of workers and a queue of jobs. Work goes in as values and comes out through whatever the job writes
// to; whoever submits waits for its own jobs (a latch, a future) and orders the results itself.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace hullcheck::util {

class ThreadPool {
 public:
  explicit ThreadPool(std::size_t threads);  // at least one
  ~ThreadPool();                             // finishes the queue, then joins
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // Any thread. A job must not throw. Jobs start in the order of submission.
  void submit(std::function<void()> job);
  // Only if a worker is free to start it at once; false, and nothing done, otherwise. From inside a job too: whoever
  // then waits for it waits for work that is going on.
  bool submit_if_idle(std::function<void()> job);
  bool has_idle() const;     // a worker would start a job at once
  bool has_waiting() const;  // jobs that no worker has taken yet
  // Until the queue is empty and every worker idle. Not from inside a job.
  void wait_idle();
  std::size_t size() const { return m_threads.size(); }

 private:
  void work();
  mutable std::mutex m_mutex;
  std::condition_variable m_wake;
  std::condition_variable m_idle;
  std::deque<std::function<void()>> m_jobs;
  std::size_t m_running = 0;
  bool m_closing = false;
  std::vector<std::thread> m_threads;
};

}  // namespace hullcheck::util
