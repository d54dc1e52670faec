// Distributions of rpm packages. Each publishes in its own way: by binary package (AlmaLinux, Oracle, Amazon,
// Fedora), by source package (openEuler, Mageia), or by either (Rocky; Red Hat, whose unfixed flaws are of source
// packages; SUSE, whose OSV records are of source packages and whose OVAL is of binary ones).
//
// Module streams: on Enterprise Linux 8 and 9 several builds of one package name live side by side ("postgresql:12"
// and "postgresql:16"). A bulletin about one stream says nothing about another, and nothing about packages of no
// module, although their versions compare.
#include <algorithm>

#include "match/matcher.hpp"

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
    {"opensuse-tumbleweed", "openSUSE:Tumbleweed", 0, Names::both},
};

std::string service_pack(std::string_view version) {
  const auto dot = version.find('.');
  if (dot == std::string_view::npos) return std::string(version);
  return std::string(version.substr(0, dot)) + " SP" + std::string(version.substr(dot + 1));
}

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
    return query;
  }

  bool concerns(const advisories::Advisory& advisory, const model::Package& package,
                const inventory::Inventory&) const override {
    if (!same_lineage(advisory, package) || !for_architecture(advisory, package)) return false;
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

  std::string link(const advisories::Advisory& advisory, std::string_view) const override {
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

  // "aarch64 x86_64": what the advisory's builds are for; it says nothing of others.
  static bool for_architecture(const advisories::Advisory& advisory, const model::Package& package) {
    const std::string list = " " + std::string(extra(advisory, "arch")) + " ";
    if (list.size() == 2 || package.architecture.empty() || package.architecture == "noarch") return true;
    return list.find(" " + package.architecture + " ") != std::string::npos ||
           list.find(" noarch ") != std::string::npos;
  }

  static std::optional<std::pair<std::string, Names>> ecosystem_of(const model::Distribution& distribution) {
    if (distribution.id == "sles")
      return std::pair("SUSE:Linux Enterprise Server " + service_pack(distribution.version_id), Names::both);
    // The first Amazon Linux counts its releases by date.
    if (distribution.id == "amzn")
      return std::pair("Amazon Linux:" + (distribution.version_id.size() > 4 ? "1" : distribution.version_id),
                       Names::binary);
    for (const auto& row : k_rows)
      if (row.id == distribution.id)
        return std::pair(std::string(row.ecosystem) + version_parts(distribution.version_id, row.parts), row.names);
    return std::nullopt;
  }
};

const util::Registered<Rpm> registered{
    {.id = "rpm",
     .version = 2,
     .summary = "Red Hat and its relatives, SUSE, Amazon, Azure Linux and others by their own names",
     .example = "openssl-libs 1:1.1.1k-6.el8 → AlmaLinux:8"}};

}  // namespace
}  // namespace hullcheck::match
