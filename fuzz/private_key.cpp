// Private key blocks in arbitrary text. A block never reaches beyond the text, and a complete one is found again in
// exactly its own bytes.
#include "detect/secrets/private_key.hpp"

#include <string>

#include "util/result.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hullcheck;
  const std::string text(as_text(Bytes(data, size)));
  const auto cut = detect::parse_private_key(text, true);
  if (cut) HULLCHECK_ASSERT(cut->size <= text.size());
  const auto key = detect::parse_private_key(text, false);
  if (!key) return 0;
  HULLCHECK_ASSERT(key->complete && key->size <= text.size());
  const auto again = detect::parse_private_key(std::string_view(text).substr(0, key->size), false);
  HULLCHECK_ASSERT(again && again->fingerprint == key->fingerprint && again->encrypted == key->encrypted);
  return 0;
}
