// Arch Linux. Its tracker names binary packages; versions are those of pacman.
#include "match/matcher.hpp"

namespace hullcheck::match {
namespace {

class Arch final : public Matcher {
 public:
  std::optional<Query> query(const model::Distribution& distribution, const model::Package& package) const override {
    if (package.type != "alpm" || distribution.id != "arch") return std::nullopt;
    return Query{"Arch Linux", {package.name}, package.version, "pacman"};
  }
  std::string link(const advisories::Advisory& advisory, std::string_view) const override {
    return "https://security.archlinux.org/" + advisory.id;
  }
};

const util::Registered<Arch> registered{{.id = "arch",
                                         .version = 2,
                                         .summary = "Arch Linux packages by name",
                                         .example = "openssl 3.3.0-1 → Arch Linux"}};

}  // namespace
}  // namespace hullcheck::match
