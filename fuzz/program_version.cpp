// Versions of programs in the bytes round a literal: each signature is tried wherever its literal stands.
// Holds beside not crashing: a version begins with a digit and is short, or its library is one that may tell none.
#include "detect/programs/program_signatures.hpp"

#include "util/result.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hullcheck;
  const Bytes window(data, size);
  const std::string_view text = as_text(window);
  for (const auto& signature : detect::program_signatures()) {
    const std::string literal = std::string(signature.front) + std::string(signature.back);
    std::size_t tries = 0;
    for (std::size_t at = text.find(literal); at != std::string_view::npos && ++tries < 100;
         at = text.find(literal, at + 1)) {
      const auto version = detect::program_version(signature, window, at);
      if (!version) continue;
      if (version->empty())
        HULLCHECK_ASSERT(signature.place == detect::VersionPlace::nowhere ||
                         signature.place == detect::VersionPlace::packed);
      else
        HULLCHECK_ASSERT(version->size() < 80 && (*version)[0] >= '0' && (*version)[0] <= '9');
    }
  }
  return 0;
}
