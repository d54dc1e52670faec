// Programs that speak the mining protocol: cpuminer and its relatives, whose algorithms have no constants of their
// own.
//
// The words are methods of stratum's JSON (mining.subscribe and others) as they must stand in a program that sends or
// answers them; stripping and renaming leave them. A pool's server and a node speak the same words, so a file that
// has a server's words too is dual use and weighs less; words of hashing programs make it a miner's. Text and scripts
// are left to other detectors: there the words are documentation more often than not.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "detect/assess.hpp"
#include "detect/content/hidden_literal.hpp"
#include "detect/detector.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 1> k_rows{{
    {"M09", EvidenceClass::strong, model::Severity::high, 85, "Program that speaks a mining protocol", "T1496.001",
     "Do not run this image unless it is meant to mine."},
}};

constexpr std::size_t k_fewest_methods = 3;
constexpr std::string_view k_key = "mining-word";

enum class Sort : std::uint8_t { method, miner, server };
struct Word {
  Sort sort;
  std::string text;
};

void add(std::vector<Word>& all, Sort sort, const std::string& words) {
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t end = std::min(words.find(' ', at), words.size());
    all.push_back({sort, words.substr(at, end - at)});
    at = end + 1;
  }
}

const std::vector<Word>& words() {
  static const std::vector<Word> list = [] {
    static constexpr auto k_methods = hide(
        "mining.subscribe mining.authorize mining.notify mining.submit mining.set_difficulty mining.set_target "
        "mining.extranonce.subscribe mining.set_extranonce eth_submitLogin eth_submitWork eth_getWork "
        "eth_submitHashrate "
        "\"keepalived\" client.reconnect");
    static constexpr auto k_miner =
        hide("khash/s Mhash/s hashrate Hashrate sha256d scantime hash_meter submit_work stratum_connect");
    static constexpr auto k_server = hide("submitblock listunspent getblocktemplate_handler rpcallowip sharechain");
    std::vector<Word> all;
    add(all, Sort::method, k_methods.reveal());
    add(all, Sort::miner, k_miner.reveal());
    add(all, Sort::server, k_server.reveal());
    std::erase_if(all, [](const Word& word) { return word.text.size() < 6; });
    return all;
  }();
  return list;
}

bool is_program(layers::ContentKind kind) {
  return kind == layers::ContentKind::elf || kind == layers::ContentKind::pe || kind == layers::ContentKind::macho ||
         kind == layers::ContentKind::wasm || kind == layers::ContentKind::java_class;
}

struct Found {
  const PlacedEvidence* first = nullptr;
  std::set<std::string> methods;
  bool miner = false, server = false;
};

class MiningProtocol final : public Detector {
 public:
  std::vector<Literal> literals() const override {
    std::vector<Literal> list;
    for (const Word& word : words()) list.push_back({word.text, false});
    return list;
  }

  void confirm(const Hit& hit, EvidenceSink& out) const override {
    if (!is_program(hit.file.entry.content)) return;
    const Word& word = words()[hit.literal];
    Evidence hint;
    hint.rule = k_hint_rule;
    hint.text = "mining word " + word.text;
    hint.offset = hit.offset;
    hint.values = {{std::string(k_key), std::to_string(static_cast<int>(word.sort))}, {"word", word.text}};
    out.add(std::move(hint));
  }

  void image(const ImageContext& context, ImageEvidence& out) const override {
    std::map<std::pair<std::string, layers::FileRef>, Found> files;
    for (const PlacedEvidence& placed : context.evidence) {
      const std::string sort = placed.evidence.value(k_key);
      if (placed.evidence.rule != k_hint_rule || sort.empty()) continue;
      Found& found = files[{placed.path, placed.file}];
      if (sort == "0") {
        if (found.first == nullptr) found.first = &placed;
        found.methods.insert(placed.evidence.value("word"));
      }
      found.miner |= sort == "1";
      found.server |= sort == "2";
    }
    for (const auto& [key, found] : files)
      if (found.methods.size() >= k_fewest_methods) out.add(verdict(*found.first, found));
  }

 private:
  static PlacedEvidence verdict(const PlacedEvidence& first, const Found& found) {
    std::string text = std::to_string(found.methods.size()) + " methods of a mining protocol:";
    for (const std::string& method : found.methods) text += " " + method;
    PlacedEvidence placed = first;
    placed.evidence = evidence_of(k_rows[0], std::move(text));
    placed.evidence.offset = first.evidence.offset;
    if (found.server && !found.miner) {
      placed.evidence.cls = EvidenceClass::supporting;
      placed.evidence.values.emplace_back("dual-use", "server");
      placed.evidence.text += "; dual use: it speaks like a pool's server";
    }
    return placed;
  }
};

const util::Registered<MiningProtocol> registered{{
    .id = "mining-protocol",
    .version = 1,
    .summary = "programs with the methods of stratum and its relatives",
    .example = "4 methods of a mining protocol",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
