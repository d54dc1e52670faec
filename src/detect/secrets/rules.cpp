#include "detect/secrets/rules.hpp"

#include <deque>

#include "detect/secrets/confirm.hpp"

namespace hullcheck::detect::secrets {
namespace {

struct Weight {
  model::Severity severity;
  std::uint8_t confidence;
};

Weight weight_of(Strength strength) {
  switch (strength) {
    case Strength::verified: return {model::Severity::high, 95};
    case Strength::structured: return {model::Severity::high, 85};
    case Strength::contextual: return {model::Severity::medium, 60};
    case Strength::weak: return {model::Severity::low, 40};
  }
  return {model::Severity::low, 40};
}

struct Rows {
  std::deque<std::string> remediations;  // borrowed by rows
  std::vector<RuleRow> rows;
};

const Rows& rows() {
  static const Rows all = [] {
    Rows made;
    for (const Kind& kind : all_kinds()) {
      made.remediations.push_back("Take it for known to everybody who can pull the image: revoke or change it at " +
                                  std::string(kind.provider) +
                                  ", rebuild without it in any layer, and give the new one at run time.");
      const Weight weight = weight_of(kind.strength);
      made.rows.push_back({kind.id, class_of(kind.strength, Validity::valid), weight.severity, weight.confidence,
                           kind.title, "T1552.001", made.remediations.back()});
    }
    return made;
  }();
  return all;
}

}  // namespace

std::span<const RuleRow> kind_rules() { return rows().rows; }

const RuleRow& rule_of(const Kind& kind) { return rows().rows[static_cast<std::size_t>(&kind - all_kinds().data())]; }

}  // namespace hullcheck::detect::secrets
