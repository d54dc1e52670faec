// Stored evidence and start commands, read back as hostile input: what decodes must encode to the same bytes.
#include <cstdlib>

#include "detect/evidence.hpp"
#include "detect/start/start_files.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hullcheck;
  if (size == 0) return 0;
  const Bytes bytes(data + 1, size - 1);
  switch (data[0] % 3) {
    case 0: {
      const auto evidence = detect::decode_evidence(bytes);
      const Buffer again = evidence.ok() ? detect::encode_evidence(evidence.value()) : Buffer{};
      if (evidence.ok() && !std::equal(again.begin(), again.end(), bytes.begin(), bytes.end())) std::abort();
      break;
    }
    case 1: {
      const auto file = detect::decode_start_file(bytes);
      const Buffer again = file.ok() ? detect::encode_start_file(file.value()) : Buffer{};
      if (file.ok() && !std::equal(again.begin(), again.end(), bytes.begin(), bytes.end())) std::abort();
      break;
    }
    default: {
      if (bytes.empty()) break;
      const auto kind = static_cast<detect::StartFileKind>(bytes[0] % 10);
      const auto file = detect::parse_start_file(kind, as_text(bytes.subspan(1)));
      const Buffer stored = detect::encode_start_file(file);
      if (!detect::decode_start_file(stored).ok()) std::abort();
    }
  }
  return 0;
}
