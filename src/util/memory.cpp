#include "util/memory.hpp"

#include <cstdlib>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace hullcheck::util {

void keep_freed_memory() {
#if defined(__GLIBC__)
  mallopt(M_MMAP_THRESHOLD, 32 << 20);  // the most that glibc takes
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
#endif
}

void give_back_freed_memory() {
#if defined(__GLIBC__)
  constexpr std::size_t k_small = std::size_t{96} << 20U;
  const struct mallinfo2 now = ::mallinfo2();
  if (now.arena + now.hblkhd >= k_small && now.fordblks >= k_small / 2) ::malloc_trim(0);
#endif
}

}  // namespace hullcheck::util
