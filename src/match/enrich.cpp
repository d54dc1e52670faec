#include "match/enrich.hpp"

#include <cstdlib>

#include "advisories/enrichment.hpp"
#include "match/risk.hpp"

namespace hullcheck::match {
namespace {

bool is_cve(std::string_view id) { return id.starts_with("CVE-"); }

}  // namespace

Enrichment::Enrichment(const advisories::Database& database)
    : m_database(database),
      m_has_epss(database.has_ecosystem(advisories::k_epss_ecosystem)),
      m_has_nvd(database.has_ecosystem(advisories::k_nvd_ecosystem)) {}

model::Exposure Enrichment::enrich(model::Vulnerability& found) const {
  const bool ransomware = mark_exploited(found);
  model::Exposure exposure;
  if (is_cve(found.advisory)) {
    add_probability(found, exposure);
    fill_from_nvd(found);
  }
  exposure.risk = risk_of(found, exposure.epss, ransomware);
  return exposure;
}

// True when ransomware is known to use it.
bool Enrichment::mark_exploited(model::Vulnerability& found) const {
  bool ransomware = false;
  const auto check = [&](const std::string& id) {
    if (found.known_exploited || !is_cve(id)) return;
    const auto entry = m_database.known_exploited(id);
    if (!entry.ok() || !*entry) return;
    found.known_exploited = true;
    found.known_exploited_since = (*entry)->since;
    ransomware = (*entry)->ransomware;
  };
  check(found.advisory);
  for (const auto& alias : found.aliases) check(alias);
  return ransomware;
}

void Enrichment::add_probability(const model::Vulnerability& found, model::Exposure& exposure) const {
  if (!m_has_epss) return;
  const auto rows = m_database.look_up(advisories::k_epss_ecosystem, found.advisory);
  if (!rows.ok() || rows->empty()) return;
  for (const auto& [key, value] : rows->front().extra)
    (key == "epss" ? exposure.epss : exposure.percentile) = std::strtod(value.c_str(), nullptr);
}

void Enrichment::fill_from_nvd(model::Vulnerability& found) const {
  const bool rated = found.severity != model::Severity::unrated;
  if (!m_has_nvd || (rated && found.cvss_score >= 0)) return;
  const auto rows = m_database.look_up(advisories::k_nvd_ecosystem, found.advisory);
  if (!rows.ok() || rows->empty()) return;
  const advisories::Advisory& nvd = rows->front();
  if (!rated) {
    found.severity = nvd.severity;
    found.severity_source = nvd.severity_source;
  }
  if (found.cvss_score < 0) {
    found.cvss_score = nvd.cvss_score;
    found.cvss_vector = nvd.cvss_vector;
  }
  if (found.title.empty()) found.title = nvd.title;
  if (found.published.empty()) found.published = nvd.published;
}

}  // namespace hullcheck::match
