// Gentoo. A bulletin names packages with their category, what is vulnerable and what is not: "lt 3.0.10" and beside
// it "ge 3.0.10" or, for one branch, "rge 1.1.1-r3". What is both is not affected.
#include "match/matcher.hpp"
#include "versions/comparator.hpp"

namespace hullcheck::match {
namespace {

constexpr std::string_view k_scheme = "portage";

// "3.0.10-r1" → "3.0.10"
std::string_view without_revision(std::string_view version) {
  const std::size_t dash = version.rfind("-r");
  return dash == std::string_view::npos ? version : version.substr(0, dash);
}

// Whether `version` is in the range; "r" before the relation is for revisions of the bound's own version only.
bool within(std::string_view relation, std::string_view bound, std::string_view version,
            const versions::Comparator& comparator) {
  if (relation.starts_with('r')) {
    if (without_revision(bound) != without_revision(version)) return false;
    relation.remove_prefix(1);
  }
  if (!comparator.valid(bound) || !comparator.valid(version)) return false;
  const auto order = comparator.compare(version, bound);
  if (relation == "lt") return order < 0;
  if (relation == "le") return order <= 0;
  if (relation == "eq") return order == 0;
  if (relation == "ge") return order >= 0;
  return relation == "gt" && order > 0;
}

std::string_view take_word(std::string_view& text) {
  const std::size_t space = text.find(' ');
  const std::string_view word = text.substr(0, space);
  text = space == std::string_view::npos ? std::string_view() : text.substr(space + 1);
  return word;
}

class Gentoo final : public Matcher {
 public:
  std::optional<Query> query(const model::Distribution& distribution, const model::Package& package) const override {
    if (package.type != "ebuild" || distribution.id != "gentoo") return std::nullopt;
    return Query{"Gentoo", {package.name}, package.version, k_scheme};
  }

  bool concerns(const advisories::Advisory& advisory, const model::Package& package,
                const inventory::Inventory&) const override {
    const auto* const comparator = versions::ComparatorRegistry::find(k_scheme);
    for (const auto& [key, value] : advisory.extra) {
      if (key != "unaffected") continue;
      std::string_view rest = value;
      while (!rest.empty()) {
        const std::string_view relation = take_word(rest);
        if (within(relation, take_word(rest), package.version, *comparator->instance)) return false;
      }
    }
    return true;
  }

  std::string link(const advisories::Advisory& advisory, std::string_view) const override { return advisory.link; }
};

const util::Registered<Gentoo> registered{{.id = "gentoo",
                                           .version = 2,
                                           .summary = "Gentoo packages by category and name",
                                           .example = "dev-libs/openssl 3.0.10-r1 → Gentoo"}};

}  // namespace
}  // namespace hullcheck::match
