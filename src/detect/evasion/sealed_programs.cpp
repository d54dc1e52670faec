// Programs made of scripts or archives by known tools (E03): what shc encrypts, what AppImage carries as a file
// system, what PyArmor encrypts cannot be looked into without running it, and is a gap beside the evidence. What
// Nuitka and makeself carry is unpacked as any compressed data is; they are only named.
#include <array>

#include "detect/content/hidden_literal.hpp"
#include "detect/detector.hpp"
#include "detect/inner/unwrap.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 1> k_rows{{
    {"E03", EvidenceClass::supporting, model::Severity::medium, 70, "Packed or encrypted program", "T1027.002",
     "Ask for the program or script as it was written; it cannot be examined as it is."},
}};

constexpr auto k_shc = hide("E: neither argv[0] nor $_ works.");
constexpr auto k_expired = hide(" has expired!\nPlease contact your provider ");
constexpr auto k_pyarmor = hide("__pyarmor__(__name__, __file__");
constexpr auto k_pyarmor_new = hide("import __pyarmor__\n__pyarmor__(__name__");
constexpr auto k_nuitka = hide("NUITKA_ONEFILE_PARENT");
constexpr auto k_makeself = hide("# This script was generated using Makeself");

struct Maker {
  std::string literal;
  const char* text;
  bool sealed;
  bool program;  // an ELF file; else text
};

const std::vector<Maker>& makers() {
  static const std::vector<Maker> all = {
      {k_shc.reveal(), "a script encrypted by shc", true, true},
      {k_expired.reveal(), "a script encrypted by shc", true, true},
      {k_pyarmor.reveal(), "a Python script encrypted by PyArmor", true, false},
      {k_pyarmor_new.reveal(), "a Python script encrypted by PyArmor", true, false},
      {k_nuitka.reveal(), "a program with an archive of Nuitka", false, true},
      {k_makeself.reveal(), "an archive of makeself that unpacks itself", false, false},
  };
  return all;
}

void say(std::string text, bool sealed, EvidenceSink& out) {
  Evidence evidence = evidence_of(k_rows[0], std::move(text));
  if (!sealed) evidence.cls = EvidenceClass::context;
  out.add(std::move(evidence));
  if (!sealed) return;
  Evidence gap;
  gap.rule = k_inner_gap_rule;
  gap.text = "what this program runs is encrypted or packed in a way that is not read";
  gap.values = {{"gap", "packed-program"}, {"effect", "unknown"}};
  out.add(std::move(gap));
}

class SealedPrograms final : public Detector {
 public:
  std::vector<Literal> literals() const override {
    std::vector<Literal> list;
    for (const Maker& maker : makers()) list.push_back({maker.literal, false});
    return list;
  }

  void confirm(const Hit& hit, EvidenceSink& out) const override {
    const Maker& maker = makers()[hit.literal];
    const bool program = hit.file.entry.content == layers::ContentKind::elf;
    const bool text =
        hit.file.entry.content == layers::ContentKind::text || hit.file.entry.content == layers::ContentKind::script;
    if (maker.program ? !program : !text) return;
    // In text: near its start, where the tools write it. Documentation quotes it later, and is no script.
    if (!maker.program && (hit.offset > 512 || !(hit.file.name().ends_with(".py") ||
                                                 hit.file.entry.content == layers::ContentKind::script)))
      return;
    say(maker.text, maker.sealed, out);
  }

  // The letters stand where ELF leaves room.
  bool wants(const layers::FileInfo& file) const override {
    return file.entry.content == layers::ContentKind::elf && file.head.size() > 16 && file.head[8] == 'A' &&
           file.head[9] == 'I' && (file.head[10] == 1 || file.head[10] == 2);
  }
  void collect(const layers::FileView&, EvidenceSink& out) const override {
    say("an AppImage, a program with a file system of its own", true, out);
  }
};

const util::Registered<SealedPrograms> registered{{
    .id = "sealed-programs",
    .version = 1,
    .summary = "scripts and archives made into programs: shc, AppImage, PyArmor, Nuitka, makeself",
    .example = "a script encrypted by shc",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
