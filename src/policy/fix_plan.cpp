// One upgrade of a source package removes every flaw that its binary packages have, if it goes to the latest of their
// fixes. A package of the system that came with the first layer is the base image's: a newer base image brings it,
// and until there is one, the package manager does.
#include "policy/fix_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "policy/upgrade_commands.hpp"
#include "util/shell_word.hpp"
#include "versions/comparator.hpp"

namespace hullcheck::policy {
namespace {

using model::FixStep;
using model::Vulnerability;

struct TypeRow {
  std::string_view type, scheme;
};
constexpr TypeRow k_types[] = {
    {"deb", "dpkg"},   {"apk", "apk"},         {"rpm", "rpm"},      {"alpm", "pacman"},       {"ebuild", "portage"},
    {"opkg", "dpkg"},  {"bitnami", "bitnami"}, {"cargo", "semver"}, {"composer", "composer"}, {"conan", "semver"},
    {"cran", "cran"},  {"gem", "gem"},         {"generic", "cpe"},  {"golang", "semver"},     {"hackage", "hackage"},
    {"hex", "semver"}, {"julia", "semver"},    {"maven", "maven"},  {"npm", "semver"},        {"nuget", "nuget"},
    {"pub", "pub"},    {"pypi", "pep440"},     {"swift", "semver"},
};

const TypeRow* row_of(std::string_view type) {
  const auto row =
      std::find_if(std::begin(k_types), std::end(k_types), [&](const TypeRow& r) { return r.type == type; });
  return row == std::end(k_types) ? nullptr : row;
}

std::string_view type_of(const Vulnerability& flaw) {
  const std::string_view purl = flaw.purl;
  if (purl.substr(0, 4) != "pkg:") return {};
  return purl.substr(4, purl.find('/') - 4);
}

// The later of two versions; where they cannot be compared, the first.
const std::string& later(const TypeRow* row, const std::string& a, const std::string& b) {
  const auto* extension = row == nullptr ? nullptr : versions::ComparatorRegistry::find(row->scheme);
  if (a.empty() || extension == nullptr || !extension->instance->valid(a) || !extension->instance->valid(b))
    return a.empty() ? b : a;
  return extension->instance->compare(a, b) < 0 ? b : a;
}

FixStep::Where place_of(const model::ScanResult& result, const Vulnerability& flaw) {
  if (!upgrade_command(result, type_of(flaw), {})) return FixStep::Where::application;
  const bool first = !result.layers.empty() && result.layers.front().diff_id == flaw.location.layer;
  return first && result.layers.size() > 1 ? FixStep::Where::base_image : FixStep::Where::package;
}

template <class List>
void sort_unique(List& list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

// Where the image runs as somebody else, packages are root's to change.
std::string dockerfile_lines(const model::ScanResult& result, const std::vector<FixStep>& steps) {
  std::map<std::string, std::vector<std::string>> names;
  for (const auto& step : steps)
    if (step.where != FixStep::Where::application)
      for (const auto& name : step.installed)
        if (util::is_shell_word(name)) names[step.type].push_back(name);
  std::string lines;
  for (auto& [type, list] : names) {
    sort_unique(list);
    lines += upgrade_command(result, type, list).value_or("") + "\n";
  }
  const std::string& user = result.image.config.user;
  const bool root =
      user.empty() || user == "root" || user == "0" || user.starts_with("root:") || user.starts_with("0:");
  if (lines.empty() || root || !util::is_shell_word(user)) return lines;
  return "USER root\n" + lines + "USER " + user + "\n";
}

}  // namespace

model::FixPlan fix_plan_of(const model::ScanResult& result) {
  using Key = std::tuple<FixStep::Where, std::string, std::string, std::string, std::string>;
  std::map<Key, FixStep> steps;
  model::FixPlan plan;
  for (const Vulnerability& flaw : result.vulnerabilities) {
    if (flaw.decision != "stop") continue;
    if (flaw.fixed_version.empty()) {
      plan.unfixed.push_back(fmt::format("{} ({})", flaw.advisory, flaw.package));
      continue;
    }
    const TypeRow* const row = row_of(type_of(flaw));
    const auto where = place_of(result, flaw);
    const bool application = where == FixStep::Where::application;
    const std::string& source = flaw.source_name.empty() || application ? flaw.package : flaw.source_name;
    FixStep& step = steps[{where, source, flaw.package_version, flaw.location.layer,
                           application ? flaw.location.path : std::string()}];
    step.where = where;
    step.type = type_of(flaw);
    step.package = source;
    step.from = flaw.package_version;
    step.to = later(row, step.to, flaw.fixed_version);
    step.layer = flaw.location.layer;
    if (application) step.path = flaw.location.path;
    step.installed.push_back(flaw.package);
    step.flaws.push_back(flaw.advisory);
  }
  for (auto& [key, step] : steps) {
    sort_unique(step.installed);
    sort_unique(step.flaws);
    plan.steps.push_back(std::move(step));
  }
  sort_unique(plan.unfixed);
  plan.dockerfile_patch = dockerfile_lines(result, plan.steps);
  return plan;
}

}  // namespace hullcheck::policy
