// The encoding of UserFacts in saved facts, util/codec.hpp throughout:
//   present, deep, fingerprint; sections (id, fingerprint)*; rules (id, source, class, severity, confidence, title,
//   technique, remediation, benign, reference)*; evidence (layer, entry, part, record of evidence.hpp)*; gaps (id,
//   stage, subject, reason, effect)*
// Hostile on the way back: saved facts may come from anybody. Counts are checked against the bytes that are there.
#include "detect/user/user_facts.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::uint64_t k_last_class = static_cast<std::uint64_t>(EvidenceClass::context);
constexpr std::uint64_t k_last_severity = static_cast<std::uint64_t>(model::Severity::critical);

template <class Enum>
Enum bounded(util::Decoder& in, std::uint64_t last) {
  const std::uint64_t value = in.u64();
  if (value > last) in.fail();
  return static_cast<Enum>(value > last ? 0 : value);
}

constexpr std::string UserRule::*k_texts[] = {&UserRule::title, &UserRule::technique, &UserRule::remediation,
                                              &UserRule::benign, &UserRule::reference};

UserRule decode_rule(util::Decoder& in) {
  UserRule rule;
  rule.id = in.string();
  rule.source = in.string();
  rule.cls = bounded<EvidenceClass>(in, k_last_class);
  rule.severity = bounded<model::Severity>(in, k_last_severity);
  rule.confidence = bounded<std::uint8_t>(in, 100);
  for (auto text : k_texts) rule.*text = in.string();
  return rule;
}

}  // namespace

RuleRow row_of(const UserRule& rule) {
  return {rule.id, rule.cls, rule.severity, rule.confidence, rule.title, rule.technique, rule.remediation};
}

void encode(const UserFacts& facts, util::Encoder& out) {
  out.boolean(facts.present);
  out.boolean(facts.deep);
  out.string(facts.fingerprint);
  out.u64(facts.sections.size());
  for (const auto& [id, fingerprint] : facts.sections) {
    out.string(id);
    out.string(fingerprint);
  }
  out.u64(facts.rules.size());
  for (const UserRule& rule : facts.rules) {
    out.string(rule.id);
    out.string(rule.source);
    out.u64(static_cast<std::uint64_t>(rule.cls));
    out.u64(static_cast<std::uint64_t>(rule.severity));
    out.u64(rule.confidence);
    for (auto text : k_texts) out.string(rule.*text);
  }
  out.u64(facts.evidence.size());
  for (const UserEvidence& evidence : facts.evidence) {
    out.u64(evidence.layer);
    out.u64(evidence.entry);
    out.string(evidence.part);
    out.bytes(encode_evidence({evidence.evidence}));
  }
  out.u64(facts.gaps.size());
  for (const model::Gap& gap : facts.gaps) {
    for (const std::string* text : {&gap.id, &gap.stage, &gap.subject, &gap.reason}) out.string(*text);
    out.boolean(gap.effect == model::GapEffect::unknown);
  }
}

UserFacts decode_user_facts(util::Decoder& in) {
  UserFacts facts;
  facts.present = in.boolean();
  facts.deep = in.boolean();
  facts.fingerprint = in.string();
  for (std::size_t left = in.count(2); left > 0 && !in.failed(); --left) {
    std::string id(in.string());
    facts.sections.emplace(std::move(id), in.string());
  }
  for (std::size_t left = in.count(10); left > 0 && !in.failed(); --left) facts.rules.push_back(decode_rule(in));
  for (std::size_t left = in.count(4); left > 0 && !in.failed(); --left) {
    UserEvidence evidence;
    evidence.layer = in.u32();
    evidence.entry = in.u32();
    evidence.part = in.string();
    auto one = decode_evidence(in.bytes());
    if (!one || one->size() != 1) {
      in.fail();
      break;
    }
    evidence.evidence = std::move(one->front());
    facts.evidence.push_back(std::move(evidence));
  }
  for (std::size_t left = in.count(5); left > 0 && !in.failed(); --left) {
    model::Gap gap;
    for (std::string* text : {&gap.id, &gap.stage, &gap.subject, &gap.reason}) *text = in.string();
    gap.effect = in.boolean() ? model::GapEffect::unknown : model::GapEffect::note;
    facts.gaps.push_back(std::move(gap));
  }
  return facts;
}

}  // namespace hullcheck::detect
