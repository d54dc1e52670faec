// Who is in a Java archive: jar, war, ear and their relatives, with archives inside archives.
//
// What names a package, in this order: META-INF/maven/GROUP/ARTIFACT/pom.properties (one for the archive itself, one
// for each library that was copied into it class by class), a pom.xml without properties and its folders, the
// manifest, the file's name; for some libraries, classes that only they have (java_markers.hpp).
// Hostile: archives nest a thousand deep, share their data, lie about sizes, or repeat an entry. Nothing recurses;
// the archives that are open, all bytes that come out and the number of archives are bounded, and reaching a bound is
// said.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "inventory/readers/java_names.hpp"
#include "util/bytes.hpp"

namespace hullcheck::inventory {

struct JavaLimits {
  std::size_t depth = 8;                      // archives in archives
  std::size_t archives = 20'000;              // in all
  std::uint64_t entry_bytes = 128ULL << 20;   // of one archive in an archive
  std::uint64_t output_bytes = 1ULL << 30;    // inflated in all
  std::uint64_t manifest_bytes = 1ULL << 20;  // of a manifest or pom.properties
  std::size_t packages = 50'000;
};

struct JavaPackage {
  std::string group;  // "" where nothing names one
  std::string artifact, version;
  std::string inner_path;  // of the archive that holds it, "" for the file itself; parts joined with "!/"
  std::string license;
};

struct JavaArchive {
  std::vector<JavaPackage> packages;
  std::vector<std::string> problems;
  // Libraries that are in it in a version that nothing says: "group:artifact", with the archive that holds the
  // classes.
  std::vector<JavaPackage> unversioned;
  bool truncated = false;   // by a limit
  bool unreadable = false;  // the outermost is no zip at all, or a broken one
};

JavaArchive read_java_archive(std::string_view name, Bytes bytes, const JavaLimits& limits = {});

}  // namespace hullcheck::inventory
