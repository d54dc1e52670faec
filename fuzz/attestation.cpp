// What registries hold beside an image. Input that begins with 'm' is a manifest or an index; anything else an
// attestation, of which one byte says whether it is about the image that is asked for.
// Holds beside not crashing: errors have names, and what is found in a wrapping is JSON again.
#include "acquire/attestation.hpp"
#include "acquire/artifact.hpp"
#include "util/bytes.hpp"
#include "util/result.hpp"

using namespace hullcheck;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text = as_text(Bytes(data + 1, size - 1));
  if (data[0] == 'm') {
    acquire::AcquireLimits limits;
    limits.layers = limits.images = 100;
    const auto artifact = acquire::parse_artifact(text, limits);
    HULLCHECK_ASSERT(artifact.ok() || !artifact.error().name.empty());
    HULLCHECK_ASSERT(!artifact.ok() || (artifact->layers.size() <= 100 && artifact->manifests.size() <= 100));
    return 0;
  }
  const std::set<std::string> subjects{"sha256:" + std::string(64, 'c')};
  const auto opened = acquire::open_attestation(text, subjects);
  if (!opened.ok()) {
    HULLCHECK_ASSERT(opened.error().name.starts_with("vex-"));
    return 0;
  }
  if (opened->document.empty()) return 0;
  // Opened once more it is the same document: no wrapping was left.
  const auto again = acquire::open_attestation(opened->document, subjects);
  HULLCHECK_ASSERT(again.ok() && again->document == opened->document && !again->names_subject);
  return 0;
}
