// After ISA-L's inflate the upper halves of the vector registers are in use, and every SSE instruction of a hash that
// follows pays for it (bench/README.md has the figures): call this before returning to anybody.
#pragma once

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace hullcheck::formats {

#if defined(__x86_64__)
__attribute__((target("avx"))) inline void zero_upper_halves() { _mm256_zeroupper(); }
inline void leave_avx() {
  static const bool has_avx = __builtin_cpu_supports("avx");
  if (has_avx) zero_upper_halves();
}
#else
inline void leave_avx() {}
#endif

}  // namespace hullcheck::formats
