// An SBOM judged like an image, as far as it goes: packages and advisories. What it cannot hold is absent in the
// coverage and keeps the answer from being "safe".
#pragma once

#include <string>

#include "sbom/document.hpp"
#include "scan/scan.hpp"

namespace hullcheck::scan {

struct SbomFacts {
  std::string target;  // as the user named it
  sbom::Document document;
};

// A pure function of its arguments. `database` may be null.
model::ScanResult judge_sbom(const SbomFacts& facts, const advisories::Database* database,
                             const policy::Policy& policy, const JudgeOptions& options, util::Profile& profile);

}  // namespace hullcheck::scan
