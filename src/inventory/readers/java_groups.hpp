// Groups of Java libraries that advisories are often about and whose archives, as some builders make them, do not
// name one: by artifact, or by what the artifact begins with.
#pragma once

#include <string>
#include <string_view>

namespace hullcheck::inventory {

std::string_view known_java_group(std::string_view artifact);  // "" when it is none of them
// "catalina" → "tomcat-catalina": Tomcat's own files have shorter names than its published libraries.
std::string published_tomcat_name(std::string_view artifact);

}  // namespace hullcheck::inventory
