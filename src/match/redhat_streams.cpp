// A repository's name says by itself when it is of a minor release that is kept longer:
// "rhel-9-for-x86_64-baseos-eus-rpms", or with the release behind it, "…-eus-rpms__9_DOT_2". The names of products
// come from the database's list of repositories, where it has one (advisories/redhat_repositories.cpp).
#include "match/redhat_streams.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "advisories/redhat_stream.hpp"
#include "match/matcher.hpp"

namespace hullcheck::match {
namespace {

constexpr std::string_view k_kinds[] = {"eus", "aus", "tus", "e4s", "els"};

// "…__9_DOT_2" → "9.2"
std::string release_behind(std::string_view repository) {
  const std::size_t at = repository.rfind("__");
  if (at == std::string_view::npos) return {};
  const std::string_view rest = repository.substr(at + 2);
  const std::size_t dot = rest.find("_DOT_");
  return dot == std::string_view::npos ? std::string()
                                       : std::string(rest.substr(0, dot)) + "." + std::string(rest.substr(dot + 5));
}

std::string stream_of(std::string_view repository, const model::Distribution& distribution) {
  for (const std::string_view kind : k_kinds) {
    if (repository.find("-" + std::string(kind) + "-") == std::string_view::npos) continue;
    std::string release = release_behind(repository);
    if (release.empty()) release = version_parts(distribution.version_id, kind == "els" ? 1 : 2);
    return "Red Hat:" + std::string(kind) + ":" + release;
  }
  return {};
}

// "9.2" and "9.2": a list of repositories names every minor release that a repository was ever of.
bool is_of_release(std::string_view ecosystem, const model::Distribution& distribution) {
  const std::string_view minor = advisories::redhat_minor_release(ecosystem);
  if (minor.empty()) return true;
  const bool whole = minor.find('.') == std::string_view::npos;
  const std::string own = version_parts(distribution.version_id, whole ? 1 : 2);
  return own.empty() || minor == own || own.find('.') == std::string::npos;
}

std::optional<int> number_after(std::string_view text, std::string_view mark) {
  const std::size_t at = text.rfind(mark);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = text.substr(at + mark.size());
  int number = 0;
  if (std::from_chars(rest.data(), rest.data() + rest.size(), number).ec != std::errc()) return std::nullopt;
  return number;
}

}  // namespace

std::vector<std::string> redhat_streams(const model::Distribution& distribution) {
  std::vector<std::string> list;
  const auto add = [&](std::string ecosystem) {
    if (ecosystem.empty() || advisories::is_redhat_main(ecosystem) || !is_of_release(ecosystem, distribution)) return;
    if (std::find(list.begin(), list.end(), ecosystem) == list.end()) list.push_back(std::move(ecosystem));
  };
  for (const std::string& cpe : distribution.cpes)
    for (std::string& ecosystem : advisories::redhat_ecosystems(cpe)) add(std::move(ecosystem));
  for (const std::string& set : distribution.content_sets) add(stream_of(set, distribution));
  return list;
}

bool may_be_of_stream(const model::Package& package, const std::string& ecosystem) {
  const std::string_view release = advisories::redhat_minor_release(ecosystem);
  const std::size_t dot = release.find('.');
  if (dot == std::string_view::npos) return true;
  const std::string tag = ".el" + std::string(release.substr(0, dot)) + "_";
  const auto built_for = number_after(package.version, tag), kept = number_after(release, ".");
  return !built_for || !kept || *built_for <= *kept;
}

}  // namespace hullcheck::match
