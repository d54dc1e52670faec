// cargo-auditable: the crates that a Rust program was built of, where the build recorded them.
// Format: an ELF section .dep-v0 holds zlib-compressed JSON: "packages" of name, version, source, kind ("build" is of
// the build only), root (https://github.com/rust-secure-code/cargo-auditable).
// Hostile: the section may lie about its size, unfold without end, or hold no JSON. A damaged one is a gap.
// Reads: ELF programs with a section .dep-v0
#include "formats/elf.hpp"
#include "formats/zlib.hpp"
#include "inventory/readers/elf_parts.hpp"
#include "inventory/readers/json_file.hpp"

namespace hullcheck::inventory {
namespace {

constexpr std::uint64_t k_largest_library = 16 << 20;

class CargoAuditable final : public Analyzer {
 public:
  // Compilers' and browsers' libraries are larger than all else in an image, and none of them is of one crate.
  bool wants(const layers::FileInfo& file) const override {
    return file.entry.content == layers::ContentKind::elf && file.size() <= k_largest_program &&
           formats::end_of_library(file.head) <= k_largest_library;
  }

  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    const auto elf = ElfParts::open(file.bytes);
    const auto section = elf ? elf->section(".dep-v0") : std::nullopt;
    if (!section) return facts;
    facts.kind = k_installed;
    const auto text = formats::inflate_zlib(*section, k_largest_json);
    if (!text.ok()) {
      add_problem(facts, "the list of crates cannot be read: " + text.error().message);
      return facts;
    }
    JsonFile json_file;
    if (const auto document = json_file.parse(*text, facts))
      json::each(*document, "packages", [&](json::Element crate) {
        const std::string_view kind = json::text(crate, "kind");
        // What only the compiler ran is not in the program.
        if (kind == "build" || kind == "development") return;
        model::Package* const package =
            add_package(facts, "cargo", json::text(crate, "name"), json::text(crate, "version"));
        // "crates.io", "local" (the builder's own), "git", "registry".
        if (package != nullptr) package->vendor = json::text(crate, "source", 64);
      });
    return facts;
  }

  void resolve(const layers::ImageView& image, Inventory& out) const override {
    take_language_packages(image, "cargo-auditable", out);
  }
};

const util::Registered<CargoAuditable> registered{{.id = "cargo-auditable",
                                                   .version = 2,
                                                   .summary = "Crates of Rust programs built with cargo auditable",
                                                   .example = "time 0.1.43 (usr/local/bin/app)"}};

}  // namespace
}  // namespace hullcheck::inventory
