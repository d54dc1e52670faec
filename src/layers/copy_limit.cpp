#include "layers/copy_limit.hpp"

#include <algorithm>
#include <deque>
#include <string_view>
#include <unordered_map>

#include "util/seeded_hash.hpp"

namespace hullcheck::layers {
namespace {

void limit_copies(const std::deque<Entry>& entries, SectionFacts& section) {
  if (section.records.size() <= k_most_copies) return;
  const auto path = [&](const Record& record) { return entries[record.entry].path; };
  std::unordered_map<std::string_view, std::size_t, util::SeededHash> copies;
  bool too_many = false;
  for (const Record& record : section.records) too_many |= ++copies[path(record)] > k_most_copies;
  if (!too_many) return;
  std::uint32_t first = k_none;
  std::erase_if(section.records, [&](const Record& record) {
    std::size_t& left = copies[path(record)];  // this one and those behind it
    const bool drop = left-- > k_most_copies;
    if (drop) first = std::min(first, record.entry);
    return drop;
  });
  section.records.shrink_to_fit();
  // Of no entry: a hard link from before the next copy may still lead to what is forgotten.
  section.problems.push_back({k_none, "member-copies-limit", "the layer holds this file more often than is looked at",
                              std::string(entries[first].path)});
}

}  // namespace

void limit_copies(LayerFacts& facts) {
  for (auto& [id, section] : facts.sections) limit_copies(facts.entries, section);
}

}  // namespace hullcheck::layers
