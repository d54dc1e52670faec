// Package URLs (package-url specification, https://github.com/package-url/purl-spec): type, namespace, name, version
// and sorted qualifiers, each percent-encoded. Names and versions come from images, so every byte outside the
// specification's plain set is encoded.
#include "model/package.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "util/ascii.hpp"

namespace hullcheck::model {
namespace {

bool plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
         c == '_' || c == '~' || c == ':';
}

std::string encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (plain(c))
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

// Vendors whose name in package URLs is not their os-release ID. A prefix ends in "*".
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> k_rpm_namespaces{{
    {"rhel", "redhat"},
    {"opensuse*", "opensuse"},
    {"sles", "suse"},
    {"sled", "suse"},
    {"sle-micro*", "suse"},
}};

std::string name_space(const Package& package, const Distribution& distribution) {
  const std::string id = util::lower(distribution.id);
  if (package.type != "rpm") return id;
  for (const auto& [pattern, name] : k_rpm_namespaces) {
    const bool prefix = pattern.back() == '*';
    const auto stem = prefix ? pattern.substr(0, pattern.size() - 1) : pattern;
    if (prefix ? id.compare(0, stem.size(), stem) == 0 : id == stem) return std::string(name);
  }
  return id;
}

// How the types of languages write a name. `separator` stands between namespace and name: its last occurrence, or its
// first.
enum class Split : std::uint8_t { none, first_slash, last_slash, last_colon };
struct LanguageRow {
  std::string_view type;
  Split split = Split::none;
  bool lower = false;
  bool dashes = false;  // "_" is written "-"
};
constexpr std::array k_languages{
    LanguageRow{"bitnami", Split::none, true},
    LanguageRow{"cargo"},
    LanguageRow{"cocoapods"},
    LanguageRow{"composer", Split::first_slash, true},
    LanguageRow{"conan"},
    LanguageRow{"conda"},
    LanguageRow{"cran"},
    LanguageRow{"gem"},
    LanguageRow{"generic"},
    LanguageRow{"golang", Split::last_slash, true},
    LanguageRow{"hackage"},
    LanguageRow{"hex", Split::first_slash, true},
    LanguageRow{"julia"},
    LanguageRow{"luarocks", Split::first_slash, true},
    LanguageRow{"maven", Split::last_colon},
    LanguageRow{"npm", Split::first_slash, true},
    LanguageRow{"nuget"},
    LanguageRow{"otp", Split::none, true},
    LanguageRow{"pear", Split::first_slash},
    LanguageRow{"pub", Split::none, true},
    LanguageRow{"pypi", Split::none, true, true},
    LanguageRow{"swift", Split::last_slash},
    LanguageRow{"wordpress-plugin", Split::none, true},
};

const LanguageRow* language_row(std::string_view type) {
  const auto row =
      std::find_if(k_languages.begin(), k_languages.end(), [&](const auto& r) { return r.type == type; });
  return row == k_languages.end() ? nullptr : &*row;
}

// Each part of a namespace is encoded by itself; empty parts vanish.
std::string encoded_namespace(std::string_view space) {
  std::string out;
  while (!space.empty()) {
    const auto slash = space.find('/');
    if (const auto part = space.substr(0, slash); !part.empty()) out += encoded(part) + "/";
    space = slash == std::string_view::npos ? std::string_view() : space.substr(slash + 1);
  }
  return out;
}

std::string language_path(const LanguageRow& row, std::string_view name) {
  std::string text = row.lower ? util::lower(name) : std::string(name);
  if (row.dashes) std::replace(text.begin(), text.end(), '_', '-');
  auto at = std::string::npos;
  if (row.split == Split::first_slash) at = text.find('/');
  if (row.split == Split::last_slash) at = text.rfind('/');
  if (row.split == Split::last_colon) at = text.rfind(':');
  if (at == std::string::npos) return encoded(text);
  return encoded_namespace(std::string_view(text).substr(0, at)) + encoded(std::string_view(text).substr(at + 1));
}

std::string_view without_epoch(std::string_view version) {
  const auto colon = version.find(':');
  if (colon == std::string_view::npos || version.find_first_not_of("0123456789") != colon) return version;
  return version.substr(colon + 1);
}

std::string upstream(const Package& package) {
  const bool other_name = !package.source_name.empty() && package.source_name != package.name;
  const bool other_version = !package.source_version.empty() && package.source_version != package.version;
  if (package.source_name.empty() || (!other_name && !other_version)) return {};
  if (package.type == "rpm")
    return fmt::format("{}-{}.src.rpm", package.source_name,
                       without_epoch(other_version ? package.source_version : package.version));
  return other_version ? package.source_name + "@" + package.source_version : package.source_name;
}

}  // namespace

std::string_view to_string(DigestAlgorithm algorithm) {
  switch (algorithm) {
    case DigestAlgorithm::none: return "none";
    case DigestAlgorithm::md5: return "md5";
    case DigestAlgorithm::sha1: return "sha1";
    case DigestAlgorithm::sha256: return "sha256";
    case DigestAlgorithm::sha384: return "sha384";
    case DigestAlgorithm::sha512: return "sha512";
  }
  return "none";
}

bool is_system_package(const Package& package) { return language_row(package.type) == nullptr; }

std::string place(const Package& package) {
  return package.inner_path.empty() ? package.database_path : package.database_path + "!/" + package.inner_path;
}

std::string purl(const Package& package, const Distribution& distribution) {
  const LanguageRow* const language = language_row(package.type);
  const bool rpm = package.type == "rpm";
  std::string out = "pkg:" + package.type + "/";
  if (language != nullptr) {
    out += language_path(*language, package.name);
  } else {
    // Gentoo's names have their category in them.
    const std::size_t slash = package.type == "ebuild" ? package.name.find('/') : std::string::npos;
    const auto space = slash == std::string::npos ? name_space(package, distribution) : package.name.substr(0, slash);
    const std::string name = slash == std::string::npos ? package.name : package.name.substr(slash + 1);
    if (!space.empty()) out += encoded(space) + "/";
    out += encoded(rpm || package.type == "ebuild" ? name : util::lower(name));
  }
  if (!package.version.empty()) out += "@" + encoded(rpm ? without_epoch(package.version) : package.version);

  std::string distro = language != nullptr ? std::string() : util::lower(distribution.id);
  if (!distro.empty() && !distribution.version_id.empty()) distro += "-" + distribution.version_id;
  std::vector<std::pair<std::string_view, std::string>> qualifiers{
      {"arch", package.architecture},
      {"distro", distro},
      {"epoch", rpm && package.epoch != 0 ? std::to_string(package.epoch) : ""},
      {"modularitylabel", package.modularity},
      {"upstream", upstream(package)},
  };
  for (const auto& [key, value] : package.qualifiers) qualifiers.emplace_back(key, value);
  // The specification's canonical form has them in the order of their keys.
  std::sort(qualifiers.begin(), qualifiers.end());
  char separator = '?';
  for (const auto& [key, value] : qualifiers) {
    if (value.empty()) continue;
    out += fmt::format("{}{}={}", separator, key, encoded(value));
    separator = '&';
  }
  return out;
}

}  // namespace hullcheck::model
