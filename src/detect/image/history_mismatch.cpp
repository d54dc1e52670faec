// Layers that their line of the history cannot have made (I01): a step that makes no files with files in its layer, a
// COPY whose layer holds more than what it names, a container that somebody changed by hand and committed, and a
// history that does not fit the layers.
//
// Builders write histories of their own: those that make one snapshot, none, or one line for many layers are known by
// their marks first. Format of the lines: see config_texts.cpp. Hostile: lines are text of whoever made the image.
#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "detect/detector.hpp"
#include "detect/image_support.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_steps = 500;

constexpr std::array<RuleRow, 1> k_rows{{
    {"I01", EvidenceClass::supporting, model::Severity::low, 40, "History does not explain the layer",
     "T1525,T1204.003", "Ask whoever published the image how it was built."},
}};

// Words of builders whose histories follow other rules: squashing, importing, Bazel, Nix, Jib, ko, apko, kaniko.
constexpr std::array<std::string_view, 14> k_builder_marks = {
    "merge sha256:", "Imported from", "bazel", "store paths:", "jib-",  "kaniko",    "ko build",
    "apko",          "buildpacks",    "crane", "rules_oci",    "umoci", "img build", "distroless"};

bool holds(std::string_view text, std::string_view word) { return text.find(word) != std::string_view::npos; }

bool other_builder(const model::ImageConfig& config) {
  for (const auto& [key, value] : config.labels)
    if (key.starts_with("io.buildpacks.") || key.starts_with("io.buildah.")) return true;
  for (const model::HistoryEntry& step : config.history)
    for (const std::string_view mark : k_builder_marks)
      if (holds(step.created_by, mark) || holds(step.comment, mark)) return true;
  return false;
}

// "COPY file:… in /dst", "COPY a b /dst # buildkit" and so on, without what stands round it.
std::string_view instruction(std::string_view line) {
  if (const std::size_t nop = line.find("#(nop)"); nop != std::string_view::npos) line = line.substr(nop + 6);
  if (line.ends_with("# buildkit")) line.remove_suffix(10);
  while (line.starts_with(' ')) line.remove_prefix(1);
  while (line.ends_with(' ')) line.remove_suffix(1);
  return line;
}

bool makes_no_files(std::string_view text) {
  static constexpr std::array<std::string_view, 13> k_words = {
      "ENV ", "CMD ",        "LABEL ",      "EXPOSE ",      "ENTRYPOINT ", "USER ",   "VOLUME ",
      "ARG ", "MAINTAINER ", "STOPSIGNAL ", "HEALTHCHECK ", "SHELL ",      "ONBUILD "};
  return std::any_of(k_words.begin(), k_words.end(), [&](std::string_view word) { return text.starts_with(word); });
}

// A shell without anything to do: somebody worked in the container and committed it.
bool made_by_hand(std::string_view line) {
  while (line.ends_with(' ')) line.remove_suffix(1);
  static constexpr std::array<std::string_view, 12> k_lines = {"bash", "sh",       "/bin/bash",    "/bin/sh",
                                                               "ash",  "/bin/ash", "/bin/bash -i", "bash -i",
                                                               "zsh",  "/bin/zsh", "/bin/bash -l", "/usr/bin/bash"};
  return std::find(k_lines.begin(), k_lines.end(), line) != k_lines.end();
}

// Where a COPY or ADD puts things, if its line says so in full.
std::optional<std::string> destination(std::string_view text) {
  const bool add = text.starts_with("ADD ");
  if (!text.starts_with("COPY ") && !add) return std::nullopt;
  if (holds(text, "<<") || holds(text, "$")) return std::nullopt;
  std::string_view last = text.substr(text.find_last_of(' ') + 1);
  if (text.ends_with(']')) {
    const std::size_t close = text.rfind('"');
    const std::size_t open = close == std::string_view::npos || close == 0 ? close : text.rfind('"', close - 1);
    if (open == std::string_view::npos) return std::nullopt;
    last = text.substr(open + 1, close - open - 1);
  }
  if (!last.starts_with('/')) return std::nullopt;
  return layers::canonical_path(last).path;
}

bool is_content(const layers::Entry& entry) {
  return entry.type != layers::EntryType::directory && entry.type != layers::EntryType::opaque;
}

bool is_below(std::string_view path, const std::string& folder) {
  return folder.empty() || path == folder ||
         (path.starts_with(folder) && path.size() > folder.size() && path[folder.size()] == '/');
}

struct Odd {
  std::size_t count = 0;
  std::string first;
};

Odd outside(const ImageContext& context, const layers::LayerFacts& facts, const std::string& target) {
  const std::string real = context.image.real_path(target).value_or(target);
  Odd odd;
  for (const layers::Entry& entry : facts.entries) {
    if (!is_content(entry) || is_below(entry.path, target) || is_below(entry.path, real)) continue;
    if (odd.count++ == 0) odd.first = entry.path;
  }
  return odd;
}

class HistoryMismatch final : public Detector {
 public:
  void image(const ImageContext& context, ImageEvidence& out) const override {
    const model::ImageConfig& config = context.image.config();
    if (config.history.empty() || other_builder(config)) return;
    std::vector<std::size_t> steps;
    for (std::size_t i = 0; i < config.history.size(); ++i) {
      if (!config.history[i].empty_layer) steps.push_back(i);
      if (made_by_hand(config.history[i].created_by) && i < k_most_steps)
        say(i, "somebody changed a running container and kept the result", out);
    }
    if (steps.size() != context.image.layer_count()) {
      say(0,
          "it names " + std::to_string(steps.size()) + " layers, and there are " +
              std::to_string(context.image.layer_count()),
          out);
      return;
    }
    for (std::uint32_t layer = 0; layer < steps.size() && layer < k_most_steps; ++layer)
      if (const layers::LayerFacts* facts = context.image.layer(layer)) look_at(context, *facts, steps[layer], out);
  }

 private:
  static void look_at(const ImageContext& context, const layers::LayerFacts& facts, std::size_t step,
                      ImageEvidence& out) {
    const std::string_view text = instruction(context.image.config().history[step].created_by);
    const auto files = std::count_if(facts.entries.begin(), facts.entries.end(), is_content);
    if (makes_no_files(text) && files > 0) {
      say(step, "the step makes no files, and its layer has " + std::to_string(files), out);
      return;
    }
    const auto target = destination(text);
    if (!target) return;
    const Odd odd = outside(context, facts, *target);
    if (odd.count > 0)
      say(step,
          "it copies to /" + *target + ", and its layer has " + std::to_string(odd.count) +
              " files elsewhere, such as /" + odd.first,
          out);
  }

  static void say(std::size_t step, std::string text, ImageEvidence& out) {
    PlacedEvidence placed;
    placed.path = "config:history[" + std::to_string(step) + "]";
    placed.visibility = model::Visibility::config;
    placed.reach = Reach::present;
    placed.evidence = evidence_of(k_rows[0], std::move(text));
    out.add(std::move(placed));
  }
};

const util::Registered<HistoryMismatch> registered{{
    .id = "history-mismatch",
    .version = 1,
    .summary = "layers that their line of the history cannot have made",
    .example = "it copies to /app, and its layer has 2 files elsewhere, such as /usr/bin/ps",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
