// Configuration files of miners by their shape, whatever the file is called.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hullcheck::detect {

struct MinerPool {
  std::string url, user;
};

struct MinerConfig {
  std::vector<MinerPool> pools;    // the first few
  std::vector<std::string> marks;  // keys that only miners' settings have, sorted
  std::string_view form;           // "pools", "pool_list", "flat"
};

// `position` is that of a key in its quotes, which may be escaped as they are inside a string of a script: "pools",
// "pool_list", "donate-level" or "rig-id". Nothing when what stands round it is not a miner's configuration.
std::optional<MinerConfig> miner_config_at(std::string_view text, std::size_t position);

}  // namespace hullcheck::detect
