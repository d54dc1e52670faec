// Programs with capabilities of their own (B13): a setuid bit that "ls" does not show.
//
// Format: capability.h of Linux: a little-endian word with the version in its top byte and "effective" in its lowest
// bit, then one (v1) or two (v2, v3) pairs of permitted and inheritable sets, and in v3 the user that is root. Only
// names and attributes of the layers are needed. Packages hardly use the dangerous ones, and an attribute changes no
// digest, so an unchanged packaged interpreter with one counts too. Hostile: the attribute may be of any length.
#include <algorithm>
#include <array>
#include <optional>

#include "detect/detector.hpp"
#include "detect/image_support.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::string_view k_attribute = "security.capability";
constexpr std::size_t k_most = 64;

constexpr std::array<RuleRow, 1> k_rows{{
    {"B13", EvidenceClass::supporting, model::Severity::medium, 80, "Program with dangerous capabilities",
     "T1548.001", "Take the capabilities away with setcap -r, unless the program needs them and is to be trusted."},
}};

struct Capability {
  unsigned bit;
  std::string_view name;
};
// With each of these a program can become root or take over the system.
constexpr std::array<Capability, 17> k_dangerous{{{0, "chown"},
                                                  {1, "dac_override"},
                                                  {2, "dac_read_search"},
                                                  {3, "fowner"},
                                                  {4, "fsetid"},
                                                  {6, "setgid"},
                                                  {7, "setuid"},
                                                  {8, "setpcap"},
                                                  {9, "linux_immutable"},
                                                  {16, "sys_module"},
                                                  {17, "sys_rawio"},
                                                  {18, "sys_chroot"},
                                                  {19, "sys_ptrace"},
                                                  {21, "sys_admin"},
                                                  {27, "mknod"},
                                                  {31, "setfcap"},
                                                  {39, "bpf"}}};

// What runs whatever it is told to run.
constexpr std::array<std::string_view, 15> k_interpreters = {"python",  "perl", "ruby", "php",  "node",
                                                             "lua",     "bash", "sh",   "dash", "zsh",
                                                             "busybox", "gdb",  "tar",  "vim",  "openssl"};
// Ordinary packages give their helpers these.
constexpr std::array<std::string_view, 4> k_packaged = {"newuidmap", "newgidmap", "suexec", "gst-ptp-helper"};

std::uint32_t word_at(std::string_view bytes, std::size_t at) {
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < 4; ++i)
    word |= static_cast<std::uint32_t>(static_cast<std::uint8_t>(bytes[at + i])) << (8 * i);
  return word;
}

// The permitted set, or nothing for an attribute that the kernel refuses.
std::optional<std::uint64_t> permitted(std::string_view bytes) {
  if (bytes.size() < 12) return std::nullopt;
  const std::uint32_t version = word_at(bytes, 0) & 0xff000000U;
  if (version == 0x01000000U && bytes.size() == 12) return word_at(bytes, 4);
  const bool second = version == 0x02000000U && bytes.size() == 20;
  const bool third = version == 0x03000000U && bytes.size() == 24;
  if (!second && !third) return std::nullopt;
  return word_at(bytes, 4) | std::uint64_t{word_at(bytes, 12)} << 32U;
}

std::optional<std::uint64_t> capabilities_of(const layers::LayerFacts& facts, const layers::Entry& entry) {
  if (entry.xattrs == layers::k_none || entry.xattrs >= facts.xattrs.size()) return std::nullopt;
  for (const auto& [name, value] : facts.xattrs[entry.xattrs])
    if (name == k_attribute) return permitted(value);
  return std::nullopt;
}

std::string dangerous_names(std::uint64_t set) {
  std::string names;
  for (const Capability& capability : k_dangerous)
    if ((set >> capability.bit & 1U) != 0) names += (names.empty() ? "" : ", ") + std::string(capability.name);
  return names;
}

bool is_interpreter(std::string_view name) {
  return std::any_of(k_interpreters.begin(), k_interpreters.end(), [&](std::string_view start) {
    return name.starts_with(start) &&
           name.substr(start.size()).find_first_not_of("0123456789.-") == std::string_view::npos;
  });
}

class FileCapabilities final : public Detector {
 public:
  void image(const ImageContext& context, ImageEvidence& out) const override {
    std::size_t count = 0;
    for (std::uint32_t layer = 0; layer < context.image.layer_count(); ++layer) {
      const layers::LayerFacts* facts = context.image.layer(layer);
      if (facts == nullptr || facts->xattrs.empty()) continue;
      for (std::uint32_t i = 0; i < facts->entries.size(); ++i) {
        const layers::Entry& entry = facts->entries[i];
        const auto set = capabilities_of(*facts, entry);
        if (!set || entry.type != layers::EntryType::file || count >= k_most) continue;
        count += look_at(context, {layer, i}, entry, *set, out) ? 1 : 0;
      }
    }
  }

 private:
  static bool look_at(const ImageContext& context, layers::FileRef file, const layers::Entry& entry,
                      std::uint64_t set, ImageEvidence& out) {
    const std::string names = dangerous_names(set);
    const std::string_view name = layers::base_name(entry.path);
    const bool owned = system_owner(context.ownership, file) != nullptr;
    const bool interpreter = is_interpreter(name);
    if (names.empty() ||
        (owned && !interpreter && std::find(k_packaged.begin(), k_packaged.end(), name) != k_packaged.end()))
      return false;
    Evidence evidence = evidence_of(k_rows[0], "has " + names + (owned ? "" : ", and no package owns it"));
    if (interpreter) {
      evidence.text += "; whoever runs it may do anything";
      // An unchanged packaged file weighs a class less, and its attribute is not the package's.
      evidence.cls = owned ? EvidenceClass::decisive : EvidenceClass::strong;
      if (!is_as_shipped(context.ownership, file)) evidence.cls = EvidenceClass::strong;
    }
    add_at(context, file, std::move(evidence), out);
    return true;
  }
};

const util::Registered<FileCapabilities> registered{{
    .id = "file-capabilities",
    .version = 1,
    .summary = "programs with capabilities that amount to root",
    .example = "/usr/bin/python3.11: has setuid; whoever runs it may do anything",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
