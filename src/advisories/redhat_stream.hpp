// Products of Red Hat, by CPE name, as keys of the database.
//   enterprise_linux:9::baseos   the main stream of a release          "Red Hat:9"
//   rhel_eus:9.2::appstream      a minor release that is kept longer   "Red Hat:eus:9.2" (likewise aus, tus, e4s,
//   els) openshift:4.16::el9          what is sold on top of it             "Red Hat:openshift:4.16:el9"
// Streams have fixes under versions that do not compare with each other's.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hullcheck::advisories {

// Repositories by name, with the CPE names of the products that they are of, in `extra` under "cpe".
constexpr std::string_view k_redhat_repositories = "Red Hat repositories";

// Of "cpe:/a:redhat:rhel_eus:9.2::appstream", of a formatted string ("cpe:2.3:a:redhat:…"), or of the part behind the
// vendor, as OSV writes it. Nothing for what names no product of Red Hat or no version.
std::optional<std::string> redhat_ecosystem(std::string_view cpe);
// The same from the most exact to the least: statements about openshift:4 are about 4.16 too.
std::vector<std::string> redhat_ecosystems(std::string_view cpe);
// "Red Hat:9": of no stream but the main one.
bool is_redhat_main(std::string_view ecosystem);
// "Red Hat:eus:9.2" → "9.2"; "" for what is no minor release that is kept longer.
std::string_view redhat_minor_release(std::string_view ecosystem);

}  // namespace hullcheck::advisories
