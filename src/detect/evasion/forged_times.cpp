// Times that a program took over from its neighbour (E11): "touch -r /bin/ls" makes what came today look as old as
// the system.
//
// Said only of a program that no package owns, in a folder of the system, with the time of a packaged neighbour from
// another layer to the second, in a layer that is at least a year younger. Builds that give every file one time are
// left out.
#include <algorithm>
#include <array>

#include "detect/detector.hpp"
#include "detect/image_support.hpp"
#include "util/clock.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::int64_t k_year = std::int64_t{365} * 24 * 3600;
constexpr std::int64_t k_first_plausible = 946'684'800;  // 2000: what is older is an epoch of some tool
constexpr std::size_t k_most = 32;
constexpr std::size_t k_few_files = 8;

constexpr std::array<RuleRow, 1> k_rows{{
    {"E11", EvidenceClass::supporting, model::Severity::low, 30, "Time taken over from another file", "T1070.006",
     "Look at what the file is; its time says nothing about when it came."},
}};

struct LayerTimes {
  std::int64_t newest = 0;
  bool uniform = true;  // all files have one time, and there are some
};

LayerTimes times_of(const layers::LayerFacts& facts) {
  LayerTimes times;
  std::size_t files = 0;
  std::int64_t first = 0;
  for (const layers::Entry& entry : facts.entries) {
    if (entry.type != layers::EntryType::file && entry.type != layers::EntryType::directory) continue;
    times.newest = std::max(times.newest, entry.mtime);
    if (entry.type != layers::EntryType::file) continue;
    if (files++ == 0) first = entry.mtime;
    times.uniform &= entry.mtime == first;
  }
  times.uniform &= files >= k_few_files;
  return times;
}

// When the layer was made, as far as the image says.
std::int64_t made_at(const ImageContext& context, std::uint32_t layer, const LayerTimes& times) {
  std::uint32_t number = 0;
  for (const model::HistoryEntry& step : context.image.config().history) {
    if (step.empty_layer) continue;
    if (number++ != layer) continue;
    const auto date = util::parse_date(step.created);
    return date ? std::max<std::int64_t>(times.newest, std::chrono::sys_seconds(*date).time_since_epoch().count())
                : times.newest;
  }
  return times.newest;
}

class ForgedTimes final : public Detector {
 public:
  void image(const ImageContext& context, ImageEvidence& out) const override {
    std::size_t count = 0;
    for (std::uint32_t layer = 1; layer < context.image.layer_count() && count < k_most; ++layer) {
      const layers::LayerFacts* facts = context.image.layer(layer);
      if (facts == nullptr) continue;
      const LayerTimes times = times_of(*facts);
      if (times.uniform) continue;
      const std::int64_t made = made_at(context, layer, times);
      for (std::uint32_t i = 0; i < facts->entries.size() && count < k_most; ++i) {
        const layers::Entry& entry = facts->entries[i];
        if (entry.type != layers::EntryType::file || !is_program(entry)) continue;
        if (entry.mtime < k_first_plausible || made - entry.mtime < k_year) continue;
        count += look_at(context, {layer, i}, entry, out) ? 1 : 0;
      }
    }
  }

 private:
  static bool look_at(const ImageContext& context, layers::FileRef file, const layers::Entry& entry,
                      ImageEvidence& out) {
    if (context.image.visibility(file) != model::Visibility::final ||
        system_owner(context.ownership, file) != nullptr)
      return false;
    const std::string folder(layers::parent_path(context.image.path(file)));
    const bool system = is_program_folder(folder) || folder.starts_with("lib") || folder.starts_with("usr/lib");
    if (!system || is_language_folder(context.image.path(file))) return false;
    for (const layers::FileRef neighbour : context.image.children(folder)) {
      const layers::Entry& other = context.image.entry(neighbour);
      if (neighbour.layer == file.layer || other.type != layers::EntryType::file || other.mtime != entry.mtime)
        continue;
      if (system_owner(context.ownership, neighbour) == nullptr) continue;
      add_at(context, file,
             evidence_of(k_rows[0], "has the time of /" + context.image.path(neighbour) +
                                        " to the second, in a layer that is years younger"),
             out);
      return true;
    }
    return false;
  }
};

const util::Registered<ForgedTimes> registered{{
    .id = "forged-times",
    .version = 1,
    .summary = "programs that took their time over from a packaged neighbour",
    .example = "/usr/bin/kworker: has the time of /usr/bin/ls to the second",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
