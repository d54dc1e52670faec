// The shell parser, the evaluator on top of it, and the codec of its facts.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "detect/scripts/embedded_code.hpp"
#include "detect/secrets/blank.hpp"
#include "detect/shell/execline.hpp"
#include "detect/shell/shell_facts.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hullcheck;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto facts = detect::facts_of_text(text);
  const Buffer bytes = detect::encode_shell_facts(facts);
  const auto again = detect::decode_shell_facts(bytes);
  if (!again.ok() || !(*again == facts)) std::abort();
  auto kept = facts;
  detect::secrets::blank(kept);
  if (kept.commands.size() != facts.commands.size() || kept.flows.size() != facts.flows.size()) std::abort();
  const auto kept_again = detect::decode_shell_facts(detect::encode_shell_facts(kept));
  if (!kept_again.ok() || !(*kept_again == kept)) std::abort();
  const auto stored = detect::decode_shell_facts(Bytes(data, size));
  if (stored.ok() && as_text(detect::encode_shell_facts(*stored)) != text) std::abort();
  for (const std::string_view language : {"python", "perl", "node", "awk"}) detect::summarise_code(language, text);
  detect::facts_of_text(detect::execline_as_shell(text).shell);
  return 0;
}
