// RandomX, the proof of work of Monero and its relatives, in any program that computes it.
//
// Its hash of the scratchpad starts from four fixed AES states and ends with two fixed round keys (RandomX
// specification 3.4, AesHash1R), 128 bits each. A program can rename all that a person would notice, but without
// these six values it computes another hash. They are searched for as they are; as differences of neighbouring bytes,
// which one XOR key for all bytes leaves as they are; and as base64 in each of the three alignments. Each find is a
// hint; image() asks for two different ones in one file.
//
// Who else carries them: nodes and wallets that check blocks. What a package owns unchanged is "dual use" and weighs
// little. A program that has a node's words and no miner's is dual use too, but not excused by it: words can be
// added to anything.
#include <array>
#include <map>
#include <set>

#include "detect/assess.hpp"
#include "detect/content/hidden_literal.hpp"
#include "detect/detector.hpp"
#include "util/base64.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_constants = 6;
constexpr std::size_t k_size = 16;
constexpr std::size_t k_fewest = 2;

constexpr std::array<RuleRow, 1> k_rows{{
    {"M07", EvidenceClass::decisive, model::Severity::high, 99, "RandomX proof-of-work code", "T1496.001",
     "Do not run this image unless it is meant to mine or to run a node."},
}};

// In memory order of a little-endian machine.
constexpr auto k_values = hide(
    "\x0d\x2c\xb5\x92\xde\x56\xa8\x9f\x47\xdb\x82\xcc\xad\x3a\x98\xd7"
    "\x6e\x99\x8d\x33\x98\xb7\xc7\x15\x5a\x12\x9e\xf5\x57\x80\xe7\xac"
    "\x17\x00\x77\x6a\xd0\xc7\x62\xae\x6b\x50\x79\x50\xe4\x7c\xa0\xe8"
    "\x0c\x24\x0a\x63\x8d\x82\xad\x07\x05\x00\xa1\x79\x48\x49\x99\x7e"
    "\x89\x83\xfa\xf6\x9f\x94\x24\x8b\xbf\x56\xdc\x90\x01\x02\x89\x06"
    "\xd1\x63\xb2\x61\x3c\xe0\xf4\x51\xc6\x43\x10\xee\x9b\xf9\x18\xed");
static_assert(k_values.bytes.size() == k_constants * k_size);

enum class Form : std::uint8_t { raw, exclusive_or, base64, miner_word, node_word };

struct Sought {
  Form form;
  std::size_t number;  // of the constant or word
  Literal literal;
};

std::string url_alphabet(std::string text) {
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

std::string differences(Bytes bytes) {
  std::string out;
  for (std::size_t i = 0; i + 1 < bytes.size(); ++i) out += static_cast<char>(bytes[i] ^ bytes[i + 1]);
  return out;
}

void add_words(std::vector<Sought>& out, Form form, const std::string& words) {
  std::size_t number = 0;
  for (std::size_t at = 0; at < words.size(); ++number) {
    const std::size_t end = std::min(words.find(' ', at), words.size());
    out.push_back({form, number, {words.substr(at, end - at), true}});
    at = end + 1;
  }
}

std::vector<Sought> make_sought() {
  std::vector<Sought> all;
  const std::string values = k_values.reveal();
  for (std::size_t i = 0; i < k_constants; ++i) {
    const Bytes value = as_bytes(values).subspan(i * k_size, k_size);
    all.push_back({Form::raw, i, {std::string(as_text(value)), false}});
    all.push_back({Form::exclusive_or, i, {differences(value), false, true}});
    for (std::size_t alignment = 0; alignment < 3; ++alignment) {
      const std::string core = util::base64_core(value, alignment);
      all.push_back({Form::base64, i, {core, false}});
      if (const std::string other = url_alphabet(core); other != core)
        all.push_back({Form::base64, i, {other, false}});
    }
  }
  add_words(all, Form::miner_word, hide("stratum+tcp donate-level mining.subscribe hashrate").reveal());
  add_words(all, Form::node_word, hide("p2p-bind-port rpc-bind-port get_outs.bin handle_incoming_block").reveal());
  return all;
}

const std::vector<Sought>& sought() {
  static const std::vector<Sought> all = make_sought();
  return all;
}

constexpr std::array<std::string_view, 5> k_forms = {"plain", "under a one-byte XOR key", "base64", "miner-word",
                                                     "node-word"};
constexpr std::string_view k_form_key = "randomx";  // of a hint, with the form's number
constexpr std::string_view k_number_key = "number";

struct Findings {
  std::set<std::string> constants;
  std::set<std::string> forms;
  bool miner = false;
  bool node = false;
};

std::string text_of(const Findings& found) {
  std::string text = std::to_string(found.constants.size()) + " of the 6 AES constants of RandomX";
  const char* separator = " (";
  for (const std::string& form : found.forms) {
    text += separator + form;
    separator = ", ";
  }
  return text + ")";
}

PlacedEvidence verdict(const ImageContext& context, PlacedEvidence placed, const Findings& found) {
  Evidence evidence = evidence_of(k_rows[0], text_of(found));
  evidence.offset = placed.evidence.offset;
  if (found.constants.size() < k_fewest) {
    evidence.cls = EvidenceClass::supporting;
    evidence.confidence = 60;
  } else if (placed.file.layer != layers::k_none &&
             context.ownership.integrity(placed.file) == inventory::Integrity::owned_match) {
    evidence.cls = EvidenceClass::supporting;
    evidence.values.emplace_back("dual-use", "package");
    evidence.text += "; dual use: a package owns the file unchanged";
  } else if (found.node && !found.miner) {
    evidence.cls = EvidenceClass::strong;
    evidence.values.emplace_back("dual-use", "node");
    evidence.text += "; dual use: it speaks like a node, not like a miner";
  }
  placed.evidence = std::move(evidence);
  return placed;
}

class RandomX final : public Detector {
 public:
  std::vector<Literal> literals() const override {
    std::vector<Literal> list;
    for (const Sought& one : sought()) list.push_back(one.literal);
    return list;
  }

  void confirm(const Hit& hit, EvidenceSink& out) const override {
    const Sought& found = sought()[hit.literal];
    const layers::ContentKind kind = hit.file.entry.content;
    const bool text = kind == layers::ContentKind::text || kind == layers::ContentKind::script;
    const bool word = found.form == Form::miner_word || found.form == Form::node_word;
    if (word && text) return;
    // Differences of bytes that are there in the clear are no second observation.
    if (found.form == Form::exclusive_or && key_at(hit, found.number) == 0) return;
    Evidence hint;
    hint.rule = k_hint_rule;
    hint.text = std::string(k_forms[static_cast<std::size_t>(found.form)]) + " " + std::to_string(found.number);
    hint.offset = hit.offset;
    hint.values = {{std::string(k_form_key), std::to_string(static_cast<int>(found.form))},
                   {std::string(k_number_key), std::to_string(found.number)}};
    out.add(std::move(hint));
  }

  void image(const ImageContext& context, ImageEvidence& out) const override {
    std::map<std::pair<std::string, layers::FileRef>, std::pair<const PlacedEvidence*, Findings>> files;
    for (const PlacedEvidence& placed : context.evidence) {
      const std::string form = placed.evidence.value(k_form_key);
      if (placed.evidence.rule != k_hint_rule || form.size() != 1 || form[0] < '0' || form[0] > '4') continue;
      auto& [first, found] = files[{placed.path, placed.file}];
      switch (static_cast<Form>(form[0] - '0')) {
        case Form::miner_word: found.miner = true; break;
        case Form::node_word: found.node = true; break;
        default:
          if (first == nullptr) first = &placed;
          found.constants.insert(placed.evidence.value(k_number_key));
          found.forms.emplace(k_forms[static_cast<std::size_t>(form[0] - '0')]);
      }
    }
    for (const auto& [key, item] : files)
      if (item.first != nullptr) out.add(verdict(context, *item.first, item.second));
  }

 private:
  static std::uint8_t key_at(const Hit& hit, std::size_t number) {
    const Bytes value = as_bytes(sought_value());
    return hit.position < hit.window.size() ? hit.window[hit.position] ^ value[number * k_size] : std::uint8_t{0};
  }
  static const std::string& sought_value() {
    static const std::string value = k_values.reveal();
    return value;
  }
};

const util::Registered<RandomX> registered{{
    .id = "randomx",
    .version = 1,
    .summary = "RandomX proof of work by its constants, plain, under a one-byte XOR key, or in base64",
    .example = "6 of the 6 AES constants of RandomX (plain)",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
