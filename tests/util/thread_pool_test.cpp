#include "util/thread_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>

namespace hullcheck::util {
namespace {

TEST(ThreadPool, RunsEverything) {
  for (const std::size_t threads : {0, 1, 4}) {
    ThreadPool pool(threads);
    EXPECT_EQ(pool.size(), threads == 0 ? 1 : threads);
    std::atomic<int> sum{0};
    for (int i = 1; i <= 1000; ++i) pool.submit([&sum, i] { sum += i; });
    pool.wait_idle();
    EXPECT_EQ(sum, 500'500);
    pool.wait_idle();
    pool.submit([&sum] { sum = -1; });
    pool.wait_idle();
    EXPECT_EQ(sum, -1);
  }
}

TEST(ThreadPool, OneWorkerKeepsTheOrder) {
  std::vector<int> order;
  ThreadPool pool(1);
  for (int i = 0; i < 100; ++i) pool.submit([&order, i] { order.push_back(i); });
  pool.wait_idle();
  for (int i = 0; i < 100; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
}

TEST(ThreadPool, SubmitsOnlyToAFreeWorker) {
  ThreadPool pool(2);
  EXPECT_TRUE(pool.has_idle());
  std::atomic<bool> end{false};
  std::atomic<int> began{0};
  const auto busy = [&] {
    ++began;
    while (!end) std::this_thread::yield();
  };
  pool.submit(busy);
  EXPECT_TRUE(pool.submit_if_idle(busy));
  EXPECT_FALSE(pool.has_idle());
  EXPECT_FALSE(pool.submit_if_idle(busy));
  while (began < 2) std::this_thread::yield();
  EXPECT_FALSE(pool.has_waiting());
  pool.submit([&] { ++began; });
  EXPECT_TRUE(pool.has_waiting());
  end = true;
  pool.wait_idle();
  EXPECT_EQ(began, 3);
  EXPECT_TRUE(pool.has_idle());
}

TEST(ThreadPool, DestructionFinishesTheQueue) {
  std::atomic<int> done{0};
  {
    ThreadPool pool(3);
    for (int i = 0; i < 200; ++i) pool.submit([&done] { ++done; });
  }
  EXPECT_EQ(done, 200);
}

TEST(ThreadPool, JobsMaySubmitJobs) {
  std::atomic<int> done{0};
  ThreadPool pool(2);
  for (int i = 0; i < 10; ++i)
    pool.submit([&] {
      for (int j = 0; j < 10; ++j) pool.submit([&done] { ++done; });
    });
  pool.wait_idle();
  EXPECT_EQ(done, 100);
}

// What a job holds may itself use the pool when it ends, and it has ended when the pool is idle.
TEST(ThreadPool, WhatAJobHoldsEndsWithIt) {
  std::atomic<int> ended{0};
  ThreadPool pool(2);
  struct Held {
    ThreadPool& pool;
    std::atomic<int>& ended;
    ~Held() {
      pool.submit([counter = &ended] { ++*counter; });
      ++ended;
    }
  };
  pool.submit([held = std::shared_ptr<Held>(new Held{pool, ended})] {});
  pool.wait_idle();
  EXPECT_EQ(ended, 2);
}

}  // namespace
}  // namespace hullcheck::util
