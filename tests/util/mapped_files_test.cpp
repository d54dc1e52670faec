#include "util/mapped_files.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <numeric>
#include <string>
#include <thread>

#include "util/spill.hpp"

namespace hullcheck::util {
namespace {

std::size_t mapped_now() {
  std::ifstream statm("/proc/self/statm");
  std::size_t size = 0, resident = 0, mapped = 0;
  statm >> size >> resident >> mapped;
  return mapped * 4096;
}

// Each page of them counted as memory of the process until the file was closed.
TEST(MappedFiles, DoNotStayInMemory) {
  const Buffer block(1 << 20, 1);
  Spill spill(0, std::uint64_t{1} << 30U);
  for (int i = 0; i < 160; ++i) ASSERT_TRUE(spill.append(block).ok());
  const auto view = spill.view();
  ASSERT_TRUE(view.ok());
  const auto sum = [&] { return std::accumulate(view->begin(), view->end(), std::uint64_t{0}); };
  EXPECT_EQ(sum(), 160U << 20U);
  for (int i = 0; i < 2000 && mapped_now() > k_most_mapped; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_LE(mapped_now(), k_most_mapped);
  EXPECT_EQ(sum(), 160U << 20U);  // and come again
}

}  // namespace
}  // namespace hullcheck::util
