// The zip reader: any bytes are an archive or a named error, within small limits.
#include "formats/zip.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hullcheck;
  formats::ZipLimits limits;
  limits.entries = 1000;
  limits.entry_bytes = 1 << 20;
  limits.output_bytes = 8 << 20;
  auto zip = formats::ZipArchive::open(Bytes(data, size), limits);
  if (!zip.ok()) return 0;
  static_cast<void>(zip->contradiction());
  Buffer storage;
  for (const auto& entry : zip->entries()) {
    const bool begins = zip->begins_with(entry, "PK\x03\x04");
    const auto content = zip->read(entry, storage, 64);
    if (content.ok() && content->size() != entry.size) __builtin_trap();
    if (content.ok() && !entry.encrypted && (entry.method == 0 || entry.method == 8) &&
        begins != as_text(*content).starts_with("PK\x03\x04"))
      __builtin_trap();
  }
  return 0;
}
