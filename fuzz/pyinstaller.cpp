// Archives of PyInstaller: any bytes give entries that lie in them, or an error; so does zlib that says what it took.
#include "formats/pyinstaller.hpp"

#include <cstdlib>

#include "formats/inflate.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hullcheck;
  const Bytes file(data, size);
  formats::PyInstallerLimits limits;
  limits.entries = 1000;
  const auto entries = formats::read_pyinstaller(file, limits);
  if (entries) {
    if (entries->size() > limits.entries) std::abort();
    for (const formats::PyInstallerEntry& entry : *entries)
      if (entry.data.size() > size ||
          (!entry.data.empty() && (entry.data.data() < data || entry.data.data() >= data + size)))
        std::abort();
  }
  std::size_t used = 0;
  const auto plain = formats::inflate(file, formats::DeflateFrame::zlib, 1 << 16, &used);
  if (plain && (used > size || plain->size() > (1 << 16))) std::abort();
  return 0;
}
