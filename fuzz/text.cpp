// Text for terminals and JSON: no byte of the input may act on a terminal, and JSON stays well-formed.
#include "util/text.hpp"

#include <nlohmann/json.hpp>

#include "util/bytes.hpp"
#include "util/json_writer.hpp"
#include "util/result.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hullcheck;
  if (size == 0) return 0;
  const std::string_view text = as_text({data + 1, size - 1});
  const std::size_t width = data[0];
  const std::string escaped = util::escape_for_terminal(text);
  for (std::size_t at = 0; at < escaped.size();) {
    const util::CodePoint point = util::decode_utf8(std::string_view(escaped).substr(at));
    HULLCHECK_ASSERT(point.valid && point.value >= 0x20 && (point.value < 0x7f || point.value > 0x9f));
    at += point.size;
  }
  HULLCHECK_ASSERT(util::escape_for_terminal(escaped) == escaped);
  HULLCHECK_ASSERT(util::display_width(util::truncate_end(escaped, width)) <= width);
  HULLCHECK_ASSERT(util::display_width(util::truncate_middle(escaped, width)) <= width);
  for (const std::string& line : util::wrap(escaped, width))
    HULLCHECK_ASSERT(util::display_width(line) <= std::max<std::size_t>(width, 2));
  std::string json;
  util::JsonWriter writer([&](std::string_view piece) { json += piece; }, util::JsonStyle::compact);
  writer.value(text);
  writer.finish();
  HULLCHECK_ASSERT(nlohmann::json::parse(json).is_string());
  return 0;
}
