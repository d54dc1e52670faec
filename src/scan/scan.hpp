// The stages of a scan. collect() reads an image's bytes into facts; judge() turns facts into an answer and reads
// nothing but the advisory database; scan() is one after the other. Nothing here prints, and time comes in as an
// argument.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "acquire/source.hpp"
#include "advisories/database.hpp"
#include "detect/config_facts.hpp"
#include "detect/user/user_rules.hpp"
#include "layers/analyse.hpp"
#include "model/scan_result.hpp"
#include "policy/policy.hpp"
#include "store/fact_store.hpp"
#include "util/profile.hpp"
#include "util/progress.hpp"

namespace hullcheck::scan {

// One image without its bytes: what judge() needs, what --save-facts writes.
struct ImageFacts {
  std::string target;  // as the user named it
  model::Image image;  // gaps include what reading the layers could not do; the secrets of its configuration blanked
  detect::ConfigFacts config;  // what was made of the configuration before
  std::vector<model::LayerSummary> layers;
  std::vector<std::shared_ptr<const layers::LayerFacts>>
      layer_facts;         // beside `layers`; null for a layer without facts
  detect::UserFacts user;  // what rules of the user's say about it
};

// Several when the reference was an index or an archive of several images.
struct Collected {
  std::string target;
  bool many = false;  // the reference names a set, even if it holds one image
  std::vector<ImageFacts> images;
};

struct CollectOptions {
  acquire::AcquireOptions acquire;
  acquire::AcquireLimits acquire_limits;
  layers::LayerLimits layer_limits;
  std::size_t threads = 1;
  bool all_digests = false;
  std::string pattern_cache;                       // folder for compiled patterns, "" to compile at each start
  std::shared_ptr<const detect::UserRules> rules;  // of the user's; null for none
};

struct JudgeOptions {
  std::chrono::sys_seconds now{};
  std::chrono::seconds max_database_age = std::chrono::days(5);
  bool deterministic = false;
  std::size_t threads = 1;  // how many may be at work on one image; the answer is the same
  // Why there is no database, when there is none: "" for a database that was never fetched.
  std::string database_trouble;
  model::NextStep renewal{};  // see model::DatabaseState
};

// An Error means that there is nothing to judge (no such image, network down before the first layer). Whatever
// happens once layers are being read is a gap, also a stop request: what was read is there.
Result<Collected> collect(const std::string& reference, const CollectOptions& options, store::FactStore& store,
                          std::stop_token stop, util::Progress& progress, util::Profile& profile);

// Judges facts with these rules in place of those that they were collected with. What the rules would have to read
// bytes for is a gap, unless the facts were collected with the same rules. Secrets of the configuration are blanked
// in the facts: only rules that they were collected with have seen them.
void apply_rules(const detect::UserRules& rules, Collected& collected);

// A pure function of its arguments. `database` may be null.
model::ScanResult judge(const ImageFacts& facts, const advisories::Database* database, const policy::Policy& policy,
                        const JudgeOptions& options, util::Profile& profile);

}  // namespace hullcheck::scan
