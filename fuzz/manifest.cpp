// Manifests, indexes and image configs: the JSON documents of an image.
#include "acquire/manifest.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hullcheck;
  const std::string_view text = as_text({data, size});
  acquire::AcquireLimits limits;
  limits.layers = limits.images = 50;
  for (const std::string_view type : {"", "application/vnd.oci.image.manifest.v1+json"}) {
    const auto manifest = acquire::parse_manifest(text, type, limits);
    if (!manifest) continue;
    HULLCHECK_ASSERT(manifest->layers.size() <= limits.layers && manifest->manifests.size() <= limits.images);
    for (const char* platform : {"linux/amd64", "linux/arm/v7", "all"}) {
      const auto chosen = acquire::select_platforms(manifest->manifests, platform);
      HULLCHECK_ASSERT(!chosen || chosen->size() <= manifest->manifests.size());
    }
  }
  const auto config = acquire::parse_image_config(text);
  HULLCHECK_ASSERT(!config || config->present);
  return 0;
}
