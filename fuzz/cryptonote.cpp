// Addresses in arbitrary text. Two things must hold beyond not failing: what the sweep finds is an address by itself,
// and where windows end changes nothing. What cannot be unwrapped leaves evidence of its own.
#include "detect/mining/cryptonote.hpp"

#include <algorithm>
#include <string>

#include "detect/content/content_scan.hpp"
#include "detect/evidence.hpp"
#include "util/result.hpp"

namespace {

using namespace hullcheck;

const detect::LiteralScan& address_scan() {
  static const detect::LiteralScan scan(
      {{"monero-address", 1, detect::DetectorRegistry::find("monero-address")->instance.get()}}, "");
  return scan;
}

Buffer scan(std::string_view text, std::size_t fresh) {
  layers::Entry entry;
  entry.path = "x";
  entry.size = text.size();
  entry.content = layers::ContentKind::binary;
  const auto worker = address_scan().worker();
  worker->begin({entry, as_bytes(text.substr(0, 4096))});
  for (std::size_t at = 0; at < text.size(); at += fresh) {
    const std::size_t seen = std::min(at, layers::k_window_overlap);
    worker->window(as_bytes(text.substr(at - seen, seen + fresh)), at - seen, seen);
  }
  return worker->end();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes(data, size);
  const std::string_view text = as_text(bytes);
  (void)detect::parse_cryptonote_address(text);
  if (const auto decoded = detect::decode_cryptonote_base58(text)) HULLCHECK_ASSERT(decoded->size() <= text.size());
  const Buffer whole = scan(text, layers::k_window_size);
  HULLCHECK_ASSERT(whole == scan(text, layers::k_window_overlap + 37));
  if (whole.empty()) return 0;
  const auto evidence = detect::decode_evidence(whole);
  HULLCHECK_ASSERT(evidence.ok());
  for (const detect::Evidence& one : evidence.value())
    if (one.rule == "M03") HULLCHECK_ASSERT(detect::parse_cryptonote_address(one.value("address")).has_value());
  return 0;
}
