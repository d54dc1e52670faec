#include "scan/coverage.hpp"

#include <algorithm>
#include <set>

namespace hullcheck::scan {
namespace {

using model::Gap;
using model::GapEffect;
using model::StageState;

constexpr std::size_t k_most_unattributed = 50;            // as paths, for people
constexpr std::size_t k_most_unattributed_files = 10'000;  // with what identifies them, for programs

bool is_class_archive(std::string_view path) {
  static constexpr std::string_view k_suffixes[] = {".jar", ".war", ".ear", ".par", ".sar",
                                                    ".nar", ".jpi", ".hpi", ".kar", ".lpkg"};
  return std::any_of(std::begin(k_suffixes), std::end(k_suffixes),
                     [&](std::string_view suffix) { return path.ends_with(suffix); });
}

// What runs although it is neither a program of this system nor a script by its first line: what an interpreter is
// given by name, and programs for another loader.
bool runs_all_the_same(const layers::Entry& entry, std::string_view path) {
  using layers::ContentKind;
  static constexpr ContentKind k_kinds[] = {ContentKind::script, ContentKind::zip,  ContentKind::pe,
                                            ContentKind::macho,  ContentKind::wasm, ContentKind::java_class};
  static constexpr std::string_view k_suffixes[] = {".py", ".pyc", ".js",  ".mjs", ".cjs", ".rb",
                                                    ".pl", ".php", ".lua", ".sh",  ".tcl"};
  return entry.executable() ||
         std::find(std::begin(k_kinds), std::end(k_kinds), entry.content) != std::end(k_kinds) ||
         std::any_of(std::begin(k_suffixes), std::end(k_suffixes),
                     [&](auto suffix) { return path.ends_with(suffix); });
}

bool owned(inventory::Integrity integrity) {
  return integrity == inventory::Integrity::owned_match || integrity == inventory::Integrity::owned_unverified ||
         integrity == inventory::Integrity::owned_config;
}

// Files that a package of a language accounts for: the archive or program that names it, and what its list of files
// names with the right digest. That is enough to say what a file is, not to trust it.
std::set<layers::FileRef> files_of_languages(const layers::ImageView& image, const inventory::Inventory& inventory) {
  std::set<layers::FileRef> files;
  for (const model::Package& package : inventory.packages) {
    if (model::is_system_package(package)) continue;
    // A library somewhere inside a file does not say what the file is.
    if (package.type == "generic" && package.source_name.empty()) continue;
    if (const auto file = image.resolve(package.database_path)) files.insert(*file);
    for (const model::OwnedFile& owned : package.files) {
      const auto file = image.resolve(owned.path);
      const layers::FileDigests* const digests = file ? image.digests(*file) : nullptr;
      if (digests != nullptr && owned.algorithm == model::DigestAlgorithm::sha256 &&
          to_hex(digests->sha256) == owned.digest)
        files.insert(*file);
    }
  }
  return files;
}

void measure_executables(const layers::ImageView& image, const inventory::Inventory& inventory,
                         const inventory::Ownership& ownership, const std::set<std::string>& start,
                         model::ScanResult& result) {
  model::Coverage& coverage = result.coverage;
  const std::set<layers::FileRef> of_languages = files_of_languages(image, inventory);
  struct Unattributed {
    std::uint64_t size;
    std::string path;
    layers::FileRef content;
  };
  std::vector<Unattributed> rest;
  std::set<layers::FileRef> counted;  // hard links are one file
  const auto count = [&](layers::FileRef file, layers::FileRef content, const std::string& path) {
    if (!counted.insert(content).second) return;
    const layers::Entry& entry = image.entry(content);
    coverage.executable_bytes += entry.size;
    if (owned(ownership.integrity(file)) || of_languages.contains(content))
      coverage.attributed_bytes += entry.size;
    else
      rest.push_back({entry.size, path, content});
  };
  constexpr layers::FileKinds k_programs = layers::k_elf_content | layers::k_zip_content;
  image.each_final(k_programs, [&](layers::FileRef file, const std::string& path) {
    const layers::FileRef content = image.content_of(file);
    const layers::Entry& entry = image.entry(content);
    if (entry.type != layers::EntryType::file) return;
    if (entry.content == layers::ContentKind::elf || is_class_archive(path)) count(file, content, path);
  });
  // Beside programs and archives of classes, whatever starts.
  for (const std::string& path : start) {
    const auto file = image.find(path);
    if (!file) continue;
    const layers::FileRef content = image.content_of(*file);
    if (image.entry(content).type == layers::EntryType::file && runs_all_the_same(image.entry(content), path))
      count(*file, content, path);
  }
  std::sort(rest.begin(), rest.end(), [](const Unattributed& a, const Unattributed& b) {
    return a.size != b.size ? a.size > b.size : a.path < b.path;
  });
  coverage.unattributed_count = rest.size();
  for (std::size_t i = 0; i < std::min(rest.size(), k_most_unattributed_files); ++i) {
    const layers::FileDigests* const digests = image.digests(rest[i].content);
    const std::uint32_t layer = rest[i].content.layer;
    if (i < k_most_unattributed) coverage.unattributed.push_back(rest[i].path);
    coverage.unattributed_files.push_back({std::move(rest[i].path), rest[i].size,
                                           digests == nullptr ? "" : "sha256:" + to_hex(digests->sha256),
                                           layer < result.layers.size() ? result.layers[layer].diff_id : ""});
  }
}

// A file that a collector could not read matters if the file is part of the final image.
void note_section_problems(const layers::ImageView& image, std::vector<Gap>& gaps) {
  for (std::uint32_t i = 0; i < image.layer_count(); ++i) {
    const layers::LayerFacts* const facts = image.layer(i);
    if (facts == nullptr) continue;
    for (const auto& [id, section] : facts->sections)
      for (const layers::Problem& problem : section.problems) {
        const bool final =
            problem.entry == layers::k_none || image.visibility({i, problem.entry}) == model::Visibility::final;
        gaps.push_back({problem.name, id.substr(0, id.find('/')), "/" + problem.subject, problem.message,
                        final ? GapEffect::unknown : GapEffect::note});
      }
  }
}

// A hard link to nothing: no engine unpacks such a layer, so there is no telling what was meant to stand there. One
// note a layer. With a layer missing, its files may be the targets.
void note_broken_links(const layers::ImageView& image, std::vector<Gap>& gaps) {
  for (std::uint32_t i = 0; i < image.layer_count(); ++i)
    if (image.layer(i) == nullptr || !image.layer(i)->complete) return;
  for (std::uint32_t i = 0; i < image.layer_count(); ++i) {
    const auto& entries = image.layer(i)->entries;
    for (std::uint32_t e = 0; e < entries.size(); ++e) {
      const layers::FileRef link{i, e};
      if (entries[e].type != layers::EntryType::hard_link || image.content_of(link) != link) continue;
      gaps.push_back({"hard-link-broken", "layers", image.layer_id(i),
                      "/" + std::string(entries[e].path) + " is a hard link to /" + std::string(entries[e].link) +
                          ", which is not there at that point, so engines refuse the layer",
                      GapEffect::unknown});
      break;
    }
  }
}

StageState worst(const std::vector<Gap>& gaps, std::initializer_list<std::string_view> stages) {
  for (const Gap& gap : gaps)
    if (gap.effect == GapEffect::unknown && std::find(stages.begin(), stages.end(), gap.stage) != stages.end())
      return StageState::partial;
  return StageState::assessed;
}

bool has_gap(const std::vector<Gap>& gaps, std::string_view id) {
  return std::any_of(gaps.begin(), gaps.end(), [&](const Gap& gap) { return gap.id == id; });
}

}  // namespace

void assess_coverage(const layers::ImageView& image, const inventory::Inventory& inventory,
                     const inventory::Ownership& ownership, const std::vector<std::string>& start_paths,
                     model::ScanResult& result) {
  model::Coverage& coverage = result.coverage;
  note_section_problems(image, coverage.gaps);
  note_broken_links(image, coverage.gaps);
  std::sort(coverage.gaps.begin(), coverage.gaps.end());
  coverage.gaps.erase(std::unique(coverage.gaps.begin(), coverage.gaps.end()), coverage.gaps.end());

  measure_executables(image, inventory, ownership, {start_paths.begin(), start_paths.end()}, result);
  for (const model::Vulnerability& vulnerability : result.vulnerabilities)
    if (vulnerability.severity == model::Severity::unrated) ++coverage.unrated;

  const std::vector<Gap>& gaps = coverage.gaps;
  auto& stages = coverage.stages;
  stages["layers"] = worst(gaps, {"acquire", "layers"});
  const bool all_missing =
      std::all_of(result.layers.begin(), result.layers.end(), [](const auto& l) { return !l.read; });
  if (!result.layers.empty() && all_missing) stages["layers"] = StageState::absent;
  stages["packages"] =
      inventory.has_package_database ? worst(gaps, {"acquire", "layers", "inventory"}) : StageState::absent;
  stages["advisories"] =
      has_gap(gaps, "no-advisory-database") ? StageState::absent : worst(gaps, {"advisories", "match"});
  stages["malware"] = worst(gaps, {"acquire", "layers", "detect"});
  stages["secrets"] = stages["malware"];
  stages["checks"] = image.config().present ? worst(gaps, {"acquire"}) : StageState::partial;
  coverage.complete =
      std::none_of(gaps.begin(), gaps.end(), [](const Gap& gap) { return gap.effect == GapEffect::unknown; });
}

}  // namespace hullcheck::scan
