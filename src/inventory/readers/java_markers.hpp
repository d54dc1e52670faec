// Libraries whose classes are copied into other archives without anything that names them (shading with the metadata
// left out, moved to another package even): known by one class each that only they have.
//
// Rows are of libraries for which it matters: those with flaws that are exploited. Some libraries say their version
// in a file of properties or in a constant of a class; of others only the presence shows. Hostile: class files and
// properties are read within their slices; a constant pool that lies ends the search.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "util/bytes.hpp"

namespace hullcheck::inventory {

struct JavaMarker {
  std::string_view group, artifact;
  std::string_view entry;         // how the name of the class ends, from the start of a folder's name on
  std::string_view version_file;  // likewise the file with the version, "" for none
  std::string_view version_key;   // in a file of properties; "" where it is a constant of a class
};
std::span<const JavaMarker> java_markers();

// "shaded/org/yaml/snakeyaml/Yaml.class" ends in "org/yaml/snakeyaml/Yaml.class", "xorg/…" does not.
bool ends_as_path(std::string_view name, std::string_view end);
// The first text constant of a class file that is a version of three or more numbers, or "".
std::string version_constant(Bytes class_file);

}  // namespace hullcheck::inventory
