#include "detect/config_facts.hpp"

#include <algorithm>
#include <iterator>

#include "detect/assess.hpp"
#include "detect/content/content_scan.hpp"
#include "detect/gather.hpp"
#include "detect/secrets/blank.hpp"
#include "detect/secrets/config_secrets.hpp"

namespace hullcheck::detect {
namespace {

using Facts = std::shared_ptr<const ShellFacts>;

Facts blanked(ShellFacts facts) {
  secrets::blank(facts);
  return std::make_shared<const ShellFacts>(std::move(facts));
}

Facts facts_of_words(const std::vector<std::string>& words) {
  return words.empty() ? nullptr : blanked(facts_of_argv(words));
}

Facts healthcheck_facts(const std::vector<std::string>& check) {
  if (check.size() < 2) return nullptr;
  if (check[0] == "CMD-SHELL") return blanked(facts_of_text(check[1]));
  return check[0] == "CMD" ? facts_of_words({check.begin() + 1, check.end()}) : nullptr;
}

void put(util::Encoder& out, const Facts& facts) {
  out.boolean(facts != nullptr);
  if (facts) out.bytes(encode_shell_facts(*facts));
}

Facts get_facts(util::Decoder& in) {
  if (!in.boolean()) return nullptr;
  auto facts = decode_shell_facts(in.bytes());
  if (!facts) in.fail();
  return facts ? std::make_shared<const ShellFacts>(std::move(*facts)) : nullptr;
}

}  // namespace

ConfigFacts config_facts_of(const model::ImageConfig& config) {
  ConfigFacts facts;
  std::vector<std::string> whole = config.entrypoint;
  whole.insert(whole.end(), config.cmd.begin(), config.cmd.end());
  facts.start = facts_of_words(whole);
  facts.arguments = facts_of_words(config.cmd);
  facts.healthcheck = healthcheck_facts(config.healthcheck);
  const auto worker = content_scan("").worker();
  for (const ConfigText& text : config_texts(config)) {
    PartFacts part{text.name, scan_text(*worker, text.name, layers::ContentKind::text, text.text), nullptr};
    // The check secret-env says more of variables.
    if (text.name != "config:Env") {
      EvidenceSink sink;
      for (Evidence& evidence : secrets::named_secrets(text.text)) sink.add(std::move(evidence));
      std::vector<Evidence> named = sink.take();
      std::move(named.begin(), named.end(), std::back_inserter(part.evidence));
    }
    if (text.build_time) part.commands = blanked(facts_of_text(text.text));
    facts.parts.push_back(std::move(part));
  }
  return facts;
}

void encode(const ConfigFacts& facts, util::Encoder& out) {
  for (const Facts* one : {&facts.start, &facts.arguments, &facts.healthcheck}) put(out, *one);
  out.u64(facts.parts.size());
  for (const PartFacts& part : facts.parts) {
    out.string(part.name);
    out.bytes(encode_evidence(part.evidence));
    put(out, part.commands);
  }
}

ConfigFacts decode_config_facts(util::Decoder& in) {
  ConfigFacts facts;
  for (Facts* one : {&facts.start, &facts.arguments, &facts.healthcheck}) *one = get_facts(in);
  for (std::size_t left = in.count(4); left > 0 && !in.failed(); --left) {
    PartFacts part;
    part.name = in.string();
    // Whatever stands here is no path of a file.
    if (!part.name.starts_with(k_config_place)) in.fail();
    auto evidence = decode_evidence(in.bytes());
    if (!evidence) in.fail();
    if (evidence) part.evidence = std::move(*evidence);
    part.commands = get_facts(in);
    facts.parts.push_back(std::move(part));
  }
  return facts;
}

}  // namespace hullcheck::detect
