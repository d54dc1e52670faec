// Version orderings, one file each: dpkg.cpp, rpm.cpp, apk.cpp, semver.cpp, …
//
// A comparator is a total order over every string, also over strings that are not valid versions of its scheme, so
// that sorting never breaks on hostile input. An invalid version sorts before every valid one and invalid ones among
// themselves by bytes, unless the tools of the scheme are known to order such strings too; then their order is kept
// and the file says so (apk, composer, pep440, rpm). `valid` tells the two apart; the matcher treats an invalid
// version as "cannot be judged". Two published orders contradict themselves (maven goes in circles; pacman has
// 1-1 = 1 = 1-2 but 1-1 < 1-2; each file has the proof): `total` is false there, such versions may be compared but
// must not be sorted with it.
#pragma once

#include <compare>
#include <string_view>

#include "util/registry.hpp"

namespace hullcheck::versions {

struct ComparatorDescriptor {
  std::string_view id;  // the scheme, also the stem of its conformance table: "dpkg", "rpm", "apk", "semver", …
  int version = 1;      // raised when the order changes
  bool total = true;    // false: antisymmetric, but a < b < c < a can happen, so never a key for sorting
  std::string_view summary;  // one line for `hullcheck versions list` and the documentation
  std::string_view example;  // one comparison that holds, "1.0~rc1 < 1.0"
};

class Comparator {
 public:
  using Kind = Comparator;
  using Descriptor = ComparatorDescriptor;
  virtual ~Comparator() = default;

  // No allocation: the matcher calls this for every advisory range of every package. Any thread.
  virtual std::strong_ordering compare(std::string_view a, std::string_view b) const = 0;
  virtual bool valid(std::string_view version) const = 0;
};

using ComparatorRegistry = util::Registry<Comparator>;

}  // namespace hullcheck::versions
