// Releases of language packages that were themselves an attack: published by somebody who had taken over an account
// or a build, or by an author against the users. Facts of public advisories, to be looked up by name and version.
#pragma once

#include <optional>
#include <string_view>

namespace hullcheck::detect {

struct BadRelease {
  std::string_view reference;  // an advisory's id, or "" where none was assigned
  bool sabotage = false;       // by its own author: it breaks things, and takes nothing
};

// `type` as in model::Package ("npm", "pypi", "gem", "golang").
std::optional<BadRelease> bad_release(std::string_view type, std::string_view name, std::string_view version);

}  // namespace hullcheck::detect
