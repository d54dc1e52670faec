#include "sbom/purl.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "util/ascii.hpp"
#include "util/digits.hpp"

namespace hullcheck::sbom {
namespace {

constexpr std::size_t k_longest = 8192;
constexpr std::size_t k_most_qualifiers = 64;

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? util::hex_digit(text[i + 1]) : -1;
    const int low = high < 0 ? -1 : util::hex_digit(text[i + 2]);
    if (low < 0) {
      out += text[i];
      continue;
    }
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

void parse_qualifiers(std::string_view text, PackageUrl& url) {
  while (!text.empty() && url.qualifiers.size() < k_most_qualifiers) {
    const std::size_t end = text.find('&');
    const std::string_view pair = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    url.qualifiers.emplace_back(util::lower(pair.substr(0, equals)), decoded(pair.substr(equals + 1)));
  }
}

// How the types of languages join namespace and name; "/" for the rest, nothing for an operating system's packages.
bool contains_slash(std::string_view text) { return text.find('/') != std::string_view::npos; }

std::string joined_name(const PackageUrl& url) {
  static constexpr std::array<std::string_view, 4> k_system{"deb", "apk", "rpm", "alpm"};
  if (url.name_space.empty() || std::find(k_system.begin(), k_system.end(), url.type) != k_system.end())
    return url.name;
  model::Package probe;
  probe.type = url.type;
  // Gentoo's names have their category in them, unless "gentoo" stands there and the name is whole.
  if (url.type == "ebuild") return contains_slash(url.name) ? url.name : url.name_space + "/" + url.name;
  if (model::is_system_package(probe)) return url.name;
  return url.name_space + (url.type == "maven" ? ":" : "/") + url.name;
}

bool has_epoch(std::string_view version) {
  const std::size_t colon = version.find(':');
  return colon != std::string_view::npos && colon > 0 && version.find_first_not_of("0123456789") == colon;
}

// "name@version" or "name" of Debian's and Alpine's, "name-version-release.src.rpm" of rpm's.
void set_source(std::string_view upstream, model::Package& package) {
  for (const std::string_view suffix : {".src.rpm", ".nosrc.rpm"}) {
    if (!upstream.ends_with(suffix)) continue;
    upstream.remove_suffix(suffix.size());
    const std::size_t release = upstream.rfind('-');
    const std::size_t version =
        release == std::string_view::npos || release == 0 ? std::string_view::npos : upstream.rfind('-', release - 1);
    if (version == std::string_view::npos || version == 0) return;
    package.source_name = upstream.substr(0, version);
    package.source_version = upstream.substr(version + 1);
    return;
  }
  const std::size_t at = upstream.rfind('@');
  package.source_name = upstream.substr(0, at);
  if (at != std::string_view::npos && at + 1 < upstream.size()) package.source_version = upstream.substr(at + 1);
}

constexpr std::array<std::string_view, 7> k_usual{"arch",     "distro", "epoch",     "modularitylabel",
                                                  "upstream", "rpmmod", "package-id"};

// What tools call a distribution → its ID in os-release.
constexpr std::pair<std::string_view, std::string_view> k_ids[] = {
    {"redhat", "rhel"},
    {"red hat enterprise linux", "rhel"},
    {"amazon", "amzn"},
    {"amazon linux", "amzn"},
    {"oracle", "ol"},
    {"oracle linux", "ol"},
    {"oraclelinux", "ol"},
    {"alma", "almalinux"},
    {"rockylinux", "rocky"},
    {"suse", "sles"},
    {"suse linux enterprise server", "sles"},
    {"suse linux enterprise micro", "sle-micro"},
    {"slem", "sle-micro"},
    {"opensuse.leap", "opensuse-leap"},
    {"opensuse leap", "opensuse-leap"},
    {"opensuse.tumbleweed", "opensuse-tumbleweed"},
    {"opensuse tumbleweed", "opensuse-tumbleweed"},
    {"cbl-mariner", "mariner"},
    {"common base linux mariner", "mariner"},
    {"azure", "azurelinux"},
    {"archlinux", "arch"},
    {"debian gnu/linux", "debian"},
    {"alpine linux", "alpine"},
};

// Namespaces of package URLs that name a vendor rather than a distribution.
constexpr std::array<std::string_view, 2> k_vendors{"opensuse", "suse"};

}  // namespace

std::string_view PackageUrl::qualifier(std::string_view key) const {
  for (const auto& [word, text] : qualifiers)
    if (word == key) return text;
  return {};
}

std::optional<PackageUrl> parse_purl(std::string_view text) {
  if (text.size() > k_longest || util::lower(text.substr(0, 4)) != "pkg:") return std::nullopt;
  text.remove_prefix(4);
  while (text.starts_with('/')) text.remove_prefix(1);
  PackageUrl url;
  text = text.substr(0, text.find('#'));
  if (const std::size_t query = text.find('?'); query != std::string_view::npos) {
    parse_qualifiers(text.substr(query + 1), url);
    text = text.substr(0, query);
  }
  const std::size_t type = text.find('/');
  if (type == std::string_view::npos || type == 0) return std::nullopt;
  url.type = util::lower(text.substr(0, type));
  if (url.type.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.+-") != std::string::npos) return std::nullopt;
  text.remove_prefix(type + 1);
  const std::size_t slash = text.rfind('/');
  const std::size_t at = text.rfind('@');
  if (at != std::string_view::npos && at > 0 && (slash == std::string_view::npos || at > slash + 1)) {
    url.version = decoded(text.substr(at + 1));
    text = text.substr(0, at);
  }
  while (text.ends_with('/')) text.remove_suffix(1);
  const std::size_t last = text.rfind('/');
  url.name = decoded(last == std::string_view::npos ? text : text.substr(last + 1));
  if (last != std::string_view::npos) url.name_space = decoded(text.substr(0, last));
  if (url.name.empty()) return std::nullopt;
  return url;
}

model::Package package_of(const PackageUrl& url) {
  model::Package package;
  package.type = url.type;
  package.name = joined_name(url);
  package.version = url.version;
  package.architecture = url.qualifier("arch");
  const std::string_view epoch = url.qualifier("epoch");
  if (!epoch.empty() && epoch != "0" && epoch.find_first_not_of("0123456789") == std::string_view::npos &&
      !has_epoch(package.version))
    package.version = std::string(epoch) + ":" + package.version;
  if (has_epoch(package.version))
    std::from_chars(package.version.data(), package.version.data() + package.version.find(':'), package.epoch);
  package.modularity = url.qualifier(url.qualifier("modularitylabel").empty() ? "rpmmod" : "modularitylabel");
  if (model::is_system_package(package)) {
    package.source_name = package.name;
    package.source_version = package.version;
    if (const std::string_view upstream = url.qualifier("upstream"); !upstream.empty()) set_source(upstream, package);
  }
  for (const auto& qualifier : url.qualifiers)
    if (std::find(k_usual.begin(), k_usual.end(), qualifier.first) == k_usual.end())
      package.qualifiers.push_back(qualifier);
  return package;
}

std::string distribution_id(std::string_view name) {
  const std::string id = util::lower(name);
  for (const auto& [known, real] : k_ids)
    if (id == known) return std::string(real);
  return id;
}

model::Distribution distribution_of(const PackageUrl& url) {
  model::Distribution out;
  const std::string_view text = url.qualifier("distro");
  // "debian-12", "opensuse-leap-15.5", or the version alone: "3.18.4".
  std::size_t dash = std::string_view::npos;
  for (std::size_t i = 1; i + 1 < text.size(); ++i)
    if (text[i] == '-' && text[i + 1] >= '0' && text[i + 1] <= '9') dash = i;
  const bool number = !text.empty() && text[0] >= '0' && text[0] <= '9';
  if (number) {
    out.id = distribution_id(url.name_space);
    out.version_id = text;
  } else if (dash != std::string_view::npos) {
    out.id = distribution_id(text.substr(0, dash));
    out.version_id = text.substr(dash + 1);
  } else if (!text.empty()) {
    out.id = distribution_id(text);
  } else if (url.type == "ebuild") {
    out.id = "gentoo";
  } else if (std::find(k_vendors.begin(), k_vendors.end(), url.name_space) == k_vendors.end()) {
    out.id = distribution_id(url.name_space);
  }
  // "2 (Karoo)": a name may follow the number.
  if (const std::size_t space = out.version_id.find(' '); space != std::string::npos) out.version_id.resize(space);
  return out;
}

}  // namespace hullcheck::sbom
