#include <algorithm>
#include <iterator>

#include "checks/check.hpp"
#include "detect/assess.hpp"
#include "detect/programs/programs.hpp"
#include "detect/secrets/confirm.hpp"
#include "inventory/ownership.hpp"
#include "match/end_of_life.hpp"
#include "match/match.hpp"
#include "scan/coverage.hpp"
#include "scan/scan.hpp"
#include "util/clock.hpp"

namespace hullcheck::scan {
namespace {

void sort_by_id(std::vector<model::Finding>& findings) {
  std::sort(findings.begin(), findings.end(), [](const auto& a, const auto& b) {
    return std::tie(a.rule, a.locations, a.id) < std::tie(b.rule, b.locations, b.id);
  });
}

void append(std::vector<model::Finding>& list, std::vector<model::Finding> more) {
  std::move(more.begin(), more.end(), std::back_inserter(list));
}

// Timings of judging only exist where they may vary.
class Stage {
 public:
  Stage(model::ScanResult& result, util::Profile& profile, std::string_view name, bool deterministic)
      : m_result(result), m_timer(profile, name), m_name(name), m_keep(!deterministic) {}
  ~Stage() {
    if (m_keep)
      m_result.timings.emplace_back(
          m_name, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - m_start).count());
  }

 private:
  model::ScanResult& m_result;
  util::Timer m_timer;
  std::string_view m_name;
  bool m_keep;
  std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
};

// Whatever quotes the image, a command of its history or a line of a script, may quote a secret.
void hide_secrets(model::ScanResult& result) {
  for (auto* findings : {&result.threats, &result.secrets, &result.checks, &result.warnings})
    for (model::Finding& finding : *findings)
      for (auto* texts : {&finding.evidence, &finding.chain})
        for (std::string& text : *texts) text = detect::secrets::redacted(text);
  for (model::Gap& gap : result.coverage.gaps) {
    gap.subject = detect::secrets::redacted(gap.subject);
    gap.reason = detect::secrets::redacted(gap.reason);
  }
  for (auto& layer : result.layers) layer.created_by = detect::secrets::redacted(layer.created_by);
}

}  // namespace

model::ScanResult judge(const ImageFacts& facts, const advisories::Database* database, const policy::Policy& policy,
                        const JudgeOptions& options, util::Profile& profile) {
  model::ScanResult result;
  result.target = facts.target;
  result.image = facts.image;
  result.layers = facts.layers;
  result.policy = policy.name;
  result.scanned_at = util::rfc3339(options.now);
  const auto stage = [&](std::string_view name) { return Stage(result, profile, name, options.deterministic); };
  std::vector<model::Gap>& gaps = result.coverage.gaps;
  gaps = facts.image.gaps;

  std::optional<layers::ImageView> image;
  {
    const Stage timer = stage("overlay");
    image.emplace(facts.image, facts.layer_facts);
  }
  inventory::Inventory inventory;
  {
    const Stage timer = stage("inventory");
    inventory = inventory::take_inventory(*image, detect::identified_programs(*image));
  }
  const inventory::Ownership ownership(*image, inventory);
  gaps.insert(gaps.end(), inventory.gaps.begin(), inventory.gaps.end());
  result.distribution = inventory.distribution;
  if (const auto end = match::end_of_life(inventory.distribution); end && end->date) {
    result.end_of_life_date = util::iso_date(*end->date);
    result.end_of_life = options.now >= *end->date + std::chrono::days(1);
  }
  {
    const Stage timer = stage("match");
    match::MatchOptions match_options;
    match_options.now = options.now;
    match_options.max_database_age = options.max_database_age;
    match_options.database_trouble = options.database_trouble;
    match_options.renewal = options.renewal;
    match::Matches matches = match::match(inventory, *image, database, match_options);
    result.vulnerabilities = std::move(matches.vulnerabilities);
    result.suppressed = std::move(matches.suppressed);
    result.exposures = std::move(matches.exposures);
    result.database = std::move(matches.database);
    result.threats = std::move(matches.threats);
    result.warnings = std::move(matches.warnings);
    gaps.insert(gaps.end(), matches.gaps.begin(), matches.gaps.end());
  }
  std::vector<std::string> start;
  {
    const Stage timer = stage("detect");
    detect::Assessment assessment =
        detect::assess(*image, inventory, ownership, &facts.user, options.threads, &facts.config);
    append(result.threats, std::move(assessment.threats));
    result.secrets = std::move(assessment.secrets);
    append(result.warnings, std::move(assessment.warnings));
    gaps.insert(gaps.end(), assessment.gaps.begin(), assessment.gaps.end());
    start = std::move(assessment.start);
  }
  {
    const Stage timer = stage("checks");
    result.checks = checks::run_checks({*image, inventory, ownership, start});
  }
  assess_coverage(*image, inventory, ownership, start, result);
  hide_secrets(result);
  result.packages = std::move(inventory.packages);
  result.declared_packages = std::move(inventory.declared);
  result.overlaps = std::move(inventory.overlaps);
  sort_by_id(result.warnings);
  policy::apply(policy, options.now, result);
  return result;
}

}  // namespace hullcheck::scan
