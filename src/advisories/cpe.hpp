// Names of products as the NVD writes them: CPE 2.3 formatted strings (NISTIR 7695),
// cpe:2.3:PART:VENDOR:PRODUCT:VERSION:UPDATE:EDITION:LANGUAGE:SW_EDITION:TARGET_SW:TARGET_HW:OTHER, where "*" is any
// and "-" is none. And what one of NVD's matches says of a product: a version, or bounds of versions.
// Hostile: the whole text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "util/result.hpp"

namespace hullcheck::advisories {

// Lower case, without the backslashes of the written form.
struct CpeName {
  std::string part;  // "a" application, "o" operating system, "h" hardware
  std::string vendor, product, version, update, software_edition, target_software, target_hardware;
};
std::optional<CpeName> parse_cpe(std::string_view text);

enum class CpeBound : std::uint8_t { at_least, above, at_most, below };

// A product with bounds on its version, one word: "a:php:php>=7.0<7.4.3", "o:microsoft:windows". No bounds: any
// version.
struct CpeSubject {
  std::string part, vendor, product;
  std::vector<std::pair<CpeBound, std::string>> bounds;
};
// Nothing where a name or a version holds what the word is written with.
std::optional<std::string> write_cpe_subject(const CpeSubject& subject);
// Of what write_cpe_subject() wrote; anything else gives nothing.
std::optional<CpeSubject> read_cpe_subject(std::string_view word);

// Keys of an advisory's `extra` in the ecosystem "CPE".
constexpr std::string_view k_cpe_needs = "needs";        // words: one of them must be there too
constexpr std::string_view k_cpe_excludes = "excludes";  // words: none of them may be there
constexpr std::string_view k_cpe_edition = "edition";    // "enterprise": what its makers sell only
constexpr std::string_view k_cpe_not = "not";            // a version at the start of a range that is not in it

}  // namespace hullcheck::advisories
