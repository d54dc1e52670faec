#include "inventory/origins/release_files.hpp"

#include <algorithm>
#include <array>

#include "util/ascii.hpp"

namespace hullcheck::inventory {
namespace {

// In order of trust: the first that gives an id wins.
constexpr std::array<std::string_view, 10> k_files{
    "etc/os-release",     "usr/lib/os-release", "etc/lsb-release",    "etc/alpine-release", "etc/debian_version",
    "etc/redhat-release", "etc/centos-release", "etc/system-release", "etc/SuSE-release",   "etc/photon-release"};

bool is_file(std::string_view path, std::string_view name) {
  return path == name || (path.ends_with(name) && path[path.size() - name.size() - 1] == '/');
}

// The first run of digits and dots.
std::string version_in(std::string_view text) {
  const std::size_t first = text.find_first_of("0123456789");
  if (first == std::string_view::npos) return {};
  std::string_view rest = text.substr(first);
  rest = rest.substr(0, std::min(rest.find_first_not_of("0123456789."), rest.size()));
  while (rest.ends_with('.')) rest.remove_suffix(1);
  return std::string(rest);
}

struct ReleaseName {
  std::string_view phrase;
  std::string_view id;
};
constexpr std::array k_release_names{ReleaseName{"red hat", "rhel"},    ReleaseName{"centos", "centos"},
                                     ReleaseName{"rocky", "rocky"},     ReleaseName{"almalinux", "almalinux"},
                                     ReleaseName{"oracle", "ol"},       ReleaseName{"fedora", "fedora"},
                                     ReleaseName{"amazon", "amzn"},     ReleaseName{"opensuse", "opensuse"},
                                     ReleaseName{"suse", "sles"},       ReleaseName{"photon", "photon"},
                                     ReleaseName{"mariner", "mariner"}, ReleaseName{"azure linux", "azurelinux"}};

void from_one_line(std::string_view path, std::string_view text, model::Distribution& out) {
  if (is_file(path, "alpine-release")) {
    out.id = "alpine";
    out.version_id = version_in(text);
    return;
  }
  if (is_file(path, "debian_version")) {
    out.id = "debian";
    out.version_id = version_in(text);
    out.version_id = out.version_id.substr(0, out.version_id.find('.'));
    if (out.version_id.empty()) out.codename = text.substr(0, text.find('/'));
    return;
  }
  const std::string words = util::lower(text);
  for (const ReleaseName& name : k_release_names)
    if (words.find(name.phrase) != std::string::npos) {
      out.id = name.id;
      out.version_id = version_in(words);
      return;
    }
}

model::Distribution distribution_of(const FoundFacts& found, std::string_view path) {
  model::Distribution out;
  out.evidence_path = path;
  // As a shell that reads the file: of several assignments the last one counts.
  const auto value = [&](std::string_view key) {
    std::string last;
    for (const auto& [name, text] : found.facts.values)
      if (name == key) last = text;
    return last;
  };
  if (found.facts.kind == "line") {
    out.pretty_name = value("line");
    from_one_line(path, out.pretty_name, out);
    return out;
  }
  out.id = util::lower(value("ID").empty() ? value("DISTRIB_ID") : value("ID"));
  out.id_like = util::lower(value("ID_LIKE"));
  out.version_id = value("VERSION_ID").empty() ? value("DISTRIB_RELEASE") : value("VERSION_ID");
  out.codename = value("VERSION_CODENAME").empty() ? value("DISTRIB_CODENAME") : value("VERSION_CODENAME");
  const std::string cpe = value("CPE_NAME");
  if (cpe.starts_with("cpe:") && cpe.find_first_of(" \t") == std::string::npos) out.cpes.push_back(cpe);
  out.pretty_name = value("PRETTY_NAME").empty() ? value("DISTRIB_DESCRIPTION") : value("PRETTY_NAME");
  return out;
}

}  // namespace

bool is_release_file(std::string_view path) {
  return std::any_of(k_files.begin(), k_files.end(), [&](auto name) { return is_file(path, name); });
}

bool is_release_keys_file(std::string_view path) {
  return is_file(path, "os-release") || is_file(path, "lsb-release");
}

std::vector<model::Distribution> named_distributions(const layers::ImageView& image,
                                                     const std::vector<FoundFacts>& facts, std::string_view root) {
  std::vector<model::Distribution> named;
  for (const std::string_view file : k_files) {
    const std::string path = root.empty() ? std::string(file) : std::string(root) + "/" + std::string(file);
    const auto target = image.resolve(path);
    if (!target) continue;
    const auto found = std::find_if(facts.begin(), facts.end(), [&](const auto& f) { return f.file == *target; });
    if (found == facts.end()) continue;
    model::Distribution distribution = distribution_of(*found, path);
    if (!distribution.id.empty()) named.push_back(std::move(distribution));
  }
  return named;
}

}  // namespace hullcheck::inventory
