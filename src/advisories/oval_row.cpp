#include "advisories/oval_row.hpp"

#include <algorithm>

#include "advisories/cvss.hpp"
#include "formats/json.hpp"

namespace hullcheck::advisories {
namespace {

constexpr std::size_t k_longest_title = 200;

// The bulletin's own id is the reference that looks like one ("ELSA-2024-1234", "SUSE-SU-2024:1234-1").
std::string bulletin_id(const OvalDefinition& definition) {
  for (const auto& reference : definition.references)
    if (reference.find("SA-") != std::string::npos || reference.find("-SU-") != std::string::npos) return reference;
  return definition.references.empty() ? std::string() : definition.references.front();
}

}  // namespace

Advisory oval_advisory(const OvalDefinition& definition, std::string_view vendor) {
  Advisory advisory;
  advisory.title = json::cut(definition.title, k_longest_title);
  advisory.published = definition.issued;
  advisory.modified = definition.updated;
  advisory.link = definition.link;
  advisory.severity = model::severity_from(definition.severity);
  if (const auto score = cvss_base_score(definition.cvss_vector)) {
    advisory.cvss_vector = definition.cvss_vector;
    advisory.cvss_score = *score;
    if (advisory.severity == model::Severity::unrated) advisory.severity = cvss_band(advisory.cvss_vector, *score);
  }
  if (advisory.severity != model::Severity::unrated) advisory.severity_source = vendor;
  const std::string bulletin = bulletin_id(definition);
  if (definition.kind == "patch" && !bulletin.empty() && !definition.cves.empty()) {
    advisory.id = bulletin;
    advisory.covers = definition.cves;
  } else if (definition.cves.size() == 1) {
    advisory.id = definition.cves.front();
  } else if (!definition.cves.empty()) {
    advisory.id = bulletin.empty() ? definition.id : bulletin;
    advisory.covers = definition.cves;
  } else if (definition.kind == "patch") {
    advisory.id = bulletin;
  } else {
    // "CVE-2024-1 on Ubuntu 22.04": documents that only name the flaw in its title.
    const auto end = definition.title.find(' ');
    if (definition.title.compare(0, 4, "CVE-") == 0)
      advisory.id = definition.title.substr(0, std::min<std::size_t>(end, 64));
  }
  return advisory;
}

void place_oval_package(Advisory& advisory, const OvalPackage& package, std::string ecosystem, std::string name) {
  advisory.ecosystem = std::move(ecosystem);
  advisory.package = std::move(name);
  advisory.ranges = {{"", package.fixed, package.last_affected}};
  if (package.unaffected) {
    advisory.ranges = {{}};
    advisory.status = model::VulnerabilityStatus::not_affected;
  }
  advisory.extra.clear();
  if (!package.module.empty()) advisory.extra.emplace_back("module", package.module);
  std::string architectures;
  for (const auto& architecture : package.architectures)
    architectures += (architectures.empty() ? "" : " ") + architecture;
  if (!architectures.empty()) advisory.extra.emplace_back("arch", std::move(architectures));
}

}  // namespace hullcheck::advisories
