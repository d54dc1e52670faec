// The document of the feed "redhat-repositories": rows, or a named error.
#include "feed_fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto result = hullcheck::fuzz::run_feed("redhat-repositories", {data, size});
  if (!result.ok() && result.error().name.empty()) __builtin_trap();
  return 0;
}
