// A program that lies inside of another file.
#pragma once

#include <cstdint>
#include <string_view>

#include "detect/evidence.hpp"
#include "layers/entry.hpp"

namespace hullcheck::detect {

// `outer` is what holds it, `how` is "plain" or the name of its cover ("base64", "hex", "escapes", "XOR 0x5a").
Evidence embedded_program_evidence(layers::ContentKind outer, std::string_view how, std::uint64_t offset);

}  // namespace hullcheck::detect
