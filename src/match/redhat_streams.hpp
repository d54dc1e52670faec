// Which products of Red Hat an image is made of, beside the main stream of its release.
#pragma once

#include <string>
#include <vector>

#include "model/package.hpp"

namespace hullcheck::match {

// Keys of the database, the most exact ones first: "Red Hat:eus:9.2", "Red Hat:openshift:4.16:el9". By the CPE names
// and repositories of the distribution; empty for an image of the main stream, or one that does not say.
std::vector<std::string> redhat_streams(const model::Distribution& distribution);

// Whether a package can be of the stream: one built for a later minor release ("…el9_4" and "Red Hat:eus:9.2") is
// not.
bool may_be_of_stream(const model::Package& package, const std::string& ecosystem);

}  // namespace hullcheck::match
