// Any bytes through the content scan in windows of two different sizes: the evidence must be the same, in whatever
// order, and must decode.
#include "detect/content/content_scan.hpp"
#include "detect/assess.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "detect/evidence.hpp"
#include "detect/inner/unwrap.hpp"

namespace {

using namespace hullcheck;

// As the walk over a layer does it: `fresh` new bytes at a time, each after the overlap.
Buffer scan(layers::ContentScan::Worker& worker, Bytes bytes, std::size_t fresh) {
  layers::Entry entry;
  entry.path = "opt/file";
  entry.size = bytes.size();
  entry.content = layers::classify_content(as_text(bytes).substr(0, 4096));
  worker.begin({entry, bytes.first(std::min<std::size_t>(bytes.size(), 4096))});
  for (std::size_t at = 0; at < bytes.size(); at += fresh) {
    const std::size_t seen = std::min(at, layers::k_window_overlap);
    worker.window(bytes.subspan(at - seen, std::min(seen + fresh, bytes.size() - (at - seen))), at - seen, seen);
  }
  return worker.end();
}

// Of a file that is made of programs, how many are looked at before a limit ends that depends on where windows end.
bool at_a_limit(const Buffer& evidence) {
  const auto all = detect::decode_evidence(evidence);
  return all.ok() && std::any_of(all->begin(), all->end(), [](const detect::Evidence& one) {
           return one.rule == detect::k_inner_gap_rule || one.rule == detect::k_hit_limit_rule;
         });
}

// What waits for more of the file is looked at later than what lies whole in a window.
std::vector<std::string> in_order(const Buffer& evidence) {
  std::vector<std::string> all;
  if (const auto decoded = detect::decode_evidence(evidence); decoded.ok())
    for (const detect::Evidence& one : *decoded) all.emplace_back(as_text(detect::encode_evidence({one})));
  std::sort(all.begin(), all.end());
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto worker = detect::content_scan("").worker();
  if (size < 4) return 0;
  // Small inputs are spread out, so that they meet the ends of windows too.
  Buffer bytes;
  const std::size_t repeats = 1 + 16384 / size;
  for (std::size_t i = 0; i < repeats; ++i) {
    bytes.insert(bytes.end(), data + 2, data + size);
    bytes.insert(bytes.end(), (data[0] * 16U + i) % 2048, i % 2 == 0 ? '\n' : '.');
  }
  const std::size_t one = 4097 + data[0] * 11U, other = 4097 + data[1] * 29U;
  if (one >= bytes.size() || other >= bytes.size()) return 0;
  const Buffer first = scan(*worker, bytes, one);
  const Buffer second = scan(*worker, bytes, other);
  if (in_order(first) != in_order(second) && !at_a_limit(first) && !at_a_limit(second)) std::abort();
  if (!first.empty() && !detect::decode_evidence(first).ok()) std::abort();
  const Buffer whole = scan(*worker, bytes, bytes.size());
  if (!whole.empty() && !detect::decode_evidence(whole).ok()) std::abort();
  return 0;
}
