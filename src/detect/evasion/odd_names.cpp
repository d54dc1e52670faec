// Names that are chosen not to be seen (E13): folders called "...", blanks at the end of a name, characters that
// turn the writing direction or have no width, programs behind a dot in a folder for temporary files or in /dev.
//
// Hostile: names are any bytes. What a package brought is left alone, and so is test data that is no program.
#include <algorithm>
#include <array>

#include "detect/detector.hpp"
#include "detect/image_support.hpp"
#include "util/text.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most = 64;

constexpr std::array<RuleRow, 1> k_rows{{
    {"E13", EvidenceClass::supporting, model::Severity::medium, 50, "Name or place that hides a file", "T1564.001",
     "Look at what the file is, and who put it there."},
}};

// Drawn as nothing, or changes how the rest is drawn.
bool is_unseen(char32_t c) {
  return (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x2069) ||
         c == 0xfeff || c == 0x00ad || c == 0x180e || c == 0x3164;
}

std::string_view odd_characters(std::string_view name) {
  while (!name.empty()) {
    const util::CodePoint c = util::decode_utf8(name);
    if (c.valid && (c.value < 0x20 || c.value == 0x7f)) return "a control character in its name";
    if (c.valid && is_unseen(c.value)) return "characters in its name that are not seen";
    name.remove_prefix(c.size);
  }
  return {};
}

std::string_view odd_name(std::string_view name) {
  if (name.size() >= 3 && name.find_first_not_of('.') == std::string_view::npos) return "a name of nothing but dots";
  if (name.find_first_not_of(" .") == std::string_view::npos && name.find(' ') != std::string_view::npos)
    return "a name of nothing but blanks and dots";
  if (name.starts_with(' ') || name.ends_with(' ')) return "a blank at the edge of its name";
  return odd_characters(name);
}

// Of printable ASCII without blanks, and no two dots together: nothing below finds anything in it.
bool is_plain(std::string_view path) {
  bool plain = true;
  for (const char c : path) plain &= c > ' ' && c < 0x7f;
  return plain && path.find("..") == std::string_view::npos;
}

std::string_view odd_part(std::string_view path) {
  if (is_plain(path)) return {};
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    if (const std::string_view odd = odd_name(path.substr(0, end)); !odd.empty()) return odd;
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return {};
}

// Where odd_place() finds anything.
bool may_be_odd_place(std::string_view path) {
  return path.starts_with("dev/") || path.starts_with("run/") || path.starts_with("var/") || is_temporary(path);
}

std::string_view odd_place(std::string_view path, const layers::Entry& entry) {
  if (!is_program(entry)) return {};
  if (path.starts_with("dev/")) return "a program below /dev";
  if ((is_temporary(path) || path.starts_with("run/") || path.starts_with("var/run/")) && is_hidden(path))
    return "a hidden program below a folder for temporary files";
  return {};
}

class OddNames final : public Detector {
 public:
  void image(const ImageContext& context, ImageEvidence& out) const override {
    std::size_t count = 0;
    const auto names = [&](layers::FileRef file, const std::string& path) {
      if (count >= k_most) return;
      std::string_view odd = odd_part(path);
      if (odd.empty() && !may_be_odd_place(path)) return;
      const layers::Entry& entry = context.image.entry(context.image.content_of(file));
      if (odd.empty()) odd = odd_place(path, entry);
      if (odd.empty() || system_owner(context.ownership, file) != nullptr) return;
      ++count;
      Evidence evidence = evidence_of(k_rows[0], std::string(odd));
      // Test data of software that reads names: nothing runs it.
      if (!is_program(entry) && is_language_folder(path)) evidence.cls = EvidenceClass::context;
      add_at(context, file, std::move(evidence), out);
    };
    context.image.each_final(layers::k_every_kind & ~layers::k_folder, names);
  }
};

const util::Registered<OddNames> registered{{
    .id = "odd-names",
    .version = 1,
    .summary = "names and places that hide a file",
    .example = "/var/tmp/.../x: a name of nothing but dots",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
