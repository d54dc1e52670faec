// go: what Go programs were built of, whatever the file is called (go_build_info.hpp).
// Hostile: see there. A program that the Go linker marked and that holds no build information is a gap: it was
// stripped of it, or is older than it.
// Reads: Go programs of any name
#include "formats/elf.hpp"
#include "inventory/readers/elf_parts.hpp"
#include "inventory/readers/go_build_info.hpp"
#include "inventory/readers/language.hpp"

namespace hullcheck::inventory {
namespace {

using namespace std::string_view_literals;

// The build-id note that the Go linker puts among the first program headers: name size 4, any descriptor size, type
// 4, name "Go".
bool has_go_note(std::string_view head) { return contains(head, "\x04\0\0\0Go\0\0"sv); }

class Go final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override {
    switch (file.entry.content) {
      // Libraries that Go built have the note as well.
      case layers::ContentKind::elf:
        return (file.size() <= k_largest_program && formats::end_of_library(file.head) == 0) ||
               has_go_note(as_text(file.head));
      case layers::ContentKind::pe:
      case layers::ContentKind::macho:
        return (file.entry.executable() || file.name().ends_with(".exe")) && file.size() <= k_largest_program;
      default: return false;
    }
  }

  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    const bool elf = file.entry.content == layers::ContentKind::elf;
    const auto info = read_go_build_info(file.bytes, !elf || has_go_note(as_text(file.head)));
    if (!info) {
      if (!elf || !has_go_note(as_text(file.head))) return facts;
      facts.kind = k_installed;
      add_problem(facts, "a Go program without build information: which modules it holds is not known");
      return facts;
    }
    facts.kind = k_installed;
    facts.truncated = info->truncated;
    if (const std::string version = go_release_version(info->release); !version.empty())
      add_package(facts, "golang", "stdlib", version);
    else
      add_problem(facts, "the Go release that built it is unknown: " + info->release);
    for (const GoModule& module : info->modules) {
      // A folder of the builder's stands in: nothing says what was in it, and its name says least.
      if (module.version.empty()) continue;
      model::Package* const package = add_package(facts, "golang", module.path, module.version);
      if (package != nullptr && !module.replaced.empty()) package->vendor = "replaces " + module.replaced;
    }
    return facts;
  }

  void resolve(const layers::ImageView& image, Inventory& out) const override {
    take_language_packages(image, "go", out);
  }
};

const util::Registered<Go> registered{{.id = "go",
                                       .version = 2,
                                       .summary = "Go programs: modules and Go release from their build information",
                                       .example = "golang.org/x/net v0.17.0 (usr/local/bin/app)"}};

}  // namespace
}  // namespace hullcheck::inventory
