// Programs inside of other files: the second ELF header of a program, and programs spelt out in scripts and data.
//
// The places are found by the content scan (inner/carriers.hpp), which looks into them too; what is said here is only
// that they are there. A second header in the clear is found in a few ordinary programs that make or read others;
// one in base64, hexadecimal, escapes or under a key was put there to be made into a file.
#include "detect/evasion/embedded_program.hpp"

#include <array>

#include "detect/detector.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 1> k_rows{{
    {"E05", EvidenceClass::strong, model::Severity::high, 80, "Program hidden inside another file", "T1027.009",
     "Find out what makes a program of this data, and what that program does."},
}};

class EmbeddedProgram final : public Detector {};

const util::Registered<EmbeddedProgram> registered{{
    .id = "embedded-program",
    .version = 1,
    .summary = "programs inside of programs, scripts and data, in the clear or encoded",
    .example = "an ELF program (base64) inside a script",
    .rules = k_rows,
}};

}  // namespace

Evidence embedded_program_evidence(layers::ContentKind outer, std::string_view how, std::uint64_t offset) {
  const bool plain = how == "plain";
  Evidence evidence =
      evidence_of(k_rows[0], "an ELF program (" + std::string(how) + ") at byte " + std::to_string(offset) +
                                 " of this " + std::string(to_string(outer)));
  evidence.offset = offset;
  evidence.values.emplace_back("cover", how);
  // In the clear in data: images of disks, firmware, archives of kinds that are not read.
  if (plain && outer != layers::ContentKind::script && outer != layers::ContentKind::text) {
    evidence.cls = EvidenceClass::supporting;
    evidence.confidence = 60;
  }
  return evidence;
}

}  // namespace hullcheck::detect
