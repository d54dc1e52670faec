// Programs that no package brought, known by their own bytes (type generic). They are looked up in Bitnami's records,
// which follow the versions of the programs' makers, and in what the NVD says of products by their CPE names; of a
// flaw that Bitnami has a record about, Bitnami's word counts. A program that neither has a record of is said not to
// have been assessed.
//
// The NVD ties some flaws to what else must be there: a system, other software, an edition that is sold. What an
// image shows is asked; hardware is taken to be there, for the image runs anywhere.
#include <algorithm>
#include <array>

#include "advisories/cpe.hpp"
#include "advisories/cpe_products.hpp"
#include "advisories/enrichment.hpp"
#include "advisories/package_key.hpp"
#include "match/bitnami.hpp"
#include "match/matcher.hpp"
#include "versions/comparator.hpp"

namespace hullcheck::match {
namespace {

using advisories::CpeBound;
using advisories::CpeSubject;

constexpr std::string_view k_scheme = "cpe";

// The other way round: names that programs go by elsewhere (bills of materials), for the one in the table of
// products.
constexpr std::pair<std::string_view, std::string_view> k_program_names[] = {
    {"apache", "httpd"},   {"postgres", "postgresql"}, {"nodejs", "node"},        {"mongod", "mongodb"},
    {"cpython", "python"}, {"mysqld", "mysql"},        {"redis-server", "redis"}, {"php-cli", "php"},
    {"libcurl", "curl"},   {"libexpat", "expat"},      {"libopenssl", "openssl"}, {"libsqlite3", "sqlite"},
};

// "15.3" → "15.3.0", "3.1.2p20" → "3.1.2", "1.0.0-rc1" as it is: Bitnami's records are in SemVer.
std::string three_parts(std::string_view version) {
  const std::size_t end = version.find_first_not_of("0123456789.");
  std::string out(version.substr(0, end));
  while (out.ends_with('.')) out.pop_back();
  auto dots = std::count(out.begin(), out.end(), '.');
  for (; dots < 2; ++dots) out += ".0";
  for (; dots > 2; --dots) out.erase(out.rfind('.'));
  const bool before_release = end != std::string_view::npos && version[end] == '-' && end + 1 < version.size() &&
                              (version[end + 1] < '0' || version[end + 1] > '9');
  return before_release ? out + std::string(version.substr(end)) : out;
}

std::string_view program_name(std::string_view name) {
  for (const auto& [from, to] : k_program_names)
    if (name == from) return to;
  return name;
}

struct System {
  std::string_view vendor, product, id;  // os-release
};
constexpr System k_systems[] = {
    {"debian", "debian_linux", "debian"},
    {"canonical", "ubuntu_linux", "ubuntu"},
    {"fedoraproject", "fedora", "fedora"},
    {"redhat", "enterprise_linux", "rhel"},
    {"redhat", "enterprise_linux_server", "rhel"},
    {"redhat", "enterprise_linux_workstation", "rhel"},
    {"redhat", "enterprise_linux_desktop", "rhel"},
    {"centos", "centos", "centos"},
    {"centos", "stream", "centos"},
    {"oracle", "linux", "ol"},
    {"almalinux", "almalinux", "almalinux"},
    {"alpinelinux", "alpine_linux", "alpine"},
    {"amazon", "linux", "amzn"},
    {"amazon", "linux_2", "amzn"},
    {"suse", "linux_enterprise_server", "sles"},
    {"opensuse", "leap", "opensuse-leap"},
    {"opensuse", "tumbleweed", "opensuse-tumbleweed"},
    {"vmware", "photon_os", "photon"},
    {"archlinux", "arch_linux", "arch"},
    {"gentoo", "linux", "gentoo"},
};

const versions::Comparator& comparator() { return *versions::ComparatorRegistry::find(k_scheme)->instance; }

bool within(std::string_view version, const CpeSubject& subject) {
  return std::all_of(subject.bounds.begin(), subject.bounds.end(), [&](const auto& bound) {
    const auto order = comparator().compare(version, bound.second);
    switch (bound.first) {
      case CpeBound::at_least: return order >= 0;
      case CpeBound::above: return order > 0;
      case CpeBound::at_most: return order <= 0;
      case CpeBound::below: return order < 0;
    }
    return false;
  });
}

// Linux is under every image, in a version that is not the image's matter.
bool is_the_system(const CpeSubject& subject, const model::Distribution& distribution) {
  if (subject.vendor == "linux") return true;
  return std::any_of(std::begin(k_systems), std::end(k_systems), [&](const System& system) {
    return system.vendor == subject.vendor && system.product == subject.product && system.id == distribution.id &&
           (distribution.version_id.empty() || within(distribution.version_id, subject));
  });
}

bool goes_by(const model::Package& package, const CpeSubject& subject) {
  const std::string product = subject.vendor + ":" + subject.product;
  const auto names = advisories::cpe_products(program_name(package.name));
  if (package.type == "generic" && std::find(names.begin(), names.end(), product) != names.end()) return true;
  return package.name == subject.product || (!package.source_name.empty() && package.source_name == subject.product);
}

// A distribution's version carries what the NVD's does not (epoch, release, backports): there the name is enough.
bool is_installed(const CpeSubject& subject, const inventory::Inventory& inventory) {
  return std::any_of(inventory.packages.begin(), inventory.packages.end(), [&](const model::Package& package) {
    return goes_by(package, subject) && (model::is_system_package(package) || within(package.version, subject));
  });
}

bool holds(std::string_view word, const inventory::Inventory& inventory) {
  const auto subject = advisories::read_cpe_subject(word);
  if (!subject || subject->part == "h") return true;
  return subject->part == "o" ? is_the_system(*subject, inventory.distribution) : is_installed(*subject, inventory);
}

bool any_holds(std::string_view words, const inventory::Inventory& inventory) {
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (holds(words.substr(0, end), inventory)) return true;
    words.remove_prefix(std::min(words.size(), end + 1));
  }
  return false;
}

class Programs final : public Matcher {
 public:
  std::optional<Query> query(const model::Distribution&, const model::Package& package) const override {
    if (package.type != "generic") return std::nullopt;
    Query query{"Bitnami", {}, three_parts(package.version), "bitnami"};
    query.names.push_back(advisories::package_key("Bitnami", bitnami_name(package.name)));
    query.listed_only = true;
    Query products{std::string(advisories::k_cpe_ecosystem), {}, package.version, k_scheme};
    const auto add = [&](std::string_view program) {
      for (const auto product : advisories::cpe_products(program)) products.names.emplace_back(product);
    };
    add(program_name(package.name));
    // What Oracle builds is listed under the names of its product as well.
    if (package.name == "openjdk" && package.vendor.starts_with("Oracle")) add("oracle-jdk");
    if (!products.names.empty()) query.also.push_back(std::move(products));
    return query;
  }

  bool concerns(const advisories::Advisory& advisory, const model::Package& package,
                const inventory::Inventory& inventory) const override {
    if (advisory.ecosystem != advisories::k_cpe_ecosystem) return true;
    for (const auto& [key, value] : advisory.extra) {
      if (key == advisories::k_cpe_needs && !any_holds(value, inventory)) return false;
      if (key == advisories::k_cpe_excludes && any_holds(value, inventory)) return false;
      if (key == advisories::k_cpe_edition && package.version.find("ent") == std::string::npos) return false;
      if (key == advisories::k_cpe_not && comparator().compare(package.version, value) == 0) return false;
    }
    return true;
  }

  std::string link(const advisories::Advisory& advisory, std::string_view) const override {
    if (advisory.ecosystem == advisories::k_cpe_ecosystem) return "https://nvd.nist.gov/vuln/detail/" + advisory.id;
    return "https://osv.dev/vulnerability/" + advisory.id;
  }
};

const util::Registered<Programs> registered{
    {.id = "programs",
     .version = 2,
     .summary = "Programs that no package brought, by the names that Bitnami and the NVD have for them",
     .example = "openssl 1.1.1k in /opt/x/openssl → openssl:openssl in the NVD"}};

}  // namespace
}  // namespace hullcheck::match
