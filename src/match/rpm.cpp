// Distributions of rpm packages. Each publishes in its own way: by binary package (AlmaLinux, Oracle, Amazon,
// Fedora), by source package (openEuler, Mageia), or by either (Rocky; Red Hat, whose unfixed flaws are of source
// packages; SUSE, whose OSV records are of source packages and whose OVAL is of binary ones).
//
// Module streams: on Enterprise Linux 8 and 9 several builds of one package name live side by side ("postgresql:12"
// and "postgresql:16"). A bulletin about one stream says nothing about another, and nothing about packages of no
// module, although their versions compare.
//
// An image of Red Hat's may be of a stream beside the main one: the stream's word on a flaw comes first.
#include <algorithm>

#include "match/matcher.hpp"
#include "match/redhat_streams.hpp"
#include "match/suse_products.hpp"

namespace hullcheck::match {
namespace {

enum class Names : std::uint8_t { binary, source, both };

struct Row {
  std::string_view id;         // os-release
  std::string_view ecosystem;  // the release follows
  int parts;                   // of VERSION_ID that make the release; 0: none
  Names names;
};
constexpr Row k_rows[] = {
    {"almalinux", "AlmaLinux:", 1, Names::binary},
    {"rhel", "Red Hat:", 1, Names::both},
    {"centos", "Red Hat:", 1, Names::both},
    {"ol", "Oracle Linux:", 1, Names::binary},
    {"fedora", "Fedora:", 1, Names::binary},
    {"rocky", "Rocky Linux:", 1, Names::both},
    {"azurelinux", "Azure Linux:", 1, Names::both},
    {"mariner", "Azure Linux:", 1, Names::both},
    {"photon", "Photon OS:", 2, Names::both},
    {"mageia", "Mageia:", 1, Names::source},
    {"opensuse-leap", "openSUSE:Leap ", 2, Names::both},
    {"opensuse-leap-micro", "openSUSE:Leap Micro ", 2, Names::both},
    {"opensuse-tumbleweed", "openSUSE:Tumbleweed", 0, Names::both},
    {"opensuse-microos", "openSUSE:Tumbleweed", 0, Names::both},
};

std::string source_name(const model::Package& package) {
  return package.source_name.empty() ? package.name : package.source_name;
}

// "postgresql:16:8100020241127:a1b2c3" → "postgresql:16"
std::string_view stream_of(std::string_view label) {
  const auto name = label.find(':');
  if (name == std::string_view::npos) return label;
  return label.substr(0, label.find(':', name + 1));
}

bool modular_version(std::string_view version) { return version.find(".module") != std::string_view::npos; }

class Rpm final : public Matcher {
 public:
  std::optional<Query> query(const model::Distribution& distribution, const model::Package& package) const override {
    if (package.type != "rpm" || package.name == "gpg-pubkey") return std::nullopt;
    auto ecosystem = ecosystem_of(distribution);
    if (!ecosystem) return std::nullopt;
    Query query{std::move(ecosystem->first), {}, package.version, "rpm"};
    if (ecosystem->second != Names::source) query.names.push_back(package.name);
    if (ecosystem->second != Names::binary && (query.names.empty() || source_name(package) != package.name))
      query.names.push_back(source_name(package));
    const auto add = [&](std::vector<Query>& list, std::string of) {
      list.push_back({std::move(of), query.names, query.version, query.scheme});
    };
    if (distribution.id == "rhel")
      for (const std::string& stream : redhat_streams(distribution))
        if (may_be_of_stream(package, stream)) add(query.before, stream);
    if (is_suse_enterprise(distribution.id))
      for (std::string& product : suse_further_products(distribution)) {
        add(query.also, std::move(product));
        query.also.back().joined = true;
      }
    return query;
  }

  bool concerns(const advisories::Advisory& advisory, const model::Package& package,
                const inventory::Inventory&) const override {
    if (!same_lineage(advisory, package) || !for_architecture(advisory, package)) return false;
    if (!of_repository(extra(advisory, "repository"), package.version)) return false;
    const bool labelled = !extra(advisory, "module").empty();
    bool modular = labelled, fixed = false;
    for (const auto& range : advisory.ranges) {
      modular = modular || modular_version(range.fixed);
      fixed = fixed || !range.fixed.empty();
    }
    // A label on builds that are of no module: the name of the bulletin happened to look like one.
    if (labelled && fixed && std::none_of(advisory.ranges.begin(), advisory.ranges.end(), [](const auto& range) {
          return modular_version(range.fixed);
        }))
      modular = false;
    if (modular != modular_version(package.version)) return false;
    if (!modular || package.modularity.empty()) return true;
    // A bulletin that does not say which stream it is about is about any.
    return !labelled || extra(advisory, "module") == stream_of(package.modularity);
  }

  std::string_view fix_channel(const advisories::Advisory& advisory, std::string_view, const model::Package&,
                               const inventory::Inventory& inventory) const override {
    return suse_fix_channel(advisory.ecosystem, inventory);
  }

  std::string link(const advisories::Advisory& advisory, std::string_view flaw) const override {
    const bool cve = flaw.starts_with("CVE-");
    if (cve && advisory.ecosystem.starts_with("Red Hat:"))
      return "https://access.redhat.com/security/cve/" + std::string(flaw);
    if (cve && (advisory.ecosystem.starts_with("SUSE:") || advisory.ecosystem.starts_with("openSUSE:")))
      return "https://www.suse.com/security/cve/" + std::string(flaw) + ".html";
    if (cve && advisory.ecosystem.starts_with("Oracle Linux:"))
      return "https://linux.oracle.com/cve/" + std::string(flaw) + ".html";
    return "https://osv.dev/vulnerability/" + advisory.id;
  }

 private:
  static std::string_view extra(const advisories::Advisory& advisory, std::string_view wanted) {
    for (const auto& [key, value] : advisory.extra)
      if (key == wanted) return value;
    return {};
  }

  // Oracle builds some packages beside the ordinary ones, with fixes of their own: live patches and validated crypto.
  static bool same_lineage(const advisories::Advisory& advisory, const model::Package& package) {
    for (const std::string_view mark : {"ksplice", "_fips"}) {
      const bool own = package.version.find(mark) != std::string::npos;
      for (const auto& range : advisory.ranges)
        if (!range.fixed.empty() && (range.fixed.find(mark) != std::string::npos) != own) return false;
    }
    return true;
  }

  // Amazon's extras bring other releases of a package beside that of the core: "postgresql14" and the packages
  // postgresql 14.x, but not the 9.2 of the core. A name without a number ("docker") is of all releases.
  static bool of_repository(std::string_view repository, std::string_view version) {
    const std::size_t last = repository.find_last_not_of("0123456789.");
    std::string number(last == std::string_view::npos ? std::string_view() : repository.substr(last + 1));
    if (number.empty()) return true;
    version = version.substr(version.find(':') == std::string_view::npos ? 0 : version.find(':') + 1);
    const auto begins = [&](std::string_view front) {
      return version.starts_with(front) &&
             (version.size() == front.size() || version[front.size()] < '0' || version[front.size()] > '9');
    };
    return begins(number) || begins("1." + number);  // Java 8 is 1.8
  }

  // "aarch64 x86_64": what the advisory's builds are for; it says nothing of others.
  static bool for_architecture(const advisories::Advisory& advisory, const model::Package& package) {
    const std::string list = " " + std::string(extra(advisory, "arch")) + " ";
    if (list.size() == 2 || package.architecture.empty() || package.architecture == "noarch") return true;
    return list.find(" " + package.architecture + " ") != std::string::npos ||
           list.find(" noarch ") != std::string::npos;
  }

  // The first one counts its releases by date ("2018.03"), the third was called 2022 before it was released.
  static std::string amazon_release(std::string_view version) {
    const std::string year = version_parts(version, 1);
    if (year == "2022") return "2023";
    return year == "2" || year == "2023" || version.find('.') == std::string_view::npos ? year : "1";
  }

  static std::optional<std::pair<std::string, Names>> ecosystem_of(const model::Distribution& distribution) {
    if (is_suse_enterprise(distribution.id)) return std::pair(suse_product(distribution), Names::both);
    if (distribution.id == "amzn")
      return std::pair("Amazon Linux:" + amazon_release(distribution.version_id), Names::binary);
    for (const auto& row : k_rows)
      if (row.id == distribution.id)
        return std::pair(std::string(row.ecosystem) + version_parts(distribution.version_id, row.parts), row.names);
    return std::nullopt;
  }
};

const util::Registered<Rpm> registered{
    {.id = "rpm",
     .version = 3,
     .summary = "Red Hat and its relatives, SUSE, Amazon, Azure Linux and others by their own names",
     .example = "openssl-libs 1:1.1.1k-6.el8 → AlmaLinux:8"}};

}  // namespace
}  // namespace hullcheck::match
