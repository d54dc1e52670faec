// Files of hullcheck's own repository. Its tests and sources quote what detectors look for, and hullcheck scans its
// own repository like any other folder.
//
// A file is known by its path below the repository together with its content, both of which were hashed when the
// program was built: the same bytes at another path are not, nor is another file at the same path. So a sample of
// ours that turns up elsewhere is found like anybody's.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "layers/entry.hpp"

namespace hullcheck::detect {

// 32 hex digits for each file, sorted, without anything between: the beginning of the SHA-256 of "PATH\nDIGEST".
extern const std::string_view k_own_files;

// The folder of the repository if the file is one of its own: "opt/hullcheck" for "opt/hullcheck/tests/…".
std::optional<std::string> own_repository(std::string_view path, const layers::Sha256& digest);

}  // namespace hullcheck::detect
