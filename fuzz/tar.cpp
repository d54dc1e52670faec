// TarReader over arbitrary bytes. Beyond not failing under the sanitizers, three things must hold: how the input is
// split into blocks changes nothing, skipping content shows the same members as reading it, and a member's content
// has the size that its entry says unless the archive is broken.
#include "formats/tar.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <string>

namespace {

using namespace hullcheck;

formats::TarLimits small_limits() {
  formats::TarLimits limits;
  limits.entries = 2000;
  limits.pax_bytes = 64 * 1024;
  limits.name_length = 4096;
  limits.sparse_segments = 500;
  limits.sparse_size = 256 * 1024;
  limits.sparse_total = 1024 * 1024;
  return limits;
}

std::string describe(const formats::TarEntry& entry) {
  std::string text = fmt::format("{} {} {} {} {} {} {} {} {} {}\n", static_cast<int>(entry.type),
                                 static_cast<int>(entry.raw_type), entry.mode, entry.uid, entry.gid, entry.size,
                                 entry.mtime, entry.device_major, entry.device_minor, entry.sparse);
  text += entry.name + '\n' + entry.link + '\n';
  for (const auto& [name, value] : entry.xattrs) text += name + '=' + value + '\n';
  return text;
}

struct Transcript {
  std::string members, contents, error;
  bool operator==(const Transcript&) const = default;
};

Transcript read(Bytes bytes, std::size_t block, bool contents) {
  const auto input = formats::memory_stream(bytes, block);
  formats::TarReader reader(*input, small_limits());
  Transcript transcript;
  while (true) {
    const auto entry = reader.next();
    if (!entry) {
      transcript.error = entry.error().name;
      return transcript;
    }
    if (*entry == nullptr) return transcript;
    transcript.members += describe(**entry);
    std::uint64_t size = 0;
    while (contents) {
      const auto piece = reader.read();
      if (!piece) {
        transcript.error = piece.error().name;
        return transcript;
      }
      if (piece->empty()) break;
      size += piece->size();
      transcript.contents += as_text(*piece);
    }
    if (contents) HULLCHECK_ASSERT(size == (*entry)->size);
    HULLCHECK_ASSERT(reader.position() <= bytes.size());
  }
}

void check(Bytes bytes) {
  const Transcript whole = read(bytes, bytes.size() + 1, true);
  for (const std::size_t block : {1, 7, 512}) HULLCHECK_ASSERT(read(bytes, block, true) == whole);
  const Transcript skipped = read(bytes, 512, false);
  HULLCHECK_ASSERT(skipped.members == whole.members && skipped.error == whole.error);
}

// Gives every block that looks like a header the checksum it needs, or hardly a mutation would get past it.
Buffer with_checksums(Bytes bytes) {
  Buffer repaired(bytes.begin(), bytes.end());
  for (std::size_t at = 0; at + 512 <= repaired.size(); at += 512) {
    const auto header = std::span(repaired).subspan(at, 512);
    if (as_text(header.subspan(257, 5)) != "ustar") continue;
    std::fill_n(header.begin() + 148, 8, std::uint8_t{' '});
    std::uint32_t sum = 0;
    for (const std::uint8_t byte : header) sum += byte;
    const std::string text = fmt::format("{:06o}", sum);
    std::copy(text.begin(), text.end(), header.begin() + 148);
  }
  return repaired;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes(data, size);
  const Buffer repaired = with_checksums(bytes);
  check(repaired);
  if (!std::equal(bytes.begin(), bytes.end(), repaired.begin())) check(bytes);
  return 0;
}
