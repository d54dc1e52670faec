// hackage: Haskell package versions, numbers between dots.
//
// Source: the Haskell Package Versioning Policy and Cabal's Version type, a list of numbers ordered as lists are: a
// version that goes on is newer, 1.0 < 1.0.0.
#include "versions/comparator.hpp"
#include "versions/parts.hpp"

namespace hullcheck::versions {
namespace {

constexpr bool is_separator(char c) { return c == '.'; }

class Hackage final : public Comparator {
 public:
  std::strong_ordering compare(std::string_view a, std::string_view b) const override {
    return compare_plain_lists(a, b, is_separator);
  }
  bool valid(std::string_view version) const override { return is_number_list(version, is_separator); }
};

const util::Registered<Hackage> registered{
    {.id = "hackage", .version = 1, .summary = "Haskell packages", .example = "1.0 < 1.0.0"}};

}  // namespace
}  // namespace hullcheck::versions
