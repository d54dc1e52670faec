#include "checks/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "util/bytes.hpp"

namespace hullcheck::checks {
namespace {

constexpr std::size_t k_most_findings = 100;
constexpr std::string_view k_default_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

// Of the final file at the place; "" for configuration and for files without digests.
std::string content_digest(const CheckContext& context, const model::Location& location) {
  const auto file = context.image.find(location.path);
  const layers::FileDigests* digests = file ? context.image.digests(*file) : nullptr;
  return digests == nullptr ? std::string() : to_hex(digests->sha256);
}

void complete(const CheckDescriptor& descriptor, const CheckContext& context, model::Finding& finding) {
  const model::Location place = finding.locations.empty() ? model::Location{} : finding.locations.front();
  const bool config = place.visibility == model::Visibility::config;
  std::string content = config ? "" : content_digest(context, place);
  if (content.empty() && !finding.evidence.empty()) content = finding.evidence.front();
  finding.id = model::finding_id(descriptor.id, place.path, content, place.layer);
  finding.rule = descriptor.id;
  finding.kind = model::FindingKind::check;
  finding.title = descriptor.summary;
  finding.severity = descriptor.severity;
  finding.confidence = 100;
  finding.remediation = descriptor.remediation;
  if (!descriptor.reference.empty()) finding.remediation += fmt::format(" ({})", descriptor.reference);
}

}  // namespace

model::Finding found_at(const CheckContext& context, layers::FileRef file, const std::string& path,
                        std::string evidence) {
  model::Finding finding;
  finding.locations.push_back({path, context.image.layer_id(file.layer), context.image.visibility(file), 0});
  if (!evidence.empty()) finding.evidence.push_back(std::move(evidence));
  return finding;
}

model::Finding found_in_config(std::string_view part, std::string evidence) {
  model::Finding finding;
  finding.locations.push_back({fmt::format("config:{}", part), "", model::Visibility::config, 0});
  if (!evidence.empty()) finding.evidence.push_back(std::move(evidence));
  return finding;
}

std::vector<std::string> search_path(const CheckContext& context) {
  std::string_view path = k_default_path;
  for (const std::string& variable : context.image.config().env)
    if (variable.compare(0, 5, "PATH=") == 0) path = std::string_view(variable).substr(5);
  std::vector<std::string> folders;
  while (!path.empty()) {
    const std::size_t colon = path.find(':');
    const std::string folder = layers::canonical_path(path.substr(0, colon)).path;
    path = colon == std::string_view::npos ? std::string_view() : path.substr(colon + 1);
    const auto real = context.image.real_path(folder);
    if (real && !real->empty() && std::find(folders.begin(), folders.end(), *real) == folders.end())
      folders.push_back(*real);
  }
  return folders;
}

std::vector<model::Finding> run_check(const util::Extension<Check>& check, const CheckContext& context) {
  std::vector<model::Finding> findings;
  check.instance->run(context, findings);
  const std::size_t all = findings.size();
  if (all > k_most_findings) {
    findings.resize(k_most_findings);
    findings.back().evidence.push_back(fmt::format("and {} more places", all - k_most_findings));
  }
  for (model::Finding& finding : findings) complete(check.descriptor, context, finding);
  return findings;
}

std::vector<model::Finding> run_checks(const CheckContext& context) {
  std::vector<model::Finding> all;
  for (const auto& check : CheckRegistry::all())
    for (model::Finding& finding : run_check(check, context)) all.push_back(std::move(finding));
  std::stable_sort(all.begin(), all.end(), [](const model::Finding& a, const model::Finding& b) {
    return std::tie(a.rule, a.locations, a.id) < std::tie(b.rule, b.locations, b.id);
  });
  return all;
}

}  // namespace hullcheck::checks
