// The kinds as rows of the catalogue.
#pragma once

#include <span>

#include "detect/evidence.hpp"
#include "detect/secrets/kind.hpp"

namespace hullcheck::detect::secrets {

std::span<const RuleRow> kind_rules();  // in the order of all_kinds()
const RuleRow& rule_of(const Kind& kind);

}  // namespace hullcheck::detect::secrets
