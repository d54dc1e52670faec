// The reader of .NET applications of a single file: any bytes are a bundle, a damaged one, or none, within limits.
#include "inventory/readers/dotnet_bundle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hullcheck;
  const auto bundle = inventory::read_dotnet_bundle(Bytes(data, size));
  if (!bundle) return 0;
  for (const auto& file : bundle->files) {
    const auto content = inventory::unpack(file, 1 << 20);
    if (content && content->size() != file.size) __builtin_trap();
  }
  return 0;
}
