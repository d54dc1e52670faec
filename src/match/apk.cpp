// Alpine and the distributions that use its package manager. Advisories name the origin (source) package; every
// binary package of one origin has the same version.
#include "match/matcher.hpp"

namespace hullcheck::match {
namespace {

struct Row {
  std::string_view id;         // os-release
  std::string_view ecosystem;  // with a release behind it for Alpine only
  std::string_view link;       // the flaw's id follows
};
constexpr Row k_rows[] = {
    {"alpine", "Alpine:", "https://security.alpinelinux.org/vuln/"},
    {"wolfi", "Wolfi", "https://images.chainguard.dev/security/"},
    {"chainguard", "Chainguard", "https://images.chainguard.dev/security/"},
    {"minimos", "MinimOS", "https://osv.dev/vulnerability/"},
};

class Apk final : public Matcher {
 public:
  std::optional<Query> query(const model::Distribution& distribution, const model::Package& package) const override {
    if (package.type != "apk") return std::nullopt;
    for (const auto& row : k_rows) {
      if (row.id != distribution.id) continue;
      std::string ecosystem(row.ecosystem);
      if (row.id == "alpine") ecosystem += release(distribution.version_id);
      std::vector<std::string> names{package.source_name.empty() ? package.name : package.source_name};
      // Wolfi also publishes under the names of subpackages that have fixes of their own.
      if (row.id != "alpine" && names.front() != package.name) names.push_back(package.name);
      return Query{std::move(ecosystem), std::move(names), package.version, "apk"};
    }
    return std::nullopt;
  }
  std::string link(const advisories::Advisory& advisory, std::string_view flaw) const override {
    for (const auto& row : k_rows)
      if (advisory.ecosystem.substr(0, row.ecosystem.size()) == row.ecosystem)
        return std::string(row.link) + std::string(flaw);
    return {};
  }

 private:
  // The development branch carries the number of the next release with a date behind it: "3.23_alpha20250612".
  static std::string release(std::string_view version) {
    if (version.find("_alpha") != std::string_view::npos) return "edge";
    return "v" + version_parts(version, 2);
  }
};

const util::Registered<Apk> registered{{.id = "apk",
                                        .version = 1,
                                        .summary = "Alpine, Wolfi, Chainguard and MinimOS packages by origin",
                                        .example = "libcrypto1.1 1.1.1c-r0 → openssl in Alpine:v3.10"}};

}  // namespace
}  // namespace hullcheck::match
