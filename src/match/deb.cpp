// Debian and Ubuntu. Both publish by source package and source version, so a binary package rebuilt under a version
// of its own (binNMU "+b1") is compared by its source's version.
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
    if (package.type != "deb" || distribution.id != "debian") return std::nullopt;
    return source_query("Debian:" + release(distribution), package);
  }
  std::string link(const advisories::Advisory&, std::string_view flaw) const override {
    return "https://security-tracker.debian.org/tracker/" + std::string(flaw);
  }

 private:
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

class Ubuntu final : public Matcher {
 public:
  std::optional<Query> query(const model::Distribution& distribution, const model::Package& package) const override {
    if (package.type != "deb" || distribution.id != "ubuntu") return std::nullopt;
    const std::string release = version_parts(distribution.version_id, 2);
    // Builds of extended maintenance have advisories of their own; the ordinary ones end before them.
    const auto& version = package.source_version.empty() ? package.version : package.source_version;
    const bool extended = long_term(release) && version.find("esm") != std::string::npos;
    return source_query(
        std::string(extended ? "Ubuntu:Pro:" : "Ubuntu:") + release + (long_term(release) ? ":LTS" : ""), package);
  }
  std::string link(const advisories::Advisory&, std::string_view flaw) const override {
    const bool cve = flaw.substr(0, 4) == "CVE-";
    return (cve ? "https://ubuntu.com/security/" : "https://osv.dev/vulnerability/") + std::string(flaw);
  }

 private:
  // April of every second year.
  static bool long_term(const std::string& release) {
    return release.size() == 5 && release.substr(2) == ".04" && (release[1] - '0') % 2 == 0;
  }
};

const util::Registered<Debian> debian{{.id = "debian",
                                       .version = 1,
                                       .summary = "Debian packages by source package",
                                       .example = "libssl3 3.0.11-1 → openssl in Debian:12"}};
const util::Registered<Ubuntu> ubuntu{{.id = "ubuntu",
                                       .version = 1,
                                       .summary = "Ubuntu packages by source package",
                                       .example = "libssl3 3.0.2-0ubuntu1 → openssl in Ubuntu:22.04:LTS"}};

}  // namespace
}  // namespace hullcheck::match
