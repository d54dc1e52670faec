#include "sbom/component.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "formats/json.hpp"
#include "sbom/purl.hpp"

namespace hullcheck::sbom {
namespace {

constexpr std::string_view k_syft_package = "syft:package:";
constexpr std::string_view k_syft_metadata = "syft:metadata:";
constexpr std::string_view k_syft_distro = "syft:distro:";
constexpr std::size_t k_most_carried_gaps = 1000;

struct Problem {
  std::string_view id, reason;
  model::GapEffect effect;
};
constexpr std::array k_problems{
    Problem{"sbom-component-unidentified",
            "components have neither a package URL nor a package type, so that no advisory can be looked up",
            model::GapEffect::unknown},
    Problem{"sbom-component-unversioned", "components have no version, so that no advisory can be judged",
            model::GapEffect::unknown},
    Problem{"sbom-other-distribution", "packages are of another distribution than the rest and were not judged",
            model::GapEffect::unknown},
    Problem{"sbom-entry-malformed", "entries are not what their format says", model::GapEffect::unknown},
};

// Types of packages by the names that tools use where there is no package URL.
constexpr std::pair<std::string_view, std::string_view> k_types[] = {
    {"deb", "deb"},
    {"debian", "deb"},
    {"ubuntu", "deb"},
    {"apk", "apk"},
    {"alpine", "apk"},
    {"wolfi", "apk"},
    {"chainguard", "apk"},
    {"rpm", "rpm"},
    {"redhat", "rpm"},
    {"centos", "rpm"},
    {"rocky", "rpm"},
    {"alma", "rpm"},
    {"amazon", "rpm"},
    {"oracle", "rpm"},
    {"fedora", "rpm"},
    {"photon", "rpm"},
    {"cbl-mariner", "rpm"},
    {"azurelinux", "rpm"},
    {"alpm", "alpm"},
    {"npm", "npm"},
    {"node-pkg", "npm"},
    {"python", "pypi"},
    {"python-pkg", "pypi"},
    {"pip", "pypi"},
    {"gem", "gem"},
    {"gemspec", "gem"},
    {"go-module", "golang"},
    {"gobinary", "golang"},
    {"gomod", "golang"},
    {"java-archive", "maven"},
    {"jar", "maven"},
    {"rust-crate", "cargo"},
    {"rustbinary", "cargo"},
    {"cargo", "cargo"},
    {"php-composer", "composer"},
    {"composer", "composer"},
    {"dotnet", "nuget"},
    {"nuget", "nuget"},
    {"bitnami", "bitnami"},
    {"conda", "conda"},
    {"hex", "hex"},
    {"dart-pub", "pub"},
    {"pub", "pub"},
    {"conan", "conan"},
    {"swift", "swift"},
};

std::string type_of(std::string_view word) {
  for (const auto& [known, type] : k_types)
    if (word == known) return std::string(type);
  return {};
}

std::string_view of(const Component& component, std::string_view prefix, std::string_view name) {
  return property(component.properties, std::string(prefix) + std::string(name));
}

// Source packages in the properties of other tools; what the package URL says of them is less.
void set_source(const Component& component, model::Package& package) {
  if (const auto name = of(component, k_trivy_prefix, "SrcName"); !name.empty()) {
    package.source_name = name;
    std::string version(of(component, k_trivy_prefix, "SrcVersion"));
    if (const auto release = of(component, k_trivy_prefix, "SrcRelease"); !release.empty())
      version += "-" + std::string(release);
    if (const auto epoch = of(component, k_trivy_prefix, "SrcEpoch"); !epoch.empty() && epoch != "0")
      version = std::string(epoch) + ":" + version;
    if (!version.empty()) package.source_version = version;
  }
  if (const auto name = of(component, k_syft_metadata, "source"); !name.empty()) package.source_name = name;
  if (const auto name = of(component, k_syft_metadata, "originPackage"); !name.empty()) package.source_name = name;
  if (const auto version = of(component, k_syft_metadata, "sourceVersion"); !version.empty())
    package.source_version = version;
  if (const auto label = of(component, k_trivy_prefix, "Modularitylabel"); !label.empty()) package.modularity = label;
  if (const auto label = of(component, k_syft_metadata, "modularityLabel"); !label.empty())
    package.modularity = label;
}

std::string path_of(const Component& component) {
  std::string path = component.path;
  if (path.empty()) path = of(component, k_trivy_prefix, "FilePath");
  if (path.empty()) path = of(component, "syft:location:0:", "path");
  return path.substr(std::min(path.find_first_not_of('/'), path.size()));
}

std::string layer_of(const Component& component) {
  if (!component.layer.empty()) return component.layer;
  const auto trivy = of(component, k_trivy_prefix, "LayerDiffID");
  return std::string(trivy.empty() ? of(component, "syft:location:0:", "layerID") : trivy);
}

}  // namespace

std::string Builder::text(std::string_view text) const { return std::string(json::cut(text, m_limits.largest_text)); }

void Builder::add_problem(std::string_view id, const std::string& subject) {
  auto& [count, first] = m_problems[std::string(id)];
  if (count++ == 0) first = subject;
}

Result<void> Builder::add(Component component) {
  if (++m_count > m_limits.components)
    return make_error(ErrorCode::limit, "sbom-component-limit",
                      "it has more than " + std::to_string(m_limits.components) + " components");
  switch (component.kind) {
    case ComponentKind::operating_system: set_distribution(component); break;
    case ComponentKind::subject:
      if (m_document.subject.empty()) m_document.subject = component.name;
      set_subject_properties(component.properties);
      break;
    case ComponentKind::package: add_package(component); break;
    case ComponentKind::other: break;
  }
  return {};
}

void Builder::set_subject_properties(const Properties& properties) {
  std::map<std::size_t, std::string> numbered;
  for (const auto& [key, text] : properties) {
    const std::string_view name = key;
    const std::string layer = std::string(k_image_prefix) + "layer:";
    if (name.starts_with(layer)) {
      const std::string_view digits = name.substr(layer.size());
      if (!digits.empty() && digits.size() < 6 && digits.find_first_not_of("0123456789") == std::string_view::npos)
        numbered[std::stoul(std::string(digits))] = text;
    }
    if (name == std::string(k_trivy_prefix) + "DiffID") layer_index(text, m_document.layers);
    if (name.starts_with(k_gap_prefix) && m_document.gaps.size() < k_most_carried_gaps)
      if (model::Gap gap; parse_gap(text, gap)) m_document.gaps.push_back(std::move(gap));
  }
  if (!numbered.empty()) {
    m_document.layers.clear();
    for (auto& [index, diff_id] : numbered) m_document.layers.push_back(std::move(diff_id));
  }
  const auto take = [&](std::string_view prefix, std::string_view name, std::string& place) {
    if (const auto text = property(properties, std::string(prefix) + std::string(name)); !text.empty()) place = text;
  };
  take(k_trivy_prefix, "ImageID", m_document.config_digest);
  take(k_image_prefix, "configDigest", m_document.config_digest);
  take(k_image_prefix, "manifestDigest", m_document.manifest_digest);
  take(k_image_prefix, "platform", m_document.platform);
  take(k_image_prefix, "reference", m_document.subject);
}

void Builder::set_distribution(const Component& component) {
  model::Distribution& out = m_document.distribution;
  if (!out.id.empty()) return;
  out.id = distribution_id(component.name);
  out.version_id = component.version.substr(0, component.version.find(' '));
  const auto syft = [&](std::string_view name) { return of(component, k_syft_distro, name); };
  if (!syft("id").empty()) out.id = distribution_id(syft("id"));
  if (!syft("versionID").empty()) out.version_id = syft("versionID");
  out.codename = syft("versionCodename");
  out.pretty_name = syft("prettyName");
  out.id_like = syft("idLike:0");
  apply_distribution_properties(component.properties, out);
}

void Builder::add_package(Component& component) {
  const auto url = parse_purl(component.purl);
  model::Package package = url ? package_of(*url) : model::Package();
  if (!url) {
    package.name = component.name;
    package.version = component.version;
    package.type = type_of(of(component, k_syft_package, "type"));
    if (package.type.empty()) package.type = type_of(of(component, k_trivy_prefix, "PkgType"));
    if (package.type.empty()) package.type = of(component, k_package_prefix, "type");
    if (model::is_system_package(package)) package.source_name = package.name;
    package.source_version = model::is_system_package(package) ? package.version : std::string();
  }
  if (package.type.empty()) {
    if (!component.group) add_problem("sbom-component-unidentified", component.name + " " + component.version);
    return;
  }
  if (package.version.empty()) package.version = component.version;
  if (model::is_system_package(package)) set_source(component, package);
  package.licenses = std::move(component.licenses);
  package.vendor = component.supplier;
  package.database_path = path_of(component);
  package.layer = package.first_layer = package.database_layer = layer_index(layer_of(component), m_document.layers);
  apply_package_properties(component.properties, m_document.layers, package);
  // Of a library within a program the version may be unknown; matching says so.
  const bool unversioned = package.version.empty() && package.type != "generic";
  if (unversioned) add_problem("sbom-component-unversioned", package.name);
  // A property may have emptied any of them.
  if (package.name.empty() || unversioned || package.type.empty()) return;
  if (url && model::is_system_package(package)) {
    const model::Distribution distribution = distribution_of(*url);
    if (!distribution.id.empty()) {
      ++m_votes[{distribution.id, distribution.version_id}];
      if (!package.declared_only && package.covered_by.empty())
        m_packages_of[distribution.id].push_back(m_document.packages.size());
    }
  }
  (package.declared_only        ? m_document.declared
   : package.covered_by.empty() ? m_document.packages
                                : m_document.overlaps)
      .push_back(std::move(package));
}

// Nothing names the distribution outright: what most packages name, the more exact one of two.
void Builder::settle_distribution() {
  model::Distribution& out = m_document.distribution;
  std::size_t best = 0;
  for (const auto& [name, count] : m_votes) {
    if (!out.id.empty() && name.first != out.id && best == 0) continue;
    const bool exact = !name.second.empty();
    if (count < best || (count == best && !exact)) continue;
    if (out.id.empty() || best > 0 || out.version_id.empty()) {
      out.id = name.first;
      out.version_id = name.second;
      best = count;
    }
  }
}

// Packages of another distribution than the rest: its advisories do not speak of them, and there is no second one to
// judge them by.
void Builder::note_strangers() {
  std::vector<bool> stranger(m_document.packages.size());
  for (const auto& [id, indices] : m_packages_of) {
    const model::Distribution& main = m_document.distribution;
    // A derivative's packages may carry its parent's name.
    if (id == main.id || main.id.empty() || main.id_like.find(id) != std::string::npos) continue;
    for (const std::size_t index : indices) {
      stranger[index] = true;
      add_problem("sbom-other-distribution", m_document.packages[index].name + " of " + id);
    }
  }
  std::size_t index = 0;
  std::erase_if(m_document.packages, [&](const model::Package&) { return stranger[index++]; });
}

void Builder::finish() {
  settle_distribution();
  note_strangers();
  for (const Problem& problem : k_problems) {
    const auto found = m_problems.find(problem.id);
    if (found == m_problems.end()) continue;
    const auto& [count, first] = found->second;
    m_document.gaps.push_back({std::string(problem.id), "inventory", "",
                               std::to_string(count) + " " + std::string(problem.reason) + "; the first is " + first,
                               problem.effect});
  }
}

}  // namespace hullcheck::sbom
