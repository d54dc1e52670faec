#include "sbom/vocabulary.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace hullcheck::sbom {
namespace {

// Whose stages only an image itself can fill.
constexpr std::array<std::string_view, 3> k_seen_stages{"acquire", "layers", "inventory"};
constexpr std::size_t k_most_layers = 10'000;
constexpr std::size_t k_most_words = 10'000;

// Fields of a package that are text, by the name of their property.
template <class Package>
auto texts(Package& package) {
  using Text = decltype(&package.name);
  return std::array<std::pair<std::string_view, Text>, 11>{{
      {"type", &package.type},
      {"name", &package.name},
      {"version", &package.version},
      {"architecture", &package.architecture},
      {"sourceName", &package.source_name},
      {"sourceVersion", &package.source_version},
      {"vendor", &package.vendor},
      {"modularity", &package.modularity},
      {"databasePath", &package.database_path},
      {"innerPath", &package.inner_path},
      {"coveredBy", &package.covered_by},
  }};
}

// Written by its first part alone: a package's source as Trivy splits it.
struct Evr {
  std::string epoch, version, release;
};
Evr split_evr(std::string_view type, std::string_view text) {
  Evr out;
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos && text.find_first_not_of("0123456789") == colon) {
    out.epoch = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  const std::size_t dash = type == "deb" || type == "rpm" ? text.rfind('-') : std::string_view::npos;
  out.version = text.substr(0, dash);
  if (dash != std::string_view::npos) out.release = text.substr(dash + 1);
  return out;
}

// The word that Trivy has for a distribution.
std::string trivy_family(std::string_view id) {
  static constexpr std::pair<std::string_view, std::string_view> k_names[] = {
      {"rhel", "redhat"},
      {"amzn", "amazon"},
      {"ol", "oracle"},
      {"almalinux", "alma"},
      {"sles", "suse linux enterprise server"},
      {"mariner", "cbl-mariner"},
  };
  for (const auto& [ours, theirs] : k_names)
    if (id == ours) return std::string(theirs);
  return std::string(id);
}

std::string layer_name(std::uint32_t index, const model::ScanResult& result) {
  return index < result.layers.size() ? result.layers[index].diff_id : std::string();
}

// Names of repositories and products have no spaces.
std::string words(const std::vector<std::string>& list) {
  std::string text;
  for (const std::string& word : list) {
    if (!text.empty()) text += ' ';
    text += word;
  }
  return text;
}

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> list;
  while (!text.empty() && list.size() < k_most_words) {
    const std::string_view word = text.substr(0, text.find(' '));
    if (!word.empty()) list.emplace_back(word);
    text.remove_prefix(std::min(word.size() + 1, text.size()));
  }
  return list;
}

void finish(Properties& list) {
  list.erase(std::remove_if(list.begin(), list.end(), [](const auto& item) { return item.second.empty(); }),
             list.end());
  std::sort(list.begin(), list.end());
}

void add_for_trivy(const model::Package& package, const model::ScanResult& result, Properties& out) {
  const auto add = [&](std::string_view name, std::string text) {
    out.emplace_back(std::string(k_trivy_prefix) + std::string(name), std::move(text));
  };
  add("LayerDiffID", layer_name(package.layer, result));
  if (!model::is_system_package(package)) {
    add("FilePath", package.database_path);
    return;
  }
  add("PkgType", trivy_family(result.distribution.id));
  add("PkgID", package.name + "@" + package.version);
  const Evr source = split_evr(package.type, package.source_version);
  add("SrcName", package.source_name);
  add("SrcVersion", source.version);
  add("SrcRelease", source.release);
  add("SrcEpoch", source.epoch);
  add("Modularitylabel", package.modularity);
}

}  // namespace

Properties package_properties(const model::Package& package, const model::ScanResult& result) {
  Properties out;
  const auto add = [&](std::string_view name, std::string text) {
    out.emplace_back(std::string(k_package_prefix) + std::string(name), std::move(text));
  };
  for (const auto& [name, text] : texts(package)) add(name, *text);
  if (package.epoch != 0) add("epoch", std::to_string(package.epoch));
  add("layer", layer_name(package.layer, result));
  add("firstLayer", layer_name(package.first_layer, result));
  add("databaseLayer", layer_name(package.database_layer, result));
  if (package.declared_only) add("declaredOnly", "true");
  add_for_trivy(package, result, out);
  finish(out);
  return out;
}

Properties distribution_properties(const model::Distribution& distribution) {
  const std::string prefix(k_distribution_prefix);
  Properties out{{prefix + "id", distribution.id},
                 {prefix + "idLike", distribution.id_like},
                 {prefix + "versionId", distribution.version_id},
                 {prefix + "codename", distribution.codename},
                 {prefix + "prettyName", distribution.pretty_name},
                 {prefix + "evidencePath", distribution.evidence_path},
                 {prefix + "contentSets", words(distribution.content_sets)},
                 {prefix + "cpes", words(distribution.cpes)},
                 {std::string(k_trivy_prefix) + "Class", "os-pkgs"},
                 {std::string(k_trivy_prefix) + "Type", trivy_family(distribution.id)}};
  finish(out);
  return out;
}

Properties image_properties(const model::ScanResult& result) {
  const std::string prefix(k_image_prefix);
  Properties out{{prefix + "reference", result.image.reference},
                 {prefix + "platform", result.image.platform},
                 {prefix + "manifestDigest", result.image.manifest_digest},
                 {prefix + "configDigest", result.image.config_digest},
                 {std::string(k_trivy_prefix) + "SchemaVersion", "2"},
                 {std::string(k_trivy_prefix) + "ImageID", result.image.config_digest},
                 {std::string(k_trivy_prefix) + "Reference", result.image.reference}};
  for (std::size_t i = 0; i < result.layers.size(); ++i) {
    out.emplace_back(prefix + "layer:" + std::to_string(i), result.layers[i].diff_id);
    out.emplace_back(std::string(k_trivy_prefix) + "DiffID", result.layers[i].diff_id);
  }
  std::size_t count = 0;
  for (const model::Gap& gap : result.coverage.gaps) {
    if (std::find(k_seen_stages.begin(), k_seen_stages.end(), gap.stage) == k_seen_stages.end()) continue;
    out.emplace_back(std::string(k_gap_prefix) + std::to_string(count++),
                     gap.id + "|" + gap.stage + "|" + std::string(model::to_string(gap.effect)) + "|" + gap.subject +
                         "|" + gap.reason);
  }
  finish(out);
  return out;
}

std::string_view property(const Properties& properties, std::string_view name) {
  for (const auto& [key, text] : properties)
    if (key == name) return text;
  return {};
}

std::uint32_t layer_index(std::string_view diff_id, std::vector<std::string>& layers) {
  if (diff_id.empty()) return model::k_no_layer;
  const auto known = std::find(layers.begin(), layers.end(), diff_id);
  if (known != layers.end()) return static_cast<std::uint32_t>(known - layers.begin());
  if (layers.size() >= k_most_layers) return model::k_no_layer;
  layers.emplace_back(diff_id);
  return static_cast<std::uint32_t>(layers.size() - 1);
}

void apply_package_properties(const Properties& properties, std::vector<std::string>& layers,
                              model::Package& package) {
  const auto fields = texts(package);
  for (const auto& [key, text] : properties) {
    if (!std::string_view(key).starts_with(k_package_prefix)) continue;
    const std::string_view name = std::string_view(key).substr(k_package_prefix.size());
    for (const auto& [field, place] : fields)
      if (field == name) *place = text;
    if (name == "epoch") std::from_chars(text.data(), text.data() + text.size(), package.epoch);
    if (name == "layer") package.layer = layer_index(text, layers);
    if (name == "firstLayer") package.first_layer = layer_index(text, layers);
    if (name == "databaseLayer") package.database_layer = layer_index(text, layers);
    if (name == "declaredOnly") package.declared_only = text == "true";
  }
}

void apply_distribution_properties(const Properties& properties, model::Distribution& distribution) {
  const std::pair<std::string_view, std::string*> fields[] = {
      {"id", &distribution.id},
      {"idLike", &distribution.id_like},
      {"versionId", &distribution.version_id},
      {"codename", &distribution.codename},
      {"prettyName", &distribution.pretty_name},
      {"evidencePath", &distribution.evidence_path},
  };
  for (const auto& [field, place] : fields)
    if (const auto text = property(properties, std::string(k_distribution_prefix) + std::string(field));
        !text.empty())
      *place = text;
  const std::string prefix(k_distribution_prefix);
  distribution.content_sets = split_words(property(properties, prefix + "contentSets"));
  distribution.cpes = split_words(property(properties, prefix + "cpes"));
}

bool parse_gap(std::string_view text, model::Gap& gap) {
  std::array<std::string_view, 5> parts;
  for (std::size_t i = 0; i < 4; ++i) {
    const std::size_t bar = text.find('|');
    if (bar == std::string_view::npos) return false;
    parts[i] = text.substr(0, bar);
    text.remove_prefix(bar + 1);
  }
  parts[4] = text;
  if (parts[0].empty() || parts[1].empty()) return false;
  const auto effect = parts[2] == "note" ? model::GapEffect::note : model::GapEffect::unknown;
  gap = {std::string(parts[0]), std::string(parts[1]), std::string(parts[3]), std::string(parts[4]), effect};
  return true;
}

}  // namespace hullcheck::sbom
