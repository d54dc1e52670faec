// Packages built from the kernel's source. A container runs on the kernel of its host, and many packages of that
// source hold no kernel at all: headers, documentation, tools. One headers package would bring thousands of flaws.
#pragma once

#include "model/package.hpp"

namespace hullcheck::match {

enum class KernelPart : std::uint8_t {
  none,     // not of the kernel's source
  code,     // an image or modules
  no_code,  // headers, documentation, tools
};
KernelPart kernel_part(const model::Package& package);

}  // namespace hullcheck::match
