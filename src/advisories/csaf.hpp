// CSAF 2.0 documents of profile VEX (https://docs.oasis-open.org/csaf/csaf/v2.0/): what a vendor says of one flaw in
// each of its products.
//   product_tree.branches: a tree of vendor, product, version, architecture with product_id, purl and cpe at its
//   leaves product_tree.relationships: "component X as part of product Y" under an id of its own; may be nested (a
//   package in a module in a product) vulnerabilities[]: cve, product_status (fixed, known_affected,
//   known_not_affected, under_investigation, …), remediations (no_fix_planned, none_available, vendor_fix …), threats
//   (impact), scores (CVSS), all by product id
// Hostile: the whole document; branches are walked with a list, relationships with a bound.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "advisories/database.hpp"
#include "formats/json.hpp"

namespace hullcheck::advisories {

struct CsafComponent {
  std::string name;          // of the package
  std::string version;       // "1:3.0.7-6.el9_2"; "" where the statement is about every version
  std::string architecture;  // "src" for source packages, "" where none is named
  std::string module;        // "postgresql:12"
  std::string platform;      // name of the product that it is part of
  std::string cpe;           // of that product
};

// Which release of the database a product is: "Red Hat:9"; nothing for products that images are not made of.
using CsafEcosystem = std::optional<std::string> (*)(const CsafComponent& component);

struct CsafStyle {
  std::string_view vendor;  // whose word on severity it is
  CsafEcosystem ecosystem;
};

// The document's rows: one a (flaw, release, package, fixed version or status). `ids` gets the names of its flaws,
// also of those that no row is about. A row is given for each of "fixed", "affected" and "not affected".
// "feed-malformed" for what is no CSAF document.
Result<std::vector<Advisory>> read_csaf(json::Element document, const CsafStyle& style,
                                        std::vector<std::string>& ids);

}  // namespace hullcheck::advisories
