// Words that findings share: how bad, how sure, how visible.
#pragma once

#include <cstdint>
#include <string_view>

namespace hullcheck::model {

// `unrated` means that nobody has said; it is never read as low.
enum class Severity : std::uint8_t { unrated, negligible, low, medium, high, critical };

// Where the bytes of a finding stand in the image that a container would see.
enum class Visibility : std::uint8_t {
  final,        // in the final file system
  overwritten,  // a later layer replaces the file; the bytes are still shipped
  deleted,      // a later layer deletes it; the bytes are still shipped
  config,       // not a file: the image's configuration
};

std::string_view to_string(Severity severity);
std::string_view to_string(Visibility visibility);
// The field's words in any case, with "moderate" and "important" for medium and high; anything else is unrated.
Severity severity_from(std::string_view word);

}  // namespace hullcheck::model
