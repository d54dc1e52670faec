// Rules of the user's: rule files, lists of digests, globs and hex patterns, and YARA source. The first byte chooses.
// Holds beside not crashing: an error has its name and its place, what parses can be run, and user facts that decode
// encode to the same bytes.

#include "detect/user/user_rules.hpp"
#include "detect/content/regex.hpp"
#include "detect/user/content_rules.hpp"
#include "detect/user/hash_list.hpp"
#include "util/result.hpp"

using namespace hullcheck;

namespace {

constexpr std::string_view k_sample =
    "\x7f"
    "ELF some bytes to look into, with server=beacon.example.org\n";

void rule_file(std::string_view text) {
  const auto rules = detect::parse_rule_file(text, "fuzz.yml");
  if (!rules.ok()) {
    HULLCHECK_ASSERT(rules.error().name == "rule-file-malformed" && rules.error().subject.starts_with("fuzz.yml"));
    return;
  }
  const detect::ContentRules content(*rules, "");
  layers::Entry entry;
  entry.path = "etc/fuzz.conf";
  entry.size = k_sample.size();
  entry.content = layers::ContentKind::text;
  detect::EvidenceSink sink;
  content.match({entry, as_bytes(k_sample)}, as_bytes(k_sample), sink);
  for (const detect::Evidence& one : sink.all()) HULLCHECK_ASSERT(one.offset <= k_sample.size());
}

void hash_list(std::string_view text) {
  detect::HashLists lists;
  const auto read = lists.read(text, "fuzz.hsb", 0);
  if (!read.ok()) HULLCHECK_ASSERT(read.error().subject.starts_with("fuzz.hsb"));
  lists.finish();
  (void)lists.find(util::Hash::sha256, as_bytes(text.substr(0, 32)), text.size());
}

void patterns(std::string_view text) {
  for (const auto& regex : {detect::regex_of_glob(text), detect::regex_of_hex(text)}) {
    if (!regex) continue;
    (void)detect::Regex(*regex).occurs_in("etc/fuzz.conf");
  }
}

void yara(std::string_view text) {
  const auto rules = formats::YaraRules::compile({{"fuzz.yar", "fuzz", std::string(text), {}}});
  if (!rules.ok()) {
    HULLCHECK_ASSERT(rules.error().name.starts_with("yara-"));
    return;
  }
  for (const formats::YaraRule& rule : (*rules)->rules()) (void)detect::user_rule_of(rule);
  (void)(*rules)->scan(as_bytes(k_sample), {"fuzz.conf", "/etc/fuzz.conf"}, std::chrono::seconds(5));
}

void user_facts(std::string_view text) {
  util::Decoder in(as_bytes(text));
  const detect::UserFacts facts = detect::decode_user_facts(in);
  if (in.failed()) return;
  util::Encoder out;
  detect::encode(facts, out);
  util::Decoder again(out.data());
  util::Encoder second;
  detect::encode(detect::decode_user_facts(again), second);
  HULLCHECK_ASSERT(!again.failed() && again.at_end() && second.data() == out.data());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text = as_text({data + 1, size - 1});
  switch (data[0]) {
    case 'r': rule_file(text); break;
    case 'h': hash_list(text); break;
    case 'p': patterns(text); break;
    case 'y': yara(text); break;
    case 'f': user_facts(text); break;
    default: break;
  }
  return 0;
}
