#include "match/risk.hpp"

#include <algorithm>
#include <cmath>

namespace hullcheck::match {
namespace {

constexpr double k_ordinary = 0.005;  // about the mean EPSS probability of a flaw that nobody has rated
constexpr double k_exploited = 1.05, k_ransomware = 1.1;

double weight(model::Severity severity) {
  switch (severity) {
    case model::Severity::unrated: return 0.5;
    case model::Severity::negligible: return 0.05;
    case model::Severity::low: return 0.3;
    case model::Severity::medium: return 0.5;
    case model::Severity::high: return 0.75;
    case model::Severity::critical: return 0.9;
  }
  return 0.5;
}

}  // namespace

double risk_of(const model::Vulnerability& flaw, double epss, bool ransomware) {
  const double likely = flaw.known_exploited ? 1.0 : epss >= 0 ? epss : k_ordinary;
  double bad = weight(flaw.severity);
  if (flaw.cvss_score >= 0) bad = (bad + flaw.cvss_score / 10) / 2;
  const double factor = !flaw.known_exploited ? 1.0 : ransomware ? k_ransomware : k_exploited;
  // To a thousandth, so that no last bit of arithmetic decides an order.
  return std::round(std::min(likely * bad * factor, 1.0) * 100'000) / 1000;
}

}  // namespace hullcheck::match
