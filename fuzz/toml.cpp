// A TOML document: a named error with its line, or a tree in which each member is found under its key and nothing has
// more depth than the limits allow for. A document that was read is read alike with a remark and a line added.
#include "formats/toml.hpp"

#include <vector>

#include "util/bytes.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hullcheck;
  const std::string_view text = as_text(Bytes(data, size));
  std::size_t line = 0;
  const auto document = formats::TomlDocument::parse(text, line, {.bytes = 1 << 16, .values = 2000, .depth = 16});
  if (!document.ok()) {
    if (document.error().name.substr(0, 5) != "toml-") __builtin_trap();
    return 0;
  }
  std::size_t values = 0;
  std::vector<formats::TomlValue> open{document->root()};
  while (!open.empty()) {
    const auto value = open.back();
    open.pop_back();
    if (++values > 2000 || value.line() == 0 || value.line() > line) __builtin_trap();
    const bool nested = value.is(formats::TomlKind::list) || value.is(formats::TomlKind::table);
    if (nested != value.text().empty() && !value.is(formats::TomlKind::text)) __builtin_trap();
    if (!nested && value.size() != 0) __builtin_trap();
    for (std::size_t i = 0; i < value.size(); ++i) {
      const auto member = value.at(i);
      if (value.is(formats::TomlKind::table) ? !value[member.key()] : !member.key().empty()) __builtin_trap();
      open.push_back(member);
    }
  }
  std::size_t again = 0;
  if (!formats::TomlDocument::parse(std::string(text) + "\n# the end\n", again).ok()) __builtin_trap();
  return 0;
}
