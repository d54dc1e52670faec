// Lists of packages in XML: Maven and NuGet. Tags are looked for, and nothing is expanded: neither entities nor
// properties.
#include "inventory/readers/lock_forms.hpp"
#include "util/ascii.hpp"

namespace hullcheck::inventory {
namespace {

std::string_view attribute(std::string_view tag, std::string_view name) {
  const std::size_t at = tag.find(name);
  if (at == std::string_view::npos || at == 0 || (tag[at - 1] != ' ' && tag[at - 1] != '\n' && tag[at - 1] != '\t'))
    return {};
  std::string_view rest = util::trim(tag.substr(at + name.size()));
  if (!rest.starts_with('=')) return {};
  rest = util::trim(rest.substr(1));
  if (rest.empty() || (rest.front() != '"' && rest.front() != '\'')) return {};
  const std::size_t close = rest.find(rest.front(), 1);
  return close == std::string_view::npos ? std::string_view() : rest.substr(1, close - 1);
}

// Tags '<package id="x" version="1.2.3"/>' and '<PackageVersion Include="x" Version="1.2.3"/>'.
void nuget_tags(Bytes bytes, std::string_view type, FileFacts& facts) {
  std::string_view text = lock_text(bytes, facts);
  for (std::size_t open = text.find('<'); open != std::string_view::npos; open = text.find('<', open + 1)) {
    std::string_view tag = text.substr(open + 1, 2000);
    tag = tag.substr(0, tag.find('>'));
    if (tag.starts_with("package "))
      add_package(facts, type, attribute(tag, "id"), attribute(tag, "version"));
    else if (tag.starts_with("PackageVersion ") || tag.starts_with("PackageReference "))
      add_package(facts, type, attribute(tag, "Include"), attribute(tag, "Version"));
  }
}

// The element's text between its tags, directly within `block`, or "".
std::string_view element(std::string_view block, std::string_view name) {
  const std::string open = "<" + std::string(name) + ">", close = "</" + std::string(name) + ">";
  const std::size_t at = block.find(open);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = block.substr(at + open.size());
  const std::size_t end = rest.find(close);
  return end == std::string_view::npos ? std::string_view() : util::trim(rest.substr(0, end));
}

// Dependencies of a pom.xml that name an exact version. Properties are not followed: what they come to may be decided
// by a parent that is not here.
void maven_pom(Bytes bytes, std::string_view type, FileFacts& facts) {
  constexpr std::string_view k_open = "<dependency>", k_close = "</dependency>";
  std::string_view text = lock_text(bytes, facts);
  for (std::size_t at = text.find(k_open); at != std::string_view::npos; at = text.find(k_open)) {
    text.remove_prefix(at + k_open.size());
    const std::size_t end = text.find(k_close);
    if (end == std::string_view::npos) return;
    const std::string_view block = text.substr(0, end);
    const std::string_view group = element(block, "groupId"), version = element(block, "version");
    if (group.find('$') == std::string_view::npos && version.find_first_of("$[(") == std::string_view::npos &&
        !group.empty())
      add_package(facts, type, std::string(group) + ":" + std::string(element(block, "artifactId")), version);
    text.remove_prefix(end);
  }
}

constexpr LockForm k_forms[] = {
    {"pom.xml", "maven", maven_pom},
    {"packages.config", "nuget", nuget_tags},
    {"Directory.Packages.props", "nuget", nuget_tags},
    {"Packages.props", "nuget", nuget_tags},
    {"*.csproj", "nuget", nuget_tags},
};

}  // namespace

std::span<const LockForm> xml_lock_forms() { return k_forms; }

}  // namespace hullcheck::inventory
