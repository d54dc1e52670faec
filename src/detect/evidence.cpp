// The sink that bounds what detectors say about one file, and the encoding of evidence in a layer's facts.
//
// Encoding, in util/codec.hpp: count, then for each: rule, class, confidence, offset, line, text, count of values and
// as many pairs of strings. Hostile on the way back: a cache file may be damaged and saved facts may come from
// anybody, so counts, ranges and lengths are those that the sink lets through, or the record is refused.
#include "detect/evidence.hpp"

#include <algorithm>

#include "detect/secrets/blank.hpp"
#include "detect/secrets/confirm.hpp"
#include "util/codec.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_rule_bytes = 512;  // names of YARA rules and of files are long
constexpr std::size_t k_key_bytes = 32;
// rule, class, confidence, offset, line, text and the count of values take a byte each at least.
constexpr std::size_t k_least_evidence_bytes = 7;

Error malformed() {
  return make_error(ErrorCode::malformed, "evidence-malformed", "the stored evidence does not decode");
}

void cut(std::string& text, std::size_t most) {
  if (text.size() > most) text.resize(most);
}

void encode_one(const Evidence& evidence, util::Encoder& out) {
  out.string(evidence.rule);
  out.u64(static_cast<std::uint64_t>(evidence.cls));
  out.u64(evidence.confidence);
  out.u64(evidence.offset);
  out.u64(evidence.line);
  out.string(evidence.text);
  out.u64(evidence.values.size());
  for (const auto& [key, value] : evidence.values) {
    out.string(key);
    out.string(value);
  }
}

std::string bounded_string(util::Decoder& in, std::size_t most) {
  const std::string_view text = in.string();
  if (text.size() > most) in.fail();
  return std::string(text.substr(0, most));
}

template <class Integer>
Integer bounded_number(util::Decoder& in, std::uint64_t most) {
  const std::uint64_t value = in.u64();
  if (value > most) in.fail();
  return static_cast<Integer>(std::min(value, most));
}

Evidence decode_one(util::Decoder& in) {
  Evidence evidence;
  evidence.rule = bounded_string(in, k_rule_bytes);
  evidence.cls = static_cast<EvidenceClass>(
      bounded_number<std::uint8_t>(in, static_cast<std::uint64_t>(EvidenceClass::context)));
  evidence.confidence = bounded_number<std::uint8_t>(in, 100);
  evidence.offset = in.u64();
  evidence.line = bounded_number<std::uint32_t>(in, UINT32_MAX);
  evidence.text = bounded_string(in, EvidenceSink::k_text_bytes);
  const std::size_t values = in.count(2);
  // One more than the sink takes: the count of what was dropped.
  if (values > EvidenceSink::k_most_values + 1) in.fail();
  for (std::size_t i = 0; i < values && !in.failed(); ++i) {
    std::string key = bounded_string(in, k_key_bytes);
    std::string value = bounded_string(in, EvidenceSink::k_value_bytes);
    evidence.values.emplace_back(std::move(key), std::move(value));
  }
  return evidence;
}

}  // namespace

std::string_view to_string(EvidenceClass cls) {
  switch (cls) {
    case EvidenceClass::decisive: return "A";
    case EvidenceClass::strong: return "B";
    case EvidenceClass::supporting: return "C";
    case EvidenceClass::context: return "D";
  }
  return "D";
}

std::string_view to_string(Reach reach) {
  switch (reach) {
    case Reach::buried: return "R0";
    case Reach::present: return "R1";
    case Reach::search_path: return "R2";
    case Reach::start: return "R3";
  }
  return "R1";
}

std::string Evidence::value(std::string_view key) const {
  for (const auto& [name, content] : values)
    if (name == key) return content;
  return {};
}

void EvidenceSink::add(Evidence evidence) {
  cut(evidence.rule, k_rule_bytes);
  // Before the cut, which could leave half a token that nobody knows for one.
  evidence.text = secrets::redacted(evidence.text);
  cut(evidence.text, k_text_bytes);
  if (evidence.values.size() > k_most_values) evidence.values.resize(k_most_values);
  for (auto& [key, value] : evidence.values) {
    cut(key, k_key_bytes);
    // A command may be among them, which is followed when the whole image is known.
    secrets::blank(value, secrets::Look::anywhere, secrets::Reading::again);
    cut(value, k_value_bytes);
  }
  evidence.confidence = std::min<std::uint8_t>(evidence.confidence, 100);
  std::size_t same_rule = 0;
  for (const Evidence& known : m_evidence) {
    if (known.rule != evidence.rule) continue;
    if (known.text == evidence.text) return;
    ++same_rule;
  }
  if (same_rule < k_most_per_rule && m_evidence.size() < k_most)
    m_evidence.push_back(std::move(evidence));
  else
    ++m_dropped[evidence.rule];
}

std::vector<Evidence> EvidenceSink::take() {
  for (const auto& [rule, count] : m_dropped) {
    const auto first = std::find_if(m_evidence.begin(), m_evidence.end(),
                                    [&name = rule](const Evidence& evidence) { return evidence.rule == name; });
    if (first != m_evidence.end()) first->values.emplace_back("more", std::to_string(count));
  }
  std::vector<Evidence> all = std::move(m_evidence);
  clear();
  return all;
}

void EvidenceSink::clear() {
  m_evidence.clear();
  m_dropped.clear();
}

Buffer encode_evidence(const std::vector<Evidence>& evidence) {
  util::Encoder out;
  out.u64(evidence.size());
  for (const Evidence& one : evidence) encode_one(one, out);
  return out.take();
}

Result<std::vector<Evidence>> decode_evidence(Bytes bytes) {
  util::Decoder in(bytes);
  const std::size_t count = in.count(k_least_evidence_bytes);
  // Several sinks may share a record: one of the content scan for each detector.
  std::vector<Evidence> all;
  for (std::size_t i = 0; i < count && !in.failed(); ++i) all.push_back(decode_one(in));
  if (in.failed() || !in.at_end()) return malformed();
  return all;
}

}  // namespace hullcheck::detect
