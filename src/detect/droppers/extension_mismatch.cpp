// Programs and scripts under the name of a picture, a style sheet, a font, a text.
//
// Content is told by its first bytes: an ELF header, or "#!" with the path of an interpreter. Names for text may be
// given to scripts by people who mean no harm (examples, notes), so there a script counts only when it is executable.
#include <algorithm>
#include <array>

#include "detect/detector.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 1> k_rows{{
    {"D06", EvidenceClass::strong, model::Severity::high, 85, "Program under the name of another sort of file",
     "T1036.008", "Look at the file: its name is made to be overlooked."},
}};

constexpr std::array<std::string_view, 19> k_media = {"jpg",  "jpeg", "png", "gif",  "bmp",  "ico", "webp",
                                                      "tiff", "css",  "mp3", "mp4",  "avi",  "ogg", "wav",
                                                      "ttf",  "otf",  "pdf", "woff", "woff2"};
constexpr std::array<std::string_view, 11> k_texts = {"txt", "log", "md",   "html", "htm", "json",
                                                      "xml", "yml", "yaml", "csv",  "svg"};

// Which hold anything but a program; scripts are met under them.
constexpr std::array<std::string_view, 16> k_data = {"gz",  "bz2",  "xz",   "zip", "tar", "conf", "cfg", "ini",
                                                     "pyc", "toml", "lock", "sql", "doc", "docx", "xls", "rtf"};

std::string extension_of(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return {};
  std::string extension(name.substr(dot + 1));
  for (char& c : extension)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return extension;
}

bool contains(const auto& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// "#!", blanks, a path. The interpreter's path, or "".
std::string_view interpreter_of(std::string_view head) {
  if (!head.starts_with("#!")) return {};
  const std::size_t start = head.find_first_not_of(" \t", 2);
  if (start == std::string_view::npos || head[start] != '/') return {};
  return head.substr(start, std::min<std::size_t>(head.find_first_of(" \t\r\n", start) - start, 64));
}

std::string_view disguised_as(const layers::FileInfo& file) {
  const std::string extension = extension_of(file.name());
  const bool media = contains(k_media, extension);
  const bool program =
      file.entry.content == layers::ContentKind::elf || file.entry.content == layers::ContentKind::pe;
  if (program && contains(k_data, extension)) return "program";
  if (!media && !contains(k_texts, extension)) return {};
  if (file.entry.content == layers::ContentKind::elf || file.entry.content == layers::ContentKind::pe)
    return "program";
  if (file.entry.content != layers::ContentKind::script || interpreter_of(as_text(file.head)).empty()) return {};
  const bool log = extension == "log" || extension == "csv" || extension == "svg";  // nobody writes those by hand
  return media || log || file.entry.executable() ? "script" : std::string_view();
}

class ExtensionMismatch final : public Detector {
 public:
  bool wants(const layers::FileInfo& file) const override {
    const layers::ContentKind content = file.entry.content;
    if (content != layers::ContentKind::elf && content != layers::ContentKind::pe &&
        content != layers::ContentKind::script)
      return false;
    return !disguised_as(file).empty();
  }

  void collect(const layers::FileView& file, EvidenceSink& out) const override {
    const std::string_view as = disguised_as(file);
    if (as.empty()) return;
    std::string text = "a " + std::string(as) + " named " + std::string(file.name().substr(0, 100));
    if (as == "script") text += ", for " + std::string(interpreter_of(as_text(file.head)));
    Evidence evidence = evidence_of(k_rows[0], std::move(text));
    const bool named_text = as == "script" && !contains(k_media, extension_of(file.name()));
    if (named_text) evidence.cls = EvidenceClass::supporting;
    evidence.values.emplace_back("extension", extension_of(file.name()));
    out.add(std::move(evidence));
  }
};

const util::Registered<ExtensionMismatch> registered{{
    .id = "extension-mismatch",
    .version = 2,
    .summary = "scripts and programs named like pictures, fonts, texts",
    .example = "a script named logo.jpg, for /bin/bash",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
