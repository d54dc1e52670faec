// ld.so.preload: libraries that every dynamic program of the container loads first, and may be changed by.
//
// Format: ld.so(8). Nothing ships this file by itself; hiding a miner's process and its files is what it is put there
// for. Which library it names decides: one that a package owns unchanged is a known one, anything else is not.
// Hostile: the file may name anything; paths are resolved inside the image only.
#include <array>
#include <optional>

#include "detect/assess.hpp"
#include "detect/detector.hpp"
#include "detect/image_support.hpp"
#include "detect/start/start_files.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_libraries = 64;

constexpr std::array<RuleRow, 1> k_rows{{
    {"B15", EvidenceClass::decisive, model::Severity::critical, 95, "Library preloaded into every program",
     "T1574.006", "Do not run this image unless you know the library and why every program has to load it."},
}};

constexpr std::string_view k_library_token = "$LIB";
constexpr std::array<std::string_view, 5> k_library_values = {"lib", "lib64", "lib/x86_64-linux-gnu",
                                                              "lib/aarch64-linux-gnu", "lib32"};

std::optional<layers::FileRef> find_exactly(const layers::ImageView& image, std::string_view path) {
  const auto file = image.resolve(path);
  if (!file || image.entry(*file).type != layers::EntryType::file) return std::nullopt;
  return file;
}

// A bare name is searched for in the library folders, "$LIB" stands for one of them.
std::optional<layers::FileRef> find_library(const layers::ImageView& image, const std::string& name) {
  if (name.find('/') == std::string::npos) {
    for (const std::string_view folder : k_library_values)
      for (const std::string_view root : {"", "usr/", "usr/local/"})
        if (const auto file = find_exactly(image, std::string(root) + std::string(folder) + "/" + name)) return file;
    return std::nullopt;
  }
  std::size_t token = name.find("${LIB}");
  std::size_t size = 6;
  if (token == std::string::npos) {
    token = name.find(k_library_token);
    size = k_library_token.size();
  }
  if (token == std::string::npos) return find_exactly(image, name);
  for (const std::string_view folder : k_library_values)
    if (const auto file = find_exactly(image, std::string(name).replace(token, size, folder))) return file;
  return std::nullopt;
}

class PreloadFile final : public Detector {
 public:
  void image(const ImageContext& context, ImageEvidence& out) const override {
    for (const layers::RecordRef& record : context.image.records(k_start_section)) {
      const auto file = decode_start_file(record.data);
      if (!file.ok() || file.value().kind != StartFileKind::preload) continue;
      std::size_t count = 0;
      for (const StartCommand& library : file.value().commands)
        if (++count <= k_most_libraries) out.add(judged(context, record, library));
    }
  }

 private:
  static PlacedEvidence judged(const ImageContext& context, const layers::RecordRef& record,
                               const StartCommand& library) {
    PlacedEvidence placed;
    placed.file = record.file;
    placed.path = context.image.path(record.file);
    placed.visibility = record.visibility;
    placed.reach = context.reach(record.file);
    if (const StartNode* node = context.start.find(record.file)) placed.chain = node->chain;
    const auto target = find_library(context.image, library.command);
    std::string text = library.command;
    EvidenceClass cls = k_rows[0].cls;
    if (!target) {
      text += ", which is not in the image";
    } else {
      const bool language =
          context.ownership.owner(*target) != nullptr && system_owner(context.ownership, *target) == nullptr;
      switch (language ? inventory::Integrity::unowned : context.ownership.integrity(*target)) {
        case inventory::Integrity::owned_match:
          text += ", which a package owns unchanged";
          cls = EvidenceClass::context;
          break;
        case inventory::Integrity::owned_mismatch: text += ", which differs from what its package shipped"; break;
        case inventory::Integrity::unowned: text += ", which no package owns"; break;
        default: text += ", whose content cannot be compared with its package"; break;
      }
    }
    placed.evidence = evidence_of(k_rows[0], std::move(text));
    placed.evidence.cls = cls;
    placed.evidence.line = library.line;
    placed.evidence.values.emplace_back("library", library.command);
    return placed;
  }
};

const util::Registered<PreloadFile> registered{{
    .id = "preload-file",
    .version = 1,
    .summary = "libraries named in ld.so.preload",
    .example = "/usr/local/lib/libsystem.so, which no package owns",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
