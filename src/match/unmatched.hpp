// Packages that no advisory was asked about, and why: gathered while the packages are gone through, told at the end
// as one gap for each publisher, library or type, however many packages there are.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "model/finding.hpp"
#include "model/package.hpp"

namespace hullcheck::match {

class Unmatched {
 public:
  // The distribution did not publish it.
  void of_publisher(std::string publisher, const model::Package& package);
  void without_version(const model::Package& package);
  // No matcher takes it, or none has anything about it. What is only declared is passed over.
  void without_matcher(const model::Package& package);

  // `distribution` is what the one of the image is called.
  std::vector<model::Gap> gaps(const std::string& distribution) const;

 private:
  struct Some {
    std::uint64_t count = 0;
    std::string first;   // for example
    bool inside = true;  // all of them in programs that are known themselves
  };

  std::map<std::string, Some> m_publishers, m_libraries, m_types;
};

}  // namespace hullcheck::match
