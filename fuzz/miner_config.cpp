// Miner configurations in arbitrary text, from each quote on. What is found has pools with both parts and at least
// two of the keys that make it one.
#include "detect/mining/miner_config.hpp"

#include "util/bytes.hpp"
#include "util/result.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hullcheck;
  const std::string_view text = as_text(Bytes(data, size));
  std::size_t looks = 0;
  for (std::size_t at = text.find('"'); at != std::string_view::npos && looks < 64; at = text.find('"', at + 1)) {
    ++looks;
    for (const std::size_t from : {at, at > 0 && text[at - 1] == '\\' ? at - 1 : at}) {
      const auto config = detect::miner_config_at(text, from);
      if (!config) continue;
      HULLCHECK_ASSERT(config->marks.size() >= 2 && !config->pools.empty());
    }
  }
  (void)detect::miner_config_at(text, size);
  return 0;
}
