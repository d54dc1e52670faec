// rpm headers: parse, ask for every tag as every type, make a package.
// Holds beside not crashing: the package's texts and paths stay within the limits.
#include "formats/rpm_header.hpp"

using namespace hullcheck;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  formats::RpmHeaderLimits limits;
  limits.max_files = 100;
  limits.max_path_bytes = 10'000;
  limits.max_text = 1000;
  const auto header = formats::parse_rpm_header(Bytes(data, size), limits);
  if (!header) return 0;
  for (std::uint32_t number = 0; number < 6000; number = number == 300 ? 1000 : number == 1200 ? 5000 : number + 1) {
    const auto tag = static_cast<formats::RpmTag>(number);
    if (!header->has(tag)) continue;
    if (const auto column = header->integers(tag); column)
      for (std::size_t i = 0; i < column->size(); ++i) static_cast<void>((*column)[i]);
    if (auto texts = header->strings(tag); texts)
      for (std::size_t i = 0; i < texts->size(); ++i) static_cast<void>(texts->next());
    static_cast<void>(header->string(tag).ok());
    static_cast<void>(header->binary(tag).ok());
  }
  const auto package = formats::to_package(*header, limits);
  if (!package) return 0;
  std::uint64_t path_bytes = 0;
  for (const formats::RpmFile& file : package->files) path_bytes += file.path.size();
  HULLCHECK_ASSERT(!package->name.empty() && package->name.size() <= limits.max_text);
  HULLCHECK_ASSERT(package->files.size() <= limits.max_files && path_bytes <= limits.max_path_bytes);
  return 0;
}
