// Gives each finding its decision and draws the verdict from them.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "policy/accept.hpp"
#include "policy/exceptions.hpp"
#include "policy/fix_plan.hpp"
#include "policy/policy.hpp"
#include "policy/rules.hpp"
#include "policy/verdict.hpp"
#include "util/clock.hpp"
#include "util/text.hpp"

namespace hullcheck::policy {
namespace {

constexpr std::string_view k_unattributed_rule = "unattributed-code";

template <class Item>
void decide_each(const Policy& policy, std::chrono::sys_days today, std::vector<Item>& items) {
  for (Item& item : items) {
    Decision decision = decide(policy, subject_of(item), today);
    item.decision = to_string(decision.action);
    item.trigger = std::move(decision.trigger);
    item.reason = std::move(decision.reason);
  }
}

void note_expired(const Policy& policy, std::chrono::sys_days today, std::vector<model::Gap>& gaps) {
  for (const Rule& rule : policy.rules)
    if (expired(rule, today))
      gaps.push_back({"policy-rule-expired", "policy", rule.name,
                      fmt::format("the rule expired on {} and no longer applies{}", util::iso_date(*rule.expires),
                                  rule.reason.empty() ? "" : " (" + rule.reason + ")"),
                      model::GapEffect::note});
}

std::string expiry_text(const Rule& rule) {
  std::string text = fmt::format("the exception expired on {} and no longer applies", util::iso_date(*rule.expires));
  if (!rule.owner.empty()) text += "; ask " + rule.owner;
  return rule.reason.empty() ? text : text + " (" + rule.reason + ")";
}

// "pkg:oci/NAME@sha256:…?repository_url=HOST/PATH" names an image by its digest, or by its name where there is none.
bool names_image(const std::string& purl, const model::Image& image) {
  std::string whole = purl;
  for (std::size_t at = whole.find("%3A"); at != std::string::npos; at = whole.find("%3A")) whole.replace(at, 3, ":");
  const auto digest = whole.find("@sha256:");
  if (digest != std::string::npos) {
    const std::string wanted = whole.substr(digest + 1, whole.find('?') - digest - 1);
    return wanted == image.manifest_digest || wanted == image.config_digest || wanted == image.index_digest;
  }
  const std::string body = whole.substr(0, whole.find_first_of("?@"));
  const std::string name = body.substr(body.find_last_of('/') + 1);
  std::string reference = image.reference.substr(0, image.reference.find('@'));
  const auto last = reference.find_last_of('/') == std::string::npos ? 0 : reference.find_last_of('/') + 1;
  reference = reference.substr(last, reference.find(':', last) - last);
  return !name.empty() && name == reference;
}

// Without the exceptions that are for other images.
Policy for_image(const Policy& policy, const model::Image& image) {
  Policy out = policy;
  out.exceptions.erase(std::remove_if(out.exceptions.begin(), out.exceptions.end(),
                                      [&](const Rule& rule) {
                                        return !rule.images.empty() &&
                                               std::none_of(
                                                   rule.images.begin(), rule.images.end(),
                                                   [&](const auto& purl) { return names_image(purl, image); });
                                      }),
                       out.exceptions.end());
  return out;
}

// Exceptions pile up: what no longer does anything should be taken out, and what has run out should be known.
void note_exceptions(const Policy& policy, std::chrono::sys_days today, model::ScanResult& result) {
  std::set<std::string_view> used;
  const auto gather = [&](const auto& items) {
    for (const auto& item : items) used.insert(item.trigger);
  };
  gather(result.vulnerabilities);
  for (const auto* findings : {&result.threats, &result.secrets, &result.checks, &result.warnings}) gather(*findings);
  const auto note = [&](const char* id, const Rule& rule, std::string reason) {
    result.coverage.gaps.push_back({id, "policy", rule.name, std::move(reason), model::GapEffect::note});
  };
  for (const auto& [file, remark] : policy.exception_remarks)
    result.coverage.gaps.push_back({"exception-void", "policy", file, remark, model::GapEffect::note});
  for (const Rule& rule : policy.exceptions) {
    if (expired(rule, today))
      note("exception-expired", rule, expiry_text(rule));
    else if (!rule.may_rest && used.count(rule.name) == 0)
      note("exception-unused", rule, "the exception matches nothing in this image");
  }
}

// Programs that no package owns, where they are few enough not to leave the verdict open.
void warn_of_unattributed(const Policy& policy, model::ScanResult& result) {
  const model::Coverage& coverage = result.coverage;
  if (coverage.unattributed.empty()) return;
  if (policy.unattributed != Excess::warn && !unattributed_excess(policy, coverage).empty()) return;
  model::Finding finding;
  finding.rule = k_unattributed_rule;
  finding.kind = model::FindingKind::warning;
  finding.title = "Programs that no package owns";
  finding.severity = model::Severity::low;
  finding.confidence = 100;
  std::string paths;
  for (const std::string& path : coverage.unattributed) {
    finding.locations.push_back({path, "", model::Visibility::final, 0});
    paths += path + '\n';
  }
  finding.id = model::finding_id(k_unattributed_rule, paths, "", "");
  const std::uint64_t bytes = coverage.executable_bytes - coverage.attributed_bytes;
  finding.evidence.push_back(fmt::format("{} with {} of {} executable bytes",
                                         util::plural(coverage.unattributed_count, "program"),
                                         util::human_size(bytes), util::human_size(coverage.executable_bytes)));
  finding.remediation = "Install programs from packages, or check where these came from";
  result.warnings.push_back(std::move(finding));
}

}  // namespace

double unattributed_share(const model::Coverage& coverage) {
  if (coverage.executable_bytes == 0 || coverage.attributed_bytes >= coverage.executable_bytes) return 0;
  return static_cast<double>(coverage.executable_bytes - coverage.attributed_bytes) /
         static_cast<double>(coverage.executable_bytes);
}

std::string unattributed_excess(const Policy& policy, const model::Coverage& coverage) {
  const std::uint64_t bytes =
      coverage.executable_bytes - std::min(coverage.attributed_bytes, coverage.executable_bytes);
  if (unattributed_share(coverage) > policy.most_unattributed)
    return fmt::format("{} of the executable bytes ({}) belong to no package",
                       util::human_share(bytes, coverage.executable_bytes), util::human_size(bytes));
  if (policy.most_unattributed_bytes && bytes > *policy.most_unattributed_bytes)
    return fmt::format("{} of programs belong to no package, and the policy allows {}", util::human_size(bytes),
                       util::human_size(*policy.most_unattributed_bytes));
  if (policy.most_unattributed_files && coverage.unattributed_count > *policy.most_unattributed_files)
    return fmt::format("{} to no package, and the policy allows {}",
                       util::plural(coverage.unattributed_count, "program belongs", "programs belong"),
                       *policy.most_unattributed_files);
  return {};
}

void apply(const Policy& every, std::chrono::sys_seconds now, model::ScanResult& result) {
  Policy policy = for_image(every, result.image);
  if (policy.attached_vex) {
    add_attached_vex(result.image, policy, result.coverage.gaps);
    policy = for_image(policy, result.image);
  }
  const auto today = std::chrono::floor<std::chrono::days>(now);
  result.policy = policy.name;
  result.exception_files = policy.exception_files;
  warn_of_unattributed(policy, result);
  decide_each(policy, today, result.vulnerabilities);
  decide_each(policy, today, result.threats);
  decide_each(policy, today, result.secrets);
  decide_each(policy, today, result.checks);
  decide_each(policy, today, result.warnings);

  note_expired(policy, today, result.coverage.gaps);
  note_exceptions(policy, today, result);
  accept_gaps(policy, today, result.coverage);
  std::sort(result.coverage.gaps.begin(), result.coverage.gaps.end());
  result.reasons = reasons_of(policy, result);
  result.verdict = result.reasons.front().verdict;
  result.fix_plan = fix_plan_of(result);
  result.next_steps = next_steps_of(result);
}

}  // namespace hullcheck::policy
