#include "scan/judge_sbom.hpp"

#include <algorithm>

#include "inventory/analyzer.hpp"
#include "inventory/origins/origins.hpp"
#include "match/end_of_life.hpp"
#include "match/match.hpp"
#include "util/clock.hpp"

namespace hullcheck::scan {
namespace {

using model::Gap;
using model::GapEffect;
using model::StageState;

// So that packages keep their layers: each is named, none can be read.
model::Image image_of(const SbomFacts& facts) {
  model::Image image;
  image.source = "sbom";
  image.reference = facts.document.subject.empty() ? facts.target : facts.document.subject;
  image.platform = facts.document.platform;
  image.manifest_digest = facts.document.manifest_digest;
  image.config_digest = facts.document.config_digest;
  for (const std::string& diff_id : facts.document.layers) {
    model::LayerRef layer;
    layer.key = layer.diff_id = diff_id;
    layer.missing = true;
    image.layers.push_back(std::move(layer));
  }
  return image;
}

inventory::Inventory inventory_of(const sbom::Document& document) {
  inventory::Inventory out;
  out.distribution = document.distribution;
  out.packages = document.packages;
  out.declared = document.declared;
  out.overlaps = document.overlaps;
  out.gaps = document.gaps;
  out.has_package_database = std::any_of(out.packages.begin(), out.packages.end(), model::is_system_package);
  if (!out.has_package_database)
    out.gaps.push_back({"no-package-database", "inventory", "", "the SBOM lists no packages of an operating system",
                        GapEffect::unknown});
  if (out.packages.empty())
    out.gaps.push_back({"sbom-empty", "inventory", "", "the SBOM lists no packages", GapEffect::unknown});
  inventory::check_distribution(out);
  return out;
}

bool any_open(const std::vector<Gap>& gaps, std::string_view stage) {
  return std::any_of(gaps.begin(), gaps.end(),
                     [&](const Gap& gap) { return gap.effect == GapEffect::unknown && gap.stage == stage; });
}

void assess_coverage(const inventory::Inventory& inventory, bool has_database, model::ScanResult& result) {
  auto& gaps = result.coverage.gaps;
  gaps.push_back(
      {"not-in-sbom", "sbom", "malware, secrets, layers, checks",
       "an SBOM lists packages; malicious content, secrets, layers and configuration are in the image only",
       GapEffect::unknown});
  std::sort(gaps.begin(), gaps.end());
  gaps.erase(std::unique(gaps.begin(), gaps.end()), gaps.end());
  auto& stages = result.coverage.stages;
  for (const char* const stage : {"layers", "malware", "secrets", "checks"}) stages[stage] = StageState::absent;
  const bool seen_in_part = any_open(gaps, "inventory") || any_open(gaps, "acquire") || any_open(gaps, "layers");
  stages["packages"] = !inventory.has_package_database && inventory.packages.empty() ? StageState::absent
                       : seen_in_part                                                ? StageState::partial
                                                                                     : StageState::assessed;
  stages["advisories"] = !has_database                  ? StageState::absent
                         : any_open(gaps, "advisories") ? StageState::partial
                                                        : StageState::assessed;
  result.coverage.complete = false;
  result.coverage.unrated = static_cast<std::uint64_t>(
      std::count_if(result.vulnerabilities.begin(), result.vulnerabilities.end(),
                    [](const auto& flaw) { return flaw.severity == model::Severity::unrated; }));
}

}  // namespace

model::ScanResult judge_sbom(const SbomFacts& facts, const advisories::Database* database,
                             const policy::Policy& policy, const JudgeOptions& options, util::Profile& profile) {
  model::ScanResult result;
  result.target = facts.target;
  result.image = image_of(facts);
  for (const std::string& diff_id : facts.document.layers) {
    model::LayerSummary layer;
    layer.diff_id = diff_id;
    result.layers.push_back(std::move(layer));
  }
  result.policy = policy.name;
  result.scanned_at = util::rfc3339(options.now);
  inventory::Inventory inventory = inventory_of(facts.document);
  result.coverage.gaps = inventory.gaps;
  result.distribution = inventory.distribution;
  if (const auto end = match::end_of_life(inventory.distribution); end && end->date) {
    result.end_of_life_date = util::iso_date(*end->date);
    result.end_of_life = options.now >= *end->date + std::chrono::days(1);
  }
  const layers::ImageView image(result.image,
                                std::vector<std::shared_ptr<const layers::LayerFacts>>(facts.document.layers.size()));
  match::MatchOptions match_options;
  match_options.now = options.now;
  match_options.max_database_age = options.max_database_age;
  match_options.database_trouble = options.database_trouble;
  match_options.renewal = options.renewal;
  const util::Timer timer(profile, "match");
  match::Matches matches = match::match(inventory, image, database, match_options);
  result.vulnerabilities = std::move(matches.vulnerabilities);
  result.suppressed = std::move(matches.suppressed);
  result.exposures = std::move(matches.exposures);
  result.database = std::move(matches.database);
  result.threats = std::move(matches.threats);
  result.warnings = std::move(matches.warnings);
  result.coverage.gaps.insert(result.coverage.gaps.end(), matches.gaps.begin(), matches.gaps.end());
  assess_coverage(inventory, database != nullptr, result);
  result.packages = std::move(inventory.packages);
  result.declared_packages = std::move(inventory.declared);
  result.overlaps = std::move(inventory.overlaps);
  policy::apply(policy, options.now, result);
  return result;
}

}  // namespace hullcheck::scan
