// META-INF/MANIFEST.MF and pom.properties of a Java archive.
// Format: "JAR File Specification", main section only, and java.util.Properties without its escapes.
// Hostile: lines and numbers of them without end; what is beyond the limits is left out.
#pragma once

#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

namespace hullcheck::inventory {

using Manifest = std::map<std::string, std::string, std::less<>>;  // keys in lower case
Manifest read_manifest(std::string_view text);

// The first of the keys that has a value; "" where none has. Borrowed.
std::string_view value_of(const Manifest& manifest, std::initializer_list<std::string_view> keys);

std::map<std::string, std::string, std::less<>> read_properties(std::string_view text);

}  // namespace hullcheck::inventory
