#include "inventory/readers/json_file.hpp"

namespace hullcheck::inventory {

std::optional<json::Element> JsonFile::parse(Bytes bytes, FileFacts& facts) {
  constexpr Bytes::value_type k_mark[] = {0xef, 0xbb, 0xbf};  // byte order mark, which some editors leave
  if (bytes.size() >= 3 && std::equal(std::begin(k_mark), std::end(k_mark), bytes.begin())) bytes = bytes.subspan(3);
  if (bytes.size() > k_largest_json) {
    facts.truncated = true;
    return std::nullopt;
  }
  const auto document = m_parsed.parse(bytes, "");
  if (document.ok()) return *document;
  add_problem(facts, document.error().name == "json-nesting-limit" ? "the JSON is nested too deeply"
                                                                   : "the file is not the JSON that it should be");
  return std::nullopt;
}

std::string_view last_text(json::Element object, std::string_view name) {
  std::string_view text;
  json::each_member(object, [&](std::string_view key, json::Element value) {
    if (key == name) text = json::as_text(value);
  });
  return text;
}

}  // namespace hullcheck::inventory
