// Miners' configurations in any file: JSON on its own, inside a script's here-document, inside a program.
//
// A key in quotes leads to it, and its shape decides (miner_config.hpp). Names of files say nothing.
#include "detect/miner_config.hpp"

#include <array>

#include "detect/detector.hpp"
#include "detect/pool_hosts.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 1> k_rows{{
    {"M05", EvidenceClass::decisive, model::Severity::high, 95, "Miner configuration", "T1496.001",
     "Do not run this image unless it is meant to mine."},
}};

std::string text_of(const MinerConfig& config) {
  std::string text = "pool " + config.pools.front().url + ", user " + config.pools.front().user.substr(0, 24);
  if (config.pools.front().user.size() > 24) text += "…";
  if (config.pools.size() > 1) text += " and " + std::to_string(config.pools.size() - 1) + " more";
  text += "; keys";
  for (const std::string& mark : config.marks) text += " " + mark;
  return text;
}

// The settings of other programs have pools with a URL and a user too (databases); no miner connects by these.
bool is_other_protocol(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return false;
  static constexpr std::array<std::string_view, 12> k_others = {
      "jdbc", "mysql", "postgres", "postgresql", "mongodb", "redis", "amqp", "ldap", "ldaps", "ftp", "sftp", "file"};
  const std::string_view name = url.substr(0, scheme);
  for (const std::string_view other : k_others)
    if (name == other) return true;
  return false;
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
    std::erase_if(config->pools, [](const MinerPool& pool) { return is_other_protocol(pool.url); });
    if (config->pools.empty()) return;
    const MinerPool& first = config->pools.front();
    Evidence evidence = evidence_of(k_rows[0], text_of(*config));
    evidence.offset = hit.offset;
    evidence.line = hit.line();
    evidence.values = {{"form", std::string(config->form)}, {"url", first.url}, {"user", first.user}};
    if (const std::string near = near_pool(first.url); !near.empty()) evidence.values.emplace_back("near", near);
    out.add(std::move(evidence));
  }
};

const util::Registered<MinerConfiguration> registered{{
    .id = "miner-config",
    .version = 1,
    .summary = "configurations of miners by their shape",
    .example =
        "{\"pools\": [{\"url\": \"pool[.]example:3333\", \"user\": \"4…\", \"nicehash\": false}], \"randomx\": {}}",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
