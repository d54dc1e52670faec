// Gaps that the policy accepts. An image with packages of another publisher can be called safe by a team that follows
// that publisher itself; the report names what was accepted, by whom, why and until when.
#include <fmt/format.h>

#include <algorithm>

#include "policy/accept.hpp"
#include "util/clock.hpp"

namespace hullcheck::policy {
namespace {

constexpr std::string_view k_accepted = "gap-accepted";

// All of them say: this is here, and no advisory source speaks of it. Sorted.
constexpr std::string_view k_acceptable[] = {"ecosystem-not-read", "ecosystem-without-advisories",
                                             "library-of-unknown-version", "program-without-advisories",
                                             "third-party-packages"};

bool matches(const std::vector<std::string>& patterns, std::string_view subject) {
  return patterns.empty() || std::any_of(patterns.begin(), patterns.end(), [&](std::string_view pattern) {
           if (!pattern.ends_with('*')) return pattern == subject;
           return subject.starts_with(pattern.substr(0, pattern.size() - 1));
         });
}

bool expired(const Acceptance& acceptance, std::chrono::sys_days today) { return today > *acceptance.expires; }

}  // namespace

std::vector<std::string_view> acceptable_gaps() { return {std::begin(k_acceptable), std::end(k_acceptable)}; }

std::vector<std::string> accepted_gaps(const model::Coverage& coverage) {
  std::vector<std::string> accepted;
  for (const model::Gap& gap : coverage.gaps)
    if (gap.id == k_accepted) accepted.push_back(gap.subject);
  return accepted;
}

void accept_gaps(const Policy& policy, std::chrono::sys_days today, model::Coverage& coverage) {
  std::vector<model::Gap> notes;
  for (const Acceptance& acceptance : policy.accepted) {
    const std::string day = util::iso_date(*acceptance.expires);
    if (expired(acceptance, today)) {
      notes.push_back({"policy-rule-expired", "policy", acceptance.name,
                       fmt::format("the gap was accepted until {} and counts again ({})", day, acceptance.reason),
                       model::GapEffect::note});
      continue;
    }
    for (model::Gap& gap : coverage.gaps) {
      if (gap.effect != model::GapEffect::unknown || gap.id != acceptance.gap) continue;
      if (!matches(acceptance.subjects, gap.subject)) continue;
      gap.effect = model::GapEffect::note;
      notes.push_back({std::string(k_accepted), "policy",
                       gap.id + (gap.subject.empty() ? "" : " (" + gap.subject + ")"),
                       fmt::format("accepted until {} by {}: {}", day, acceptance.name, acceptance.reason),
                       model::GapEffect::note});
    }
  }
  if (notes.empty()) return;
  coverage.gaps.insert(coverage.gaps.end(), notes.begin(), notes.end());
  coverage.complete = std::none_of(coverage.gaps.begin(), coverage.gaps.end(),
                                   [](const model::Gap& gap) { return gap.effect == model::GapEffect::unknown; });
}

}  // namespace hullcheck::policy
