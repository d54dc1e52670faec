// Packed programs: UPX as it comes, UPX made unrecognisable, and what has a packer's shape and no known structure.
//
// Packing alone is common (tools of one file are packed to save space) and what is packed is looked at unpacked. But
// whoever overwrites UPX's name or notices wants tools to fail that would undo it; no ordinary program has been seen
// with that. A program that fills most of its memory from data that looks random cannot be examined without running
// it, and a file that says nothing about itself is a gap beside the evidence.
#include "detect/evasion/packers.hpp"

#include <algorithm>
#include <array>

#include "detect/detector.hpp"
#include "detect/inner/unwrap.hpp"
#include "formats/elf.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 4> k_rows{{
    {"E01", EvidenceClass::supporting, model::Severity::medium, 99, "Program packed with UPX", "T1027.002",
     "Prefer a program that is not packed, or look at what it unpacks to."},
    {"E02", EvidenceClass::strong, model::Severity::high, 95, "Packed program made unrecognisable", "T1027.002",
     "Do not run this image: somebody took care that the program cannot be unpacked."},
    {"E03", EvidenceClass::supporting, model::Severity::medium, 70, "Packed or encrypted program", "T1027.002",
     "Find out what the program is; it cannot be examined as it is."},
    {"E06", EvidenceClass::supporting, model::Severity::medium, 90, "Program without section headers", "T1027.001",
     "Find out where the program comes from: its headers were removed."},
}};
enum Row : std::size_t { upx, altered, unknown, no_sections };

constexpr double k_random = 7.5;
constexpr double k_very_random = 7.2;
constexpr std::uint64_t k_growth = 50;
constexpr std::size_t k_most_segments = 4;

// A writable segment that is to be filled with far more than the file holds.
bool grows(const formats::ElfFile& elf) {
  const auto& segments = elf.segments();
  return std::any_of(segments.begin(), segments.end(), [](const formats::ElfSegment& segment) {
    return segment.type == formats::ElfSegment::k_load && (segment.flags & formats::ElfSegment::k_write) != 0 &&
           segment.memory_size / k_growth >= std::max<std::uint64_t>(segment.file_size, 1) &&
           segment.memory_size >= (1U << 16);
  });
}

double highest_entropy(const formats::ElfFile& elf) {
  double highest = 0;
  for (const formats::ElfSegment& segment : elf.segments())
    if (segment.type == formats::ElfSegment::k_load)
      highest = std::max(highest, formats::entropy_of(elf.content(segment)));
  return highest;
}

std::string tenths(double value) {
  const auto number = static_cast<unsigned>(value * 10);
  return std::to_string(number / 10) + "." + std::to_string(number % 10);
}

std::vector<Evidence> not_unpacked(Row row, std::string text) {
  Evidence gap;
  gap.rule = k_inner_gap_rule;
  gap.text = "the program is packed and could not be unpacked";
  gap.values = {{"gap", "packed-program"}, {"effect", "unknown"}};
  return {evidence_of(k_rows[row], std::move(text)), std::move(gap)};
}

// A program for Windows is run by nothing in most images: packed data is said, not called altered.
std::vector<Evidence> windows_evidence(Bytes file) {
  const formats::PackedSections sections = formats::packed_sections(file);
  const double entropy = formats::entropy_of(sections.packed);
  if (sections.named) return not_unpacked(Row::upx, "UPX for Windows, in a form that is not unpacked");
  if (sections.shape && entropy > k_very_random)
    return not_unpacked(Row::unknown,
                        "a program for Windows that fills itself, entropy " + tenths(entropy) + " of 8");
  return {};
}

class Packers final : public Detector {
 public:
  bool wants(const layers::FileInfo& file) const override {
    if (file.entry.content != layers::ContentKind::elf) return false;
    const auto header = formats::ElfHeader::read(file.head);
    return header && (header->type == 2 || header->type == 3) && header->segment_count > 0 &&
           (header->section_offset == 0 || header->section_count == 0);
  }
  void collect(const layers::FileView& file, EvidenceSink& out) const override {
    const auto header = formats::ElfHeader::read(file.bytes);
    if (!header) return;
    out.add(evidence_of(k_rows[Row::no_sections], "an ELF program with " + std::to_string(header->segment_count) +
                                                      " segments and no sections"));
  }
};

const util::Registered<Packers> registered{{
    .id = "packers",
    .version = 1,
    .summary = "packed programs: UPX, altered UPX, unknown packers, removed section headers",
    .example = "UPX (NRV2B, 12 blocks), its magic overwritten",
    .rules = k_rows,
}};

}  // namespace

std::vector<Evidence> packer_evidence(Bytes file, const formats::UpxProgram* program) {
  if (program != nullptr) {
    const bool as_shipped = program->magic && program->notices;
    std::string text = "UPX (" + (program->method.empty() ? std::string("stored") : program->method) + ", " +
                       std::to_string(program->blocks) + " blocks)";
    if (!program->magic) text += ", its magic overwritten";
    if (!program->notices) text += ", its notices removed";
    return {evidence_of(k_rows[as_shipped ? Row::upx : Row::altered], std::move(text))};
  }
  if (as_text(file).starts_with("MZ")) return windows_evidence(file);
  const auto elf = formats::ElfFile::open(file);
  if (!elf || elf->segments().empty()) return {};
  const double entropy = highest_entropy(*elf);
  const bool few = elf->segments().size() <= k_most_segments && elf->sections().empty();
  const std::string text =
      "no sections, " + std::to_string(elf->segments().size()) + " segments, entropy " + tenths(entropy) + " of 8";
  if (few && grows(*elf) && entropy > k_random) return not_unpacked(Row::altered, text);
  if (elf->sections().empty() && entropy > k_very_random) return not_unpacked(Row::unknown, text);
  return {};
}

// What is in it is looked at, so that it is packed says little.
Evidence bundle_evidence(std::string_view maker, std::size_t members) {
  Evidence evidence = evidence_of(k_rows[Row::unknown], "a program with an archive of " + std::string(maker) + " (" +
                                                            std::to_string(members) + " members)");
  evidence.cls = EvidenceClass::context;
  return evidence;
}

}  // namespace hullcheck::detect
