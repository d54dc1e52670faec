// Programs in the folder of a package of Bitnami's.
#pragma once

#include "inventory/analyzer.hpp"

namespace hullcheck::match {

// True when a package of Bitnami's has the program in its folder, under its name and in its version: it is judged as
// that package. A program of another version is not the package's, and is judged by itself.
bool belongs_to_bitnami(const model::Package& program, const inventory::Inventory& inventory);

// The name that Bitnami has for a program: "httpd" is "apache".
std::string_view bitnami_name(std::string_view program);

}  // namespace hullcheck::match
