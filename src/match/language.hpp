// What is said of packages of languages that no advisory source covers.
#pragma once

#include <optional>
#include <string_view>

#include "model/finding.hpp"

namespace hullcheck::match {

struct WithoutAdvisories {
  std::string_view id;
  std::string_view reason;  // a count and an example follow
  model::GapEffect effect;
};
// In place of a type: libraries inside a program that is known itself, whose maker answers for them.
constexpr std::string_view k_inside_a_program = "generic inside";

// Nothing for types of an operating system's packages.
std::optional<WithoutAdvisories> without_advisories(std::string_view type);

}  // namespace hullcheck::match
