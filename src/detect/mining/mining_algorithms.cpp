// Other algorithms of miners, by the names of their kernels and variants: in programs, in OpenCL and CUDA sources, in
// WebAssembly and the scripts that load it.
//
// Kernels are looked up by name when they are built, and variants are told to the pool by name, so the names stay in
// stripped programs. One name may be a word of something else; two of different families in one file are a miner's
// list. Password hashing knows Argon2 too, but not its variants of coins. Services that mine in browsers have their
// own names.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "detect/assess.hpp"
#include "detect/content/hidden_literal.hpp"
#include "detect/detector.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 2> k_rows{{
    {"M10", EvidenceClass::supporting, model::Severity::medium, 70, "Code of mining algorithms", "T1496.001",
     "Find out whether this image is meant to mine."},
    {"M11", EvidenceClass::supporting, model::Severity::medium, 85, "Miner for browsers (JavaScript, WebAssembly)",
     "T1496.001", "Remove it from what the image serves."},
}};

constexpr std::string_view k_key = "algorithm";
// Names that are words of a language as well. Lists of words and of passwords hold all of them.
constexpr std::array<std::string_view, 2> k_plain_words = {"ghostrider", "panthera"};

struct Name {
  std::string family;
  std::string text;
};

// "family:name name …" for each family.
const std::vector<Name>& names() {
  static const std::vector<Name> list = [] {
    static constexpr auto k_all = hide(
        "ghostrider:ghostrider gr_hash_core;"
        "kawpow:kawpow progpow_search progPowLoop PROGPOW_LANES;"
        "ethash:ethash_search ethash_calculate_dag_item ethash_generate_dag GenerateDAG_kernel;"
        "verus:verushash verus_clhash haraka512_keyed_local;"
        "yespower:yespower_hash yespower-1.0 yescrypt_kdf_body cpupower_hash;"
        "argon2:argon2/chukwa argon2/wrkz argon2/ninja chukwav2;"
        "cryptonight:cryptonight-lite cn-heavy/xhv cn-heavy/tube cn-pico/trtl cn-lite/1 cryptonight_monero cn/half;"
        "randomx:rx/wow rx/arq rx/graft rx/sfx rx/keva panthera;"
        "astrobwt:astrobwt/v2 astrobwt_dero;"
        "cuckoo:FluffyRecovery cuckaroo29 cuckatoo31;"
        "equihash:equihash_solver digitHeq equihash_144_5;"
        "autolykos:autolykos2 BlockMiningKernel;"
        "browser:CoinHive.Anonymous CoinHive.User coinhive.min.js authedmine.min.js cryptonight.wasm "
        "cryptonight_wasm_wrapper deepMiner.Anonymous CryptoNoter webminerpool coinimp.com/scripts CRLT.Anonymous "
        "jsecoin.com/load minero.cc/lib");
    std::vector<Name> all;
    const std::string text = k_all.reveal();
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find(';', at), text.size());
      const std::string part = text.substr(at, end - at);
      const std::size_t colon = part.find(':');
      for (std::size_t word = colon + 1; word < part.size();) {
        const std::size_t stop = std::min(part.find(' ', word), part.size());
        // Rare ones only.
        if (stop - word >= 6) all.push_back({part.substr(0, colon), part.substr(word, stop - word)});
        word = stop + 1;
      }
      at = end + 1;
    }
    return all;
  }();
  return list;
}

struct Found {
  const PlacedEvidence* first = nullptr;
  std::set<std::string> families, words, browser;
};

std::string joined(const std::set<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

class MiningAlgorithms final : public Detector {
 public:
  std::vector<Literal> literals() const override {
    std::vector<Literal> list;
    for (const Name& name : names()) list.push_back({name.text, false});
    return list;
  }

  void confirm(const Hit& hit, EvidenceSink& out) const override {
    const Name& name = names()[hit.literal];
    Evidence hint;
    hint.rule = k_hint_rule;
    hint.text = "algorithm name " + name.text;
    hint.offset = hit.offset;
    hint.line = hit.line();
    hint.values = {{std::string(k_key), name.family}, {"word", name.text}};
    out.add(std::move(hint));
  }

  void image(const ImageContext& context, ImageEvidence& out) const override {
    std::map<std::pair<std::string, layers::FileRef>, Found> files;
    for (const PlacedEvidence& placed : context.evidence) {
      const std::string family = placed.evidence.value(k_key);
      if (placed.evidence.rule != k_hint_rule || family.empty()) continue;
      Found& found = files[{placed.path, placed.file}];
      if (found.first == nullptr) found.first = &placed;
      if (family == "browser") {
        found.browser.insert(placed.evidence.value("word"));
        continue;
      }
      found.families.insert(family);
      found.words.insert(placed.evidence.value("word"));
    }
    for (const auto& [key, found] : files) {
      const bool told = std::any_of(found.words.begin(), found.words.end(), [](const std::string& word) {
        return std::find(k_plain_words.begin(), k_plain_words.end(), word) == k_plain_words.end();
      });
      if (found.families.size() >= 2 && told)
        say(found, k_rows[0], "names of mining algorithms: " + joined(found.words), out);
      if (!found.browser.empty())
        say(found, k_rows[1], "names of miners for browsers: " + joined(found.browser), out);
    }
  }

 private:
  static void say(const Found& found, const RuleRow& row, std::string text, ImageEvidence& out) {
    PlacedEvidence placed = *found.first;
    const std::uint64_t offset = placed.evidence.offset;
    const std::uint32_t line = placed.evidence.line;
    placed.evidence = evidence_of(row, std::move(text));
    placed.evidence.offset = offset;
    placed.evidence.line = line;
    out.add(std::move(placed));
  }
};

const util::Registered<MiningAlgorithms> registered{{
    .id = "mining-algorithms",
    .version = 1,
    .summary = "kernels and variants of mining algorithms by name; miners for browsers",
    .example = "names of two mining algorithms in one program",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
