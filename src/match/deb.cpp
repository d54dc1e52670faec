// Debian, Ubuntu, Echo, and Docker's hardened images of Debian. They publish by source package and source version, so
// a binary package rebuilt under a version of its own (binNMU "+b1") is compared by its source's version.
#include "match/matcher.hpp"

namespace hullcheck::match {
namespace {

Query source_query(std::string ecosystem, const model::Package& package) {
  const bool own = package.source_name.empty();
  const auto& version = package.source_version.empty() ? package.version : package.source_version;
  return {std::move(ecosystem), {own ? package.name : package.source_name}, version, "dpkg"};
}

class Debian final : public Matcher {
 public:
  std::optional<Query> query(const model::Distribution& distribution, const model::Package& package) const override {
    const bool hardened = distribution.id == k_hardened;
    if (package.type != "deb" || (distribution.id != "debian" && !hardened)) return std::nullopt;
    Query query = source_query("Debian:" + release(distribution), package);
    // What Docker says of its builds comes first, the rest is Debian's.
    if (hardened) query.before = hardened_queries(distribution, package);
    return query;
  }
  std::string link(const advisories::Advisory&, std::string_view flaw) const override {
    return "https://security-tracker.debian.org/tracker/" + std::string(flaw);
  }

 private:
  static constexpr std::string_view k_hardened = "dhi";

  // By the names of packages; those of their sources are the same but for a few.
  static std::vector<Query> hardened_queries(const model::Distribution& distribution, const model::Package& package) {
    const std::string ecosystem = "Docker Hardened Images:Debian:" + version_parts(distribution.version_id, 1);
    Query by_source = source_query(ecosystem, package);
    if (by_source.names.front() == package.name) return {by_source};
    Query by_name{ecosystem, {package.name}, package.version, "dpkg"};
    return {by_source, by_name};
  }

  // testing and unstable have no VERSION_ID but may have a codename.
  static std::string release(const model::Distribution& distribution) {
    if (!distribution.version_id.empty()) {
      const bool old = distribution.version_id.substr(0, 2) == "3.";
      return old ? distribution.version_id : version_parts(distribution.version_id, 1);
    }
    if (distribution.codename == "forky") return "14";
    if (distribution.codename == "duke") return "15";
    return "sid";
  }
};

// Canonical publishes in channels: the ordinary one, Ubuntu Pro's extended maintenance (esm), and builds with
// validated cryptography (FIPS) whose versions do not compare with the others'.
class Ubuntu final : public Matcher {
 public:
  std::optional<Query> query(const model::Distribution& distribution, const model::Package& package) const override {
    if (package.type != "deb" || distribution.id != "ubuntu") return std::nullopt;
    const std::string release = version_parts(distribution.version_id, 2);
    if (!long_term(release)) return source_query("Ubuntu:" + release, package);
    const auto in = [&](std::string_view channel) {
      return source_query("Ubuntu:" + std::string(channel) + release + ":LTS", package);
    };
    Query query = in("");
    if (is_fips(version_of(package))) {
      query = in("Pro:FIPS-updates:");
      query.also = {in("Pro:FIPS:"), in("Pro:FIPS-preview:")};
      return query;
    }
    // The fixes of Pro come behind the ordinary ones; with Pro, its word comes first.
    (has_pro(distribution, package) ? query.before : query.also).push_back(in("Pro:"));
    if (!query.also.empty()) query.also.back().joined = true;
    return query;
  }

  std::string_view fix_channel(const advisories::Advisory&, std::string_view fixed_version,
                               const model::Package& package, const inventory::Inventory& inventory) const override {
    const bool extended = fixed_version.find("esm") != std::string_view::npos;
    return extended && !has_pro(inventory.distribution, package) ? "Ubuntu Pro" : std::string_view();
  }

  std::string link(const advisories::Advisory&, std::string_view flaw) const override {
    const bool cve = flaw.substr(0, 4) == "CVE-";
    return (cve ? "https://ubuntu.com/security/" : "https://osv.dev/vulnerability/") + std::string(flaw);
  }

 private:
  static const std::string& version_of(const model::Package& package) {
    return package.source_version.empty() ? package.version : package.source_version;
  }
  // "1.1.1f-1ubuntu2.fips.22", "3.0.2-0ubuntu1.18+Fips1"
  static bool is_fips(std::string_view version) {
    return version.find(".fips.") != std::string_view::npos || version.find("+fips") != std::string_view::npos ||
           version.find("+Fips") != std::string_view::npos;
  }
  // The image says that Pro is on (inventory/support_programs.cpp), or the package is a build of Pro's.
  static bool has_pro(const model::Distribution& distribution, const model::Package& package) {
    return distribution.pretty_name.ends_with(" (ESM)") || version_of(package).find("esm") != std::string::npos;
  }
  // April of every second year.
  static bool long_term(const std::string& release) {
    return release.size() == 5 && release.substr(2) == ".04" && (release[1] - '0') % 2 == 0;
  }
};

// A rebuilt Debian without releases.
class Echo final : public Matcher {
 public:
  std::optional<Query> query(const model::Distribution& distribution, const model::Package& package) const override {
    if (package.type != "deb" || distribution.id != "echo") return std::nullopt;
    return source_query("Echo", package);
  }
  std::string link(const advisories::Advisory& advisory, std::string_view) const override {
    return "https://osv.dev/vulnerability/" + advisory.id;
  }
};

const util::Registered<Echo> echo{{.id = "echo",
                                   .version = 1,
                                   .summary = "Echo packages by source package",
                                   .example = "libssl3 3.0.11-1+e1 → openssl in Echo"}};
const util::Registered<Debian> debian{{.id = "debian",
                                       .version = 2,
                                       .summary = "Debian packages by source package",
                                       .example = "libssl3 3.0.11-1 → openssl in Debian:12"}};
const util::Registered<Ubuntu> ubuntu{{.id = "ubuntu",
                                       .version = 2,
                                       .summary = "Ubuntu packages by source package and channel",
                                       .example = "libssl3 3.0.2-0ubuntu1 → openssl in Ubuntu:22.04:LTS"}};

}  // namespace
}  // namespace hullcheck::match
