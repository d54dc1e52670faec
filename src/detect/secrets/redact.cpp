// Secrets in what is said about an image: command lines in evidence, lines of history, chains. A report goes to
// people and services who may not read the image.
#include <algorithm>

#include "detect/secrets/confirm.hpp"
#include "detect/secrets/places.hpp"

namespace hullcheck::detect::secrets {

std::string redacted(std::string_view text) {
  const std::vector<Place> places = places_of(text, Look::anywhere);
  if (places.empty()) return std::string(text);
  std::string out;
  std::size_t done = 0;
  for (const Place& place : places) {
    if (place.begin < done) {
      // Overlapping ones: nothing of either may remain.
      done = std::max(done, place.end);
      continue;
    }
    out += text.substr(done, place.begin - done);
    out += place.shown;
    done = place.end;
  }
  out += text.substr(std::min(done, text.size()));
  return out;
}

}  // namespace hullcheck::detect::secrets
