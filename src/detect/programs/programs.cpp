// programs: what programs and libraries are, in which version, by their own bytes (program_signatures.hpp). No
// threat: packages for the inventory, of files that no package database accounts for. Hostile: a file may claim to be
// anything. That makes it a package to be judged, and vouches for nothing.
#include "detect/programs/programs.hpp"

#include <map>

#include "detect/detector.hpp"
#include "detect/programs/program_signatures.hpp"

namespace hullcheck::detect {
namespace {

bool is_program(layers::ContentKind kind) {
  return kind == layers::ContentKind::elf || kind == layers::ContentKind::pe || kind == layers::ContentKind::macho;
}

class Programs final : public Detector {
 public:
  std::vector<Literal> literals() const override {
    std::vector<Literal> list;
    for (const ProgramSignature& signature : program_signatures())
      list.push_back({std::string(signature.front) + std::string(signature.back)});
    return list;
  }

  void confirm(const Hit& hit, EvidenceSink& out) const override {
    if (!is_program(hit.file.entry.content)) return;
    const ProgramSignature& signature = program_signatures()[hit.literal];
    auto version = program_version(signature, hit.window, hit.position);
    if (!version) return;
    Evidence evidence;
    evidence.rule = k_hint_rule;
    evidence.offset = hit.offset;
    evidence.text = std::string(signature.name) + " " + (version->empty() ? "of unknown version" : *version);
    evidence.values = {{"program", std::string(signature.name)},
                       {"version", std::move(*version)},
                       {"kind", signature.library ? "library" : "program"}};
    out.add(std::move(evidence));
  }
};

const util::Registered<Programs> registered{{.id = "programs",
                                             .version = 5,
                                             .summary = "Programs and libraries by what they say of themselves",
                                             .example = "nginx 1.22.1 in a file of any name",
                                             .rules = {}}};

}  // namespace

std::vector<model::Package> identified_programs(const layers::ImageView& image) {
  std::vector<model::Package> packages;
  for (const layers::RecordRef& record : image.records(layers::k_content_section)) {
    if (record.visibility != model::Visibility::final) continue;
    const auto evidence = decode_evidence(record.data);
    if (!evidence.ok()) continue;  // a gap of detection
    std::string host;
    std::map<std::string, const Evidence*> found;  // by name; the first in the file counts
    for (const Evidence& one : *evidence) {
      const std::string name = one.rule == k_hint_rule ? one.value("program") : std::string();
      if (name.empty()) continue;
      const auto [place, fresh] = found.emplace(name, &one);
      // "9.2" and then "9.2p1", none and then "2.9.14": the longer one says more.
      if (!fresh && one.value("version").starts_with(place->second->value("version"))) place->second = &one;
      if (host.empty() && one.value("kind") == "program") host = name;
    }
    for (const auto& [name, one] : found) {
      model::Package package;
      package.type = "generic";
      package.name = name;
      package.version = one->value("version");
      package.database_path = image.path(record.file);
      package.database_layer = record.file.layer;
      package.source_name = one->value("kind") == "library" ? host : name;
      packages.push_back(std::move(package));
    }
  }
  return packages;
}

}  // namespace hullcheck::detect
