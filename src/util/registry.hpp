// Extensions that list themselves: analyzers, detectors, checks, comparators, feeds, sources, reports.
//
// An extension is one .cpp file: a class, and below it one `Registered` object with its descriptor. There is no
// header, no central list and no CMake row to add. Each kind (Analyzer, Check, …) is an abstract class with two
// member types:
//   using Kind = Analyzer;              the abstract class itself
//   using Descriptor = AnalyzerDescriptor;   plain constants, with at least `std::string_view id`
// The registry is filled before main() and never changes after, so every thread may read it. Extensions are const and
// stateless; one instance serves the whole process. A duplicate id is a bug of ours and stops the program at start.
#pragma once

#include <algorithm>
#include <memory>
#include <string_view>
#include <vector>

#include "util/result.hpp"

namespace hullcheck::util {

template <class KindType>
struct Extension {
  typename KindType::Descriptor descriptor;
  std::unique_ptr<const KindType> instance;
};

template <class KindType>
class Registry {
 public:
  // Sorted by id, so nothing that is printed or run depends on link order.
  static const std::vector<Extension<KindType>>& all() { return entries(); }

  static const Extension<KindType>* find(std::string_view id) {
    for (const auto& entry : entries())
      if (entry.descriptor.id == id) return &entry;
    return nullptr;
  }

  static void add(typename KindType::Descriptor descriptor, std::unique_ptr<const KindType> instance) {
    auto& list = entries();
    const auto place =
        std::lower_bound(list.begin(), list.end(), descriptor.id,
                         [](const auto& entry, std::string_view id) { return entry.descriptor.id < id; });
    HULLCHECK_ASSERT(place == list.end() || place->descriptor.id != descriptor.id);
    list.insert(place, Extension<KindType>{std::move(descriptor), std::move(instance)});
  }

 private:
  static std::vector<Extension<KindType>>& entries() {
    static std::vector<Extension<KindType>> list;
    return list;
  }
};

template <class T>
struct Registered {
  explicit Registered(typename T::Descriptor descriptor) {
    Registry<typename T::Kind>::add(std::move(descriptor), std::make_unique<const T>());
  }
};

}  // namespace hullcheck::util
