// Package URLs, taken apart (package-url specification). The other direction is model::purl().
// Hostile: any text; what is no package URL gives nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/package.hpp"

namespace hullcheck::sbom {

struct PackageUrl {
  std::string type;        // lower case
  std::string name_space;  // decoded, parts joined by "/"; "" for none
  std::string name, version;
  std::vector<std::pair<std::string, std::string>> qualifiers;

  std::string_view qualifier(std::string_view key) const;  // "" for none
};

// Takes the forms that are around: an unencoded "@" of a scope, and "//" after the scheme.
std::optional<PackageUrl> parse_purl(std::string_view text);

// Type, name, version, architecture, source and module of the package, as the inventory of an image would have them.
// Qualifiers of other meaning are kept.
model::Package package_of(const PackageUrl& url);

// The distribution that the qualifiers (or at least the namespace) of a system's package name; id "" where none does.
model::Distribution distribution_of(const PackageUrl& url);

// os-release ID of a distribution by the names that tools give it: "redhat" is rhel, "amazon" is amzn.
std::string distribution_id(std::string_view name);

}  // namespace hullcheck::sbom
