// Where secrets stand in a text that is said or kept of an image.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hullcheck::detect::secrets {

struct Place {
  std::size_t begin = 0, end = 0;
  std::size_t open = 0;  // bytes at its begin that are public: what every token of this kind begins with
  std::string shown;     // masked
};

// `configuration`: names of variables and options alone tell, as they do to those who look into the configuration.
enum class Look : std::uint8_t { anywhere, configuration };

// In order, and none within another; two may overlap. Bounded by the text's size, any thread.
std::vector<Place> places_of(std::string_view text, Look look);

}  // namespace hullcheck::detect::secrets
