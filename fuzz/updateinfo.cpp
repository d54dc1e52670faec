// updateinfo.xml: rows, or a named error.
#include "advisories/updateinfo.hpp"
#include "feed_fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  hullcheck::fuzz::CheckingWriter writer;
  const auto result = hullcheck::advisories::read_updateinfo({data, size}, {"fuzz", "Fuzz"}, writer);
  if (!result.ok() && result.error().name.empty()) __builtin_trap();
  return 0;
}
