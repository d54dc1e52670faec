// sbom: packages that SBOMs inside the image name, such as Bitnami's (opt/bitnami/**/.spdx-*.spdx). Formats:
// sbom/document.hpp.
//
// An SBOM is what somebody says. What a database or a file shows anyway is left out here, and what nothing else shows
// counts as installed and is named in a note, with the SBOM as its database. Packages of an operating system in it
// are the builder's, mostly of another system than the image's: they are not judged, which a note says too.
// Hostile: as the formats; and an SBOM may name anything, which adds findings and hides none.
// Reads: *.spdx.json, *.cdx.json, *.spdx, *.cdx
#include "sbom/document.hpp"

#include <algorithm>
#include <set>

#include "inventory/readers/language.hpp"

namespace hullcheck::inventory {
namespace {

constexpr std::size_t k_most_bytes = 64U << 20;
constexpr std::size_t k_most_packages = 100'000;
// Not names of packages: sources and images that something was built from.
constexpr std::string_view k_other_types[] = {"github", "gitlab",  "bitbucket", "oci",
                                              "docker", "generic", "swid",      "git"};

bool is_sbom(std::string_view path) {
  for (const std::string_view suffix : {".spdx.json", ".cdx.json", ".spdx", ".cdx"})
    if (path.ends_with(suffix)) return true;
  return false;
}

class Sbom final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override { return is_sbom(file.path()) && file.size() > 0; }

  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    facts.kind = k_installed;
    sbom::Limits limits;
    limits.bytes = k_most_bytes;
    limits.components = k_most_packages;
    auto document = sbom::read(file.bytes, limits);
    if (!document) {
      // Other things have such names too.
      if (document.error().name == "sbom-unknown-format") return FileFacts{};
      add_problem(facts, "the SBOM cannot be read: " + document.error().message);
      return facts;
    }
    for (model::Package& package : document->packages) {
      if (std::find(std::begin(k_other_types), std::end(k_other_types), package.type) != std::end(k_other_types))
        continue;
      model::Package plain = std::move(package);
      plain.inner_path.clear();
      plain.files.clear();
      plain.layer = plain.first_layer = plain.database_layer = model::k_no_layer;
      facts.packages.push_back(std::move(plain));
    }
    facts.values.emplace_back("format", document->format);
    return facts;
  }

  void resolve(const layers::ImageView& image, Inventory& out) const override {
    std::set<std::tuple<std::string, std::string, std::string>> known;
    for (const auto* list : {&out.packages, &out.overlaps})
      for (const model::Package& package : *list) known.emplace(package.type, package.name, package.version);
    for (FoundFacts& found : found_facts(image, "sbom", &out.gaps)) {
      if (found.visibility != model::Visibility::final) continue;
      std::size_t systems = 0;
      std::string first_system;
      std::erase_if(found.facts.packages, [&](const model::Package& package) {
        if (known.contains({package.type, package.name, package.version})) return true;
        if (!model::is_system_package(package)) return false;
        if (systems++ == 0) first_system = package.name + " " + package.version;
        return true;
      });
      const std::size_t taken = found.facts.packages.size();
      take_language_file(found, out);
      if (taken > 0) note("packages-from-sbom", found, taken, "packages that only this SBOM names", "", out);
      if (systems > 0)
        note("sbom-system-packages", found, systems,
             "packages of an operating system that this SBOM names and no package database lists; they were not "
             "judged",
             ", such as " + first_system, out);
    }
  }

 private:
  static void note(std::string id, const FoundFacts& found, std::size_t count, std::string_view what,
                   const std::string& more, Inventory& out) {
    out.gaps.push_back({std::move(id), "inventory", "/" + found.path,
                        std::string(what) + ": " + std::to_string(count) + more, model::GapEffect::note});
  }
};

const util::Registered<Sbom> registered{{.id = "sbom",
                                         .version = 1,
                                         .summary = "Packages that SBOMs inside the image name",
                                         .example = "opt/bitnami/nginx/.spdx-nginx.spdx"}};

}  // namespace
}  // namespace hullcheck::inventory
