// SUSE Linux Enterprise as its advisories name it: a base product, and modules beside it that most packages come
// from.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "inventory/analyzer.hpp"

namespace hullcheck::match {

bool is_suse_enterprise(std::string_view distribution_id);
// "SUSE:Linux Enterprise Server 15 SP5"
std::string suse_product(const model::Distribution& distribution);
// The modules of that service pack, and its extended support.
std::vector<std::string> suse_further_products(const model::Distribution& distribution);
// What the fixes of a product are tied to, when the image does not have it; else "".
std::string_view suse_fix_channel(std::string_view ecosystem, const inventory::Inventory& inventory);

}  // namespace hullcheck::match
