// OVAL as every feed reads it: rows, or a named error.
#include "feed_fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const char* feed : {"azurelinux", "oracle", "suse-oval", "ubuntu-oval"}) {
    const auto result = hullcheck::fuzz::run_feed(feed, {data, size});
    if (!result.ok() && result.error().name.empty()) __builtin_trap();
  }
  return 0;
}
