// What detectors share: evidence from a row, the line of a hit, and the list of all rows.
#include "detect/detector.hpp"

#include <algorithm>
#include <cstring>

#include "detect/assess.hpp"

namespace hullcheck::detect {

std::uint32_t Hit::line() const {
  const layers::ContentKind kind = file.entry.content;
  const bool text = kind == layers::ContentKind::text || kind == layers::ContentKind::script;
  if (!text || offset != position) return 0;
  LineCursor own;
  LineCursor& at = cursor != nullptr && cursor->position <= position ? *cursor : own;
  for (; at.position < position; ++at.position) {
    const void* next = std::memchr(window.data() + at.position, '\n', position - at.position);
    if (next == nullptr) break;
    at.position = static_cast<std::size_t>(static_cast<const std::uint8_t*>(next) - window.data());
    ++at.line;
  }
  at.position = position;
  return at.line;
}

Evidence evidence_of(const RuleRow& row, std::string text) {
  Evidence evidence;
  evidence.rule = row.id;
  evidence.cls = row.cls;
  evidence.confidence = row.confidence;
  evidence.text = std::move(text);
  return evidence;
}

std::vector<RuleRow> all_rules() {
  std::vector<RuleRow> rows;
  for (const auto& detector : DetectorRegistry::all())
    rows.insert(rows.end(), detector.descriptor.rules.begin(), detector.descriptor.rules.end());
  // Several detectors may report the same row, each with its own view of the evidence; the first one describes it.
  std::stable_sort(rows.begin(), rows.end(), [](const RuleRow& a, const RuleRow& b) { return a.id < b.id; });
  rows.erase(std::unique(rows.begin(), rows.end(), [](const RuleRow& a, const RuleRow& b) { return a.id == b.id; }),
             rows.end());
  return rows;
}

}  // namespace hullcheck::detect
