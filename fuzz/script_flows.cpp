// The tokenizer of script languages, the evaluator on top of it, inflating what it decodes, and reading pickles.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "detect/scripts/pickled_calls.hpp"
#include "detect/scripts/script_flows.hpp"
#include "formats/inflate.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hullcheck;
  if (size == 0) return 0;
  // The first byte chooses the language, so that a seed stays with its own.
  const auto language =
      data[0] == 'R' ? detect::ScriptLanguage::r : static_cast<detect::ScriptLanguage>(1 + data[0] % 8);
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  detect::ScriptFlowLimits limits;
  limits.max_steps = 50'000;
  limits.max_bytes = 4U << 20;
  for (const bool page : {false, true}) {
    const detect::ScriptFlows flows = detect::follow_script(text, language, page, limits);
    if (flows.sinks.size() > limits.max_sinks || flows.rounds > limits.max_rounds) std::abort();
    const detect::ScriptTokens tokens = detect::script_tokens(text, language, page);
    for (std::size_t i = 0; i < tokens.tokens.size(); ++i) {
      const detect::ScriptToken& token = tokens.tokens[i];
      if (token.begin > token.end || token.end > text.size() || token.match >= tokens.tokens.size()) std::abort();
      if (token.match != i && tokens.tokens[token.match].match != i) std::abort();
    }
  }
  if (const auto held = detect::pickled_call(text); held && held->function.empty()) std::abort();
  for (const auto frame : {formats::DeflateFrame::raw, formats::DeflateFrame::zlib, formats::DeflateFrame::gzip}) {
    const auto plain = formats::inflate(Bytes(data + 1, size - 1), frame, 1U << 16);
    if (plain.ok() && plain.value().size() > (1U << 16)) std::abort();
  }
  return 0;
}
