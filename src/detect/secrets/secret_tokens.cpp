// Credentials that are known by their form, in every file of every layer, in programs, and in the configuration.
//
// Hostile: a file may be full of words that begin a credential. What a hit costs is bounded (confirm.hpp), and so is
// the number of hits that are looked at. Values are never kept: what is said of one is its masked form.
#include "detect/detector.hpp"
#include "detect/secrets/confirm.hpp"
#include "detect/secrets/rules.hpp"

namespace hullcheck::detect::secrets {
namespace {

bool is_program(const layers::FileInfo& file) {
  const layers::ContentKind content = file.entry.content;
  return content == layers::ContentKind::elf || content == layers::ContentKind::pe ||
         content == layers::ContentKind::macho || content == layers::ContentKind::java_class ||
         content == layers::ContentKind::wasm;
}

// The same value behind a longer name has been reported: "wordpress_db_password" holds "db_password".
bool is_known(const EvidenceSink& sink, std::uint64_t offset) {
  for (const Evidence& evidence : sink.all())
    if (evidence.offset == offset && is_secret_rule(evidence.rule)) return true;
  return false;
}

class SecretTokens final : public Detector {
 public:
  std::vector<Literal> literals() const override {
    std::vector<Literal> list;
    for (const Keyword& keyword : keywords()) list.push_back({keyword.bytes, keyword.caseless});
    return list;
  }

  void confirm(const Hit& hit, EvidenceSink& out) const override {
    const Keyword& keyword = keywords()[hit.literal];
    for (const std::uint32_t index : keyword.kinds) {
      const secrets::Kind& kind = all_kinds()[index];
      const auto found = secrets::confirm(kind, keyword, as_text(hit.window), hit.position);
      if (!found) continue;
      const std::uint64_t offset = hit.offset - hit.position + found->begin;
      if (is_known(out, offset)) continue;
      Evidence evidence = evidence_of(rule_of(kind), std::string(kind.title) + " " + found->shown);
      if (!found->detail.empty()) evidence.text += ", " + found->detail;
      evidence.cls = found->cls;
      // Programs carry samples and tests of what they parse; a checksum that holds is none.
      if (is_program(hit.file) && kind.strength == Strength::structured && found->cls == EvidenceClass::strong) {
        evidence.cls = EvidenceClass::supporting;
        evidence.text += " (inside a program)";
      }
      evidence.offset = offset;
      evidence.line = hit.line();
      out.add(std::move(evidence));
    }
  }
};

const util::Registered<SecretTokens> registered{{
    .id = "secret-tokens",
    .version = 1,
    .summary = "credentials by their form: tokens, keys, addresses with passwords",
    .example = "GitHub personal access token ghp_… (40 characters), checksum holds",
    .rules = kind_rules(),
}};

}  // namespace
}  // namespace hullcheck::detect::secrets
