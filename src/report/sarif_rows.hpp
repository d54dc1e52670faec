// Vulnerabilities and findings of every kind as rows of one form.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/scan_result.hpp"

namespace hullcheck::report {

// One of the two; borrowed from the result.
struct SarifItem {
  double weight = 0;
  const model::Finding* finding = nullptr;
  const model::Vulnerability* flaw = nullptr;
};

// All of a result, the most severe first; what the policy stops on before what it does not, of equal severity in the
// order of the result.
std::vector<SarifItem> sarif_items(const model::ScanResult& result);

struct SarifRow {
  std::string rule, rule_name, title, description, help, help_uri;
  std::string_view level;         // "error", "warning", "note"
  std::string security_severity;  // "" where nobody has rated it
  std::string_view precision;
  std::vector<std::string> tags;
  std::string message;
  std::vector<model::Location> locations;
  std::string id, severity, decision, trigger, reason;
};
SarifRow sarif_row(const SarifItem& item);

// A path of the image as a relative URI reference: every byte outside the unreserved set and "/" is encoded.
std::string location_uri(std::string_view path);

}  // namespace hullcheck::report
