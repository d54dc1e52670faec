// Our own words in SBOMs: properties that carry what the formats have no field for, so that an SBOM can be judged
// like the image. The one place that knows them, for writing and for reading.
//
//   hullcheck:package:FIELD        of a component; only where the field is not what its package URL gives
//   hullcheck:distribution:FIELD   of the operating system
//   hullcheck:image:FIELD          of the subject; hullcheck:image:layer:N is the diff id of layer N
//   hullcheck:gap:N                what could not be seen in the image: "id|stage|effect|subject|reason"
// Beside them stand the properties that Trivy reads (aquasecurity:trivy:…), so that it finds the same packages.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/finding.hpp"
#include "model/package.hpp"
#include "model/scan_result.hpp"

namespace hullcheck::sbom {

using Properties = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view k_package_prefix = "hullcheck:package:";
constexpr std::string_view k_distribution_prefix = "hullcheck:distribution:";
constexpr std::string_view k_image_prefix = "hullcheck:image:";
constexpr std::string_view k_gap_prefix = "hullcheck:gap:";
constexpr std::string_view k_trivy_prefix = "aquasecurity:trivy:";

// Each sorted by name; empty values are left out.
Properties package_properties(const model::Package& package, const model::ScanResult& result);
Properties distribution_properties(const model::Distribution& distribution);
// With the gaps of what was seen: those of advisories are found again by whoever judges.
Properties image_properties(const model::ScanResult& result);

// The text of a property of ours, "" where it is absent.
std::string_view property(const Properties& properties, std::string_view name);
// Sets the fields that the properties name; layers become indices of `layers`, which grows by unknown ones.
void apply_package_properties(const Properties& properties, std::vector<std::string>& layers,
                              model::Package& package);
void apply_distribution_properties(const Properties& properties, model::Distribution& distribution);
// Nothing for a text that is no gap of ours.
bool parse_gap(std::string_view text, model::Gap& gap);

std::uint32_t layer_index(std::string_view diff_id, std::vector<std::string>& layers);  // k_no_layer for ""

}  // namespace hullcheck::sbom
