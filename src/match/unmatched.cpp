#include "match/unmatched.hpp"

#include <fmt/format.h>

#include "match/language.hpp"
#include "match/sources.hpp"
#include "util/text.hpp"

namespace hullcheck::match {
namespace {

// A library whose program is known itself: the program's maker answers for it.
bool is_inside_a_program(const model::Package& package) {
  return package.type == "generic" && !package.source_name.empty() && package.source_name != package.name;
}

}  // namespace

void Unmatched::of_publisher(std::string publisher, const model::Package& package) {
  Some& packages = m_publishers[std::move(publisher)];
  if (packages.count++ == 0) packages.first = package.name + " " + package.version;
}

void Unmatched::without_version(const model::Package& package) {
  Some& places = m_libraries[package.name];
  if (places.count++ == 0) places.first = model::place(package);
  places.inside = places.inside && is_inside_a_program(package);
}

void Unmatched::without_matcher(const model::Package& package) {
  if (package.declared_only) return;
  Some& packages = m_types[is_inside_a_program(package) ? std::string(k_inside_a_program) : package.type];
  if (packages.count++ == 0) packages.first = package.name + " " + package.version + " in /" + model::place(package);
}

std::vector<model::Gap> Unmatched::gaps(const std::string& distribution) const {
  std::vector<model::Gap> found;
  for (const auto& [publisher, packages] : m_publishers)
    found.push_back(advisory_gap("third-party-packages", publisher,
                                 fmt::format("the distribution's advisories do not speak of {} of {}, such as {}",
                                             util::plural(packages.count, "package"), publisher, packages.first)));
  for (const auto& [name, places] : m_libraries)
    found.push_back(advisory_gap(
        "library-of-unknown-version", name,
        fmt::format(
            "its code is in {}, such as /{}, and nothing says in which version: its flaws cannot be looked up",
            util::plural(places.count, "file"), places.first),
        places.inside ? model::GapEffect::note : model::GapEffect::unknown));
  for (const auto& [type, packages] : m_types) {
    if (const auto words = without_advisories(type))
      found.push_back(advisory_gap(words->id, type == k_inside_a_program ? std::string_view("generic") : type,
                                   fmt::format("{}: {}, such as {}", words->reason, packages.count, packages.first),
                                   words->effect));
    else
      found.push_back(advisory_gap("no-advisories-for-distribution", distribution,
                                   fmt::format("no advisory source covers the {} {} {} of this distribution",
                                               packages.count, type, packages.count == 1 ? "package" : "packages")));
  }
  return found;
}

}  // namespace hullcheck::match
