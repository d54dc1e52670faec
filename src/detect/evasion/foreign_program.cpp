// Programs of Windows and macOS in an image for Linux. They cannot run there: they are served to others, kept for a
// later stage, or came along with a library for all systems, which is most of them.
//
// A .NET assembly is a PE file that runs everywhere, a driver or library of Windows comes with cross-platform
// packages, and installers of Python carry small launchers: those are not said. What hides under another name or in a
// temporary folder weighs more than what is called .exe.
#include <algorithm>
#include <array>

#include "detect/detector.hpp"
#include "detect/image_support.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 1> k_rows{{
    {"E12", EvidenceClass::context, model::Severity::low, 60, "Program of another operating system", "T1027",
     "Find out why an image for Linux carries it."},
}};

using namespace std::string_view_literals;

constexpr std::uint16_t k_library = 0x2000;
constexpr std::array k_suffixes{".exe"sv, ".com"sv, ".scr"sv, ".msi"sv, ".efi"sv,
                                ".sys"sv, ".dll"sv, ".ocx"sv, ".pyd"sv};
constexpr std::array k_loose_folders{"tmp/"sv, "var/tmp/"sv, "dev/shm/"sv};

struct Image {
  bool library = false;
  bool managed = false;   // .NET
  bool firmware = false;  // EFI: loaders, and Linux itself
  bool packed = false;    // sections of UPX
};

// COFF header and the optional header's list of directories; what lies outside the first bytes reads as nothing.
Image read_pe(Bytes head) {
  Image image;
  const std::uint64_t at = read_le<std::uint32_t>(head, 0x3c).value_or(0);
  const std::uint16_t sections = read_le<std::uint16_t>(head, at + 6).value_or(0);
  const std::uint16_t optional = read_le<std::uint16_t>(head, at + 20).value_or(0);
  image.library = (read_le<std::uint16_t>(head, at + 22).value_or(0) & k_library) != 0;
  const std::uint16_t subsystem = read_le<std::uint16_t>(head, at + 24 + 68).value_or(0);
  image.firmware = subsystem >= 10 && subsystem <= 13;
  const bool wide = read_le<std::uint16_t>(head, at + 24).value_or(0) == 0x20b;
  const std::uint64_t directories = at + 24 + (wide ? 112 : 96);
  image.managed = read_le<std::uint32_t>(head, directories + 8 * 14).value_or(0) != 0;
  for (std::uint16_t i = 0; i < std::min<std::uint16_t>(sections, 96); ++i) {
    const auto name = slice(head, at + 24 + optional + 40ULL * i, 8);
    if (!name) break;
    image.packed |= as_text(*name).starts_with("UPX"sv);
  }
  return image;
}

bool ends_with_one(std::string_view name, const auto& list) {
  std::string lower(name);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return std::any_of(list.begin(), list.end(), [&](std::string_view end) { return lower.ends_with(end); });
}

// Installed, or as the archive that it is installed from.
bool is_language_package(std::string_view path) {
  return is_language_folder(path) || path.find(".whl!/") != std::string_view::npos;
}

class ForeignProgram final : public Detector {
 public:
  bool wants(const layers::FileInfo& file) const override {
    return file.entry.content == layers::ContentKind::pe || file.entry.content == layers::ContentKind::macho;
  }

  void collect(const layers::FileView& file, EvidenceSink& out) const override {
    const bool pe = file.entry.content == layers::ContentKind::pe;
    const Image image = pe ? read_pe(file.head) : Image{};
    if (image.managed || image.firmware) return;
    const bool loose = std::any_of(k_loose_folders.begin(), k_loose_folders.end(),
                                   [&](std::string_view start) { return file.path().starts_with(start); });
    const bool hidden = file.name().starts_with('.') || (pe && file.name().find('.') != std::string_view::npos &&
                                                         !ends_with_one(file.name(), k_suffixes));
    // Packages of languages carry launchers for all systems.
    if ((image.library || is_language_package(file.path())) && !loose && !hidden) return;
    std::string text = pe ? "a program for Windows" : "a program for macOS";
    if (image.packed) text += ", packed with UPX";
    if (loose) text += ", in a temporary folder";
    if (hidden) text += ", under another name";
    Evidence evidence = evidence_of(k_rows[0], std::move(text));
    if (loose || hidden) evidence.cls = EvidenceClass::supporting;
    out.add(std::move(evidence));
  }
};

const util::Registered<ForeignProgram> registered{{
    .id = "foreign-program",
    .version = 1,
    .summary = "programs for Windows and macOS",
    .example = "a program for Windows, in a temporary folder",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
