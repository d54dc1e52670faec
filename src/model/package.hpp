// What is installed in an image: packages, the distribution that they come from, and the files that they own.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hullcheck::model {

enum class DigestAlgorithm : std::uint8_t { none, md5, sha1, sha256, sha384, sha512 };
std::string_view to_string(DigestAlgorithm algorithm);

// One file that a package database says a package installed. `path` has no leading slash and no "." or ".." part, and
// is as the database spells it (before symbolic links of the image are resolved). `digest` is lower-case hex.
struct OwnedFile {
  std::string path;
  DigestAlgorithm algorithm = DigestAlgorithm::none;
  std::string digest;
  std::uint32_t mode = 0;  // permission and type bits, 0 where the database has none
  bool config = false;     // the package expects the administrator to change it
};

// From os-release or what older systems had in its place.
struct Distribution {
  std::string id;  // "debian", "alpine", … lower case; empty when unknown
  std::string id_like;
  std::string version_id;  // "12", "3.10.4"; empty for rolling releases
  std::string codename;
  std::string pretty_name;
  std::string evidence_path;
  // Of Red Hat: the repositories that the image was built from, and CPE names of the product; sorted.
  std::vector<std::string> content_sets, cpes;
};

constexpr std::uint32_t k_no_layer = 0xffffffffU;

struct Package {
  std::string type;     // purl type: "deb", "apk", "rpm", "npm", "pypi", "maven", …
  std::string name;     // binary package name; in a language's whole spelling: "@scope/name", "group:artifact"
  std::string version;  // whole version in the ecosystem's own spelling, epoch and release included
  std::string architecture;
  std::uint32_t epoch = 0;     // as a number where the ecosystem has one; also part of `version` where that is usual
  std::string source_name;     // equal to name where the database names no source; "" for packages of languages
  std::string source_version;  // equal to version where the database names no other
  std::vector<std::string> licenses;
  std::string vendor;                         // maintainer or vendor as the database spells it
  std::string modularity;                     // rpm module label, "" where there is none
  std::string database_path;                  // the file that lists the package
  std::string inner_path;                     // inside that file, when it is an archive: "BOOT-INF/lib/a-1.jar"
  std::string covered_by;                     // the system's package that owns database_path, when one does
  bool declared_only = false;                 // a lock file asks for it; nothing shows that it is installed
  std::uint32_t layer = k_no_layer;           // index of the layer that brought this version
  std::uint32_t first_layer = k_no_layer;     // index of the layer that brought the package in any version
  std::uint32_t database_layer = k_no_layer;  // index of the layer whose copy of the database lists it
  std::vector<OwnedFile> files;
  std::vector<std::pair<std::string, std::string>> qualifiers;  // of its package URL, beyond the usual ones
};

// Whether an operating system's package manager installed it, so that its files are the system's. False for packages
// of languages and for programs known by their content, whatever their type.
bool is_system_package(const Package& package);
// "app.jar!/BOOT-INF/lib/a-1.jar": the place of a package for people.
std::string place(const Package& package);

// pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12&upstream=glibc and so on (package-url specification).
std::string purl(const Package& package, const Distribution& distribution);

}  // namespace hullcheck::model
