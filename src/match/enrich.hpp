// What others than the publisher of an advisory know of a flaw.
#pragma once

#include "advisories/database.hpp"
#include "model/exposure.hpp"
#include "model/finding.hpp"

namespace hullcheck::match {

// Borrows the database; for one thread.
class Enrichment {
 public:
  explicit Enrichment(const advisories::Database& database);

  // Adds to `found` whether it is known to be exploited (CISA), and severity, score, title and date where its
  // publisher gives none (NVD); gives how likely an attack is (EPSS) and the risk that follows from all of it. What
  // cannot be read counts as not known.
  model::Exposure enrich(model::Vulnerability& found) const;

 private:
  bool mark_exploited(model::Vulnerability& found) const;
  void add_probability(const model::Vulnerability& found, model::Exposure& exposure) const;
  void fill_from_nvd(model::Vulnerability& found) const;

  const advisories::Database& m_database;
  bool m_has_epss, m_has_nvd;
};

}  // namespace hullcheck::match
