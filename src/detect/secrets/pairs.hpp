// Keys that come in two parts.
#pragma once

#include <string_view>

#include "detect/secrets/kind.hpp"

namespace hullcheck::detect::secrets {

// The secret that stands near a key's name and belongs to it; empty where there is none, and for all other kinds.
std::string_view other_half(const Kind& kind, const Around& around);

}  // namespace hullcheck::detect::secrets
