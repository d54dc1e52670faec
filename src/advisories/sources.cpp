// The sources of a default update, as data. Sizes are what a download is about to be, for progress only.
#include <fmt/format.h>

#include "advisories/feed.hpp"

namespace hullcheck::advisories {
namespace {

constexpr std::uint64_t k_kilo = 1000, k_mega = 1'000'000;

struct OsvRow {
  std::string_view ecosystem;  // as OSV spells it
  std::string_view path;       // the same in a URL
  std::string_view licence;
  std::uint64_t rough_bytes;
};
// Debian, Alpine, Wolfi and Chainguard are read from their own feeds below, which say more than their OSV form.
constexpr OsvRow k_osv[] = {
    {"AlmaLinux", "AlmaLinux", "MIT", 5 * k_mega},
    {"Azure Linux", "Azure%20Linux", "MIT", 3 * k_mega},
    {"Bitnami", "Bitnami", "Apache-2.0", 7 * k_mega},
    {"CRAN", "CRAN", "Apache-2.0", 20 * k_kilo},
    {"ConanCenter", "ConanCenter", "CC-BY-4.0", 100 * k_kilo},
    {"GHC", "GHC", "CC0-1.0", 10 * k_kilo},
    {"GitHub Actions", "GitHub%20Actions", "CC-BY-4.0", 100 * k_kilo},
    {"Go", "Go", "CC-BY-4.0", 6 * k_mega},
    {"Hackage", "Hackage", "CC0-1.0", 50 * k_kilo},
    {"Hex", "Hex", "CC-BY-4.0", 100 * k_kilo},
    {"Julia", "Julia", "MIT", 100 * k_kilo},
    {"Mageia", "Mageia", "CC-BY-SA-4.0", 5 * k_mega},
    {"Maven", "Maven", "CC-BY-4.0", 15 * k_mega},
    {"MinimOS", "MinimOS", "Apache-2.0", 5 * k_mega},
    {"NuGet", "NuGet", "CC-BY-4.0", 3 * k_mega},
    {"Packagist", "Packagist", "CC-BY-4.0", 10 * k_mega},
    {"Pub", "Pub", "CC-BY-4.0", 20 * k_kilo},
    {"PyPI", "PyPI", "CC-BY-4.0", 30 * k_mega},
    {"Red Hat", "Red%20Hat", "CC-BY-4.0", 40 * k_mega},
    {"Rocky Linux", "Rocky%20Linux", "BSD-3-Clause", 5 * k_mega},
    {"RubyGems", "RubyGems", "CC-BY-4.0", 3 * k_mega},
    {"SUSE", "SUSE", "CC-BY-4.0", 60 * k_mega},
    {"SwiftURL", "SwiftURL", "CC-BY-4.0", 50 * k_kilo},
    {"Ubuntu", "Ubuntu", "CC-BY-SA-4.0", 80 * k_mega},
    {"crates.io", "crates.io", "CC0-1.0", 2 * k_mega},
    {"npm", "npm", "CC-BY-4.0", 150 * k_mega},
    {"openEuler", "openEuler", "MulanPSL-2.0", 10 * k_mega},
    {"openSUSE", "openSUSE", "CC-BY-4.0", 30 * k_mega},
};

// Alpine releases with a secdb: v3.3 is the first; v3.3 has hardly any community packages, but the file is there.
constexpr int k_first_alpine = 3, k_last_alpine = 22;

void add_alpine(std::vector<SourceRow>& rows, const std::string& release) {
  for (const std::string_view repository : {"main", "community"})
    rows.push_back({fmt::format("alpine/{}/{}", release, repository), "alpine",
                    fmt::format("https://secdb.alpinelinux.org/{}/{}.json", release, repository), "Alpine:" + release,
                    "CC-BY-SA-4.0", 200 * k_kilo});
}

}  // namespace

std::vector<SourceRow> default_sources() {
  std::vector<SourceRow> rows;
  for (const auto& row : k_osv)
    rows.push_back({fmt::format("osv/{}", row.ecosystem), "osv",
                    fmt::format("https://osv-vulnerabilities.storage.googleapis.com/{}/all.zip", row.path),
                    std::string(row.ecosystem), row.licence, row.rough_bytes});
  rows.push_back(
      {"debian", "debian", "https://security-tracker.debian.org/tracker/data/json", "Debian", "MIT", 70 * k_mega});
  for (int minor = k_first_alpine; minor <= k_last_alpine; ++minor) add_alpine(rows, fmt::format("v3.{}", minor));
  add_alpine(rows, "edge");
  rows.push_back(
      {"wolfi", "alpine", "https://packages.wolfi.dev/os/security.json", "Wolfi", "Apache-2.0", 1300 * k_kilo});
  rows.push_back({"chainguard", "alpine", "https://packages.cgr.dev/chainguard/security.json", "Chainguard",
                  "Apache-2.0", 2 * k_mega});
  rows.push_back({"kev", "kev", "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json",
                  "", "CC0-1.0", 1300 * k_kilo});
  return rows;
}

bool fills(std::string_view subject, std::string_view ecosystem) {
  if (subject.empty() || ecosystem.substr(0, subject.size()) != subject) return false;
  return ecosystem.size() == subject.size() || ecosystem[subject.size()] == ':';
}

}  // namespace hullcheck::advisories
