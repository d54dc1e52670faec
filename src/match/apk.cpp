// Alpine and the distributions that use its package manager. Advisories name the origin (source) package; every
// binary package of one origin has the same version.
#include "match/matcher.hpp"

namespace hullcheck::match {
namespace {

struct Row {
  std::string_view id;         // os-release
  std::string_view ecosystem;  // the release follows where there are releases
  std::string (*release)(std::string_view version);
  std::string_view link;  // the flaw's id follows
};

std::string none(std::string_view) { return {}; }
// A channel ("stream") or the number of a release.
std::string first_part(std::string_view version) { return version_parts(version, 1); }
// The development branch carries the number of the next release with a date behind it: "3.23_alpha20250612".
std::string alpine(std::string_view version) {
  return version.find("_alpha") != std::string_view::npos ? "edge" : "v" + version_parts(version, 2);
}

constexpr std::string_view k_osv = "https://osv.dev/vulnerability/";
constexpr Row k_rows[] = {
    {"alpine", "Alpine:", alpine, "https://security.alpinelinux.org/vuln/"},
    {"wolfi", "Wolfi", none, "https://images.chainguard.dev/security/"},
    {"chainguard", "Chainguard", none, "https://images.chainguard.dev/security/"},
    {"minimos", "MinimOS", none, k_osv},
    {"alpaquita", "Alpaquita:", first_part, k_osv},
    {"bellsoft-hardened-containers", "BellSoft Hardened Containers:", first_part, k_osv},
    {"cleanstart", "CleanStart", none, k_osv},
    // Docker's hardened images: what Docker says of its builds comes first, the rest is Alpine's.
    {"dhi", "Alpine:", alpine, "https://security.alpinelinux.org/vuln/"},
};

class Apk final : public Matcher {
 public:
  std::optional<Query> query(const model::Distribution& distribution, const model::Package& package) const override {
    if (package.type != "apk") return std::nullopt;
    for (const auto& row : k_rows) {
      if (row.id != distribution.id) continue;
      std::vector<std::string> names{package.source_name.empty() ? package.name : package.source_name};
      Query query{std::string(row.ecosystem) + row.release(distribution.version_id), names, package.version, "apk"};
      // All but Alpine also publish under the names of subpackages that have fixes of their own.
      if (names.front() != package.name) names.push_back(package.name);
      if (row.id == "dhi")
        query.before.push_back({"Docker Hardened Images:Alpine:" + version_parts(distribution.version_id, 2), names,
                                package.version, "apk"});
      else if (row.id != "alpine")
        query.names = std::move(names);
      return query;
    }
    return std::nullopt;
  }
  std::string link(const advisories::Advisory& advisory, std::string_view flaw) const override {
    for (const auto& row : k_rows)
      if (advisory.ecosystem.substr(0, row.ecosystem.size()) == row.ecosystem)
        return std::string(row.link) + std::string(row.link == k_osv ? std::string_view(advisory.id) : flaw);
    return std::string(k_osv) + advisory.id;
  }
};

const util::Registered<Apk> registered{{.id = "apk",
                                        .version = 2,
                                        .summary = "Alpine and the distributions of its packages, by origin",
                                        .example = "libcrypto1.1 1.1.1c-r0 → openssl in Alpine:v3.10"}};

}  // namespace
}  // namespace hullcheck::match
