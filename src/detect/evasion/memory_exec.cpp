// Programs that run another program without a file: memory with a name (memfd_create), filled and executed.
//
// Both names are common in runtimes, so they count for something only together with what would be run: a program
// hidden in the file, or a large part of it that looks random. Scripts of Python and Perl call the same by number.
#include <algorithm>
#include <array>
#include <map>

#include "detect/assess.hpp"
#include "detect/content/hidden_literal.hpp"
#include "detect/detector.hpp"
#include "formats/elf.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 1> k_rows{{
    {"E04", EvidenceClass::strong, model::Severity::high, 75, "Runs a program from memory", "T1620",
     "Find out what the program is that never becomes a file."},
}};

constexpr std::string_view k_key = "memory-exec";
constexpr std::string_view k_makes = "makes", k_runs = "runs", k_blob = "blob";
constexpr double k_random = 7.8;
constexpr std::size_t k_block = 64 << 10;
constexpr std::size_t k_least_blocks = 2;
constexpr std::uint64_t k_largest_library = 16 << 20;

std::vector<Literal> words() {
  // The last two are the first one by number, on x86-64 and on 64-bit ARM.
  static constexpr auto k_words = hide("memfd_create fexecve /proc/self/fd/ syscall(319 syscall(279");
  std::vector<Literal> list;
  const std::string text = k_words.reveal();
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    list.push_back({text.substr(at, end - at), false});
    at = end + 1;
  }
  return list;
}

Evidence hint(std::string_view what) {
  Evidence evidence;
  evidence.rule = k_hint_rule;
  evidence.text = "memory-exec " + std::string(what);
  evidence.values = {{std::string(k_key), std::string(what)}};
  return evidence;
}

// Blocks of sections that hold data, which look random: no more than a program of ordinary size is measured.
std::size_t random_blocks(const formats::ElfFile& elf) {
  std::size_t count = 0;
  for (const formats::ElfSection& section : elf.sections()) {
    const bool data = section.name == ".rodata" || section.name == ".data" || section.name == ".noptrdata" ||
                      section.name == ".data.rel.ro" || section.name.starts_with(".go") || section.name.empty();
    if (!data) continue;
    const Bytes content = elf.content(section);
    for (std::size_t at = 0; at + k_block <= content.size() && count < k_least_blocks; at += k_block)
      if (formats::entropy_of(content.subspan(at, k_block)) > k_random) ++count;
  }
  return count;
}

constexpr std::size_t k_program_words = 3;

// Small scripts that make such a file, and then run a path of a descriptor.
void confirm_script(const Hit& hit, EvidenceSink& out) {
  constexpr std::uint64_t k_small = 64U << 10;
  static constexpr std::array<std::string_view, 8> k_suffixes = {".py", ".pl",  ".rb", ".php",
                                                                 ".js", ".lua", ".sh", ".pyw"};
  static constexpr std::array<std::string_view, 9> k_execs = {
      "exec", "subprocess", "Popen", "spawn", "system(", "popen", "fexecve", "posix_spawn", "child_process"};
  const std::string_view name = hit.file.name();
  const bool code =
      as_text(hit.file.head).starts_with("#!") ||
      std::any_of(k_suffixes.begin(), k_suffixes.end(), [&](auto suffix) { return name.ends_with(suffix); });
  const bool makes = hit.literal == 0 || hit.literal >= k_program_words;
  if (!code || !makes || hit.file.size() > k_small) return;
  const std::string_view window = as_text(hit.window);
  const bool path = window.find("/fd/") != std::string_view::npos || window.find("fexecve") != std::string_view::npos;
  const bool runs = std::any_of(k_execs.begin(), k_execs.end(),
                                [&](auto word) { return window.find(word) != std::string_view::npos; });
  if (!path || !runs) return;
  Evidence evidence = evidence_of(k_rows[0], "a script makes a file in memory and runs it by its descriptor");
  evidence.offset = hit.offset;
  evidence.line = hit.line();
  out.add(std::move(evidence));
}

struct Parts {
  const PlacedEvidence* first = nullptr;
  bool makes = false, runs = false, blob = false, program = false;
};

class MemoryExec final : public Detector {
 public:
  std::vector<Literal> literals() const override { return words(); }
  void confirm(const Hit& hit, EvidenceSink& out) const override {
    const layers::ContentKind kind = hit.file.entry.content;
    if (kind == layers::ContentKind::script || kind == layers::ContentKind::text) return confirm_script(hit, out);
    if (hit.literal < k_program_words) out.add(hint(hit.literal == 0 ? k_makes : k_runs));
  }

  bool wants(const layers::FileInfo& file) const override {
    return file.entry.content == layers::ContentKind::elf && file.size() >= 2 * k_block &&
           formats::end_of_library(file.head) <= k_largest_library;
  }
  // Entropy costs: only where the first name is in the file at all.
  void collect(const layers::FileView& file, EvidenceSink& out) const override {
    static const std::string makes = words().front().bytes;
    const auto elf = formats::ElfFile::open(file.bytes);
    if (!elf) return;
    const auto& symbols = elf->dynamic_symbols();
    const bool named = std::any_of(symbols.begin(), symbols.end(),
                                   [](const formats::ElfSymbol& symbol) { return symbol.name == makes; });
    // A program that is linked to nothing names nothing; its text says more, and there are few of them.
    if (!named && (elf->dynamic() || file.text().find(makes) == std::string_view::npos)) return;
    if (random_blocks(*elf) >= k_least_blocks) out.add(hint(k_blob));
  }

  void image(const ImageContext& context, ImageEvidence& out) const override {
    std::map<std::pair<std::string, layers::FileRef>, Parts> files;
    for (const PlacedEvidence& placed : context.evidence) {
      const std::string what = placed.evidence.value(k_key);
      const bool program = placed.evidence.rule == "E05";
      if (!program && (placed.evidence.rule != k_hint_rule || what.empty())) continue;
      Parts& parts = files[{placed.path, placed.file}];
      if (parts.first == nullptr && !program) parts.first = &placed;
      parts.program |= program;
      parts.makes |= what == k_makes;
      parts.runs |= what == k_runs;
      parts.blob |= what == k_blob;
    }
    for (const auto& [key, parts] : files) {
      if (parts.first == nullptr || !parts.makes || !parts.runs || (!parts.blob && !parts.program)) continue;
      PlacedEvidence placed = *parts.first;
      placed.evidence = evidence_of(k_rows[0], std::string("makes a file in memory and runs it; the file holds ") +
                                                   (parts.program ? "another program" : "data that looks random"));
      out.add(std::move(placed));
    }
  }
};

const util::Registered<MemoryExec> registered{{
    .id = "memory-exec",
    .version = 3,
    .summary = "programs that run another one from memory",
    .example = "makes a file in memory and runs it; the file holds data that looks random",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
