// SBOMs of every format: any bytes give a document or a named error, within the limits.
#include <cstdint>
#include <cstdlib>

#include "sbom/document.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hullcheck;
  sbom::Limits limits;
  limits.bytes = 1 << 20;
  limits.components = 1000;
  const auto document = sbom::read(Bytes(data, size), limits);
  if (!document) {
    if (document.error().name.empty()) std::abort();
    return 0;
  }
  if (document->packages.size() + document->declared.size() + document->overlaps.size() > limits.components)
    std::abort();
  for (const model::Package& package : document->packages) {
    if (package.name.empty() || package.version.empty() || package.type.empty()) std::abort();
    if (package.layer != model::k_no_layer && package.layer >= document->layers.size()) std::abort();
  }
  return 0;
}
