// Packages of languages by their package URL's type. Each type has one ecosystem of OSV and one ordering; the rows
// say which.
#include "match/language.hpp"

#include <algorithm>
#include <array>

#include "advisories/package_key.hpp"
#include "match/matcher.hpp"

namespace hullcheck::match {
namespace {

struct Row {
  std::string_view type, ecosystem, scheme;
};
constexpr std::array k_rows{
    Row{"bitnami", "Bitnami", "bitnami"},
    Row{"cargo", "crates.io", "semver"},
    Row{"composer", "Packagist", "composer"},
    Row{"conan", "ConanCenter", "semver"},
    Row{"cran", "CRAN", "cran"},
    Row{"gem", "RubyGems", "gem"},
    Row{"golang", "Go", "semver"},
    Row{"hackage", "Hackage", "hackage"},
    Row{"hex", "Hex", "semver"},
    Row{"julia", "Julia", "semver"},
    Row{"maven", "Maven", "maven"},
    Row{"npm", "npm", "semver"},
    Row{"nuget", "NuGet", "nuget"},
    Row{"opam", "opam", "dpkg"},
    Row{"pear", "Packagist", "composer"},
    Row{"pub", "Pub", "pub"},
    Row{"pypi", "PyPI", "pep440"},
    Row{"swift", "SwiftURL", "semver"},
};

// Types that are read and that nobody publishes advisories for by name.
constexpr std::array<std::string_view, 6> k_unpublished{"conda",     "luarocks", "otp",
                                                        "cocoapods", "pear",     "wordpress-plugin"};

// PEAR's own packages are published for Composer too: pear.php.net/Archive_Tar is pear/archive_tar there. Extensions
// and other channels' packages are not.
constexpr std::string_view k_pear_channel = "pear.php.net/";

const Row* row_of(std::string_view type) {
  const auto row = std::find_if(k_rows.begin(), k_rows.end(), [&](const Row& r) { return r.type == type; });
  return row == k_rows.end() ? nullptr : &*row;
}

// Versions as the comparators read them: Go writes "v1.2.3", gems carry their platform.
std::string comparable(const model::Package& package) {
  std::string_view version = package.version;
  if (package.type == "golang" && version.size() > 1 && version.front() == 'v') version.remove_prefix(1);
  if ((package.type == "composer" || package.type == "npm") && version.size() > 1 && version.front() == 'v')
    version.remove_prefix(1);
  return std::string(version);
}

class Language final : public Matcher {
 public:
  std::optional<Query> query(const model::Distribution&, const model::Package& package) const override {
    const Row* const row = row_of(package.type);
    if (row == nullptr) return std::nullopt;
    // An archive that names no group belongs to nobody that an advisory could name.
    if (package.type == "maven" && package.name.find(':') == std::string::npos) return std::nullopt;
    const bool pear = package.type == "pear";
    if (pear && !package.name.starts_with(k_pear_channel)) return std::nullopt;
    const std::string name = pear ? "pear/" + package.name.substr(k_pear_channel.size()) : package.name;
    return Query{std::string(row->ecosystem),
                 {advisories::package_key(row->ecosystem, name)},
                 comparable(package),
                 row->scheme};
  }

  // Malware takes the names of other people's private packages. A package.json outside node_modules names the
  // application itself, and a crate that the builder had in a folder is his own: they may well have such a name.
  bool concerns(const advisories::Advisory& advisory, const model::Package& package,
                const inventory::Inventory&) const override {
    if (package.type == "cargo" && package.vendor == "local") return false;
    const bool malware = std::any_of(advisory.extra.begin(), advisory.extra.end(),
                                     [](const auto& extra) { return extra.first == "malware"; });
    if (!malware || package.type != "npm") return true;
    return package.declared_only || package.database_path.find("node_modules/") != std::string::npos ||
           package.database_path.ends_with(".zip");
  }

  std::string link(const advisories::Advisory& advisory, std::string_view flaw) const override {
    if (flaw.substr(0, 5) == "GHSA-") return "https://github.com/advisories/" + std::string(flaw);
    return "https://osv.dev/vulnerability/" + advisory.id;
  }
};

const util::Registered<Language> registered{{.id = "language",
                                             .version = 3,
                                             .summary = "Packages of languages by their own names",
                                             .example = "pkg:npm/lodash@4.17.15 → lodash in npm"}};

}  // namespace

std::optional<WithoutAdvisories> without_advisories(std::string_view type) {
  if (type == "generic")
    return WithoutAdvisories{"program-without-advisories",
                             "programs or libraries that no package installed and no advisory source knows",
                             model::GapEffect::unknown};
  if (type == k_inside_a_program)
    return WithoutAdvisories{
        "library-without-advisories",
        "libraries inside programs that are known themselves; no advisory source knows them apart",
        model::GapEffect::note};
  if (type == "maven")
    return WithoutAdvisories{"archive-without-group", "Java archives that do not say whose they are; not looked up",
                             model::GapEffect::note};
  if (std::find(k_unpublished.begin(), k_unpublished.end(), type) != k_unpublished.end())
    return WithoutAdvisories{"ecosystem-without-advisories", "no advisory source covers packages of this kind",
                             model::GapEffect::unknown};
  return std::nullopt;
}

}  // namespace hullcheck::match
