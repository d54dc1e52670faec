// One OSV document, in an archive made around it: rows or a counted bad record, and every row survives being packed.
#include <isa-l/crc.h>

#include "advisories/row.hpp"
#include "feed_fuzz.hpp"

namespace {

template <class Integer>
void put(hullcheck::Buffer& out, Integer value) {
  for (std::size_t i = 0; i < sizeof value; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

// A stored entry "a.json": the reader's own hostility has a target of its own (zip.cpp).
hullcheck::Buffer archive_of(hullcheck::Bytes content) {
  const auto size = static_cast<std::uint32_t>(content.size());
  const std::uint32_t crc = crc32_gzip_refl(0, content.data(), content.size());
  hullcheck::Buffer out, directory;
  const auto common = [&](hullcheck::Buffer& to) {
    put(to, std::uint64_t{20});  // version, flags, method, half of the time
    put(to, std::uint16_t{0});
    put(to, crc);
    put(to, size);
    put(to, size);
    put(to, std::uint16_t{6});
    put(to, std::uint16_t{0});
  };
  const std::string_view name = "a.json";
  put(out, std::uint32_t{0x04034b50});
  common(out);
  out.insert(out.end(), name.begin(), name.end());
  out.insert(out.end(), content.begin(), content.end());
  const auto start = static_cast<std::uint32_t>(out.size());
  put(directory, std::uint32_t{0x02014b50});
  put(directory, std::uint16_t{20});
  common(directory);
  put(directory, std::uint16_t{0});
  put(directory, std::uint64_t{0});
  put(directory, std::uint32_t{0});
  directory.insert(directory.end(), name.begin(), name.end());
  out.insert(out.end(), directory.begin(), directory.end());
  put(out, std::uint32_t{0x06054b50});
  put(out, std::uint32_t{0});
  put(out, std::uint16_t{1});
  put(out, std::uint16_t{1});
  put(out, static_cast<std::uint32_t>(directory.size()));
  put(out, start);
  put(out, std::uint16_t{0});
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto archive = archive_of({data, size});
  // The archive itself is always whole, so the feed never fails as such.
  if (!hullcheck::fuzz::run_feed("osv", archive).ok()) __builtin_trap();
  return 0;
}
