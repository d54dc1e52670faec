// CryptoNight and its variants in any program: by the tables of all the hash functions that it is made of.
//
// Each of the tables is in other programs too: Keccak and AES in libraries of cryptography, BLAKE's constants in
// every Blowfish. A program that has Keccak, AES by tables and two of Skein, Grøstl, JH and BLAKE at once computes
// CryptoNight; libraries that hold all candidates of the SHA-3 contest are not used by ordinary software.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "detect/assess.hpp"
#include "detect/content/hidden_literal.hpp"
#include "detect/detector.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 1> k_rows{{
    {"M08", EvidenceClass::strong, model::Severity::high, 85, "CryptoNight proof-of-work code", "T1496.001",
     "Do not run this image unless it is meant to mine or to run a node."},
}};

constexpr std::string_view k_key = "cryptonight";

enum class Part : std::uint8_t { keccak, aes, skein, groestl, jh, blake };
constexpr std::array<std::string_view, 6> k_names = {"Keccak", "AES", "Skein", "Groestl", "JH", "BLAKE"};

struct Table {
  Part part;
  std::string bytes;
};

const std::vector<Table>& tables() {
  static const std::vector<Table> list = [] {
    // Round constants 2 to 4 of Keccak-f[1600]; the AES tables of either rotation; the initial value of
    // Skein-512-256; Grøstl's table; JH's round constants and initial value; BLAKE-256's constants.
    static constexpr auto k_keccak =
        hide("\x82\x80\x00\x00\x00\x00\x00\x00\x8a\x80\x00\x00\x00\x00\x00\x80\x00\x80\x00\x80\x00\x00\x00\x80");
    static constexpr auto k_aes = hide("\xc6\x63\x63\xa5\xf8\x7c\x7c\x84\xee\x77\x77\x99\xf6\x7b\x7b\x8d");
    static constexpr auto k_aes_turned = hide("\xa5\x63\x63\xc6\x84\x7c\x7c\xf8\x99\x77\x77\xee\x8d\x7b\x7b\xf6");
    static constexpr auto k_skein = hide("\x13\x3e\xdb\x2f\xa1\x44\xd0\xcc\xeb\xa9\x79\x1a\x30\x90\x35\xe8");
    static constexpr auto k_groestl = hide("\xc6\x32\xf4\xa5\xf4\x97\xa5\xc6\xf8\x6f\x97\x84\x97\xeb\x84\xf8");
    static constexpr auto k_jh = hide("\x72\xd5\xde\xa2\xdf\x15\xf8\x67\x7b\x84\x15\x0a\xb7\x23\x15\x57");
    static constexpr auto k_jh_start = hide("\xeb\x98\xa3\x41\x2c\x20\xd3\xeb\x92\xcd\xbe\x7b\x9c\xb2\x45\xc1");
    static constexpr auto k_blake = hide("\x88\x6a\x3f\x24\xd3\x08\xa3\x85\x2e\x8a\x19\x13\x44\x73\x70\x03");
    return std::vector<Table>{{Part::keccak, k_keccak.reveal()},   {Part::aes, k_aes.reveal()},
                              {Part::aes, k_aes_turned.reveal()},  {Part::skein, k_skein.reveal()},
                              {Part::groestl, k_groestl.reveal()}, {Part::jh, k_jh.reveal()},
                              {Part::jh, k_jh_start.reveal()},     {Part::blake, k_blake.reveal()}};
  }();
  return list;
}

bool complete(const std::set<std::string>& parts) {
  const auto has = [&](Part part) { return parts.contains(std::to_string(static_cast<int>(part))); };
  const int finals = int{has(Part::skein)} + int{has(Part::groestl)} + int{has(Part::jh)} + int{has(Part::blake)};
  return has(Part::keccak) && has(Part::aes) && finals >= 2;
}

class CryptoNight final : public Detector {
 public:
  std::vector<Literal> literals() const override {
    std::vector<Literal> list;
    for (const Table& table : tables()) list.push_back({table.bytes, false});
    return list;
  }

  void confirm(const Hit& hit, EvidenceSink& out) const override {
    const auto part = static_cast<std::size_t>(tables()[hit.literal].part);
    Evidence hint;
    hint.rule = k_hint_rule;
    hint.text = "table of " + std::string(k_names[part]);
    hint.offset = hit.offset;
    hint.values = {{std::string(k_key), std::to_string(part)}};
    out.add(std::move(hint));
  }

  void image(const ImageContext& context, ImageEvidence& out) const override {
    std::map<std::pair<std::string, layers::FileRef>, std::pair<const PlacedEvidence*, std::set<std::string>>> files;
    for (const PlacedEvidence& placed : context.evidence) {
      const std::string part = placed.evidence.value(k_key);
      if (placed.evidence.rule != k_hint_rule || part.empty()) continue;
      auto& [first, parts] = files[{placed.path, placed.file}];
      if (first == nullptr) first = &placed;
      parts.insert(part);
    }
    for (const auto& [key, item] : files) {
      if (!complete(item.second)) continue;
      PlacedEvidence placed = *item.first;
      std::string text = "tables of";
      for (const std::string& part : item.second)
        if (const std::size_t number = part.size() == 1 ? static_cast<std::size_t>(part[0] - '0') : 9;
            number < k_names.size())
          text += " " + std::string(k_names[number]);
      const std::uint64_t offset = placed.evidence.offset;
      placed.evidence = evidence_of(k_rows[0], text + " in one file");
      placed.evidence.offset = offset;
      out.add(std::move(placed));
    }
  }
};

const util::Registered<CryptoNight> registered{{
    .id = "cryptonight",
    .version = 1,
    .summary = "CryptoNight proof of work by the tables of its hash functions",
    .example = "tables of Keccak AES Skein Groestl JH BLAKE in one file",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
