// What the NVD says of where a flaw is: "configurations" of products with versions, as rows for the programs that are
// known by name there (cpe_products.hpp).
//   "configurations": [{"operator", "negate", "nodes": [{"operator": "OR", "negate": false, "cpeMatch": [
//     {"vulnerable": true, "criteria": "cpe:2.3:a:…", "versionStartIncluding", "versionStartExcluding",
//      "versionEndIncluding", "versionEndExcluding"}]}]}]
// One configuration is enough; in one of operator AND every node must hold, which is how a flaw is tied to the system
// that it needs. A row is given for each product and set of such conditions; what else must be there, or must not be,
// is in its `extra` (cpe.hpp) and asked when an image is at hand.
// Hostile: the whole document.
#pragma once

#include <vector>

#include "advisories/database.hpp"
#include "formats/json.hpp"

namespace hullcheck::advisories {

// `common` is what all rows of the flaw share.
std::vector<Advisory> nvd_rows(json::Element flaw, const Advisory& common);

}  // namespace hullcheck::advisories
