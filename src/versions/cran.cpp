// cran: R package versions, numbers between dots or hyphens.
//
// Source: "Writing R Extensions", The DESCRIPTION file, and R's package_version. The two separators mean the same and
// a version that goes on is newer: 1.9 < 1.9.0.
#include "versions/comparator.hpp"
#include "versions/parts.hpp"

namespace hullcheck::versions {
namespace {

constexpr bool is_separator(char c) { return c == '.' || c == '-'; }

class Cran final : public Comparator {
 public:
  std::strong_ordering compare(std::string_view a, std::string_view b) const override {
    return compare_plain_lists(a, b, is_separator);
  }
  bool valid(std::string_view version) const override { return is_number_list(version, is_separator); }
};

const util::Registered<Cran> registered{
    {.id = "cran", .version = 1, .summary = "R packages", .example = "1.9 < 1.9-0"}};

}  // namespace
}  // namespace hullcheck::versions
