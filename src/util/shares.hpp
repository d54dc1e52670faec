// A list worked through by several threads at once, a share of neighbours at a time.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace hullcheck::util {

// Calls work(begin, end) for shares that cover [0, count), each of `share` elements but the last; the shares are
// begun in order, from the calling thread and threads - 1 others, and all are done on return. Whoever wants results
// in order keeps them by begin / share. `work` must not throw.
template <class Work>
void in_shares(std::size_t threads, std::size_t count, std::size_t share, const Work& work) {
  std::atomic<std::size_t> next{0};
  const auto take = [&] {
    for (std::size_t begin = next.fetch_add(share); begin < count; begin = next.fetch_add(share))
      work(begin, std::min(count, begin + share));
  };
  const std::size_t shares = (count + share - 1) / share;
  std::vector<std::thread> others;
  for (std::size_t i = 1; i < std::min(threads, shares); ++i) others.emplace_back(take);
  take();
  for (std::thread& other : others) other.join();
}

}  // namespace hullcheck::util
