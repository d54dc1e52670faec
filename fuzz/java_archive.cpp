// Java archives in each other, within small limits.
// Holds beside not crashing: a package has an artifact and a version, and what is found is within the limits.
#include "inventory/readers/java_archive.hpp"

#include "inventory/readers/java_markers.hpp"
#include "util/result.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hullcheck;
  inventory::JavaLimits limits;
  limits.archives = 100;
  limits.entry_bytes = 1 << 20;
  limits.output_bytes = 8 << 20;
  limits.packages = 1000;
  const auto archive = inventory::read_java_archive("a/commons-lang3-3.12.0.jar", Bytes(data, size), limits);
  HULLCHECK_ASSERT(archive.packages.size() <= limits.packages);
  for (const auto& package : archive.packages)
    HULLCHECK_ASSERT(!package.artifact.empty() && !package.version.empty());
  for (const auto& package : archive.unversioned) HULLCHECK_ASSERT(!package.artifact.empty());
  (void)inventory::version_constant(Bytes(data, size));
  return 0;
}
