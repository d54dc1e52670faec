// Settings of miners in the image's environment, labels and history (I05): whose wallet, which pool, how much to
// donate. One such word is everybody's ("wallet" is a file of certificates to Oracle, "pool" a number of connections
// to databases), so a value must fit, or two of them stand together.
#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "detect/detector.hpp"
#include "detect/gather.hpp"
#include "detect/image_support.hpp"
#include "detect/mining/coin_addresses.hpp"
#include "detect/mining/cryptonote.hpp"
#include "detect/mining/pool_hosts.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_settings = 2000;

constexpr std::array<RuleRow, 1> k_rows{{
    {"I05", EvidenceClass::supporting, model::Severity::medium, 80, "Settings of a coin miner", "T1496.001",
     "Find out whose wallet and pool this is; run the image only if it is meant to mine."},
}};

enum class Meaning : std::uint8_t { none, wallet, pool, donate, worker, algorithm };

// The words of "POOL_WALLET-address", lower case.
std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words(1);
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z')
      words.back() += static_cast<char>(c + 32);
    else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
      words.back() += c;
    else if (!words.back().empty())
      words.emplace_back();
  }
  return words;
}

bool is_address(std::string_view value) {
  value = value.substr(0, value.find_first_of(".+/@ "));
  if (const std::size_t colon = value.find(':'); colon != std::string_view::npos) value.remove_prefix(colon + 1);
  if (parse_cryptonote_address(value) || parse_base58_address(value) || parse_bech32_address(value)) return true;
  return value.starts_with("0x") && parse_account_address(value.substr(2));
}

// "pool.example.org:3333", or what says stratum.
bool is_server(std::string_view value) {
  if (!near_pool(value).empty()) return true;
  const std::size_t colon = value.rfind(':');
  if (colon == std::string_view::npos || colon + 1 >= value.size() || value.size() - colon > 6) return false;
  const std::string_view port = value.substr(colon + 1);
  return port.find_first_not_of("0123456789") == std::string_view::npos &&
         value.find('.') != std::string_view::npos && value.find_first_of(" =,") == std::string_view::npos;
}

Meaning meaning_of(std::string_view name, std::string_view value) {
  static constexpr std::array<std::string_view, 9> k_mining = {"xmr", "xmrig",   "monero",   "miner", "mining",
                                                               "rig", "stratum", "hashrate", "minerd"};
  const std::vector<std::string> words = words_of(name);
  const auto has = [&](std::string_view word) { return std::find(words.begin(), words.end(), word) != words.end(); };
  const bool mining = std::any_of(k_mining.begin(), k_mining.end(), has);
  // A path or a number is another kind of wallet or pool.
  const bool path = value.starts_with('/') || value.find("file:") != std::string_view::npos;
  const bool number = value.find_first_not_of("0123456789") == std::string_view::npos;
  if ((has("donate") || has("donation")) && (has("level") || mining) && !path) return Meaning::donate;
  if ((has("pool") || has("stratum") || mining) && !path && !number && is_server(value)) return Meaning::pool;
  if (has("wallet") && !path && (is_address(value) || mining || value.size() >= 25)) return Meaning::wallet;
  if ((has("worker") && has("name")) || (has("rig") && (has("id") || has("name")))) return Meaning::worker;
  if (has("algo") && !path) return Meaning::algorithm;
  return Meaning::none;
}

struct Setting {
  std::string text;
  Meaning meaning;
  bool sure;  // the value itself is an address or a server
};

struct Source {
  std::string name;  // "config:Env"
  bool build_time;
  std::vector<Setting> settings;
};

void add(std::string_view name, std::string_view value, std::vector<Setting>& out) {
  while (!value.empty() && (value.front() == '"' || value.front() == '\'')) value.remove_prefix(1);
  while (!value.empty() && (value.back() == '"' || value.back() == '\'')) value.remove_suffix(1);
  const Meaning meaning = meaning_of(name, value);
  if (meaning == Meaning::none || out.size() >= k_most_settings) return;
  const bool sure = (meaning == Meaning::wallet && is_address(value)) ||
                    (meaning == Meaning::pool && !near_pool(value).empty()) || meaning == Meaning::donate;
  out.push_back({std::string(name.substr(0, 60)) + "=" + std::string(value.substr(0, 60)), meaning, sure});
}

// NAME=value words of any text.
void add_words(std::string_view text, std::vector<Setting>& out) {
  while (!text.empty() && out.size() < k_most_settings) {
    const std::size_t end = std::min(text.find_first_of(" \t\n;&|"), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (const std::size_t equals = word.find('='); equals != std::string_view::npos && equals > 0)
      add(word.substr(0, equals), word.substr(equals + 1), out);
  }
}

class MiningVariables final : public Detector {
 public:
  void image(const ImageContext& context, ImageEvidence& out) const override {
    for (const ConfigText& part : config_texts(context.image.config())) {
      const bool counts = part.name == "config:Env" || part.name == "config:Labels" || part.build_time;
      if (!counts) continue;
      Source source{part.name, part.build_time, {}};
      if (part.build_time) {
        add_words(part.text, source.settings);
      } else {
        std::string_view text = part.text;
        while (!text.empty()) {
          const std::size_t end = std::min(text.find('\n'), text.size());
          const std::string_view line = text.substr(0, end);
          text.remove_prefix(std::min(end + 1, text.size()));
          if (const std::size_t equals = line.find('='); equals != std::string_view::npos)
            add(line.substr(0, equals), line.substr(equals + 1), source.settings);
        }
      }
      judge(source, part, out);
    }
  }

 private:
  static void judge(const Source& source, const ConfigText& part, ImageEvidence& out) {
    std::set<Meaning> kinds;
    bool sure = false;
    for (const Setting& setting : source.settings) {
      kinds.insert(setting.meaning);
      sure |= setting.sure;
    }
    const bool payment = kinds.contains(Meaning::wallet) || kinds.contains(Meaning::pool);
    if (!sure && (kinds.size() < 2 || !payment)) return;
    for (const Setting& setting : source.settings) {
      PlacedEvidence placed;
      placed.path = source.name;
      placed.visibility = model::Visibility::config;
      placed.reach = part.reach;
      placed.build_time = source.build_time;
      placed.chain = part.chain;
      placed.evidence = evidence_of(k_rows[0], setting.text);
      out.add(std::move(placed));
    }
  }
};

const util::Registered<MiningVariables> registered{{
    .id = "mining-variables",
    .version = 1,
    .summary = "wallets, pools and donations in environment, labels and history",
    .example = "POOL_URL=pool.example.org:3333 beside WALLET=…",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
