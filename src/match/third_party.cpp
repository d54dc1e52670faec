// How a publisher is known. rpm names a vendor in every package, so whoever is none of the distribution's vendors is
// a third party. dpkg names a maintainer, who in Debian is anybody: there the publishers that people use are listed,
// by what they write into maintainer or version. apk names the maintainer too, and nobody else publishes in it at
// scale.
#include "match/third_party.hpp"

#include <algorithm>
#include <array>

#include "util/ascii.hpp"

namespace hullcheck::match {
namespace {

struct Vendors {
  std::string_view id;    // os-release
  std::string_view word;  // in lower case, anywhere in the vendor
};
constexpr Vendors k_vendors[] = {
    {"rhel", "red hat"},
    {"centos", "centos"},
    {"centos", "red hat"},
    {"fedora", "fedora project"},
    {"almalinux", "almalinux"},
    {"almalinux", "cloudlinux"},
    {"rocky", "rocky"},
    {"ol", "oracle"},
    {"amzn", "amazon"},
    {"sles", "suse"},
    {"sled", "suse"},
    {"sle-micro", "suse"},
    {"sle_hpc", "suse"},
    {"opensuse-leap", "suse"},
    {"opensuse-tumbleweed", "suse"},
    {"opensuse", "suse"},
    {"photon", "vmware"},
    {"photon", "broadcom"},
    {"mariner", "microsoft"},
    {"azurelinux", "microsoft"},
    {"openeuler", "openeuler"},
    {"mageia", "mageia"},
};

// Projects and companies behind repositories of rpm packages, by a word of their vendor, for their name.
struct Named {
  std::string_view word, name;
};
constexpr Named k_rpm_publishers[] = {
    {"fedora project", "EPEL"},    {"docker", "Docker"},         {"postgresql", "PostgreSQL (PGDG)"},
    {"pgdg", "PostgreSQL (PGDG)"}, {"nodesource", "NodeSource"}, {"remi", "Remi's repository"},
    {"rpm fusion", "RPM Fusion"},  {"elrepo", "ELRepo"},
};

// Debian packages: a part of the maintainer, or of the version.
struct Publisher {
  std::string_view name, maintainer, version;
};
constexpr Publisher k_deb_publishers[] = {
    {"Docker", "support@docker.com", ""},
    {"Docker", "@docker.com", ""},
    {"PostgreSQL (PGDG)", "", ".pgdg"},
    {"NodeSource", "", "nodesource"},
    {"NodeSource", "nodesource", ""},
    {"nginx.org", "nginx-packaging@", ""},
    {"nginx.org", "nginx packaging", ""},
    {"deb-multimedia.org", "", "-dmo"},
    {"deb-multimedia.org", "@deb-multimedia.org", ""},
    {"deb.sury.org", "", "+0~20"},
    {"deb.sury.org", "deb.sury.org", ""},
    {"MariaDB", "", "+maria~"},
    {"MySQL", "mysql release engineering", ""},
    {"Percona", "percona", ""},
    {"MongoDB", "mongodb.com", ""},
    {"Google", "chrome linux team", ""},
    {"Google", "linux-packages-keymaster@google.com", ""},
    {"Google", "google cloud cli", ""},
    {"Microsoft", "@microsoft.com", ""},
    {"HashiCorp", "hashicorp", ""},
    {"Elastic", "@elastic.co", ""},
    {"Elasticsearch", "elasticsearch team", ""},
    {"Grafana Labs", "@grafana.com", ""},
    {"Kubernetes", "kubernetes authors", ""},
    {"GitHub", "@github.com", ""},
    {"GitLab", "@gitlab.com", ""},
    {"Yarn", "yarn developers", ""},
    {"NVIDIA", "cudatools", ""},
    {"NVIDIA", "nvidia corporation", ""},
    {"InfluxData", "@influxdb.com", ""},
    {"InfluxData", "@influxdata.com", ""},
    {"Datadog", "@datadoghq.com", ""},
    {"RabbitMQ", "rabbitmq team", ""},
    {"Redis", "redis packaging team", ""},
    {"Redis", "@redis.com", ""},
    {"Varnish", "packagecloud.io/varnishcache", ""},
    {"HAProxy", "haproxy.debian.net", ""},
    {"Adoptium", "adoptium", ""},
    {"Azul", "azul systems", ""},
    {"Amazon Corretto", "corretto", ""},
    {"Amazon", "@amazon.com", ""},
    {"LLVM", "", "~++20"},
    {"Tailscale", "@tailscale.com", ""},
    {"Caddy", "caddyserver.com", ""},
    {"OpenResty", "openresty", ""},
    {"Jenkins", "jenkins-ci", ""},
    {"an Ubuntu PPA", "", "~ppa"},
    {"an Ubuntu PPA", "", "+ppa"},
    {"Raspbian", "", "+rpi"},
};

bool has_vendors(std::string_view id) {
  return std::any_of(std::begin(k_vendors), std::end(k_vendors), [&](const Vendors& row) { return row.id == id; });
}

std::string of_rpm(std::string_view id, const model::Package& package) {
  const std::string vendor = util::lower(package.vendor);
  if (vendor.empty() || vendor == "(none)" || !has_vendors(id)) return {};
  for (const Vendors& row : k_vendors)
    if (row.id == id && vendor.find(row.word) != std::string::npos) return {};
  for (const Named& row : k_rpm_publishers)
    if (vendor.find(row.word) != std::string::npos) return std::string(row.name);
  return package.vendor;
}

std::string of_deb(std::string_view id, const model::Package& package) {
  if (id != "debian" && id != "ubuntu") return {};
  const std::string maintainer = util::lower(package.vendor);
  for (const Publisher& row : k_deb_publishers) {
    const bool by_maintainer = !row.maintainer.empty() && maintainer.find(row.maintainer) != std::string::npos;
    const bool by_version = !row.version.empty() && package.version.find(row.version) != std::string::npos;
    if (by_maintainer || by_version) return std::string(row.name);
  }
  return {};
}

}  // namespace

std::string third_party(const model::Distribution& distribution, const model::Package& package) {
  if (package.type == "rpm") return of_rpm(distribution.id, package);
  if (package.type == "deb") return of_deb(distribution.id, package);
  return {};
}

}  // namespace hullcheck::match
