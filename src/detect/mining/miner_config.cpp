// Miners' configurations in any file: JSON on its own, inside a script's here-document, inside a program.
//
// A key in quotes leads to it, and its shape decides (miner_config.hpp). Names of files say nothing.
#include "detect/mining/miner_config.hpp"

#include <algorithm>
#include <array>

#include "detect/detector.hpp"
#include "detect/mining/pool_hosts.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 1> k_rows{{
    {"M05", EvidenceClass::decisive, model::Severity::high, 95, "Miner configuration", "T1496.001",
     "Do not run this image unless it is meant to mine."},
}};

// The same configuration is met once for each key that leads to it, so the text must not depend on the key.
std::string text_of(const MinerConfig& config) {
  std::string text = "pool " + config.pools.front().url + ", user " + config.pools.front().user.substr(0, 24);
  if (config.pools.front().user.size() > 24) text += "…";
  return text;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// Keys that nobody but a miner knows.
bool is_certain(const MinerConfig& config) {
  static constexpr std::array<std::string_view, 8> k_certain = {
      "donate-level", "nicehash", "rig-id", "randomx", "huge-pages", "hw-aes", "max-threads-hint", "wallet_address"};
  return std::any_of(config.marks.begin(), config.marks.end(), [&](const std::string& mark) {
    return std::find(k_certain.begin(), k_certain.end(), mark) != k_certain.end();
  });
}

// Other programs have pools with a URL and a user too: of databases, proxies, machines.
bool is_pool_url(std::string_view url, bool certain) {
  if (url.find_first_of(".:$%{") == std::string_view::npos) return false;
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos || certain) return true;
  const std::string_view name = url.substr(0, scheme);
  static constexpr std::array<std::string_view, 4> k_own = {"ssl", "tls", "tcp", "stratum"};
  return name.find('+') != std::string_view::npos ||
         std::any_of(k_own.begin(), k_own.end(), [&](std::string_view own) { return name.starts_with(own); });
}

class MinerConfiguration final : public Detector {
 public:
  std::vector<Literal> literals() const override {
    std::vector<Literal> list;
    for (const std::string_view key : {"pools", "pool_list", "donate-level", "rig-id"}) {
      list.push_back({"\"" + std::string(key) + "\"", false});
      list.push_back({"\\\"" + std::string(key) + "\\\"", false});
    }
    return list;
  }

  void confirm(const Hit& hit, EvidenceSink& out) const override {
    auto config = miner_config_at(as_text(hit.window), hit.position);
    if (!config) return;
    const bool certain = is_certain(*config);
    std::erase_if(config->pools, [&](const MinerPool& pool) { return !is_pool_url(pool.url, certain); });
    if (config->pools.empty()) return;
    const MinerPool& first = config->pools.front();
    Evidence evidence = evidence_of(k_rows[0], text_of(*config));
    evidence.offset = hit.offset;
    evidence.line = hit.line();
    evidence.values = {{"form", std::string(config->form)},
                       {"url", first.url},
                       {"user", first.user},
                       {"keys", joined(config->marks)}};
    if (const std::string near = near_pool(first.url); !near.empty()) evidence.values.emplace_back("near", near);
    out.add(std::move(evidence));
  }
};

const util::Registered<MinerConfiguration> registered{{
    .id = "miner-config",
    .version = 1,
    .summary = "configurations of miners by their shape",
    .example = "a pools array of url and user, with donate-level and randomx beside it",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
