// The sources of a default update, as data. Sizes are what a download is about to be, for progress only.
#include <fmt/format.h>

#include "advisories/enrichment.hpp"
#include "advisories/feed.hpp"

namespace hullcheck::advisories {
namespace {

constexpr std::uint64_t k_kilo = 1000, k_mega = 1'000'000;

struct OsvRow {
  std::string_view ecosystem;  // as OSV spells it
  std::string_view path;       // the same in a URL
  std::string_view licence;
  std::uint64_t rough_bytes;
  bool optional = false;
};
// Distributions whose own feeds are below, and say more than their OSV form, are optional here.
constexpr OsvRow k_osv[] = {
    {"Alpine", "Alpine", "CC-BY-SA-4.0", 5 * k_mega, true},
    {"AlmaLinux", "AlmaLinux", "MIT", 5 * k_mega},
    {"Alpaquita", "Alpaquita", "CC-BY-4.0", 2 * k_mega},
    {"Azure Linux", "Azure%20Linux", "MIT", 3 * k_mega, true},
    {"BellSoft Hardened Containers", "BellSoft%20Hardened%20Containers", "CC-BY-4.0", 1 * k_mega},
    {"Bitnami", "Bitnami", "Apache-2.0", 7 * k_mega},
    {"CRAN", "CRAN", "Apache-2.0", 20 * k_kilo},
    {"Chainguard", "Chainguard", "Apache-2.0", 20 * k_mega, true},
    {"CleanStart", "CleanStart", "publisher's terms", 20 * k_mega},
    {"ConanCenter", "ConanCenter", "CC-BY-4.0", 100 * k_kilo},
    {"Debian", "Debian", "MIT", 60 * k_mega, true},
    {"Docker Hardened Images", "Docker%20Hardened%20Images", "publisher's terms", 3 * k_mega},
    {"Echo", "Echo", "CC-BY-4.0", 2 * k_mega},
    {"GHC", "GHC", "CC0-1.0", 10 * k_kilo},
    {"GitHub Actions", "GitHub%20Actions", "CC-BY-4.0", 100 * k_kilo},
    {"Go", "Go", "CC-BY-4.0", 6 * k_mega},
    {"Hackage", "Hackage", "CC0-1.0", 50 * k_kilo},
    {"Hex", "Hex", "CC-BY-4.0", 100 * k_kilo},
    {"Julia", "Julia", "MIT", 100 * k_kilo},
    {"Mageia", "Mageia", "CC-BY-SA-4.0", 5 * k_mega},
    {"Maven", "Maven", "CC-BY-4.0", 15 * k_mega},
    {"MinimOS", "MinimOS", "Apache-2.0", 5 * k_mega, true},
    {"NuGet", "NuGet", "CC-BY-4.0", 3 * k_mega},
    {"Packagist", "Packagist", "CC-BY-4.0", 10 * k_mega},
    {"Pub", "Pub", "CC-BY-4.0", 20 * k_kilo},
    {"PyPI", "PyPI", "CC-BY-4.0", 30 * k_mega},
    {"Red Hat", "Red%20Hat", "CC-BY-4.0", 40 * k_mega, true},
    {"Rocky Linux", "Rocky%20Linux", "BSD-3-Clause", 5 * k_mega},
    {"RubyGems", "RubyGems", "CC-BY-4.0", 3 * k_mega},
    {"SUSE", "SUSE", "CC-BY-4.0", 60 * k_mega},
    {"SwiftURL", "SwiftURL", "CC-BY-4.0", 50 * k_kilo},
    {"Root", "Root", "Apache-2.0", 1 * k_mega},
    {"Ubuntu", "Ubuntu", "CC-BY-SA-4.0", 80 * k_mega},
    {"VSCode", "VSCode", "CC-BY-4.0", 100 * k_kilo},
    {"Wolfi", "Wolfi", "Apache-2.0", 5 * k_mega, true},
    {"crates.io", "crates.io", "CC0-1.0", 2 * k_mega},
    {"npm", "npm", "CC-BY-4.0", 150 * k_mega},
    {"opam", "opam", "CC0-1.0", 20 * k_kilo},
    {"openEuler", "openEuler", "MulanPSL-2.0", 10 * k_mega},
    {"openSUSE", "openSUSE", "CC-BY-4.0", 30 * k_mega},
};

// Alpine releases with a secdb: v3.3 is the first; v3.3 has hardly any community packages, but the file is there.
constexpr int k_first_alpine = 3, k_last_alpine = 23;

void add_alpine(std::vector<SourceRow>& rows, const std::string& release) {
  for (const std::string_view repository : {"main", "community"})
    rows.push_back({fmt::format("alpine/{}/{}", release, repository), "alpine",
                    fmt::format("https://secdb.alpinelinux.org/{}/{}.json", release, repository), "Alpine:" + release,
                    "CC-BY-SA-4.0", 200 * k_kilo});
}

// Feeds of distributions and about flaws in general, one document or repository each.
struct PlainRow {
  std::string_view name, feed, url, subject, licence;
  std::uint64_t rough_bytes;
  bool optional = false;
};
constexpr PlainRow k_plain[] = {
    {"debian", "debian", "https://security-tracker.debian.org/tracker/data/json", "Debian", "MIT", 70 * k_mega},
    {"wolfi", "alpine", "https://packages.wolfi.dev/os/security.json", "Wolfi", "Apache-2.0", 1300 * k_kilo},
    {"chainguard", "alpine", "https://packages.cgr.dev/chainguard/security.json", "Chainguard", "Apache-2.0",
     2 * k_mega},
    {"minimos", "alpine", "https://packages.mini.dev/advisories/secdb/security.json", "MinimOS", "Apache-2.0",
     2 * k_mega},
    {"redhat", "redhat", "https://security.access.redhat.com/data/csaf/v2/vex/", "Red Hat", "CC-BY-4.0",
     150 * k_mega},
    {"redhat-repositories", "redhat-repositories",
     "https://security.access.redhat.com/data/metrics/repository-to-cpe.json", "", "CC-BY-4.0", 3 * k_mega},
    {"azurelinux/3.0", "azurelinux",
     "https://raw.githubusercontent.com/microsoft/AzureLinuxVulnerabilityData/main/azurelinux-3.0-oval.xml",
     "Azure Linux:3", "MIT", 3 * k_mega},
    {"azurelinux/2.0", "azurelinux",
     "https://raw.githubusercontent.com/microsoft/AzureLinuxVulnerabilityData/main/cbl-mariner-2.0-oval.xml",
     "Azure Linux:2", "MIT", 5 * k_mega},
    {"azurelinux/1.0", "azurelinux",
     "https://raw.githubusercontent.com/microsoft/AzureLinuxVulnerabilityData/main/cbl-mariner-1.0-oval.xml",
     "Azure Linux:1", "MIT", 4 * k_mega},
    {"oracle", "oracle", "https://linux.oracle.com/security/oval/com.oracle.elsa-all.xml.bz2", "Oracle Linux",
     "Oracle Linux terms", 8 * k_mega},
    {"amazon/2023", "amazon", "https://cdn.amazonlinux.com/al2023/core/mirrors/latest/x86_64/mirror.list",
     "Amazon Linux:2023", "Amazon Linux terms", 3 * k_mega},
    {"amazon/2", "amazon", "https://cdn.amazonlinux.com/2/core/latest/x86_64/mirror.list", "Amazon Linux:2",
     "Amazon Linux terms", 3 * k_mega},
    {"amazon/1", "amazon", "https://repo.us-west-2.amazonaws.com/2018.03/updates/x86_64/mirror.list",
     "Amazon Linux:1", "Amazon Linux terms", 1 * k_mega},
    {"arch", "arch", "https://security.archlinux.org/all.json", "Arch Linux", "MIT", 2 * k_mega},
    {"gentoo", "gentoo", "https://gitweb.gentoo.org/data/glsa.git/snapshot/glsa-master.tar.gz", "Gentoo",
     "CC-BY-SA-4.0", 3 * k_mega},
    {"suse-oval/sles-15", "suse-oval",
     "https://ftp.suse.com/pub/projects/security/oval/suse.linux.enterprise.server.15.xml.gz", "SUSE", "CC-BY-4.0",
     15 * k_mega, true},
    {"suse-oval/sles-12", "suse-oval",
     "https://ftp.suse.com/pub/projects/security/oval/suse.linux.enterprise.server.12.xml.gz", "SUSE", "CC-BY-4.0",
     12 * k_mega, true},
    {"suse-oval/leap-15.6", "suse-oval", "https://ftp.suse.com/pub/projects/security/oval/opensuse.leap.15.6.xml.gz",
     "openSUSE:Leap 15.6", "CC-BY-4.0", 8 * k_mega, true},
    {"suse-csaf", "suse-csaf", "https://ftp.suse.com/pub/projects/security/csaf-vex/", "SUSE", "CC-BY-4.0",
     150 * k_mega, true},
    {"epss", "epss", "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz", "", "FIRST EPSS terms",
     2 * k_mega},
    {"kev", "kev", "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json", "",
     "CC0-1.0", 1300 * k_kilo},
};

// Codename, ecosystem as OSV spells it. Releases of long-term support and the newest one.
constexpr std::pair<std::string_view, std::string_view> k_ubuntu[] = {
    {"trusty", "Ubuntu:14.04:LTS"}, {"xenial", "Ubuntu:16.04:LTS"}, {"bionic", "Ubuntu:18.04:LTS"},
    {"focal", "Ubuntu:20.04:LTS"},  {"jammy", "Ubuntu:22.04:LTS"},  {"noble", "Ubuntu:24.04:LTS"},
    {"plucky", "Ubuntu:25.04"},     {"questing", "Ubuntu:25.10"},
};
// Repositories of Amazon Linux 2 beside its core, by what they bring.
constexpr std::string_view k_amazon_extras[] = {
    "BCC",
    "ansible2",
    "aws-nitro-enclaves-cli",
    "collectd",
    "corretto8",
    "docker",
    "dnsmasq",
    "ecs",
    "firefox",
    "golang1.19",
    "haproxy2",
    "httpd_modules",
    "java-openjdk11",
    "kernel-5.4",
    "kernel-5.10",
    "kernel-5.15",
    "lustre",
    "mariadb10.5",
    "memcached1.5",
    "nginx1",
    "openjdk11",
    "php7.4",
    "php8.0",
    "php8.1",
    "php8.2",
    "postgresql10",
    "postgresql11",
    "postgresql12",
    "postgresql13",
    "postgresql14",
    "python3.8",
    "R4",
    "redis6",
    "ruby3.0",
    "rust1",
    "squid4",
    "tomcat8.5",
    "tomcat9",
    "unbound1.13",
    "unbound1.17",
    "vim",
};
constexpr std::string_view k_photon[] = {"1.0", "2.0", "3.0", "4.0", "5.0"};
constexpr int k_first_fedora = 40, k_last_fedora = 43;
constexpr int k_first_nvd = 2002, k_last_nvd = 2026;

void add_series(std::vector<SourceRow>& rows) {
  for (int minor = k_first_alpine; minor <= k_last_alpine; ++minor) add_alpine(rows, fmt::format("v3.{}", minor));
  add_alpine(rows, "edge");
  for (const auto& [codename, ecosystem] : k_ubuntu)
    rows.push_back(
        {fmt::format("ubuntu-oval/{}", codename), "ubuntu-oval",
         fmt::format("https://security-metadata.canonical.com/oval/com.ubuntu.{}.cve.oval.xml.bz2", codename),
         std::string(ecosystem), "CC-BY-SA-4.0", 5 * k_mega, true});
  for (const auto extra : k_amazon_extras)
    rows.push_back({fmt::format("amazon/2-extras/{}", extra), "amazon",
                    fmt::format("https://cdn.amazonlinux.com/2/extras/{}/latest/x86_64/mirror.list", extra),
                    "Amazon Linux:2", "Amazon Linux terms", 100 * k_kilo, true});
  for (const auto release : k_photon)
    rows.push_back(
        {fmt::format("photon/{}", release), "photon",
         fmt::format("https://packages.vmware.com/photon/photon_cve_metadata/cve_data_photon{}.json", release),
         fmt::format("Photon OS:{}", release), "CC-BY-4.0", 2 * k_mega});
  for (int release = k_first_fedora; release <= k_last_fedora; ++release)
    rows.push_back(
        {fmt::format("fedora/{}", release), "fedora",
         fmt::format("https://dl.fedoraproject.org/pub/fedora/linux/updates/{}/Everything/x86_64/", release),
         fmt::format("Fedora:{}", release), "CC-BY-4.0", 3 * k_mega});
  for (int year = k_first_nvd; year <= k_last_nvd; ++year)
    rows.push_back({fmt::format("nvd/{}", year), "nvd",
                    fmt::format("https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-{}.json.gz", year),
                    std::string(k_cpe_ecosystem), "public domain", 15 * k_mega});
}

}  // namespace

std::vector<SourceRow> default_sources() {
  std::vector<SourceRow> rows;
  for (const auto& row : k_osv)
    rows.push_back({fmt::format("osv/{}", row.ecosystem), "osv",
                    fmt::format("https://osv-vulnerabilities.storage.googleapis.com/{}/all.zip", row.path),
                    std::string(row.ecosystem), row.licence, row.rough_bytes, row.optional});
  for (const auto& row : k_plain)
    rows.push_back({std::string(row.name), row.feed, std::string(row.url), std::string(row.subject), row.licence,
                    row.rough_bytes, row.optional});
  add_series(rows);
  return rows;
}

bool fills(std::string_view subject, std::string_view ecosystem) {
  if (subject.empty() || ecosystem.substr(0, subject.size()) != subject) return false;
  return ecosystem.size() == subject.size() || ecosystem[subject.size()] == ':';
}

}  // namespace hullcheck::advisories
