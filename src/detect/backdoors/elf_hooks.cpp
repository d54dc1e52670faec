// Libraries that hide things: they define functions of the C library under its own names, so that a program which is
// made to load them sees files, processes and logins as they want it to.
//
// What tells them from sanitizers, tracers and emulators, which replace functions too, is which ones they replace
// (listing folders, accepting connections, asking for passwords, reading packets) and that they pass the call on:
// they look up the real function under the same name. Among 2,355 libraries of a distribution, twelve define any of
// these names, and one lists folders. What a package owns weighs less by its ownership.
//
// Hostile: the tables of a library may lie (formats/elf.hpp bounds them). Names and sizes of the file say nothing.
#include <algorithm>
#include <array>

#include "detect/detector.hpp"
#include "formats/elf.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 1> k_rows{{
    {"B17", EvidenceClass::decisive, model::Severity::critical, 95, "Library that hides files or steals logins",
     "T1014", "Do not run this image: the library changes what programs see."},
}};

using namespace std::string_view_literals;

enum class Group : std::uint8_t { hides, steals, watches };
struct Hook {
  std::string_view name;
  Group group;
};
constexpr std::array k_hooks{Hook{"readdir"sv, Group::hides},          Hook{"readdir64"sv, Group::hides},
                             Hook{"readdir_r"sv, Group::hides},        Hook{"readdir64_r"sv, Group::hides},
                             Hook{"getdents64"sv, Group::hides},       Hook{"pam_authenticate"sv, Group::steals},
                             Hook{"pam_get_authtok"sv, Group::steals}, Hook{"pam_get_item"sv, Group::steals},
                             Hook{"pam_acct_mgmt"sv, Group::steals},   Hook{"getspnam"sv, Group::steals},
                             Hook{"accept"sv, Group::steals},          Hook{"accept4"sv, Group::steals},
                             Hook{"pcap_loop"sv, Group::hides},        Hook{"pcap_next"sv, Group::hides},
                             Hook{"SSL_read"sv, Group::steals},        Hook{"SSL_write"sv, Group::steals},
                             Hook{"execve"sv, Group::watches},         Hook{"execvp"sv, Group::watches},
                             Hook{"fopen"sv, Group::watches},          Hook{"fopen64"sv, Group::watches},
                             Hook{"open"sv, Group::watches},           Hook{"open64"sv, Group::watches},
                             Hook{"openat"sv, Group::watches},         Hook{"stat"sv, Group::watches},
                             Hook{"lstat"sv, Group::watches},          Hook{"__xstat"sv, Group::watches},
                             Hook{"__lxstat"sv, Group::watches},       Hook{"unlink"sv, Group::watches},
                             Hook{"unlinkat"sv, Group::watches},       Hook{"opendir"sv, Group::watches},
                             Hook{"access"sv, Group::watches},         Hook{"ptrace"sv, Group::watches},
                             Hook{"kill"sv, Group::watches},           Hook{"write"sv, Group::watches},
                             Hook{"dlsym"sv, Group::watches}};

// A library of functions of its own has more; what only hooks has few others.
constexpr std::size_t k_most_exports = 160;
constexpr std::uint64_t k_largest = 16 << 20;  // of a library, by its segments

struct Seen {
  std::vector<std::string_view> hides, steals, watches;
  std::size_t exports = 0;
  bool looks_up = false;  // dlsym, or dlvsym: it passes calls on
};

Seen look(const formats::ElfFile& elf) {
  Seen seen;
  for (const formats::ElfSymbol& symbol : elf.dynamic_symbols()) {
    if (!symbol.defined) {
      seen.looks_up |= symbol.name == "dlsym" || symbol.name == "dlvsym" || symbol.name == "__libc_dlsym";
      continue;
    }
    if (symbol.type != formats::ElfSymbol::k_function && symbol.type != formats::ElfSymbol::k_indirect_function)
      continue;
    ++seen.exports;
    const auto hook =
        std::find_if(k_hooks.begin(), k_hooks.end(), [&](const Hook& one) { return one.name == symbol.name; });
    if (hook == k_hooks.end()) continue;
    auto& list = hook->group == Group::hides ? seen.hides : hook->group == Group::steals ? seen.steals : seen.watches;
    list.push_back(symbol.name);
  }
  return seen;
}

std::string joined(const Seen& seen) {
  std::string text;
  for (const auto* list : {&seen.hides, &seen.steals, &seen.watches})
    for (const std::string_view name : *list) {
      if (text.size() > 160) return text + ", …";
      text += (text.empty() ? "" : ", ") + std::string(name);
    }
  return text;
}

class ElfHooks final : public Detector {
 public:
  bool wants(const layers::FileInfo& file) const override {
    if (file.entry.content != layers::ContentKind::elf) return false;
    const auto header = formats::ElfHeader::read(file.head);
    return header && header->type == static_cast<std::uint16_t>(formats::ElfType::shared) &&
           formats::end_of_library(file.head) <= k_largest;
  }

  void collect(const layers::FileView& file, EvidenceSink& out) const override {
    const auto elf = formats::ElfFile::open(file.bytes);
    if (!elf || !elf->dynamic()) return;
    const Seen seen = look(*elf);
    // The C library itself defines all of these, and passes nothing on.
    if (seen.hides.empty() && seen.steals.empty()) return;
    if (seen.exports > k_most_exports || (!elf->interpreter().empty() && !seen.looks_up)) return;
    Evidence evidence =
        evidence_of(k_rows[0], "defines " + joined(seen) + " (" + std::to_string(seen.exports) +
                                   " functions in all)" + (seen.looks_up ? " and passes calls on by dlsym" : ""));
    const std::size_t named = seen.hides.size() + seen.steals.size() + seen.watches.size();
    const bool mostly = named * 2 >= seen.exports;
    if (!seen.looks_up || (seen.hides.empty() && !mostly)) {
      evidence.cls = EvidenceClass::supporting;
      evidence.confidence = 50;
    } else if (seen.hides.empty() || seen.exports > 40) {
      evidence.cls = EvidenceClass::strong;
      evidence.confidence = 80;
    }
    out.add(std::move(evidence));
  }
};

const util::Registered<ElfHooks> registered{{
    .id = "elf-hooks",
    .version = 2,
    .summary = "libraries that replace functions for listing folders, logging in, accepting connections",
    .example = "defines readdir, readdir64 and passes calls on by dlsym",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
