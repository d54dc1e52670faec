#include "advisories/package_key.hpp"

#include "util/ascii.hpp"

namespace hullcheck::advisories {
namespace {

// PEP 503: case is nothing, and any run of "-", "_" and "." is one "-".
std::string python_key(std::string_view name) {
  std::string out;
  for (const char c : util::lower(name)) {
    const bool separator = c == '-' || c == '_' || c == '.';
    if (!separator)
      out += c;
    else if (out.empty() || out.back() != '-')
      out += '-';
  }
  return out;
}

// A repository's address without its scheme and the ending that clones may have.
std::string address_key(std::string_view name) {
  for (const std::string_view scheme : {"https://", "http://"})
    if (name.substr(0, scheme.size()) == scheme) name.remove_prefix(scheme.size());
  if (name.size() > 4 && name.substr(name.size() - 4) == ".git") name.remove_suffix(4);
  return util::lower(name);
}

}  // namespace

std::string package_key(std::string_view ecosystem, std::string_view name) {
  if (ecosystem == "PyPI") return python_key(name);
  if (ecosystem == "SwiftURL") return address_key(name);
  if (ecosystem == "NuGet" || ecosystem == "Packagist" || ecosystem == "Hex" || ecosystem == "Pub" ||
      ecosystem == "Bitnami")
    return util::lower(name);
  return std::string(name);
}

}  // namespace hullcheck::advisories
