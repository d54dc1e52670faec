// Three strings (lines of the input) under every ordering: the opposite direction gives the opposite answer, "less"
// is transitive everywhere and the whole order where it claims to be total, equal strings are equal, and validity
// does not contradict the order.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "util/bytes.hpp"
#include "versions/comparator.hpp"
#include "versions/conformance.hpp"

namespace {

using hullcheck::versions::Comparator;

std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  const auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

void check_pair(const Comparator& comparator, std::string_view a, std::string_view b) {
  HULLCHECK_ASSERT(comparator.compare(a, b) == (0 <=> comparator.compare(b, a)));
  HULLCHECK_ASSERT(comparator.compare(a, a) == 0);
}

void check_chain(const Comparator& comparator, std::string_view a, std::string_view b, std::string_view c) {
  const auto first = comparator.compare(a, b);
  const auto second = comparator.compare(b, c);
  if (first > 0 || second > 0) return;
  const auto whole = comparator.compare(a, c);
  HULLCHECK_ASSERT(first == 0 && second == 0 ? whole == 0 : whole < 0);
}

void check_less(const Comparator& comparator, std::string_view a, std::string_view b, std::string_view c) {
  if (comparator.compare(a, b) < 0 && comparator.compare(b, c) < 0) HULLCHECK_ASSERT(comparator.compare(a, c) < 0);
}

// These keep invalid versions among the valid ones, as their own tools do.
bool mixes_invalid(std::string_view id) { return id == "apk" || id == "composer" || id == "pacman" || id == "rpm"; }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = hullcheck::as_text({data, size});
  (void)hullcheck::versions::check_table("semver", text);
  const std::string_view v[3] = {take_line(text), take_line(text), take_line(text)};
  for (const auto& extension : hullcheck::versions::ComparatorRegistry::all()) {
    const auto& comparator = *extension.instance;
    for (int i = 0; i < 3; ++i) {
      const auto a = v[i];
      const auto b = v[(i + 1) % 3];
      check_pair(comparator, a, b);
      if (!mixes_invalid(extension.descriptor.id) && comparator.valid(a) && !comparator.valid(b))
        HULLCHECK_ASSERT(comparator.compare(a, b) > 0);
      if (extension.descriptor.id != "maven") {
        check_less(comparator, a, b, v[(i + 2) % 3]);
        check_less(comparator, b, a, v[(i + 2) % 3]);
      }
      if (!extension.descriptor.total) continue;
      check_chain(comparator, a, b, v[(i + 2) % 3]);
      check_chain(comparator, b, a, v[(i + 2) % 3]);
    }
  }
  return 0;
}
