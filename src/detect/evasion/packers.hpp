// What packs a program so that it unpacks itself in memory.
#pragma once

#include <vector>

#include "detect/evidence.hpp"
#include "formats/upx.hpp"
#include "util/bytes.hpp"

namespace hullcheck::detect {

// About an ELF file that has the shape of a packed one. `program` is what UPX's structure gave, or null.
std::vector<Evidence> packer_evidence(Bytes file, const formats::UpxProgram* program);

// About a program that carries an archive of a known kind, which was unpacked.
Evidence bundle_evidence(std::string_view maker, std::size_t members);

}  // namespace hullcheck::detect
