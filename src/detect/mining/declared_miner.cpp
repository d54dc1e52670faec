// Miners that say what they are: the image's name, labels or start command call it mining.
//
// The finding takes the place of the single mining ones, so that a policy can allow an image that is meant to mine by
// one rule. It is no excuse by itself: without such a policy the image is as unsafe as before.
#include <algorithm>
#include <array>

#include "detect/assess.hpp"
#include "detect/detector.hpp"
#include "util/ascii.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 1> k_rows{{
    {"M17", EvidenceClass::decisive, model::Severity::medium, 90, "Miner that is declared as one",
     "T1204.003,T1496.001", "Run it only where mining is wanted, and allow rule M17 in the policy there."},
}};

constexpr std::array<std::string_view, 10> k_words = {"miner",    "mining", "minerd",   "xmrig",  "xmr",
                                                      "cpuminer", "monero", "ethminer", "p2pool", "randomx"};
constexpr std::array<std::string_view, 6> k_mining_rules = {"M01", "M05", "M06", "M07", "M08", "M09"};

// Whole words only, as in "team/xmrig-miner:6".
bool says_mining(std::string_view text) {
  std::string word;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const char c = i < text.size() ? util::lower(text[i]) : '\0';
    if (c >= 'a' && c <= 'z') {
      word += c;
      continue;
    }
    if (std::find(k_words.begin(), k_words.end(), word) != k_words.end()) return true;
    word.clear();
  }
  return false;
}

// What calls the image a miner, or "".
std::string declaration(const model::Image& image) {
  const bool named_by_publisher = image.source == "docker" || image.source == "podman" || image.source == "registry";
  if (named_by_publisher && says_mining(image.reference)) return "image name " + image.reference;
  for (const auto& [key, value] : image.config.labels)
    if (says_mining(value)) return "label " + key + "=" + value;
  for (const auto* words : {&image.config.entrypoint, &image.config.cmd})
    if (!words->empty() && says_mining(layers::base_name(words->front()))) return "start command " + words->front();
  return {};
}

class DeclaredMiner final : public Detector {
 public:
  void image(const ImageContext& context, ImageEvidence& out) const override {
    const bool mines =
        std::any_of(context.evidence.begin(), context.evidence.end(), [](const PlacedEvidence& placed) {
          return placed.evidence.cls <= EvidenceClass::strong &&
                 std::find(k_mining_rules.begin(), k_mining_rules.end(), placed.evidence.rule) !=
                     k_mining_rules.end();
        });
    if (!mines) return;
    const std::string said = declaration(context.image.image());
    if (said.empty()) return;
    PlacedEvidence placed;
    placed.evidence = evidence_of(k_rows[0], said);
    placed.path = "config:image";
    placed.visibility = model::Visibility::config;
    placed.reach = Reach::start;
    out.add(std::move(placed));
  }
};

const util::Registered<DeclaredMiner> registered{{
    .id = "declared-miner",
    .version = 1,
    .summary = "miners whose image says that it mines",
    .example = "team/xmrig:latest that starts xmrig",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
